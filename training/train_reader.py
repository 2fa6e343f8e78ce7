"""Train the reader's weights from the data in this folder: `make train`.

Writes src/ion/resonance/weights.npz and prints cross-validated figures per language. The same machine and the same
data give the same bytes.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from ion.language import Language, language_of
from ion.resonance import Intent, Tone
from ion.resonance.features import BUCKETS, grams_of
from ion.resonance.model import WEIGHTS_FILE, idf_of, vector_of

HERE = Path(__file__).parent
AXES: dict[str, tuple[str, ...]] = {"tone": tuple(Tone), "intent": tuple(Intent)}
# Public labels are carried over from other domains by a mapping, so they count for little beside a mentoring message;
# machine-translated rows count for less still.
PUBLIC_WEIGHT, TRANSLATED_WEIGHT = 0.02, 0.01
SECOND_LABEL_WEIGHT = 0.3
REGULARISATION = 12.0
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled message. `weight` says how much it counts; `own` tells mentoring messages from public data."""

    text: str
    label: str
    weight: float
    own: bool
    language: Language


def own_rows(axis: str) -> Iterator[Row]:
    """Yield the mentoring messages; a second acceptable label is a second, lighter row."""
    for path in sorted((HERE / "corpus").glob("messages.*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            labels = row[axis] if isinstance(row[axis], list) else [row[axis]]
            for rank, label in enumerate(labels):
                weight = 1.0 if rank == 0 else SECOND_LABEL_WEIGHT
                yield Row(row["text"], label, weight, rank == 0, language_of(row["text"]))


def public_rows(axis: str) -> Iterator[Row]:
    """Yield the public rows for an axis."""
    for path in sorted((HERE / "public").glob(f"{axis}_*.train.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                weight = TRANSLATED_WEIGHT if row["translated"] else PUBLIC_WEIGHT
                yield Row(row["text"], row["label"], weight, False, language_of(row["text"]))


def matrix(rows: list[Row], idf: np.ndarray) -> csr_matrix:
    """Return the feature vectors, shape (rows, BUCKETS)."""
    indices, values, ends = [], [], [0]
    for row in rows:
        buckets, weights = vector_of(grams_of(row.text), idf)
        indices.append(buckets)
        values.append(weights)
        ends.append(ends[-1] + len(buckets))
    return csr_matrix((np.concatenate(values), np.concatenate(indices), ends), shape=(len(rows), BUCKETS))


def fit(features: csr_matrix, rows: list[Row], classes: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (classes, BUCKETS) and biases (classes,) of a multinomial logistic regression."""
    model = LogisticRegression(C=REGULARISATION, max_iter=300, tol=1e-3)
    model.fit(features, [row.label for row in rows], sample_weight=[row.weight for row in rows])
    order = [list(model.classes_).index(name) for name in classes]
    return model.coef_[order], model.intercept_[order]


def temperature(scores: np.ndarray, truth: np.ndarray) -> float:
    """Return the factor on the scores that makes held-out probabilities honest (least log loss)."""

    def loss(factor: float) -> float:
        scaled = scores * factor
        peak = scaled.max(axis=1)
        total = np.log(np.exp(scaled - peak[:, None]).sum(axis=1)) + peak
        return float(np.mean(total - scaled[np.arange(len(truth)), truth]))

    return float(minimize_scalar(loss, bounds=(0.2, 8.0), method="bounded").x)


def train_axis(axis: str, idf: np.ndarray) -> dict[str, np.ndarray]:
    """Cross-validate on mentoring messages, print the figures, then fit on everything."""
    classes = AXES[axis]
    rows = [*own_rows(axis), *public_rows(axis)]
    features = matrix(rows, idf)
    own = np.array([index for index, row in enumerate(rows) if row.own])
    others = np.array([index for index, row in enumerate(rows) if not row.own])
    truth = np.array([classes.index(rows[index].label) for index in own])
    held_out = np.zeros((len(own), len(classes)))
    strata = [f"{rows[index].language}-{rows[index].label}" for index in own]
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(own, strata):
        texts = {rows[index].text for index in own[test]}
        use = np.concatenate([own[train], [index for index in others if rows[index].text not in texts]]).astype(int)
        weights, biases = fit(features[use], [rows[index] for index in use], classes)
        held_out[test] = features[own[test]] @ weights.T + biases
    factor = temperature(held_out, truth)
    guess = held_out.argmax(axis=1)
    for language in ("ko", "en"):
        mine = np.array([rows[index].language == language for index in own])
        macro = f1_score(truth[mine], guess[mine], average="macro")
        print(f"{axis:7}{language} n={mine.sum()} macro_f1={macro:.3f} accuracy={(truth == guess)[mine].mean():.3f}")
    weights, biases = fit(features, rows, classes)
    return {f"{axis}_weights": (weights * factor).astype(np.float16), f"{axis}_biases": biases * factor}


def main() -> None:
    """Train both axes and write the weights."""
    texts = [row.text for row in own_rows("tone")] + [row.text for row in public_rows("tone")]
    idf = idf_of([grams_of(text) for text in texts])
    arrays = {"idf": idf.astype(np.float16)}
    for axis in AXES:
        arrays |= train_axis(axis, arrays["idf"].astype(np.float32))
    np.savez_compressed(WEIGHTS_FILE, **arrays)
    print(f"{WEIGHTS_FILE.stat().st_size / 1e6:.1f} MB written to {WEIGHTS_FILE}")


if __name__ == "__main__":
    main()

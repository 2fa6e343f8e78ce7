"""Train the reader's weights from the messages in corpus/: `make train`.

Writes src/ion/resonance/weights.npz, and into held_out.json what a model trained without a part of the corpus makes of
that part: a writer (each file is by other hands), a language, a register, or all that is about software. The same
machine and the same data give the same bytes.

N-grams are weighed by support vector machines, one for each label: on writers left out they read better than a logistic
regression on the same features, and they are trained in a tenth of the time.
"""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC

from ion.language import LANGUAGES, Language, language_of
from ion.resonance.embedding import DIMENSIONS, Embedder
from ion.resonance.features import grams_of
from ion.resonance.model import COLUMNS, INTENTS, TONES, WEIGHTS_FILE
from ion.resonance.reader import THRESHOLD
from ion.resonance.vocabulary import Vocabulary

HERE = Path(__file__).parent
HELD_OUT_FILE = HERE / "held_out.json"
AXES: dict[str, tuple[str, ...]] = {"tone": TONES, "intent": INTENTS}
# N-grams and meaning, n-grams alone, and meaning alone, which is not shipped and shows what each of the two adds.
MODELS = ("full", "fast", "meaning")
SECOND_LABEL_WEIGHT = 0.3
# A part with fewer rows says nothing.
LEAST_ROWS = 60
SOFTWARE = {"code-review", "databases", "debugging", "flaky-tests", "incident-oncall", "legacy-refactoring"} | {
    "security-basics",
    "system-design",
    "testing",
}
# What the names of a register in the corpus have in common; each row's is in the words of who wrote it.
REGISTERS: dict[str, tuple[str, ...]] = {
    "messenger": ("카톡", "음슴체", "급식체", "드립", "messenger", "chat", "text", "lowercase"),
    "business": ("업무", "합쇼체", "개조식", "formal", "office", "mail", "business", "corporate", "memo", "ticket"),
    "non-native": ("외국인", "non-native", "esl", "newcomer", "migrant"),
    "to oneself": ("혼잣말", "일기", "문어", "literary", "musing", "notebook", "diary", "reflective"),
}
# Inverse regularisation of the machines and the regression, and how much meaning counts beside n-grams: chosen on
# held-out writers.
NGRAM_C, MEANING_C = 1.0, 3.0
MEANING_SHARE = 0.12


# A row's number, the number of a label, and how much the row counts.
Labelled = tuple[int, int, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled message; `writer` is the file it comes from."""

    text: str
    labels: dict[str, list[str]]
    writer: str
    language: Language
    register: str
    software: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the corpus that is left out; `test` holds its rows and `train` all that a model may see instead."""

    kind: str
    left_out: str
    train: np.ndarray
    test: np.ndarray


@dataclass(frozen=True, slots=True)
class Fitted:
    """A linear model: coefficients (features, classes) and intercepts (classes,)."""

    weights: np.ndarray
    biases: np.ndarray

    def scores(self, features: csr_matrix | np.ndarray) -> np.ndarray:
        """Return what each class scores, shape (rows, classes)."""
        scores: np.ndarray = features @ self.weights + self.biases
        return scores


def corpus() -> list[Row]:
    """Return every message."""
    topics = {row["id"]: row["topics"] for file in (HERE / "corpus").glob("topics.*.jsonl") for row in lines_of(file)}
    rows = []
    for path in sorted((HERE / "corpus").glob("messages.*.jsonl")):
        for row in lines_of(path):
            labels = {axis: row[axis] if isinstance(row[axis], list) else [row[axis]] for axis in AXES}
            software = bool(SOFTWARE.intersection(topics.get(row["id"], ())[:1]))
            register = row.get("register", "").lower()
            rows.append(Row(row["text"], labels, path.name, language_of(row["text"]), register, software))
    return rows


def lines_of(file: Path) -> list[dict[str, Any]]:
    """Return the rows of a file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def parts_of(rows: list[Row]) -> list[Part]:
    """Return the parts that are left out in turn, the writers first; every row has exactly one writer."""
    groups = [("writer", name, [row.writer == name for row in rows]) for name in sorted({row.writer for row in rows})]
    groups += [("language", name, [row.language == name for row in rows]) for name in LANGUAGES]
    groups += [
        ("register", name, [any(word in row.register for word in words) for row in rows])
        for name, words in REGISTERS.items()
    ]
    groups += [("domain", "software", [row.software for row in rows])]
    return [Part(kind, name, np.flatnonzero(~np.array(is_in)), np.flatnonzero(is_in)) for kind, name, is_in in groups]


def matrix(texts: list[str], vocabulary: Vocabulary) -> csr_matrix:
    """Return the n-gram vectors, shape (texts, vocabulary)."""
    vectors = [vocabulary.vector(grams_of(text)) for text in texts]
    ends = np.cumsum([0, *(len(vector.rows) for vector in vectors)])
    columns = np.concatenate([vector.rows for vector in vectors])
    values = np.concatenate([vector.values for vector in vectors])
    return csr_matrix((values, columns, ends), shape=(len(texts), len(vocabulary.idf)))


def embeddings(texts: list[str]) -> np.ndarray:
    """Return the embeddings, shape (texts, DIMENSIONS)."""
    embedder = Embedder()
    return np.stack([embedder.embed(text) for text in texts])


def fit(model: LinearSVC | LogisticRegression, features: csr_matrix | np.ndarray, labelled: list[Labelled]) -> Fitted:
    """Fit on some rows, given as (row, label, weight)."""
    weights = [weight for _, _, weight in labelled]
    model.fit(features[[row for row, _, _ in labelled]], [label for _, label, _ in labelled], sample_weight=weights)
    return Fitted(model.coef_.T, model.intercept_)


def by_ngrams() -> LinearSVC:
    """Return what learns from n-grams."""
    return LinearSVC(C=NGRAM_C, tol=1e-3, random_state=0)


def by_meaning() -> LogisticRegression:
    """Return what learns from embeddings."""
    return LogisticRegression(C=MEANING_C, max_iter=300, tol=1e-3)


def labelled(rows: list[Row], indices: np.ndarray, axis: str) -> list[Labelled]:
    """Return what is to be learned of some rows: a second acceptable label is a second, lighter row."""
    places = AXES[axis].index
    return [
        (int(index), places(label), 1.0 if rank == 0 else SECOND_LABEL_WEIGHT)
        for index in indices
        for rank, label in enumerate(rows[index].labels[axis])
    ]


def temperature(scores: np.ndarray, truth: np.ndarray) -> float:
    """Return the factor on the scores that makes held-out probabilities honest (least log loss)."""

    def loss(factor: float) -> float:
        scaled = scores * factor
        total = np.logaddexp.reduce(scaled, axis=1)
        return float(np.mean(total - scaled[np.arange(len(truth)), truth]))

    return float(minimize_scalar(loss, bounds=(0.2, 20.0), method="bounded").x)


def held_out_scores(
    ngrams: csr_matrix, meaning: np.ndarray, rows: list[Row], part: Part, axis: str
) -> dict[str, np.ndarray]:
    """Return the scores of a part by models that saw none of it: n-grams alone, meaning alone, and both."""
    seen = labelled(rows, part.train, axis)
    fast = fit(by_ngrams(), ngrams, seen).scores(ngrams[part.test])
    alone = fit(by_meaning(), meaning, seen).scores(meaning[part.test])
    return {"fast": fast, "meaning": alone, "full": fast + MEANING_SHARE * alone}


def figures(axis: str, rows: list[Row], indices: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    """Return accuracy, macro-F1 and calibration error (ten bins); any acceptable label is right."""
    guesses = [AXES[axis][index] for index in scores.argmax(axis=1)]
    accepted = [rows[index].labels[axis] for index in indices]
    right = np.array([guess in good for guess, good in zip(guesses, accepted, strict=True)])
    truth = [guess if hit else good[0] for guess, hit, good in zip(guesses, right, accepted, strict=True)]
    sure = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)).max(axis=1)
    bins = np.minimum((sure * 10).astype(int), 9)
    error = sum(abs(sure[bins == place].sum() - right[bins == place].sum()) for place in range(10)) / len(right)
    macro = f1_score(truth, guesses, average="macro")
    # How many are read at all rather than guessed evenly, and how many of those are right.
    read = sure >= THRESHOLD
    named = {"accuracy": right.mean(), "macro_f1": macro, "ece": error}
    named |= {"coverage": read.mean(), "accuracy_covered": right[read].mean()}
    return {name: round(float(value), 4) for name, value in named.items()}


def report(
    axis: str, rows: list[Row], scores: list[tuple[Part, dict[str, np.ndarray]]], factors: dict[str, np.ndarray]
) -> list[dict[str, Any]]:
    """Return what held_out.json says of an axis: each part, then all writers together."""
    every = np.concatenate([part.test for part, _ in scores if part.kind == "writer"])
    whole = Part("writer", "each in turn", every[:0], every)
    joined = {name: np.concatenate([by[name] for part, by in scores if part.kind == "writer"]) for name in MODELS}
    rows_out = []
    for part, by_model in [*scores, (whole, joined)]:
        for model, (place, language) in itertools.product(MODELS, enumerate(LANGUAGES)):
            mine = [spot for spot, index in enumerate(part.test) if rows[index].language == language]
            if len(mine) < LEAST_ROWS:
                continue
            certain = by_model[model][mine] * factors[model][place, COLUMNS[axis]]
            found = figures(axis, rows, part.test[mine], certain)
            head = {"kind": part.kind, "left_out": part.left_out, "model": model, "language": language, "axis": axis}
            rows_out.append({**head, "n": len(mine), **found})
    return rows_out


def unseen(rows: list[Row]) -> dict[str, dict[str, int]]:
    """Return by text how each message reads to models that saw nothing of its writer: by axis, a label's number."""
    texts = [row.text for row in rows]
    ngrams, meaning = matrix(texts, Vocabulary.learned([grams_of(text) for text in texts])), embeddings(texts)
    standard = (meaning - meaning.mean(axis=0)) / (meaning.std(axis=0) * np.sqrt(DIMENSIONS / 2))
    found: dict[str, dict[str, int]] = {text: {} for text in texts}
    for axis, part in itertools.product(AXES, parts_of(rows)):
        if part.kind == "writer":
            best = held_out_scores(ngrams, standard, rows, part, axis)["full"].argmax(axis=1)
            for index, label in zip(part.test, best, strict=True):
                found[texts[index]][axis] = int(label)
    return found


def certainty(rows: list[Row], scores: dict[str, list[tuple[Part, dict[str, np.ndarray]]]], model: str) -> np.ndarray:
    """Return the factors on the scores that fit unseen writers best, shape (languages, classes of both axes)."""
    factors = np.ones((len(LANGUAGES), sum(len(classes) for classes in AXES.values())), dtype=np.float32)
    for axis, classes in AXES.items():
        written = [(part, by[model]) for part, by in scores[axis] if part.kind == "writer"]
        indices = np.concatenate([part.test for part, _ in written])
        held_out = np.concatenate([found for _, found in written])
        for place, language in enumerate(LANGUAGES):
            mine = [spot for spot, index in enumerate(indices) if rows[index].language == language]
            truth = np.array([classes.index(rows[index].labels[axis][0]) for index in indices[mine]])
            factors[place, COLUMNS[axis]] = temperature(held_out[mine], truth)
    return factors


def packed(weights: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of both axes as whole numbers up to 127, and the scale of each column."""
    scale = np.concatenate([np.full(part.shape[1], np.abs(part).max() / 127) for part in weights.values()])
    return np.round(np.hstack(list(weights.values())) / scale).astype(np.int8), scale.astype(np.float32)


def main() -> None:
    """Evaluate on unseen writers, fit on everything and write the weights."""
    rows = corpus()
    texts = [row.text for row in rows]
    vocabulary = Vocabulary.learned([grams_of(text) for text in texts])
    ngrams, meaning = matrix(texts, vocabulary), embeddings(texts)
    # Standardised for the regression; mean and spread are then folded into its weights.
    middle, spread = meaning.mean(axis=0), meaning.std(axis=0) * np.sqrt(DIMENSIONS / 2)
    standard = (meaning - middle) / spread
    scores = {
        axis: [(part, held_out_scores(ngrams, standard, rows, part, axis)) for part in parts_of(rows)] for axis in AXES
    }
    factors = {model: certainty(rows, scores, model) for model in MODELS}
    found = [line for axis in AXES for line in report(axis, rows, scores[axis], factors)]
    HELD_OUT_FILE.write_text(json.dumps({"holdouts": found}, indent=1) + "\n", encoding="utf-8")
    for line in found:
        if line["left_out"] == "each in turn":
            print(line, flush=True)
    everything = np.arange(len(rows))
    seen = {axis: labelled(rows, everything, axis) for axis in AXES}
    fast = {axis: fit(by_ngrams(), ngrams, seen[axis]) for axis in AXES}
    full = {axis: fit(by_meaning(), standard, seen[axis]) for axis in AXES}
    weights, scale = packed({axis: fitted.weights for axis, fitted in fast.items()})
    directions = MEANING_SHARE * np.hstack([fitted.weights for fitted in full.values()]) / spread[:, None]
    biases = np.concatenate([fitted.biases for fitted in fast.values()])
    shift = MEANING_SHARE * np.concatenate([fitted.biases for fitted in full.values()]) - middle @ directions
    np.savez(
        WEIGHTS_FILE,
        hashes=vocabulary.hashes,
        idf=vocabulary.idf.astype(np.float16),
        weights=weights,
        scale=scale,
        biases=biases.astype(np.float32),
        meaning=directions.astype(np.float16),
        shift=shift.astype(np.float32),
        fast_certainty=factors["fast"],
        full_certainty=factors["full"],
    )
    print(f"{WEIGHTS_FILE.stat().st_size / 1e6:.1f} MB written to {WEIGHTS_FILE}")


if __name__ == "__main__":
    main()

"""How well the reader's method does on public tone labels, by five folds: `make public`.

They are other people's labels of another style (comments, not messages to a mentor), carried over by a mapping; the
shipped weights have nothing of them. KOTE is scored on its native Korean rows alone.
"""

import gzip
import json
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from train_reader import MEANING_SHARE, by_meaning, by_ngrams, embeddings, matrix

from ion.resonance import Vocabulary, grams_of
from ion.resonance.embedding import DIMENSIONS

PUBLIC = Path(__file__).parent / "public"


def rows_of(name: str) -> list[tuple[str, str]]:
    """Return (text, label) of the rows that were not translated by a machine."""
    with gzip.open(PUBLIC / f"{name}.train.jsonl.gz", "rt", encoding="utf-8") as file:
        return [(row["text"], row["label"]) for row in map(json.loads, file) if not row["translated"]]


def main() -> None:
    """Print accuracy and macro-F1 of each set."""
    for name in ("tone_en", "tone_ko"):
        rows = rows_of(name)
        labels = np.array([label for _, label in rows])
        classes = sorted(set(labels))
        texts = [text for text, _ in rows]
        ngrams = matrix(texts, Vocabulary.learned([grams_of(text) for text in texts]))
        meaning = embeddings(texts)
        standard = (meaning - meaning.mean(axis=0)) / (meaning.std(axis=0) * np.sqrt(DIMENSIONS / 2))
        scores = np.zeros((len(rows), len(classes)))
        for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(texts, labels):
            for model, features, share in ((by_ngrams(), ngrams, 1.0), (by_meaning(), standard, MEANING_SHARE)):
                # Some labels are rare, and each counts alike in macro-F1.
                model.set_params(class_weight="balanced").fit(features[train], labels[train])
                scores[test] += share * model.decision_function(features[test])
        guesses = np.array(classes)[scores.argmax(axis=1)]
        macro, right = f1_score(labels, guesses, average="macro"), (labels == guesses).mean()
        print(f"{name} n={len(rows)} labels={len(classes)} macro_f1={macro:.3f} accuracy={right:.3f}", flush=True)


if __name__ == "__main__":
    main()

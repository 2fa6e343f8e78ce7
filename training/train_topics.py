"""Train the weights that find a message's topic, from labelled messages and the topics' own words: `make train`.

Writes src/ion/playbooks/topics.npz and prints held-out figures per language.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from train_reader import temperature

from ion.language import LANGUAGES, Language
from ion.playbooks import load_topics
from ion.playbooks.finder import NO_TOPIC, THRESHOLD, WEIGHTS_FILE
from ion.resonance import grams_of, vector_of
from ion.resonance.features import BUCKETS
from ion.resonance.model import idf_of

CORPUS = Path(__file__).parent / "corpus"
# A second topic that would help too; what a topic is known by.
SECOND_WEIGHT, CUE_WEIGHT = 0.4, 0.6
# All of a topic's own sentences together: they are a mentor's words rather than a mentee's, and a topic that says more
# is not asked about more often.
TOPIC_TEXTS_WEIGHT = 18.0
REGULARISATION = 20.0


def rows_of(pattern: str) -> list[dict[str, Any]]:
    """Return the rows of the corpus files that match."""
    files = sorted(CORPUS.glob(pattern))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def labelled(language: Language) -> list[tuple[str, list[str]]]:
    """Return the messages of one language with their acceptable topics, best first; none where no topic helps."""
    texts = {row["id"]: row["text"] for row in rows_of(f"messages.{language}*.jsonl")}
    rows = rows_of(f"topics.{language}*.jsonl")
    return [(texts[row["id"]], row["topics"] or [NO_TOPIC]) for row in rows]


def topic_rows() -> list[tuple[str, str, float]]:
    """Return (text, topic, weight) for everything the topics say and are known by."""
    rows = []
    for language in LANGUAGES:
        for slug, topic in load_topics()[language].items():
            rows += [(text, slug, 1.0) for text in topic.examples]
            rows += [(text, slug, CUE_WEIGHT) for text in (*topic.cues, topic.title, topic.applies)]
            known = {*topic.examples, *topic.cues, topic.title, topic.applies}
            said = [text for text in topic.texts() if text not in known]
            rows += [(text, slug, TOPIC_TEXTS_WEIGHT / len(said)) for text in said]
    return rows


def matrix(texts: list[str], idf: np.ndarray) -> csr_matrix:
    """Return the feature vectors, shape (texts, BUCKETS)."""
    vectors = [vector_of(grams_of(text), idf) for text in texts]
    ends = np.cumsum([0, *(len(buckets) for buckets, _ in vectors)])
    indices = np.concatenate([buckets for buckets, _ in vectors])
    return csr_matrix((np.concatenate([values for _, values in vectors]), indices, ends), shape=(len(texts), BUCKETS))


def expanded(messages: list[tuple[str, list[str]]], indices: np.ndarray) -> list[tuple[int, str, float]]:
    """Return (message, topic, weight): each acceptable topic of a message is a row, the best one the heaviest."""
    return [
        (index, topic, 1.0 if rank == 0 else SECOND_WEIGHT)
        for index in indices
        for rank, topic in enumerate(messages[index][1][:2])
    ]


def main() -> None:
    """Cross-validate, print, fit on everything and write the weights."""
    messages = [pair for language in LANGUAGES for pair in labelled(language)]
    languages = np.array([language for language in LANGUAGES for _ in labelled(language)])
    topics = topic_rows()
    slugs = sorted({slug for _, slug, _ in topics} | {NO_TOPIC})
    texts = [text for text, _ in messages] + [text for text, _, _ in topics]
    idf = idf_of([grams_of(text) for text in texts]).astype(np.float16).astype(np.float32)
    features = matrix(texts, idf)
    topic_part = [(len(messages) + place, slug, weight) for place, (_, slug, weight) in enumerate(topics)]

    def fit(rows: list[tuple[int, str, float]]) -> LogisticRegression:
        model = LogisticRegression(C=REGULARISATION, max_iter=150, tol=1e-3)
        model.fit(features[[row[0] for row in rows]], [row[1] for row in rows], sample_weight=[row[2] for row in rows])
        return model

    held_out = np.zeros((len(messages), len(slugs)))
    for train, test in KFold(4, shuffle=True, random_state=0).split(messages):
        held_out[test] = fit(expanded(messages, train) + topic_part).decision_function(features[test])
    truth = np.array([slugs.index(accepted[0]) for _, accepted in messages])
    factor = temperature(held_out, truth)
    report(messages, languages, held_out * factor, slugs)
    model = fit(expanded(messages, np.arange(len(messages))) + topic_part)
    weights = model.coef_ * factor
    scale = np.abs(weights).max(axis=1) / 127
    np.savez_compressed(
        WEIGHTS_FILE,
        slugs=np.array(slugs),
        idf=idf.astype(np.float16),
        weights=np.round(weights / scale[:, None]).astype(np.int8),
        scale=scale.astype(np.float32),
        biases=(model.intercept_ * factor).astype(np.float32),
    )
    print(f"{WEIGHTS_FILE.stat().st_size / 1e6:.1f} MB written to {WEIGHTS_FILE}")


def report(messages: list[tuple[str, list[str]]], languages: np.ndarray, scores: np.ndarray, slugs: list[str]) -> None:
    """Print, by threshold, how many messages get a topic and how many of those one that was judged to help."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares = odds / odds.sum(axis=1, keepdims=True)
    best = shares.argmax(axis=1)
    right = np.array([slugs[index] in accepted for index, (_, accepted) in zip(best, messages, strict=True)])
    for language in LANGUAGES:
        mine = languages == language
        for threshold in (0.0, 0.06, THRESHOLD, 0.15, 0.2, 0.3):
            answered = mine & (shares.max(axis=1) >= threshold) & (best != slugs.index(NO_TOPIC))
            print(
                f"{language} threshold={threshold:.2f} answered={answered[mine].mean():.2f} "
                f"fitting={right[answered].mean():.2f}"
            )


if __name__ == "__main__":
    main()

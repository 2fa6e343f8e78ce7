"""Train the weights that find a message's topic, from labelled messages and the topics' own words: `make train`.

Writes src/ion/playbooks/topics.npz and prints held-out figures per language.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from train_reader import embeddings, matrix, temperature

from ion.language import LANGUAGES, language_of
from ion.playbooks import load_topics
from ion.playbooks.finder import NO_TOPIC, THRESHOLD, WEIGHTS_FILE
from ion.resonance import Vocabulary, grams_of
from ion.resonance.embedding import DIMENSIONS

CORPUS = Path(__file__).parent / "corpus"
# A second topic that would help too; what a topic is known by.
SECOND_WEIGHT, CUE_WEIGHT = 0.4, 0.6
# Inverse regularisation of the two regressions, and how much meaning counts beside n-grams: chosen on held-out writers.
NGRAM_C, MEANING_C = 20.0, 5.0
# An n-gram has to be in more texts than for the reader: there are many topics, and each has a weight for each.
LEAST_CHARS, LEAST_WORDS = 6, 3
MEANING_SHARE = 0.75
# Steps of the optimiser. It is stopped early: further ones take time and fit the writers rather than the topics.
STEPS = 30

Row = tuple[int, str, float]


def rows_of(pattern: str) -> list[dict[str, Any]]:
    """Return the rows of the corpus files that match."""
    files = sorted(CORPUS.glob(pattern))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def labelled() -> list[tuple[str, list[str], str]]:
    """Return (text, acceptable topics, writer), topics best first; none where no topic helps."""
    texts = {row["id"]: row["text"] for row in rows_of("messages.*.jsonl")}
    rows = []
    for file in sorted(CORPUS.glob("topics.*.jsonl")):
        # One hand wrote in Korean and English what has the same letter.
        writer = file.name.split(".")[1][2:]
        rows += [(texts[row["id"]], row["topics"] or [NO_TOPIC], writer) for row in rows_of(file.name)]
    return rows


def topic_rows() -> list[tuple[str, str, float]]:
    """Return (text, topic, weight) for everything the topics are known by."""
    rows = []
    for language in LANGUAGES:
        for slug, topic in load_topics()[language].items():
            rows += [(text, slug, 1.0) for text in topic.examples]
            rows += [(text, slug, CUE_WEIGHT) for text in (*topic.cues, topic.title, topic.applies)]
    return rows


def expanded(topics: list[list[str]], indices: np.ndarray) -> list[Row]:
    """Return (message, topic, weight): each acceptable topic of a message is a row, the best one the heaviest."""
    return [
        (index, topic, 1.0 if rank == 0 else SECOND_WEIGHT)
        for index in indices
        for rank, topic in enumerate(topics[index][:2])
    ]


def fit(
    features: csr_matrix | np.ndarray, rows: list[Row], slugs: list[str], strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (features, topics) and biases (topics,) of a multinomial logistic regression."""
    model = LogisticRegression(C=strength, max_iter=STEPS, tol=1e-3)
    model.fit(features[[row[0] for row in rows]], [row[1] for row in rows], sample_weight=[row[2] for row in rows])
    assert list(model.classes_) == slugs
    return model.coef_.T, model.intercept_


def main() -> None:
    """Evaluate on unseen writers, print, fit on everything and write the weights."""
    messages, own = labelled(), topic_rows()
    topics = [accepted for _, accepted, _ in messages]
    slugs = sorted({slug for _, slug, _ in own} | {NO_TOPIC})
    texts = [text for text, _, _ in messages] + [text for text, _, _ in own]
    vocabulary = Vocabulary.learned(
        [grams_of(text) for text in texts], least_chars=LEAST_CHARS, least_words=LEAST_WORDS
    )
    ngrams, meaning = matrix(texts, vocabulary), embeddings(texts)
    middle, spread = meaning.mean(axis=0), meaning.std(axis=0) * np.sqrt(DIMENSIONS / 2)
    standard = (meaning - middle) / spread
    always = [(len(messages) + place, slug, weight) for place, (_, slug, weight) in enumerate(own)]
    writers = np.array([writer for _, _, writer in messages])
    fast, full = (np.zeros((len(messages), len(slugs))) for _ in range(2))
    for writer in sorted(set(writers)):
        train, test = np.flatnonzero(writers != writer), np.flatnonzero(writers == writer)
        rows = expanded(topics, train) + always
        weights, biases = fit(ngrams, rows, slugs, NGRAM_C)
        fast[test] = ngrams[test] @ weights + biases
        weights, biases = fit(standard, rows, slugs, MEANING_C)
        full[test] = fast[test] + MEANING_SHARE * (standard[test] @ weights + biases)
    truth = np.array([slugs.index(accepted[0]) for accepted in topics])
    factors = [temperature(scores, truth) for scores in (fast, full)]
    languages = np.array([language_of(text) for text, _, _ in messages])
    report("fast", topics, languages, fast * factors[0], slugs)
    report("full", topics, languages, full * factors[1], slugs)
    rows = expanded(topics, np.arange(len(messages))) + always
    weights, biases = fit(ngrams, rows, slugs, NGRAM_C)
    by_meaning, shift = fit(standard, rows, slugs, MEANING_C)
    directions = MEANING_SHARE * by_meaning / spread[:, None]
    scale = np.abs(weights).max(axis=0) / 127
    np.savez(
        WEIGHTS_FILE,
        slugs=np.array(slugs),
        hashes=vocabulary.hashes,
        idf=vocabulary.idf.astype(np.float16),
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        biases=biases.astype(np.float32),
        meaning=directions.astype(np.float16),
        shift=(MEANING_SHARE * shift - middle @ directions).astype(np.float32),
        certainty=np.array(factors, dtype=np.float32),
    )
    print(f"{WEIGHTS_FILE.stat().st_size / 1e6:.1f} MB written to {WEIGHTS_FILE}")


def report(name: str, topics: list[list[str]], languages: np.ndarray, scores: np.ndarray, slugs: list[str]) -> None:
    """Print, by threshold, how many messages get a topic and how many of those one that was judged to help."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares = odds / odds.sum(axis=1, keepdims=True)
    best = shares.argmax(axis=1)
    right = np.array([slugs[index] in accepted for index, accepted in zip(best, topics, strict=True)])
    for language in LANGUAGES:
        mine = languages == language
        for threshold in sorted({0.0, 0.1, 0.15, THRESHOLD, 0.25, 0.3, 0.4}):
            answered = mine & (shares.max(axis=1) >= threshold) & (best != slugs.index(NO_TOPIC))
            print(
                f"{name} {language} threshold={threshold:.2f} answered={answered[mine].mean():.2f} "
                f"fitting={right[answered].mean():.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()

"""Train the weights that find a message's topic, from labelled messages and the topics' own words: `make train`.

Writes src/ion/playbooks/topics.npz and prints held-out figures per language.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from train_reader import AXES, Labelled, corpus, embeddings, fit, matrix, temperature, unseen

from ion.language import LANGUAGES, language_of
from ion.playbooks import load_topics
from ion.playbooks.finder import LEAST_BY_TEXT, NO_TOPIC, THRESHOLD, WEIGHTS_FILE
from ion.resonance import Vocabulary, grams_of
from ion.resonance.embedding import DIMENSIONS

CORPUS = Path(__file__).parent / "corpus"
# A second topic that would help too; what a topic is known by.
SECOND_WEIGHT, CUE_WEIGHT = 0.4, 0.6
# Inverse regularisation of the machines and the regression, and how much meaning counts beside n-grams: chosen on
# held-out writers.
NGRAM_C, MEANING_C = 1.0, 5.0
# An n-gram has to be in more texts than for the reader: there are many topics, and each has a weight for each.
LEAST_CHARS, LEAST_WORDS = 6, 3
MEANING_SHARE = 0.11
# How much counts what people who write in a tone, or with an intent, mostly write about: good news is seldom told in
# frustration. A topic's share among them is drawn towards its share among all by as many messages.
LEANING, DRAWN = 0.3, 20.0
# Steps of the regression. It is stopped early: further ones fit the writers rather than the topics.
STEPS = 30


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


def expanded(topics: list[list[int]], indices: np.ndarray) -> list[Labelled]:
    """Return (message, topic, weight): each acceptable topic of a message is a row, the best one the heaviest."""
    return [
        (int(index), topic, 1.0 if rank == 0 else SECOND_WEIGHT)
        for index in indices
        for rank, topic in enumerate(topics[index][:2])
    ]


def by_ngrams() -> LinearSVC:
    """Return what learns from n-grams."""
    return LinearSVC(C=NGRAM_C, tol=1e-3, random_state=0)


def by_meaning() -> LogisticRegression:
    """Return what learns from embeddings."""
    return LogisticRegression(C=MEANING_C, max_iter=STEPS, tol=1e-3)


def leanings(
    numbered: list[list[int]], labels: np.ndarray, seen: np.ndarray, labelled_as: int, slugs: int
) -> np.ndarray:
    """Return how much more or less each label's writers turn to each topic than others, shape (labels, topics)."""
    counts = np.zeros((labelled_as, slugs))
    for index, topic, weight in expanded(numbered, seen):
        counts[labels[index], topic] += weight
    shares = (counts.sum(axis=0) + 1) / (counts.sum() + slugs)
    drawn = (counts + DRAWN * shares) / (counts.sum(axis=1, keepdims=True) + DRAWN)
    leaning: np.ndarray = LEANING * np.log(drawn / shares)
    return leaning


def logarithms(scores: np.ndarray) -> np.ndarray:
    """Return the logarithms of the probabilities that scores stand for."""
    found: np.ndarray = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return found


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
    numbered = [[slugs.index(topic) for topic in accepted] for accepted in topics]
    always = [(len(messages) + place, slugs.index(slug), weight) for place, (_, slug, weight) in enumerate(own)]
    writers = np.array([writer for _, _, writer in messages])
    every, known = corpus(), len(slugs)
    by_text = {row.text: row.labels for row in every}
    told = {axis: np.array([AXES[axis].index(by_text[text][axis][0]) for text, _, _ in messages]) for axis in AXES}
    # A topic is looked for with the key that was read, so that is what it is tried with; it is learned from the labels.
    as_read = unseen(every)
    read = {axis: np.array([as_read[text][axis] for text, _, _ in messages]) for axis in AXES}
    fast, full, leaning = (np.zeros((len(messages), known)) for _ in range(3))
    for writer in sorted(set(writers)):
        train, test = np.flatnonzero(writers != writer), np.flatnonzero(writers == writer)
        rows = expanded(numbered, train) + always
        fast[test] = fit(by_ngrams(), ngrams, rows).scores(ngrams[test])
        for axis, labels in AXES.items():
            leaning[test] += leanings(numbered, told[axis], train, len(labels), known)[read[axis][test]]
        full[test] = fast[test] + MEANING_SHARE * fit(by_meaning(), standard, rows).scores(standard[test])
    truth = np.array([accepted[0] for accepted in numbered])
    factors = [temperature(scores, truth) for scores in (fast, full)]
    languages = np.array([language_of(text) for text, _, _ in messages])
    keyed = [logarithms(scores * factor) + leaning for scores, factor in zip((fast, full), factors, strict=True)]
    restraint = temperature(keyed[1], truth)
    for name, scores, leant in zip(("fast", "full"), (fast * factors[0], full * factors[1]), keyed, strict=True):
        report(name, topics, languages, (scores, leant), slugs)
    everyone = np.arange(len(messages))
    rows = expanded(numbered, everyone) + always
    words, meant = fit(by_ngrams(), ngrams, rows), fit(by_meaning(), standard, rows)
    overall = {axis: leanings(numbered, told[axis], everyone, len(labels), known) for axis, labels in AXES.items()}
    directions = MEANING_SHARE * meant.weights / spread[:, None]
    scale = np.abs(words.weights).max(axis=0) / 127
    np.savez(
        WEIGHTS_FILE,
        slugs=np.array(slugs),
        hashes=vocabulary.hashes,
        idf=vocabulary.idf.astype(np.float16),
        weights=np.round(words.weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        biases=words.biases.astype(np.float32),
        meaning=directions.astype(np.float16),
        shift=(MEANING_SHARE * meant.biases - middle @ directions).astype(np.float32),
        certainty=np.array(factors, dtype=np.float32),
        restraint=np.float32(restraint),
        tone=overall["tone"].astype(np.float32),
        intent=overall["intent"].astype(np.float32),
    )
    print(f"{WEIGHTS_FILE.stat().st_size / 1e6:.1f} MB written to {WEIGHTS_FILE}")


def report(
    name: str, topics: list[list[str]], languages: np.ndarray, scores: tuple[np.ndarray, np.ndarray], slugs: list[str]
) -> None:
    """Print, by threshold, how many messages get a topic and how many of those one that was judged to help.

    `scores` are those by the text alone, which decide whether there is a topic, and those that count the key, which
    decide between them: what the finder does.
    """
    by_text, none = np.exp(logarithms(scores[0])), slugs.index(NO_TOPIC)
    likely, best = by_text.argmax(axis=1), scores[1].argmax(axis=1)
    chosen = by_text[np.arange(len(best)), best]
    right = np.array([slugs[index] in accepted for index, accepted in zip(best, topics, strict=True)])
    for language in LANGUAGES:
        mine = (languages == language) & (likely != none) & (best != none) & (chosen >= LEAST_BY_TEXT)
        for threshold in (0.0, 0.1, THRESHOLD, 0.2, 0.25, 0.3, 0.4):
            answered = mine & (by_text.max(axis=1) >= threshold)
            print(
                f"{name} {language} threshold={threshold:.2f} answered={answered[languages == language].mean():.3f} "
                f"fitting={right[answered].mean():.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()

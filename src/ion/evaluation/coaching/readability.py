"""How easily a reply is read."""

from dataclasses import dataclass

from ion.evaluation.coaching.sentences import sentences_of
from ion.language import Language

# Words (Korean: eojeol) up to which a sentence is easy, and beyond which it is long; letters from which a word is long.
_EASY = {"en": 15, "ko": 11}
_LONG_SENTENCE = {"en": 25, "ko": 18}
_LONG_WORD = {"en": 10, "ko": 7}
# What counts in full: sentences of twice the easy length, every second sentence long, every fourth word long.
_MANY_LONG_SENTENCES, _MANY_LONG_WORDS = 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Readability:
    """Words per sentence (Korean: eojeol), and the shares of long sentences and of long words, each 0 to 1."""

    words_per_sentence: float
    long_sentences: float
    long_words: float
    score: float


def readability_of(reply: str, language: Language) -> Readability:
    """Return how easily a reply is read; `score` is 0 to 1, 1 is easiest, and 1 where there is nothing to read.

    Half of the score is the mean length of sentences (full marks up to 15 English words or 11 eojeol), 0.3 the share
    of sentences over 25 words or 18 eojeol, 0.2 the share of words of 10 letters or 7 syllables and more. The 15 to 20
    words are what plain-language guides advise; no published formula covers both languages.
    """
    counts = [sentence.text.split() for sentence in sentences_of(reply)]
    words = [word.strip(".,;:!?\"'()[]“”‘’…") for count in counts for word in count]
    if not words:
        return Readability(0.0, 0.0, 0.0, 1.0)
    mean = len(words) / len(counts)
    long_sentences = sum(len(count) > _LONG_SENTENCE[language] for count in counts) / len(counts)
    long_words = sum(len(word) >= _LONG_WORD[language] for word in words) / len(words)
    burden = 0.5 * _portion(mean - _EASY[language], _EASY[language])
    burden += 0.3 * _portion(long_sentences, _MANY_LONG_SENTENCES) + 0.2 * _portion(long_words, _MANY_LONG_WORDS)
    return Readability(mean, long_sentences, long_words, 1.0 - burden)


def _portion(value: float, whole: float) -> float:
    return min(max(value / whole, 0.0), 1.0)

"""How concrete a reply is: what of it could be checked, met or said aloud."""

from dataclasses import dataclass

from ion.evaluation.coaching.cues import cues_of
from ion.evaluation.coaching.sentences import Sentence, quotations_of, sentences_of, words_of
from ion.language import Language

# Fewer words in quotation marks are a term, not something to say.
_SAYABLE = 3


@dataclass(frozen=True, slots=True)
class Specifics:
    """How many sentences hold a number, a time, the name of something, or words to say."""

    numbers: int
    times: int
    names: int
    sayable: int
    concrete: int
    sentences: int

    @property
    def share(self) -> float:
        """The share of sentences with at least one of them, 0 to 1; a third or more is good for advice."""
        return self.concrete / self.sentences if self.sentences else 0.0


def specifics_of(reply: str, language: Language) -> Specifics:
    """Return how specific a reply is.

    A sentence is concrete where it holds a figure, a time, something with a name (in Korean also a role or a thing one
    can point at, such as 팀장 or 일정표), or at least three quoted words that could be said or written as they stand.
    """
    cues, sentences = cues_of(language).specifics, sentences_of(reply)
    found = [
        (
            cues.numbers.search(sentence.text) is not None,
            cues.times.search(sentence.said) is not None,
            cues.names.search(sentence.said) is not None,
            _has_words_to_say(sentence),
        )
        for sentence in sentences
    ]
    numbers, times, names, sayable = (sum(row[column] for row in found) for column in range(4))
    return Specifics(numbers, times, names, sayable, sum(map(any, found)), len(sentences))


def _has_words_to_say(sentence: Sentence) -> bool:
    return any(len(words_of(quotation)) >= _SAYABLE for quotation in quotations_of(sentence.text))

"""How far a reply takes up what the mentee said."""

import re
from dataclasses import dataclass
from typing import Literal

from ion.evaluation.coaching.cues import cues_of
from ion.evaluation.coaching.sentences import quotations_of, words_of
from ion.language import Language, is_hangul

Manner = Literal["quotation", "rephrasing", "none"]

# Words in a row that are the mentee's own; shorter runs are in every two texts on the same matter.
_RUN = {"en": 4, "ko": 3}
# In quotation marks, two words are enough.
_QUOTED_RUN = 2
_SHORTEST_WORD = 2
_ENGLISH_ENDING = re.compile(r"(?:'s|’s|ing|ed|es|s|ly|e)$")
_SHORTEST_STEM = 3
_PARTICLE = re.compile(
    r"(?:에게서|에서는|에서|에게|한테|으로|까지|부터|처럼|보다|이라고|라고|이랑|이나|은|는|이|가|을|를|에|의|도|만|로|와|과|랑|께)$"
)
_VERB_ENDING = re.compile(
    r"(?:했습니다|합니다|습니다|했어요|었어요|았어요|겠어요|네요|어요|아요|해요|예요|이에요|는데|은데|인데|지만|면서|으면|하면|해서|어서|아서"
    r"|하고|하기|하는|거든요|나요|까요|죠|요|고|다|면|서|며|는|은|기)$"
)


@dataclass(frozen=True, slots=True)
class Reflection:
    """`share` of the message's content words that the reply takes up, 0 to 1, and in which manner."""

    share: float
    manner: Manner


def reflection_of(message: str, reply: str, language: Language) -> Reflection:
    """Return how far the reply takes up the message.

    Content words are compared by stem in English, and in Korean by pairs of syllables, which outlast particles and
    most endings. A share of 0.2 to 0.6 is good for a message of a few sentences: below, the reply could have been
    sent to anyone; near 1 it repeats the message. The manner is a quotation where the mentee's words stand in
    quotation marks or four of them (Korean: three) in a row, else a rephrasing; rephrasing shows more understanding.

    Reflections set apart from what therapists put in tell good sessions from poor at an AUC of 0.89 on AnnoMI. They
    are labelled by a trained classifier there; a bare pattern finds reflections with F1 0.39 only, so this measure
    counts shared words and claims no more.
    """
    wanted = _content(message, language)
    if not wanted:
        return Reflection(0.0, "none")
    taken = _taken_up(wanted, reply, language) / len(wanted)
    if not taken:
        return Reflection(0.0, "none")
    return Reflection(taken, "quotation" if _quotes(message, reply, language) else "rephrasing")


def _content(text: str, language: Language) -> frozenset[str]:
    stopwords = cues_of(language).stopwords
    stems = (_stem(word) for word in words_of(text) if word not in stopwords)
    return frozenset(stem for stem in stems if len(stem) >= _SHORTEST_WORD or stem.isdigit())


def _stem(word: str) -> str:
    if any(map(is_hangul, word)):
        stem = _PARTICLE.sub("", word)
        stem = _VERB_ENDING.sub("", word) if stem == word else stem
        return stem if len(stem) >= _SHORTEST_WORD else word
    stem = _ENGLISH_ENDING.sub("", word)
    return stem if len(stem) >= _SHORTEST_STEM else word


def _taken_up(wanted: frozenset[str], reply: str, language: Language) -> int:
    words = words_of(reply)
    stems = {_stem(word) for word in words}
    if language == "en":
        return len(wanted & stems)
    pairs = {pair for word in words for pair in _pairs(word)}
    return sum(stem in stems or _mostly_in(stem, pairs) for stem in wanted)


def _mostly_in(stem: str, pairs: set[str]) -> bool:
    own = _pairs(stem)
    return bool(own) and sum(pair in pairs for pair in own) * 2 >= len(own)


def _pairs(word: str) -> list[str]:
    return [word[start : start + 2] for start in range(len(word) - 1) if is_hangul(word[start])]


def _quotes(message: str, reply: str, language: Language) -> bool:
    said = _runs(words_of(message), _QUOTED_RUN)
    if any(_runs(words_of(quotation), _QUOTED_RUN) & said for quotation in quotations_of(reply)):
        return True
    length = _RUN[language]
    return bool(_runs(words_of(message), length) & _runs(words_of(reply), length))


def _runs(words: tuple[str, ...], length: int) -> set[tuple[str, ...]]:
    return set(zip(*(words[start:] for start in range(length)), strict=False))

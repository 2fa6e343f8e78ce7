"""Which of ION's two languages a text is in."""

import re
from typing import Literal

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")

# Hangul syllables, jamo and compatibility jamo (ㅋㅋ, ㅠㅠ).
_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]+")
_LATIN = re.compile("[A-Za-z]+")
# A Korean syllable carries about as much as two to three Latin letters, and Korean messages are full of English terms
# while English ones hold next to no Korean. So Hangul wins a mixed text early: "React useEffect dependency가 왜
# 필요해요?" is a Korean message.
_HANGUL_WEIGHT = 4
_RIEUL = 8


def is_hangul(char: str) -> bool:
    """Tell whether this one character is Hangul."""
    return _HANGUL.fullmatch(char) is not None


def language_of(text: str, *, default: Language = "en") -> Language:
    """Return the language most of the letters are in; `default` where there are no letters."""
    hangul, latin = (sum(map(len, letters.findall(text))) for letters in (_HANGUL, _LATIN))
    if hangul == latin == 0:
        return default
    return "ko" if hangul * _HANGUL_WEIGHT >= latin else "en"


def object_particle(word: str) -> str:
    """Return 을 or 를, whichever follows `word`; words that do not end in Hangul take 을(를)."""
    return _particle(word, "을", "를", "을(를)")


def topic_particle(word: str) -> str:
    """Return 은 or 는, whichever follows `word`."""
    return _particle(word, "은", "는", "은(는)")


def subject_particle(word: str) -> str:
    """Return 이 or 가, whichever follows `word`."""
    return _particle(word, "이", "가", "이(가)")


def direction_particle(word: str) -> str:
    """Return 으로 or 로, whichever follows `word`."""
    # ㄹ is the one final consonant that takes 로: 글로, but 문장으로.
    return "로" if _final_of(word) == _RIEUL else _particle(word, "으로", "로", "(으)로")


def _particle(word: str, closed: str, open_: str, unknown: str) -> str:
    final = _final_of(word)
    if final is None:
        return unknown
    return closed if final else open_


def _final_of(word: str) -> int | None:
    """Return the number of the last syllable's final consonant, 0 for none; None where no syllable ends the word."""
    last = word.rstrip("'\"’”)] ")[-1:]
    # A precomposed syllable has a final consonant unless its index is a multiple of 28.
    return (ord(last) - 0xAC00) % 28 if "가" <= last <= "힣" else None

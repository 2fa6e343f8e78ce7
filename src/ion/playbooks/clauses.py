"""A piece of a sentence, and how it is made fit to stand between quotation marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# Markup, and quotation marks but for an apostrophe inside a word.
_MARKS = re.compile(r"[`*_~#<>|\[\]{}\\\"“”„«»「」『』]|(?<!\w)['‘’]|['‘’](?!\w)")
_NO_SEAM = re.compile(r"(?!)")
# What may begin and end a quotation; laughter and tears on their own are no words.
_EDGES = re.compile(r"^[^\w$€£%(]+|(?:[^\w%)+€]|[ㅋㅎㅠㅜㅡ])+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a sentence: `first` is how it begins, `finished` how it ends, `whole` all of it; `asks` is a question."""

    text: str
    whole: bool = False
    finished: bool = False
    first: bool = False
    asks: bool = False


class Clauses(Protocol):
    """What is known of one language's sentences: korean_clauses and english_clauses."""

    # Words in a whole sentence (least), in a part of one (least), in any quotation (most).
    FEWEST: int
    FEWEST_OF_PIECE: int
    MOST: int

    def pieces(self, sentence: str) -> Iterator[Piece]:
        """Yield what of a sentence could be quoted."""
        ...

    def is_question(self, sentence: str) -> bool:
        """Tell whether a sentence without a question mark asks something."""
        ...

    def carries_question(self, piece: Piece) -> bool:
        """Tell whether the question of its sentence lies in this piece."""
        ...

    def is_beside_the_matter(self, piece: Piece) -> bool:
        """Tell whether a piece only greets, thanks or asks for help."""
        ...

    def worth(self, text: str) -> float:
        """Return how well a text reads on its own, as an addition to its other merits."""
        ...


def without_addresses(message: str) -> str:
    """Return the message with a space in the place of each web address."""
    return _URL.sub(" ", message)


def cleaned(part: str, seam: re.Pattern[str] = _NO_SEAM) -> str:
    """Return `part` without markup, quotation marks, stray punctuation and the small words that `seam` matches."""
    plain = " ".join(_MARKS.sub("", part).split())
    previous = None
    while previous != plain:
        previous, plain = plain, seam.sub("", _EDGES.sub("", plain))
    if plain.count("(") != plain.count(")"):
        plain = " ".join(plain.replace("(", " ").replace(")", " ").split())
    return plain

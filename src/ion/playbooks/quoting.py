"""Choose which of the mentee's own words to repeat: a clause that stands on its own, and the question asked."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from ion.language import Language, is_hangul
from ion.playbooks import english_clauses, korean_clauses
from ion.playbooks.clauses import Clauses, Piece, cleaned, without_addresses

MOST_CHARS = 90
# A full stop after a title or an abbreviation ends nothing.
_SENTENCE_END = re.compile(
    r"(?:(?<=[.!?。？！…])(?<!\b[DM]r\.)(?<!\bMrs\.)(?<!\b[ei]\.[ge]\.)(?<!\bvs\.)(?<!\b[ap]\.m\.)|(?<=[ㅋㅎㅠㅜ]))\s+|\n+"
)
_CLAUSES: Mapping[Language, Clauses] = {"ko": korean_clauses, "en": english_clauses}


@dataclass(frozen=True, slots=True)
class Quotations:
    """A statement, and a question about the matter without its mark; None where there is none worth repeating."""

    statement: str | None
    question: str | None


def quotations_of(message: str, language: Language, relevance: Callable[[str], float]) -> Quotations:
    """Return the mentee's words to take up; `relevance` tells how much a clause is about the topic, 0 to 1."""
    worths = [(_worth(piece, sentence, language, relevance), piece) for sentence, piece in _quotable(message, language)]
    ranked = [piece for _, piece in sorted(worths, key=lambda pair: -pair[0])]
    return Quotations(
        statement=next((piece.text for piece in ranked if not piece.asks), None),
        question=next((piece.text for piece in ranked if piece.asks), None),
    )


def clauses_of(message: str, language: Language) -> Iterator[tuple[str, bool]]:
    """Yield each sentence of a message, and what of it could be quoted; with whether it can be."""
    clauses = _CLAUSES[language]
    for sentence in sentences_of(message):
        yield cleaned(sentence), False
        for piece in clauses.pieces(sentence):
            yield piece.text, _has_room(piece, language) and not clauses.is_beside_the_matter(piece)


def sentences_of(message: str) -> list[str]:
    """Return the sentences of a text that say anything, as they stand."""
    return [sentence for sentence in _SENTENCE_END.split(without_addresses(message)) if sentence.strip()]


def _quotable(message: str, language: Language) -> Iterator[tuple[int, Piece]]:
    """Yield the pieces that could be quoted, each with the number of its sentence."""
    clauses = _CLAUSES[language]
    for number, sentence in enumerate(sentences_of(message)):
        plain = sentence.rstrip(" \"'”’)ㅋㅎㅠㅜ~")
        asking = plain.endswith(("?", "？")) or clauses.is_question(plain)
        for found in clauses.pieces(sentence):
            piece = replace(found, asks=found.asks or (asking and clauses.carries_question(found)))
            if _has_room(piece, language) and not clauses.is_beside_the_matter(piece):
                yield number, piece


def _has_room(piece: Piece, language: Language) -> bool:
    """Tell whether a piece can be recognised (long enough), read over (short enough) and is in the reply's language."""
    clauses, text = _CLAUSES[language], piece.text
    fewest = clauses.FEWEST if piece.whole and not piece.asks else clauses.FEWEST_OF_PIECE
    in_language = any(map(is_hangul, text)) == (language == "ko")
    return in_language and len(text) <= MOST_CHARS and len(text.split()) >= fewest


def _worth(piece: Piece, sentence: int, language: Language, relevance: Callable[[str], float]) -> float:
    text = piece.text
    worth = relevance(text) + 0.25 * piece.whole + 0.15 * piece.finished - 0.15 * ("…" in text)
    # People begin with what it is about.
    worth += 0.1 * (sentence == 0) - 0.04 * sentence
    return worth + 0.05 * min(len(text.split()), 6) + _CLAUSES[language].worth(text)

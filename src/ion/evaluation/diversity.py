"""How varied and how even the rows of a corpus are."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, product

from ion.evaluation.rows import Row
from ion.resonance import Intent, Pace, Tone

WINDOW_WORDS = 500
OPENING_WORDS = 3

_EDGE = re.compile(r"^\W+|\W+$")
_DIGIT = re.compile(r"\d")
# ㅋㅋ, ㅎㅎ, ㅠㅠ, ㅇㅋ: letters of Hangul that form no syllable, two and more in a row.
_BARE_JAMO = re.compile("[\u3131-\u3163]{2,}")
# Quoted code, calls, snake_case and camelCase names, file names, operators, names of exceptions and tags.
_CODE = re.compile(
    r"`[^`]+`|\b\w+\(\w*\)|\b[a-z]\w*_\w+|\b[a-z]{2,}[A-Z][a-z]{2,}|\b\w+\.(?:py|js|ts|json|ya?ml|sh|sql|java|kt|go|cpp)\b"
    r"|[!=]==?|=>|\b[A-Z]\w+(?:Error|Exception)\b|</?[a-z]\w*>|\bSELECT\b",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Figures:
    """How varied and how even some rows are. Shares are of the rows, from 0 to 1; labels are counted by the better one.

    `distinct_1` and `distinct_2` are the different words and pairs of neighbouring words among all of them; they fall
    as rows are added, so compare them only for about as many words. `varied_words` (MATTR) does not: the mean share of
    different words in every run of 500, over all texts one after the other, None where there are fewer words.
    """

    rows: int
    words_per_row: float
    distinct_1: float
    distinct_2: float
    varied_words: float | None
    shared_openings: float
    registers: int
    domains: int
    second_labels: float
    code: float
    digits: float
    bare_jamo: float
    pairs: Mapping[tuple[Tone, Intent], int]
    paces: Mapping[Pace, int]


def measure(rows: Sequence[Row]) -> Figures:
    """Measure some rows; a word is what stands between spaces (an eojeol in Korean), in lower case without marks."""
    texts = [words_of(row.text) for row in rows]
    words = list(chain.from_iterable(texts))
    neighbours = list(chain.from_iterable(map(pairwise, texts)))
    paces = Counter(row.pace for row in rows)
    return Figures(
        rows=len(rows),
        words_per_row=_share(len(words), len(rows)),
        distinct_1=_share(len(set(words)), len(words)),
        distinct_2=_share(len(set(neighbours)), len(neighbours)),
        varied_words=varied_words(words),
        shared_openings=_share(_shared_openings(texts), len(rows)),
        registers=len({row.register for row in rows} - {""}),
        domains=len({row.domain for row in rows} - {""}),
        second_labels=_share(
            sum(len(r.tones) > 1 or len(r.intents) > 1 or len(r.mentors) > 1 for r in rows), len(rows)
        ),
        code=_matching(_CODE, rows),
        digits=_matching(_DIGIT, rows),
        bare_jamo=_matching(_BARE_JAMO, rows),
        pairs=_pairs(rows),
        paces={pace: paces[pace] for pace in Pace},
    )


def _pairs(rows: Sequence[Row]) -> dict[tuple[Tone, Intent], int]:
    found = Counter((row.tones[0], row.intents[0]) for row in rows if row.tones and row.intents)
    return {pair: found[pair] for pair in product(Tone, Intent)}


def _shared_openings(texts: Sequence[Sequence[str]]) -> int:
    openings = Counter(tuple(words[:OPENING_WORDS]) for words in texts if len(words) >= OPENING_WORDS)
    return sum(count for count in openings.values() if count > 1)


def _matching(pattern: re.Pattern[str], rows: Sequence[Row]) -> float:
    return _share(sum(pattern.search(row.text) is not None for row in rows), len(rows))


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without the marks around them."""
    return [word for part in text.casefold().split() if (word := _EDGE.sub("", part))]


def varied_words(words: Sequence[str], *, window: int = WINDOW_WORDS) -> float | None:
    """Return the mean share of different words in every run of `window` words; None where there are fewer words."""
    if len(words) < window:
        return None
    inside = Counter(words[:window])
    different = [len(inside)]
    for leaving, entering in zip(words, words[window:], strict=False):
        inside[entering] += 1
        inside[leaving] -= 1
        if inside[leaving] == 0:
            del inside[leaving]
        different.append(len(inside))
    return sum(different) / len(different) / window


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0

"""The labelled texts ION learns from: read with every fault named, searched for near-duplicates, measured.

A line of a file is one JSON object. Whoever calls reads the files; everything here takes values and returns values.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, pairwise, product
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from ion.errors import Invalid
from ion.language import LANGUAGES, language_of
from ion.resonance import Intent, Pace, Tone, check_text

# Two equally long texts with a similarity of 0.6 share three quarters of their shingles. A message with a name, a
# number or a few words exchanged stays above that. What two people write about one situation stays far below: messages
# with one opening and one turn of phrase reach 0.3, so the line may lie anywhere between without much difference.
NEAR_DUPLICATE = 0.6
SHINGLE_CHARS = 5
WINDOW_WORDS = 500
OPENING_WORDS = 3
# How many rare shingles two texts must share before they are compared; more of them cost more looking up and spare more
# comparing, and from 8 to 32 it makes no difference.
_WITNESSES = 16

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


class Fault(StrEnum):
    """What can be wrong with a row."""

    BROKEN_LINE = "broken line"
    MISSING = "missing"
    UNKNOWN_LABEL = "unknown label"
    UNKNOWN_ID = "unknown id"
    REPEATED_ID = "repeated id"
    NEAR_DUPLICATE = "near-duplicate"
    HELD_OUT = "held out"


@dataclass(frozen=True, slots=True, order=True)
class Defect:
    """One fault of one row; `line` counts from 1, and `reason` holds no message's text."""

    file: str
    line: int
    fault: Fault
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.fault}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """One text and its labels, best first; an axis that its file does not label is empty."""

    file: str
    line: int
    id: str
    text: str
    tones: tuple[Tone, ...] = ()
    intents: tuple[Intent, ...] = ()
    pace: Pace | None = None
    mentors: tuple[str, ...] = ()
    register: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: the rows that can be used, and a defect or more for each that cannot."""

    rows: tuple[Row, ...]
    defects: tuple[Defect, ...]


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _readable(text: str) -> str:
    try:
        return check_text(text)
    except Invalid as fault:
        raise ValueError(fault.message) from None


def _different(labels: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(labels)) < len(labels):
        raise ValueError("a label stands there twice")
    return labels


_Name = Annotated[str, Field(min_length=1)]
_Text = Annotated[str, AfterValidator(_readable)]
# A second label where it fits as well, the better one first; a third would say that no one knows.
_OneOrTwo = (BeforeValidator(_as_list), Field(min_length=1, max_length=2), AfterValidator(_different))


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: _Name


class _MessageLine(_Line):
    text: _Text
    tone: Annotated[tuple[Tone, ...], *_OneOrTwo]
    intent: Annotated[tuple[Intent, ...], *_OneOrTwo]
    pace: Pace
    register_: str = Field(default="", alias="register")
    domain: str = ""


class _RoutingLine(_Line):
    text: _Text
    personas: Annotated[tuple[_Name, ...], *_OneOrTwo]


class _TopicsLine(_Line):
    topics: Annotated[tuple[_Name, ...], AfterValidator(_different)]


class _TextLine(BaseModel):
    """A line of which the text alone matters; whatever else stands in it is not looked at."""

    id: str = ""
    text: _Text


_L = TypeVar("_L", bound=BaseModel)


def read_messages(file: str, content: str) -> Sheet:
    """Read messages labelled with tone, intent and pace; `file` is the name that defects are told by."""

    def row(line: int, read: _MessageLine) -> Row:
        labels = (read.tone, read.intent, read.pace)
        return Row(file, line, read.id, read.text, *labels, register=read.register_, domain=read.domain)

    return _sheet(file, content, _MessageLine, row)


def read_routing(file: str, content: str, *, mentors: Collection[str]) -> Sheet:
    """Read messages labelled with the mentors who should answer, of whom `mentors` are all there are."""

    def row(line: int, read: _RoutingLine) -> Row:
        return Row(file, line, read.id, read.text, mentors=read.personas)

    sheet = _sheet(file, content, _RoutingLine, row)
    unknown = [
        Defect(file, row.line, Fault.UNKNOWN_LABEL, f"personas: {name!r} is none of {', '.join(sorted(mentors))}")
        for row in sheet.rows
        for name in row.mentors
        if name not in mentors
    ]
    return Sheet(sheet.rows, (*sheet.defects, *unknown))


def read_texts(file: str, content: str) -> Sheet:
    """Read texts whose labels do not matter, such as messages held out for judging."""
    return _sheet(file, content, _TextLine, lambda line, read: Row(file, line, read.id, read.text))


def check_topics(file: str, content: str, *, ids: Collection[str], topics: Collection[str]) -> list[Defect]:
    """Return the defects of a file that gives each message of `ids` the topics that should answer it; none is fine."""
    lines, defects = read_lines(file, content, _TopicsLine)
    first: dict[str, int] = {}
    for line, read in lines:
        if read.id not in ids:
            defects.append(Defect(file, line, Fault.UNKNOWN_ID, f"no message has the id {read.id!r}"))
        if first.setdefault(read.id, line) != line:
            defects.append(Defect(file, line, Fault.REPEATED_ID, f"{read.id!r} is in line {first[read.id]} already"))
        defects += [
            Defect(file, line, Fault.UNKNOWN_LABEL, f"topics: there is no {topic!r}")
            for topic in read.topics
            if topic not in topics
        ]
    return sorted(defects)


def _sheet(file: str, content: str, shape: type[_L], row: Callable[[int, _L], Row]) -> Sheet:
    lines, defects = read_lines(file, content, shape)
    return Sheet(tuple(row(line, read) for line, read in lines), tuple(defects))


def read_lines(file: str, content: str, shape: type[_L]) -> tuple[list[tuple[int, _L]], list[Defect]]:
    """Return each line's number and what it holds, and what is wrong with the others."""
    lines, defects = [], []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            lines.append((number, shape.model_validate_json(line)))
        except ValidationError as fault:
            for error in fault.errors(include_url=False):
                defects.append(Defect(file, number, *_what_is_wrong(error)))
    return lines, defects


def _what_is_wrong(error: ErrorDetails) -> tuple[Fault, str]:
    """Return the fault and its reason, without the text at fault; a label is no one's words."""
    where = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "enum":
        given = str(error["input"])[:40]
        return Fault.UNKNOWN_LABEL, f"{where}: {given!r} is none of {error['ctx']['expected']}"
    if error["type"] in ("missing", "string_too_short", "too_short"):
        return Fault.MISSING, f"{where} is missing"
    reason = error["msg"].removeprefix("Value error, ").rstrip(".")
    return Fault.BROKEN_LINE, f"{where}: {reason}" if where else reason


def repeated_ids(rows: Sequence[Row]) -> list[Defect]:
    """Return a defect for each row whose id an earlier row has, in whichever file: topics find messages by id alone."""
    first: dict[str, Row] = {}
    defects = []
    for row in rows:
        earlier = first.setdefault(row.id, row)
        if earlier is not row:
            reason = f"{row.id!r} is in {earlier.file}:{earlier.line} already"
            defects.append(Defect(row.file, row.line, Fault.REPEATED_ID, reason))
    return defects


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that say nearly the same in the same words; `similarity` is from 0 to 1, where 1 is the same text."""

    earlier: Row
    later: Row
    similarity: float


def near_duplicates(rows: Sequence[Row], *, threshold: float = NEAR_DUPLICATE) -> list[Pair]:
    """Return every pair of texts in one language with at least this similarity, in the order of the later row.

    The similarity is exact: the Jaccard index (shared among all) of the sets of sequences of five characters. Case,
    runs of spaces and compatible forms of a character do not count. `threshold` is above 0.
    """
    pairs = [
        (later, earlier, similarity)
        for places in _by_language(rows)
        for earlier, later, similarity in _similar([shingles(rows[place].text) for place in places], places, threshold)
    ]
    return [Pair(rows[earlier], rows[later], similarity) for later, earlier, similarity in sorted(pairs)]


def overlaps(rows: Sequence[Row], held_out: Sequence[Row], *, threshold: float = NEAR_DUPLICATE) -> list[Pair]:
    """Return the rows that are nearly the same as a held-out text, each pair with the held-out text as the earlier."""
    if not held_out:
        return []
    kept = set(map(id, held_out))
    return [
        pair
        for pair in near_duplicates([*held_out, *rows], threshold=threshold)
        if id(pair.earlier) in kept and id(pair.later) not in kept
    ]


def shingles(text: str) -> frozenset[str]:
    """Return the sequences of five characters in a text; the text itself where it is shorter."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return frozenset(plain[start : start + SHINGLE_CHARS] for start in range(max(len(plain) - SHINGLE_CHARS + 1, 1)))


def _by_language(rows: Sequence[Row]) -> Iterator[list[int]]:
    for language in LANGUAGES:
        yield [place for place, row in enumerate(rows) if language_of(row.text) == language]


def _similar(
    sets: Sequence[frozenset[str]], names: Sequence[int], threshold: float
) -> Iterator[tuple[int, int, float]]:
    """Yield (earlier name, later name, similarity), comparing only sets that may reach the threshold.

    A set of n shares at least `least` = ceil(threshold * n) shingles with a set that similar. With every set in one
    order, rarest first, `wanted` of those lie within its first n - least + wanted: only they are looked up.
    """
    count = Counter(chain.from_iterable(sets))
    rank = {shingle: place for place, shingle in enumerate(sorted(count, key=count.__getitem__))}
    index: defaultdict[str, list[int]] = defaultdict(list)
    wanted: list[int] = []
    for later, found in enumerate(sets):
        # The small number keeps 0.6 * 35 from being rounded up to 22, which would lose pairs on the threshold itself.
        least = math.ceil(threshold * len(found) - 1e-9)
        wanted.append(min(_WITNESSES, least))
        rarest = sorted(found, key=rank.__getitem__)[: len(found) - least + wanted[later]]
        witnesses = Counter(chain.from_iterable(index[shingle] for shingle in rarest))
        for earlier in sorted(place for place, seen in witnesses.items() if seen >= min(wanted[later], wanted[place])):
            shared = len(found & sets[earlier])
            similarity = shared / (len(found) + len(sets[earlier]) - shared)
            if similarity >= threshold:
                yield names[earlier], names[later], similarity
        for shingle in rarest:
            index[shingle].append(later)


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

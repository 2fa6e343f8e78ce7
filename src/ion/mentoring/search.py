"""Find words in conversations: any case, with or without accents, Hangul also by its initial consonants."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from ion.language import is_hangul
from ion.mentoring.conversation import ConversationId

MOST_RESULTS = 50
_MOST_WORDS = 8
_FEWEST_LOOSE = 2
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FIRST_SYLLABLE, _SYLLABLES_AN_INITIAL = 0xAC00, 588
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_ACCENTED = re.compile(r"[\u00c0-\u024f\u1e00-\u1eff]")
# Accents and parts of a syllable that are characters of their own, as few programs write them.
_APART = re.compile(r"[\u0300-\u036f\u1100-\u11ff]")
# A letter with all that belongs to it.
_CLUSTER = re.compile(r"[\u1100-\u115f]+[\u1160-\u11a7]*[\u11a8-\u11ff]*|.[\u0300-\u036f]*", re.DOTALL)
# How much of a text is shown around what was found, and how far a cut may move to fall between two words.
_BEFORE, _SHOWN, _SEARCHED_FOR_A_GAP = 30, 120, 15
_MARKS = re.compile(r"\*\*|`|(?:(?<=\s)|^)#{1,6}\s")
# Characters that make one sign with what stands before or after them.
_JOINER = "\u200d"
_JOINED = re.compile(r"[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U0001f1e6-\U0001f1ff\u1160-\u11ff]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A turn as it can be searched: its words, and where they are."""

    conversation: ConversationId
    title: str
    position: int
    message: str
    reply: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, and from where to where (exclusive) in it words were found; in order, none touching the next."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """Yield the text piece by piece, and whether each was searched for."""
        end = 0
        for start, stop in self.spans:
            if start > end:
                yield self.text[end:start], False
            yield self.text[start:stop], True
            end = stop
        if end < len(self.text):
            yield self.text[end:], False


@dataclass(frozen=True, slots=True)
class Found:
    """Where words were found: a turn, and part of what was said in it by the mentee or their mentor."""

    conversation: ConversationId
    title: Marked
    position: int
    said_by: Literal["mentee", "mentor"]
    excerpt: Marked


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text as it is compared, and for each of its characters where its letter begins; the end comes last."""

    text: str
    places: tuple[int, ...] | range


@dataclass(frozen=True, slots=True)
class _Word:
    """A word to find: as it is, or else in one of its looser forms; `letters` have to be there for any of these."""

    text: str
    letters: frozenset[str]
    looser: tuple[re.Pattern[str], ...]

    def is_in(self, folded: str) -> bool:
        return self.text in folded or self._form_in(folded) is not None

    def spans_in(self, folded: str) -> list[tuple[int, int]]:
        """Return every place in the text where the word is."""
        exactly = re.compile(re.escape(self.text)) if self.text in folded else None
        form = exactly or self._form_in(folded)
        return [] if form is None else [match.span() for match in form.finditer(folded)]

    def _form_in(self, folded: str) -> re.Pattern[str] | None:
        if not all(letter in folded for letter in self.letters):
            return None
        return next((form for form in self.looser if form.search(folded)), None)


@dataclass(slots=True)
class Search:
    """Looks for all words of a query; passages come in the order in which what is found is to be shown."""

    query: str
    limit: int = MOST_RESULTS
    found: list[Found] = field(default_factory=list)
    _words: tuple[_Word, ...] = ()
    _by_title: set[ConversationId] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._words = tuple(_word(text) for text in dict.fromkeys(folded(self.query).split()[:_MOST_WORDS]))

    @property
    def is_over(self) -> bool:
        """Whether there is nothing (more) to look for."""
        return not self._words or len(self.found) >= self.limit

    def look_at(self, passages: Iterable[Passage]) -> None:
        """Add to `found` what is in these passages."""
        for passage in passages:
            if self.is_over:
                return
            self._look_at(passage)

    def _look_at(self, passage: Passage) -> None:
        message, reply = folded(passage.message), folded(passage.reply)
        said = self._words_in(message, reply)
        others = [word for word in self._words if word not in said]
        if others and not self._are_in_title(others, passage, alone=not said):
            return
        by_mentor = bool(said) and not self._words_in(message)
        excerpt = _excerpt(self._marked(passage.reply if by_mentor else passage.message))
        self.found.append(
            Found(
                conversation=passage.conversation,
                title=self._marked(passage.title),
                position=passage.position,
                said_by="mentor" if by_mentor else "mentee",
                excerpt=_without_marks(excerpt),
            )
        )

    def _words_in(self, *texts: str) -> list[_Word]:
        return [word for word in self._words if any(word.is_in(text) for text in texts)]

    def _are_in_title(self, words: Sequence[_Word], passage: Passage, *, alone: bool) -> bool:
        """Tell whether the title has these words; where it has them `alone`, one place in a conversation is enough."""
        if alone and passage.conversation in self._by_title:
            return False
        title = folded(passage.title)
        if not all(word.is_in(title) for word in words):
            return False
        if alone:
            self._by_title.add(passage.conversation)
        return True

    def _marked(self, text: str) -> Marked:
        compared = _folded(text)
        spans: list[tuple[int, int]] = []
        for word in self._words:
            spans += word.spans_in(compared.text)
        places = compared.places
        return Marked(text, _joined((places[start], places[end]) for start, end in spans))


def folded(text: str) -> str:
    """Return the text as it is compared: composed, without case and without the accents of Latin letters."""
    if text.isascii():
        return text.lower()
    if _APART.search(text):
        text = _plain(text)
    return _ACCENTED.sub(lambda letter: _plain_letter(letter[0]), text).casefold()


def _plain(text: str) -> str:
    # Accents go while letters are apart; then Hangul is put together again.
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


@cache
def _plain_letter(letter: str) -> str:
    return _plain(letter)


def _folded(text: str) -> _Folded:
    whole = folded(text)
    # No letter becomes shorter, so a text that is as long as before is so letter by letter.
    if not _APART.search(text) and len(whole) == len(text):
        return _Folded(whole, range(len(text) + 1))
    letters: list[str] = []
    places: list[int] = []
    for cluster in _CLUSTER.finditer(text):
        letter = folded(cluster[0])
        letters.append(letter)
        places += [cluster.start()] * len(letter)
    return _Folded("".join(letters), (*places, len(text)))


def _word(text: str) -> _Word:
    """Return what to look for; a word of two syllables or consonants and more is also found over spaces."""
    if len(text) < _FEWEST_LOOSE or not any(map(is_hangul, text)):
        return _Word(text, frozenset(), ())
    letters = [_letter(char) for char in text]
    over_spaces = re.compile(r"(?<!\w)" + r"\s*".join(letters))
    initials = set(_INITIALS).intersection(text)
    by_initials = (re.compile("".join(letters)),) if initials else ()
    return _Word(text, frozenset(text) - initials, (*by_initials, over_spaces))


def _letter(char: str) -> str:
    """Return a pattern for a letter; a consonant stands for every syllable that begins with it, too."""
    initial = _INITIALS.find(char)
    if initial < 0:
        return re.escape(char)
    first = _FIRST_SYLLABLE + initial * _SYLLABLES_AN_INITIAL
    return f"[{char}{chr(first)}-{chr(first + _SYLLABLES_AN_INITIAL - 1)}]"


def _joined(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return the spans in order; those that overlap or touch become one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return tuple(joined)


def _excerpt(marked: Marked) -> Marked:
    """Return the part of a text around the first place, on one line, with an ellipsis where it was cut."""
    text = marked.text
    first = marked.spans[0][0] if marked.spans else 0
    start = _gap(text, max(0, first - _BEFORE), first)
    start += len(text[start:first]) - len(text[start:first].lstrip())
    end = _gap(text, min(len(text), start + _SHOWN), min(len(text), start + _SHOWN + _SEARCHED_FOR_A_GAP))
    before, after = "…" if start else "", "…" if end < len(text) else ""
    line = "".join(" " if char.isspace() else char for char in text[start:end])
    return Marked(f"{before}{line}{after}", _clipped(marked.spans, start, end, shift=len(before) - start))


def _clipped(spans: Iterable[tuple[int, int]], start: int, end: int, *, shift: int) -> tuple[tuple[int, int], ...]:
    """Return what of the spans lies from `start` to `end`, moved by `shift`."""
    within = ((max(span[0], start), min(span[1], end)) for span in spans)
    return tuple((first + shift, last + shift) for first, last in within if first < last)


def _without_marks(marked: Marked) -> Marked:
    """Return the text without the signs that Markdown makes bold, code and headings of."""
    text = ""
    spans: list[tuple[int, int]] = []
    for piece, is_found in marked.pieces():
        plain = _MARKS.sub("", piece)
        if is_found and plain:
            spans.append((len(text), len(text) + len(plain)))
        text += plain
    return Marked(text, _joined(spans))


def _gap(text: str, place: int, latest: int) -> int:
    """Return the first place from here on where a word begins or ends; else the first where no sign is parted."""
    if place in (0, len(text)):
        return place
    seams = [at for at in range(place, min(latest, len(text)) + 1) if _is_seam(text, at)]
    words = (at for at in seams if at == len(text) or text[at - 1].isspace() or text[at].isspace())
    return next(words, seams[0] if seams else latest)


def _is_seam(text: str, at: int) -> bool:
    """Tell whether a text can be cut here without parting a letter from its accents or a sign from its parts."""
    if at in (0, len(text)):
        return True
    return not (unicodedata.combining(text[at]) or _JOINED.match(text[at]) or text[at - 1] == _JOINER)

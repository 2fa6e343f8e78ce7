"""Rules as readable data: patterns, the look-alikes that explain a match away, and examples of both."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources.abc import Traversable
from typing import Annotated, NamedTuple

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints

from ion.errors import Misconfigured
from ion.safety.finder import Finder, Keyed, keyed
from ion.safety.prefilter import BadPattern, words_needed
from ion.safety.spelling import apart
from ion.toml import read_toml

# How far around a match, in characters, the words that explain it or must go with it are looked for.
REACH = 160
# Texts are read a sentence at a time, so that a word in one does not run a pattern over the others.
_LONGEST = 1_000
# Between sentences in plain text; no pattern reaches across.
_SENTENCE_MARK = " . "

_WORD_NAME = re.compile(r"<([a-z_]+)>")
_MAX_NESTING = 5
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+)+$")]
_Pattern = Annotated[str, StringConstraints(min_length=1)]


class BadRule(Misconfigured):
    """A file of rules cannot be used as it is."""

    code = "bad_rule"


class RuleText(BaseModel):
    """One rule as written.

    A rule fires where one of `patterns` matches, if also one of `near` does within REACH, unless one of `unless`
    overlaps the match or one of `unless_near` is within REACH.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    means: str = Field(validation_alias=AliasChoices("reason", "kind"))
    unsure_whose: bool = False
    patterns: tuple[_Pattern, ...] = Field(min_length=1)
    near: tuple[_Pattern, ...] = ()
    unless: tuple[_Pattern, ...] = ()
    unless_near: tuple[_Pattern, ...] = ()
    examples: tuple[str, ...] = Field(min_length=1)
    look_alikes: tuple[str, ...] = ()


class RuleFile(BaseModel):
    """A file of rules.

    `words` names lists that patterns use as <name>; `blank` is what a blank in a pattern stands for; with
    `whole_words` no match ends within a word; with `apart` Korean endings are read as letters of their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    blank: str = " "
    whole_words: bool = False
    apart: bool = False
    words: Mapping[str, str] = Field(default_factory=dict)
    rule: tuple[RuleText, ...] = Field(min_length=1)


class Piece(NamedTuple):
    """A part of a text: where matches may start and end, and how far they may reach."""

    start: int
    end: int
    reach: int


@dataclass(frozen=True)
class Rule:
    """A rule whose patterns are compiled when they are first needed: all of them together take seconds."""

    text: RuleText
    file: RuleFile
    _patterns: dict[int, re.Pattern[str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The rule's stable name."""
        return self.text.id

    @property
    def means(self) -> str:
        """What the rule says of a message it fires on."""
        return self.text.means

    def matches(self, place: int, text: str, piece: Piece) -> bool:
        """Tell whether the pattern at `place` matches in the piece in a way that counts."""
        pattern = self._patterns.get(place)
        if pattern is None:
            pattern = self._patterns[place] = re.compile(_spelt(self.text.patterns[place], self.file))
        found = pattern.finditer(text, piece.start, piece.reach)
        return any(self._allows(text, *match.span()) for match in found if match.start() < piece.end)

    def _allows(self, text: str, start: int, end: int) -> bool:
        low, high = max(0, start - REACH), end + REACH
        if self._near is not None and not self._near.search(text, low, high):
            return False
        if self._unless_near is not None and self._unless_near.search(text, low, high):
            return False
        if self._unless is None:
            return True
        return not any(found.start() < end and found.end() > start for found in self._unless.finditer(text, low, high))

    @cached_property
    def _near(self) -> re.Pattern[str] | None:
        return _any_of(self.text.near, self.file)

    @cached_property
    def _unless(self) -> re.Pattern[str] | None:
        return _any_of(self.text.unless, self.file)

    @cached_property
    def _unless_near(self) -> re.Pattern[str] | None:
        return _any_of(self.text.unless_near, self.file)


def _any_of(sources: Sequence[str], file: RuleFile) -> re.Pattern[str] | None:
    return re.compile("|".join(_spelt(source, file) for source in sources)) if sources else None


class Rules:
    """Every rule of some files, found by the words without which a pattern cannot match."""

    def __init__(self, files: Sequence[tuple[RuleFile, Keyed]]) -> None:
        self._patterns = [_patterns_of(file) for file, _ in files]
        rules = dict.fromkeys(rule.id for patterns in self._patterns for rule, _ in patterns)
        self._ranks = {name: rank for rank, name in enumerate(rules)}
        self._finder = Finder(index for _, index in files)

    def rank(self, rule: Rule) -> int:
        """Return the place of the rule among all, the first being 0."""
        return self._ranks[rule.id]

    def fired(self, text: str) -> Iterator[Rule]:
        """Yield each rule that holds for `text`, once."""
        seen: set[str] = set()
        for piece in _pieces(text):
            found = sorted(set(self._finder.found_in(text[piece.start : piece.reach])))
            for rule, place in (self._patterns[file][number] for file, number in found):
                if rule.id not in seen and rule.matches(place, text, piece):
                    seen.add(rule.id)
                    yield rule


def _patterns_of(file: RuleFile) -> list[tuple[Rule, int]]:
    """Return every pattern of a file, as its rule and its place there; the index counts them in this order."""
    return [
        (rule, place) for rule in (Rule(text, file) for text in file.rule) for place in range(len(rule.text.patterns))
    ]


def _pieces(text: str) -> Iterator[Piece]:
    """Cut `text` into sentences, and what is too long for one into parts that reach into the next."""
    start = 0
    while start < len(text):
        mark = text.find(_SENTENCE_MARK, start + 1, start + _LONGEST)
        if mark >= 0:
            yield Piece(start, mark + len(_SENTENCE_MARK), mark + len(_SENTENCE_MARK))
            start = mark + len(_SENTENCE_MARK) - 1
        else:
            yield Piece(start, start + _LONGEST, start + _LONGEST + REACH)
            start += _LONGEST


def read_rules(file: Traversable) -> RuleFile:
    """Read a file of rules; `check_rules` looks deeper, and takes seconds.

    Raises:
        BadRule: it cannot be used; the message holds file, line and reason.
    """
    content = read_toml(file, RuleFile, error=BadRule)
    ids = [text.id for text in content.rule]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise BadRule(f"{file}: there are two rules {twice}.")
    return content


def check_rules(content: RuleFile) -> None:
    """Check every pattern of a file of rules.

    Raises:
        BadRule: a pattern is no regular expression, or no word is certain to be in what it matches.
    """
    for text in content.rule:
        try:
            for source in (*text.patterns, *text.near, *text.unless, *text.unless_near):
                written = _spelt(source, content)
                re.compile(written)
                if source in text.patterns and not words_needed(written):
                    raise BadPattern(f"no word is certain to be in what {source!r} matches")
        except (BadPattern, re.error, KeyError) as fault:
            raise BadRule(f"rule {text.id}: {fault}.") from None


def index_of(content: RuleFile) -> Keyed:
    """Return the words without which patterns cannot match, with the numbers of the patterns; takes seconds.

    Raises:
        BadRule: no such words can be told for a pattern.
    """
    try:
        words: dict[str, list[int]] = {}
        for number, (rule, place) in enumerate(_patterns_of(content)):
            for word in sorted(words_needed(_spelt(rule.text.patterns[place], content))):
                words.setdefault(word, []).append(number)
        return keyed(words)
    except (BadPattern, KeyError) as fault:
        raise BadRule(f"the safety rules cannot be indexed: {fault}.") from None


def _spelt(source: str, file: RuleFile) -> str:
    """Put named words in place of <name>, and what a blank stands for in place of blanks."""
    for _ in range(_MAX_NESTING):
        source = _WORD_NAME.sub(lambda match: f"(?:{file.words[match[1]]})", source)
    if file.apart:
        source = apart(source)
    ending = r"(?!\w)" if file.whole_words and not source.endswith(" ") else ""
    return f"(?:{source.replace(' ', file.blank)}){ending}"

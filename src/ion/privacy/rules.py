"""Rules as readable data: patterns, the words around them that decide, and examples of both outcomes.

In an example, what is found stands between ‹ and ›.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from ion.errors import Misconfigured
from ion.privacy.checks import CHECKS
from ion.privacy.kinds import PersonalKind
from ion.toml import read_toml

RULES = files("ion.privacy") / "rules"
# Where two rules find the same characters, the one that stands first here, and first in its file, names the kind.
RULE_FILES = ("secrets", "identity", "contact", "money", "network", "places", "names")
_VALUE = "value"
# How far back, in characters, words are looked for that explain a match away.
_AHEAD = 24
# `(?P<value>` is the regular expression's own.
_WORD_NAME = re.compile(r"(?<!\(\?P)<([a-z_]+)>")
_MAX_NESTING = 5


class BadPersonalRule(Misconfigured):
    """A file of rules for personal data cannot be used as it is."""


class RuleText(BaseModel):
    """One rule as written.

    It finds the group `value` of a pattern, or all of it, if `check` accepts it, one of `near` stands within `reach`
    characters and one of `after` within as many before it, unless one of `not_after` stands shortly before or one of
    `unless` is in the value itself.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z_]+(\.[a-z0-9_]+)+$")
    kind: PersonalKind
    patterns: tuple[str, ...] = Field(min_length=1)
    check: str | None = None
    near: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    reach: int = Field(default=40, ge=1, le=200)
    not_after: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    examples: tuple[str, ...] = Field(min_length=1)
    look_alikes: tuple[str, ...] = ()

    @field_validator("check")
    @classmethod
    def _known(cls, check: str | None) -> str | None:
        if check is not None and check not in CHECKS:
            raise ValueError(f"there is no check {check}")
        return check


class RuleFile(BaseModel):
    """A file of rules; `words` names what patterns use as <name>."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Mapping[str, str] = Field(default_factory=dict)
    rule: tuple[RuleText, ...] = Field(min_length=1)

    @field_validator("rule")
    @classmethod
    def _compile(cls, rules: tuple[RuleText, ...], info: ValidationInfo) -> tuple[RuleText, ...]:
        words = info.data.get("words", {})
        for rule in rules:
            for source in (*rule.patterns, *rule.near, *rule.after, *rule.not_after, *rule.unless):
                try:
                    re.compile(_spelt(source, words))
                except (re.error, KeyError) as fault:
                    raise ValueError(f"rule {rule.id}: {source!r}: {fault}") from None
        return rules


class Rule:
    """A rule ready to be used."""

    def __init__(self, text: RuleText, words: Mapping[str, str]) -> None:
        self.text = text
        self.kind = text.kind
        # Words are met in any case; in patterns, case tells a key from a sentence, so they say (?i) where it does not.
        self._patterns = tuple(re.compile(_spelt(source, words)) for source in text.patterns)
        self._near = _any_of(text.near, words)
        self._after = _any_of(text.after, words)
        self._not_after = _any_of(text.not_after, words)
        self._unless = _any_of(text.unless, words)
        self._check = CHECKS[text.check] if text.check else len

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of each value found."""
        for pattern in self._patterns:
            group = _VALUE if _VALUE in pattern.groupindex else 0
            match = pattern.search(text)
            while match:
                start, end = match.span(group)
                if text[start] == "(" and ")" not in match[group]:  # of the sentence, as in "my number (010-2345-6789)"
                    start += 1
                length = self._check(text[start:end])
                if length and self._allows(text, match.start(), start, start + length):
                    yield start, start + length
                # A check may take the beginning of a match only; the rest of it is read again.
                match = pattern.search(text, max(start + length, match.start() + 1) if length else match.end())

    def _allows(self, text: str, begin: int, start: int, end: int) -> bool:
        low, high = max(0, begin - self.text.reach), end + self.text.reach
        if self._near and not self._near.search(text[low:high]):
            return False
        if self._after and not self._after.search(text[low:begin]):
            return False
        if self._not_after and self._not_after.search(text[max(0, begin - _AHEAD) : start]):
            return False
        return not (self._unless and self._unless.search(text[start:end]))


def _any_of(sources: Sequence[str], words: Mapping[str, str]) -> re.Pattern[str] | None:
    return re.compile("|".join(_spelt(source, words) for source in sources), re.IGNORECASE) if sources else None


def _spelt(source: str, words: Mapping[str, str]) -> str:
    """Put named words in place of <name>."""
    for _ in range(_MAX_NESTING):
        source = _WORD_NAME.sub(lambda match: f"(?:{words[match[1]]})", source)
    return source


def read_rules(file: Traversable) -> RuleFile:
    """Read a file of rules, every pattern checked.

    Raises:
        BadPersonalRule: it cannot be used; the message holds file, line and reason.
    """
    return read_toml(file, RuleFile, error=BadPersonalRule)


@cache
def every_rule() -> tuple[Rule, ...]:
    """Return the rules that come with ION, read once."""
    contents = [read_rules(RULES / f"{name}.toml") for name in RULE_FILES]
    return tuple(Rule(text, content.words) for content in contents for text in content.rule)

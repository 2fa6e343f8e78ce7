"""The first step of every turn: does this message speak of danger, and does it try to take the mentor over?"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from ion.safety.finder import Keyed
from ion.safety.injection import InjectionKind, InjectionRules
from ion.safety.rules import RuleFile, Rules, index_of, read_rules
from ion.safety.spelling import apart, joined, plain

RULES = files("ion.safety") / "rules"
CRISIS_FILES = ("crisis.ko", "crisis.en")
INJECTION_FILE = "injection"


class CrisisReason(StrEnum):
    """What a message in danger speaks of."""

    SUICIDE = "suicide"
    SELF_HARM = "self_harm"
    HARM_TO_OTHER = "harm_to_other"
    VIOLENCE = "violence"
    CONCERN_FOR_OTHER = "concern_for_other"


# Where a message speaks of several, help for the first of these comes first.
_GRAVEST_FIRST = tuple(CrisisReason)


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found. `rules` are the names of the rules that fired; they hold nothing of the message."""

    crisis: CrisisReason | None
    injection: InjectionKind | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Screener:
    """Deterministic rules; holds nothing of what it has screened.

    `unsure_whose` names the rules that cannot tell whether the writer speaks of themselves.
    """

    crisis: Rules
    unsure_whose: frozenset[str]
    injection: InjectionRules

    def screen(self, text: str) -> Screening:
        """Screen any text, broken Unicode too."""
        found = self._crisis(text)
        kind, rule = self.injection.judge(text)
        names = [name for name, _ in found] + ([rule] if rule else [])
        return Screening(self._reason(found), kind, tuple(names))

    def _crisis(self, text: str) -> list[tuple[str, CrisisReason]]:
        written = plain(text)
        ways = dict.fromkeys((written, joined(written)))
        fired = {rule.id: rule.means for way in ways for rule in self.crisis.fired(apart(way))}
        return [(name, CrisisReason(means)) for name, means in fired.items()]

    def _reason(self, found: Sequence[tuple[str, CrisisReason]]) -> CrisisReason | None:
        reasons = {reason for _, reason in found}
        if CrisisReason.CONCERN_FOR_OTHER in reasons:
            sure = {reason for name, reason in found if name not in self.unsure_whose}
            reasons = sure or reasons
        return next((reason for reason in _GRAVEST_FIRST if reason in reasons), None)


def load_screener() -> Screener:
    """Read the rules and the index of their words, which is made anew where the rules have changed.

    Raises:
        BadRule: a file of rules cannot be used; the message holds file, line and reason.
    """
    crisis = [_with_index(name) for name in CRISIS_FILES]
    return Screener(
        crisis=Rules(crisis),
        unsure_whose=frozenset(rule.id for file, _ in crisis for rule in file.rule if rule.unsure_whose),
        injection=InjectionRules(Rules([_with_index(INJECTION_FILE)])),
    )


def _with_index(name: str) -> tuple[RuleFile, Keyed]:
    content = read_rules(RULES / f"{name}.toml")
    kept = json.loads((RULES / f"{name}.index.json").read_text(encoding="utf-8"))
    if kept["rules"] == fingerprint(name):
        return content, kept["words"]
    return content, index_of(content)


def fingerprint(name: str) -> str:
    """Return what tells one version of a file of rules from another."""
    return hashlib.sha256((RULES / f"{name}.toml").read_bytes()).hexdigest()

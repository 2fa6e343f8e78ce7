import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ion.errors import Misconfigured
from ion.privacy import BadPersonalRule, PersonalKind, find_personal
from ion.privacy.checks import CHECKS
from ion.privacy.kinds import LABELS
from ion.privacy.rules import RULE_FILES, RULES, RuleText, every_rule, read_rules

RULE = '[[rule]]\nid = "a.b"\nkind = "email"\npatterns = ["{pattern}"]\nexamples = ["x"]\n'


def every_text() -> list[RuleText]:
    return [rule for name in RULE_FILES for rule in read_rules(RULES / f"{name}.toml").rule]


def written(part: str) -> Iterator[object]:
    for rule in every_text():
        for text in getattr(rule, part):
            yield pytest.param(rule, text, id=f"{rule.id}:{text[:24]}")


def values(text: str) -> list[tuple[PersonalKind, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find_personal(text)]


class TestEveryRule:
    @pytest.mark.parametrize(("rule", "example"), list(written("examples")))
    def test_finds_in_its_examples_what_is_marked_and_no_more(self, rule: RuleText, example: str) -> None:
        marked = re.findall("‹([^›]+)›", example)

        assert marked
        assert values(re.sub("[‹›]", "", example)) == [(rule.kind, value) for value in marked]

    @pytest.mark.parametrize(("rule", "text"), list(written("look_alikes")))
    def test_passes_over_its_look_alikes(self, rule: RuleText, text: str) -> None:
        assert values(text) == []

    @pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in every_text()])
    def test_finds_one_of_its_examples_itself(self, rule: RuleText) -> None:
        ready = next(one for one in every_rule() if one.text == rule)

        assert any(list(ready.spans(re.sub("[‹›]", "", example))) for example in rule.examples)

    def test_has_a_name_of_its_own(self) -> None:
        ids = [rule.id for rule in every_text()]

        assert len(ids) == len(set(ids))


class TestTogether:
    def test_every_kind_is_found_by_some_rule(self) -> None:
        assert {rule.kind for rule in every_text()} == set(PersonalKind)

    def test_every_kind_has_a_label(self) -> None:
        assert set(LABELS) == set(PersonalKind)

    def test_every_check_is_used(self) -> None:
        assert {rule.check for rule in every_text()} - {None} == set(CHECKS)

    def test_every_file_is_read(self) -> None:
        assert {Path(str(file)).stem for file in RULES.iterdir()} == set(RULE_FILES)


class TestBadFiles:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (RULE.format(pattern="("), "rule a.b: '(': missing )"),
            (RULE.format(pattern="<nobody>"), "rule a.b: '<nobody>': 'nobody'"),
            (RULE.format(pattern="x") + 'check = "taste"\n', "there is no check taste"),
            (RULE.format(pattern="x").replace("email", "shoe_size"), "Input should be"),
            ("rule = []", "at least 1 item"),
        ],
    )
    def test_are_named_with_the_reason(self, tmp_path: Path, content: str, reason: str) -> None:
        file = tmp_path / "bad.toml"
        file.write_text(content)

        with pytest.raises(BadPersonalRule) as caught:
            read_rules(file)

        assert isinstance(caught.value, Misconfigured)
        assert str(file) in caught.value.message
        assert reason in caught.value.message

"""Are messages in danger and attacks on the mentor found, and how often is there a false alarm?"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from ion.evaluation.labelled import BENIGN, Attack, Danger, Message
from ion.evaluation.tables import Cell, Column, Table, sorted_by, table
from ion.language import LANGUAGES
from ion.safety import Screener

_T = TypeVar("_T", Danger, Attack)


def safety_tables(
    dangers: Sequence[Danger], attacks: Sequence[Attack], ordinary: Sequence[Message], screener: Screener
) -> list[Table]:
    """Return recall and false alarms for danger and attacks, and the alarms over ordinary messages."""
    return [
        _table(
            "safety crisis",
            "Safety: messages in danger",
            "Recall over messages that speak of danger, false alarms over those that only sound like it.",
            _rows(dangers, lambda each: each.is_crisis, lambda each: screener.screen(each.text).crisis is not None),
        ),
        _table(
            "safety injection",
            "Safety: attacks on the mentor",
            "Recall over prompt injections, false alarms over messages that only sound like one.",
            _rows(
                attacks, lambda each: each.kind != BENIGN, lambda each: screener.screen(each.text).injection is not None
            ),
        ),
        _kinds(attacks, screener),
        _ordinary(ordinary, screener),
    ]


def _table(name: str, title: str, note: str, rows: Sequence[Sequence[Cell]]) -> Table:
    # A danger that is missed weighs more than any figure elsewhere: recall may not fall at all.
    columns = (
        Column("to find"),
        Column("recall", "more", tolerance=0.0),
        Column("look-alikes"),
        Column("false alarms", "less"),
    )
    return table(name, title, note, ("language",), columns, rows)


def _rows(texts: Sequence[_T], wanted: Callable[[_T], bool], found: Callable[[_T], bool]) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = []
    for language in LANGUAGES:
        own = [each for each in texts if each.language == language]
        alarms = [found(each) for each in own if wanted(each)]
        false = [found(each) for each in own if not wanted(each)]
        if own:
            rows.append((language, len(alarms), _share(alarms), len(false), _share(false)))
    return rows


def _share(each: Sequence[bool]) -> float | None:
    return sum(each) / len(each) if each else None


def _kinds(attacks: Sequence[Attack], screener: Screener) -> Table:
    """Tell recall by the kind of attack; a kind may be found under another kind's name."""
    there = Counter((each.kind, each.language) for each in attacks if each.kind != BENIGN)
    found = Counter(
        (each.kind, each.language)
        for each in attacks
        if each.kind != BENIGN and screener.screen(each.text).injection is not None
    )
    return sorted_by(
        table(
            "safety injection kinds",
            "Safety: kinds of attack",
            "",
            ("kind", "language"),
            (Column("to find"), Column("found")),
            [(*kind, count, found[kind]) for kind, count in there.items()],
        ),
        2,
    )


def _ordinary(messages: Sequence[Message], screener: Screener) -> Table:
    rows: list[Sequence[Cell]] = []
    for language in LANGUAGES:
        own = [screener.screen(each.text) for each in messages if each.language == language]
        if own:
            crises = sum(each.crisis is not None for each in own)
            injections = sum(each.injection is not None for each in own)
            rows.append((language, len(own), crises, crises / len(own), injections, injections / len(own)))
    return table(
        "safety ordinary",
        "Safety: alarms over ordinary messages",
        "The share of the training corpus that raises an alarm. Nobody in it is in danger; the rules were mended by "
        "what this showed, so it is no held-out figure.",
        ("language",),
        (
            Column("n"),
            Column("crises"),
            Column("share of crises", "less"),
            Column("injections"),
            Column("share of injections", "less"),
        ),
        rows,
    )

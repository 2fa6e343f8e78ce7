"""Does the mentor whom a person would choose answer, and what does misreading a message cost?"""

from collections import Counter
from collections.abc import Callable, Sequence

from ion.evaluation.labelled import Case, Message
from ion.evaluation.tables import Column, Table, sorted_by, table
from ion.language import LANGUAGES
from ion.resonance import Intent, Pace, ResonanceKey, Tone
from ion.routing import ResonanceRouter

KeyOf = Callable[[str], ResonanceKey]


def routing_tables(
    cases: Sequence[Case], messages: Sequence[Message], key_of: KeyOf, router: ResonanceRouter
) -> list[Table]:
    """Return the agreement with people's choices, what reading errors change, and who is taken for whom."""
    chosen = [router.route(key_of(case.text)).primary for case in cases]
    return [_agreement(cases, chosen), _misreading(messages, key_of, router), _confusions(cases, chosen)]


def _agreement(cases: Sequence[Case], chosen: Sequence[str]) -> Table:
    rows = []
    for language in LANGUAGES:
        own = [(case, slug) for case, slug in zip(cases, chosen, strict=True) if case.language == language]
        if own:
            agreed = sum(slug in case.mentors for case, slug in own)
            first = sum(slug == case.mentors[0] for case, slug in own)
            rows.append((language, len(own), agreed / len(own), first / len(own)))
    return table(
        "routing",
        "Routing: the mentor a person would choose",
        "The share of messages that go to a mentor whom a person named for them, and to the one named first. ION reads "
        "the message itself, so its reading errors are in these figures.",
        ("language",),
        (Column("n"), Column("agreement", "more"), Column("agreement with the first", "more")),
        rows,
    )


def _misreading(messages: Sequence[Message], key_of: KeyOf, router: ResonanceRouter) -> Table:
    rows = []
    for source in dict.fromkeys(message.source for message in messages):
        for language in LANGUAGES:
            own = [each for each in messages if (each.source, each.language) == (source, language)]
            if own:
                same = sum(router.route(key_of(each.text)).primary in _rightful(each, router) for each in own)
                rows.append((source, language, len(own), same / len(own)))
    return table(
        "routing misreading",
        "Routing: what reading errors change",
        "The share of labelled messages that go to the same mentor by ION's reading as by the labels of a person; the "
        "rest go elsewhere because they were misread.",
        ("source", "language"),
        (Column("n"), Column("same mentor", "more")),
        rows,
    )


def _rightful(message: Message, router: ResonanceRouter) -> set[str]:
    """Return whoever answers the message by any of the labels that people accept for it."""
    return {
        router.route(ResonanceKey(Tone(tone), Pace(pace), Intent(intent))).primary
        for tone in message.accepted["tone"]
        for pace in message.accepted["pace"]
        for intent in message.accepted["intent"]
    }


def _confusions(cases: Sequence[Case], chosen: Sequence[str]) -> Table:
    counts = Counter(
        (case.language, slug if slug in case.mentors else case.mentors[0], slug)
        for case, slug in zip(cases, chosen, strict=True)
    )
    return sorted_by(
        table(
            "routing confusions",
            "Routing: who answers instead of whom",
            "",
            ("language", "a person chose", "ION chose"),
            (Column("messages"),),
            [(*names, count) for names, count in counts.items()],
        ),
        3,
    )

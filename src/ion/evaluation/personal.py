"""Is personal data found, all of it and nothing else?"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from ion.evaluation.labelled import Private
from ion.evaluation.tables import Cell, Column, Table, sorted_by, table
from ion.language import LANGUAGES

# Returns kind and value of each piece of personal data in a text.
Finder = Callable[[str], Sequence[tuple[str, str]]]
# Kinds that people and ION call by different names.
_ALIASES = {"credit_card": "card"}


def personal_tables(texts: Sequence[Private], find: Finder) -> list[Table]:
    """Return precision and recall per language, and recall per kind."""
    found = [(text, _named(text.values), _named(find(text.text))) for text in texts]
    rows: list[Sequence[Cell]] = []
    for language in LANGUAGES:
        own = [(truth, said) for text, truth, said in found if text.language == language]
        if own:
            rows.append((language, len(own), *_figures(own)))
    figures = table(
        "personal data",
        "Personal data",
        "A piece counts as found where its kind and every character of it agree; `covered` counts those that lie "
        "wholly within something found, whatever kind it was taken for. False alarms are over the texts that hold no "
        "personal data.",
        ("language",),
        (
            Column("texts"),
            Column("pieces"),
            Column("precision", "more"),
            Column("recall", "more"),
            Column("covered", "more", tolerance=0.0),
            Column("texts without"),
            Column("false alarms", "less"),
        ),
        rows,
    )
    return [figures, _kinds([(text.language, truth, said) for text, truth, said in found])]


def _named(pieces: Sequence[tuple[str, str]]) -> Counter[tuple[str, str]]:
    return Counter((_ALIASES.get(kind, kind), value) for kind, value in pieces)


_Counts = Counter[tuple[str, str]]


def _figures(own: Sequence[tuple[_Counts, _Counts]]) -> tuple[Cell, ...]:
    pieces = sum(truth.total() for truth, _ in own)
    claimed = sum(said.total() for _, said in own)
    right = sum((truth & said).total() for truth, said in own)
    covered = sum(any(value in other for _, other in said) for truth, said in own for _, value in truth.elements())
    without = [bool(said) for truth, said in own if not truth]
    return (
        pieces,
        _share(right, claimed),
        _share(right, pieces),
        _share(covered, pieces),
        len(without),
        _share(sum(without), len(without)),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _kinds(found: Sequence[tuple[str, _Counts, _Counts]]) -> Table:
    def pieces(language: str, counts: _Counts) -> Iterator[tuple[str, str]]:
        return ((kind, language) for kind, _ in counts.elements())

    there, right, extra = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for language, truth, said in found:
        there.update(pieces(language, truth))
        right.update(pieces(language, truth & said))
        extra.update(pieces(language, said - truth))
    return sorted_by(
        table(
            "personal data kinds",
            "Personal data: kinds",
            "",
            ("kind", "language"),
            (Column("to find"), Column("found"), Column("found beyond")),
            [(*kind, there[kind], right[kind], extra[kind]) for kind in sorted({*there, *extra})],
        ),
        2,
    )

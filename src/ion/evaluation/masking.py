"""Is every personal value masked, whole, and nothing that only looks like one? Per part, language and kind."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ion.evaluation.labelled import Marked, Span
from ion.evaluation.tables import Cell, Column, Table, sorted_by, table

# Returns kind, start and end of each piece of personal data in a text.
Spotter = Callable[[str], Sequence[Span]]
# Kinds that are masked by the same word.
_ALIKE = {"mobile_phone": "phone"}


@dataclass(slots=True)
class MaskingCounts:
    """What was found of a set of texts: by kind what was there and what of it was found, and what was beyond it."""

    there: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    texts: int = 0
    texts_without: int = 0
    look_alikes: int = 0
    look_alikes_taken: int = 0
    claimed: int = 0
    beyond: int = 0

    @property
    def recall(self) -> float | None:
        """The share of values of which every character is masked, under their kind."""
        return _share(sum(self.found.values()), sum(self.there.values()))

    @property
    def look_alike_rate(self) -> float | None:
        """The share of look-alikes of which any character is masked."""
        return _share(self.look_alikes_taken, self.look_alikes)

    @property
    def precision(self) -> float | None:
        """The share of what was found that touches a value."""
        return _share(self.claimed - self.beyond, self.claimed)


def counts_of(texts: Sequence[Marked], spot: Spotter) -> MaskingCounts:
    """Count what is found in these texts."""
    counts = MaskingCounts()
    for text in texts:
        said = spot(text.text)
        counts.texts += 1
        counts.texts_without += not text.spans
        counts.look_alikes += len(text.look_alikes)
        counts.look_alikes_taken += sum(any(map(each.touches, said)) for each in text.look_alikes)
        counts.claimed += len(said)
        counts.beyond += sum(not any(map(each.touches, text.spans)) for each in said)
        for span in text.spans:
            counts.there[span.type] = counts.there.get(span.type, 0) + 1
            counts.found[span.type] = counts.found.get(span.type, 0) + _is_found(span, said)
    return counts


def _is_found(span: Span, said: Sequence[Span]) -> bool:
    over = [each for each in said if each.touches(span)]
    kinds = {_ALIKE.get(each.type, each.type) for each in over}
    masked = {place for each in over for place in range(each.start, each.end)}
    return _ALIKE.get(span.type, span.type) in kinds and masked.issuperset(range(span.start, span.end))


def masking_tables(texts: Sequence[Marked], spot: Spotter) -> list[Table]:
    """Return recall and what look-alikes cost per part and language, and recall per kind; nothing without texts."""
    if not texts:
        return []
    groups = sorted({(text.part, text.language) for text in texts})
    counts = {
        group: counts_of([text for text in texts if (text.part, text.language) == group], spot) for group in groups
    }
    figures = table(
        "masking",
        "Masking",
        "The rules were improved on `dev`, and once on what `held_out` showed; `fresh` was written after that. A value "
        "counts as found where every character of it is masked, as its kind (telephones are one); a look-alike is "
        "taken where any character of it is masked; `beyond` is all that was masked and is no value.",
        ("part", "language"),
        (
            Column("texts"),
            Column("texts without"),
            Column("values"),
            Column("recall", "more", tolerance=0.0),
            Column("precision", "more", tolerance=0.0),
            Column("look-alikes"),
            Column("taken", "less", tolerance=0.0),
            Column("beyond", "less", tolerance=0.0),
        ),
        [(*group, *_figures(each)) for group, each in counts.items()],
    )
    kinds = table(
        "masking kinds",
        "Masking: kinds",
        "",
        ("kind", "part", "language"),
        (Column("values"), Column("found"), Column("recall", "more", tolerance=0.0)),
        [row for group, each in counts.items() for row in _kinds(group, each)],
    )
    return [figures, sorted_by(kinds, 3)]


def _figures(counts: MaskingCounts) -> tuple[Cell, ...]:
    return (
        counts.texts,
        counts.texts_without,
        sum(counts.there.values()),
        counts.recall,
        counts.precision,
        counts.look_alikes,
        counts.look_alike_rate,
        counts.beyond,
    )


def _kinds(group: tuple[str, str], counts: MaskingCounts) -> Iterator[tuple[str, str, str, int, int, float | None]]:
    for kind, there in counts.there.items():
        yield kind, *group, there, counts.found[kind], _share(counts.found[kind], there)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

"""Cut a message where the words that decided its reading begin and end."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from ion.resonance import Axis, Span


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a message, and the axes it decided; none for most of it."""

    text: str
    axes: tuple[Axis, ...] = ()


def segments(text: str, spans: Iterable[Span]) -> tuple[Segment, ...]:
    """Return `text` in pieces; put together again they are `text`."""
    within = [span for span in spans if 0 <= span.start < span.end <= len(text)]
    cuts = sorted({0, len(text), *(span.start for span in within), *(span.end for span in within)})
    return tuple(
        Segment(text[start:end], tuple(dict.fromkeys(s.axis for s in within if s.start <= start and end <= s.end)))
        for start, end in pairwise(cuts)
    )

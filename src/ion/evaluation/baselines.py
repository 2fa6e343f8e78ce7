"""What ION has to be better than, with nothing learned: the most frequent label, and the reference's keywords."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ion.evaluation.guessing import Guesses
from ion.evaluation.labelled import AXES, Message
from ion.resonance import Axis, Tone


class Majority:
    """Says for every text what is most frequent among the messages it was given; its confidence is that share."""

    name = "majority"

    def __init__(self) -> None:
        self._most: dict[Axis, tuple[str, float]] = {}

    def fit(self, rows: Sequence[Message]) -> None:
        """Count first labels; of equally frequent ones the first by name is kept."""
        for axis in AXES:
            counts = Counter(row.accepted[axis][0] for row in rows)
            label = min(counts, key=lambda name: (-counts[name], name))
            self._most[axis] = (label, counts[label] / len(rows))

    def predict(self, texts: Sequence[str]) -> Mapping[Axis, Guesses]:
        """Return the same for each text."""
        count = len(texts)
        return {
            axis: Guesses([label] * count, [share] * count, [True] * count)
            for axis, (label, share) in self._most.items()
        }


# A tone, how sure the reference system says it is, and the pieces of text that speak for it; the first row with a piece
# anywhere in the lower-cased text decides. It knows five of the nine tones, and no intent or pace of ION's.
KEYWORDS: tuple[tuple[Tone, float, tuple[str, ...]], ...] = (
    (Tone.URGENT, 0.7, ("급해", "빨리", "!!!", "안 돼")),
    (Tone.CURIOUS, 0.7, ("궁금", "?", "혹시", "어떻게")),
    (Tone.FRUSTRATED, 0.6, ("답답", "왜", "이상", "문제", "안 돌아")),
    (Tone.ANALYTICAL, 0.6, ("분석", "확인", "리포트", "결과")),
)
_OTHERWISE = (Tone.CALM, 0.5)


class Keywords:
    """The keyword rules of the system that ION is compatible with; it reads tone alone."""

    name = "keyword rules"

    def fit(self, rows: Sequence[Message]) -> None:
        """Learn nothing: the words are given."""

    def predict(self, texts: Sequence[str]) -> Mapping[Axis, Guesses]:
        """Return the tone of each text."""
        found = [tone_by_keywords(text) for text in texts]
        return {"tone": Guesses([tone for tone, _ in found], [sure for _, sure in found], [True] * len(found))}


def tone_by_keywords(text: str) -> tuple[Tone, float]:
    """Return the tone that the reference system's keywords give a text, and its stated confidence."""
    plain = text.lower()
    matches = ((tone, sure) for tone, sure, pieces in KEYWORDS if any(piece in plain for piece in pieces))
    return next(matches, _OTHERWISE)

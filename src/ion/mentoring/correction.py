"""How a mentee says that their message reads, where ION read it otherwise."""

from dataclasses import dataclass
from datetime import datetime

from ion.errors import Invalid
from ion.resonance import Intent, Pace, Reading, ResonanceKey, Tone, part_of


class NothingCorrected(Invalid):
    """A correction says nothing."""

    code = "nothing_corrected"


@dataclass(frozen=True, slots=True)
class Correction:
    """A mentee's own reading of their message; a part that is None stays as ION read it.

    `share` is their consent to training: without it the correction is kept for them alone.

    Raises:
        NothingCorrected: no part is given.
    """

    tone: Tone | None
    pace: Pace | None
    intent: Intent | None
    share: bool
    created_at: datetime

    def __post_init__(self) -> None:
        if not (self.tone or self.pace or self.intent):
            raise NothingCorrected("Give at least one of tone, intent and pace.")

    def applied_to(self, key: ResonanceKey) -> ResonanceKey:
        """Return the key with the corrected parts in place of its own."""
        return ResonanceKey(self.tone or key.tone, self.pace or key.pace, self.intent or key.intent)

    def labels(self, reading: Reading) -> dict[str, str]:
        """Return the corrected labels by the names of their axes.

        An axis on which ION abstained has one only if the mentee gave it; the default in its place was read by nobody.
        """
        given = {"tone": self.tone, "intent": self.intent, "pace": self.pace}
        key = self.applied_to(reading.key)
        found = {"tone": str(key.tone), "intent": str(key.intent), "pace": str(key.pace)}
        return {axis: label for axis, label in found.items() if given[axis] or axis not in reading.abstained}


def correction_of(*, tone: str | None, pace: str | None, intent: str | None, share: bool, at: datetime) -> Correction:
    """Return the correction with these names, in any spelling that was ever in use; an empty name is none.

    Raises:
        BadResonanceKey: a name is unknown; the message lists what is allowed.
        NothingCorrected: no name is given.
    """
    return Correction(
        tone=part_of(Tone, tone) if tone else None,
        pace=part_of(Pace, pace) if pace else None,
        intent=part_of(Intent, intent) if intent else None,
        share=share,
        created_at=at,
    )

"""What people are told and what they agree to: which text, when, from where, in which language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ion.errors import Conflict, Invalid
from ion.language import Language


class Purpose(StrEnum):
    """What a text is about. Rows keep these names for good, so none is ever renamed or used anew."""

    # That AI writes the replies, and what is kept. It is acknowledged: the service cannot be had without, so it is
    # nothing that anybody could be free to agree to.
    NOTICE = "notice"
    # Both are free: nothing else depends on them, and they can be taken back at any time.
    EXPERIMENTS = "experiments"
    IMPROVEMENT = "improvement"


OPTIONAL = tuple(purpose for purpose in Purpose if purpose is not Purpose.NOTICE)

# The texts are in the catalogues of the pages, as `consent.<purpose>`. Whoever changes what one says raises its
# version: what was agreed to before is no consent to the new text.
VERSIONS: Mapping[Purpose, int] = {Purpose.NOTICE: 1, Purpose.EXPERIMENTS: 1, Purpose.IMPROVEMENT: 1}


class NoticeNotAcknowledged(Invalid):
    """Nobody is let in who has not said that they know that AI writes the replies; once said, it is not unsaid."""

    code = "notice_not_acknowledged"


class ConsentOutdated(Conflict):
    """This is no version of the text that is asked about now."""

    code = "consent_outdated"


@dataclass(frozen=True, slots=True)
class Consent:
    """That somebody acknowledged or agreed to a version of a text, and took it back, if they did."""

    purpose: Purpose
    version: int
    language: Language
    network: str = field(repr=False)
    given_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def holds(self) -> bool:
        """Tell whether it is a yes to the text as it is now."""
        return self.withdrawn_at is None and self.version == VERSIONS[self.purpose]

"""Personal data in Korean and English text: found, and hidden from whoever need not see it."""

from ion.privacy.finding import Personal, find_personal
from ion.privacy.kinds import PersonalKind
from ion.privacy.masking import PLACEHOLDER, Masked, hide, mask
from ion.privacy.model import MaskingModel
from ion.privacy.restoring import Restoring
from ion.privacy.rules import BadPersonalRule

__all__ = [
    "PLACEHOLDER",
    "BadPersonalRule",
    "Masked",
    "MaskingModel",
    "Personal",
    "PersonalKind",
    "Restoring",
    "find_personal",
    "hide",
    "mask",
]

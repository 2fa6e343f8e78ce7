"""How much of a reply is in another language."""

import re

from ion.evaluation.coaching.sentences import without_quotations
from ion.language import Language, is_hangul

_ADDRESS = re.compile(r"\b(?:https?://|data:|www\.)\S+")
_LAST_LATIN = 0x24F


def foreign_share(reply: str, language: Language) -> float:
    """Return the share of letters outside the language's script, 0 to 1; 0 is best.

    What stands in quotation marks or backticks does not count, nor do addresses. English replies should have 0;
    Korean ones about technical matters have up to 0.4 for terms such as API.
    """
    letters = [char for char in _ADDRESS.sub(" ", without_quotations(reply)) if char.isalpha()]
    own = is_hangul if language == "ko" else _is_latin
    return sum(not own(char) for char in letters) / len(letters) if letters else 0.0


def _is_latin(char: str) -> bool:
    return ord(char) <= _LAST_LATIN

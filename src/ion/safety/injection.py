"""Screening for prompt injection: text that tries to give the mentor orders. It is flagged, never executed."""

import base64
import binascii
import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ion.safety.rules import Rules
from ion.safety.spelling import legible


class InjectionKind(StrEnum):
    """How a message tries to take the mentor over."""

    IGNORE_INSTRUCTIONS = "ignore_instructions"
    REVEAL_PROMPT = "reveal_prompt"
    PERSONA_SWAP = "persona_swap"
    CROSS_USER_DATA = "cross_user_data"
    MARKDOWN_EXFIL = "markdown_exfil"
    HIDDEN_UNICODE = "hidden_unicode"
    BASE64 = "base64"
    FAKE_ROLE_TAGS = "fake_role_tags"
    FAKE_AUTHORITY = "fake_authority"
    JAILBREAK_ROLEPLAY = "jailbreak_roleplay"


# Tag characters spell ASCII that no screen shows; flags of regions use a few of them, whole sentences do not.
_TAGS = re.compile("[\U000e0020-\U000e007e]{8,}")
# Long runs of characters that show nothing are a channel too.
_INVISIBLE_RUN = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff]{16,}")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{24,}={0,2}(?![A-Za-z0-9+/=])")
_MOST_TOKENS = 20
# The roles of a conversation at the beginnings of lines, the mentor's own among them: a log has no assistant.
_ROLE_LINE = re.compile(
    r"^\W{0,3}(?:(system|시스템)|(assistant|ai|멘토|어시스턴트)|(user|human|사용자))\W{0,2}\s*[:>\]]", re.MULTILINE
)
# The calls of tools are a model's own: nobody writes them to a mentor.
_CONTROL = re.compile(
    r"</?(?:tool_call|function_call|tool_response)>|^function_(?:call|result):|<\|(?:im_start|im_end|system|assistant|endoftext)\|>|\[/?inst\]\s*\S|<</?sys>>|<(?:system|assistant)>",
    re.MULTILINE,
)
_HEADING = re.compile(r"^#{2,5} ?(?:system|instructions?|assistant|시스템|지시|어시스턴트)\b\W{0,3}$", re.MULTILINE)
_ASKS_ABOUT_TAGS = re.compile(r"tags?\b|태그|무슨 뜻|what (?:are|is|do)|문법|syntax|docs|문서")
_OBEY = re.compile(
    r"decode|디코|해독|풀어서|follow|따라|그대로|obey|do what|execute|실행|instruct|지시|base64|note|말대로|적힌 대로"
)
# Codes that any text could be in, undone where they are named: whoever sends one has to say which.
_NAMED_CODES: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(r"rot-?13|시저|caesar"), lambda text: codecs.encode(text, "rot13")),
    (re.compile(r"backwards?|in reverse|reversed|거꾸로|뒤집|역순"), lambda text: text[::-1]),
)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")


@dataclass(frozen=True, slots=True)
class InjectionRules:
    """Rules for what is said, and checks for how it is hidden."""

    said: Rules

    def judge(self, text: str) -> tuple[InjectionKind | None, str | None]:
        """Return the kind of attack a text is, and the name of what found it."""
        if _TAGS.search(text) or _INVISIBLE_RUN.search(text):
            return InjectionKind.HIDDEN_UNICODE, "injection.hidden_unicode"
        readable = legible(text)
        if self._is_hidden_in_base64(text, readable):
            return InjectionKind.BASE64, "injection.base64"
        if _is_forged_conversation(readable):
            return InjectionKind.FAKE_ROLE_TAGS, "injection.fake_role_tags"
        rule = min(self.said.fired(readable), key=self.said.rank, default=None)
        return (None, None) if rule is None else (InjectionKind(rule.means), rule.id)

    def _is_hidden_in_base64(self, text: str, readable: str) -> bool:
        """Encoded text is an attack if it says what an attack says, or if the mentor is told to do what it says."""
        decoded = [plain for token in _BASE64.findall(text)[:_MOST_TOKENS] if (plain := _decoded(token))]
        named = [undo(text) for name, undo in _NAMED_CODES if name.search(readable)]
        return any(next(self.said.fired(legible(plain)), None) for plain in (*decoded, *named)) or bool(
            decoded and _OBEY.search(readable)
        )


def _is_forged_conversation(readable: str) -> bool:
    roles = [match.lastindex for match in _ROLE_LINE.finditer(readable)]
    if 2 in roles and (1 in roles or 3 in roles):
        return True
    return bool(_CONTROL.search(readable) or _HEADING.search(readable)) and not _ASKS_ABOUT_TAGS.search(readable)


def _decoded(token: str) -> str | None:
    """Return the text a token stands for, if it stands for readable text with words in it."""
    try:
        is_hex = _HEX.fullmatch(token) is not None
        text = (
            bytes.fromhex(token) if is_hex else base64.b64decode(token + "=" * (-len(token) % 4), validate=True)
        ).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return text if " " in text.strip() and text.isprintable() else None

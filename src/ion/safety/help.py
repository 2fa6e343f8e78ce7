"""The answer of the crisis path: whom to turn to now, and nothing that keeps anyone talking to a machine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from ion.errors import Misconfigured
from ion.language import Language
from ion.safety.screening import CrisisReason
from ion.toml import read_toml

_EVERYWHERE = "*"
# Without a country: Korean is read in Korea for the most part, English anywhere.
_COUNTRIES: Mapping[Language, tuple[str, ...]] = {"ko": ("KR",), "en": ("US", "GB")}

_FIRST: Mapping[Language, Mapping[CrisisReason, str]] = {
    "ko": {
        CrisisReason.SUICIDE: "말해 주셔서 다행이에요. 지금 이 이야기는 사람과 바로 나누는 것이 가장 안전해요.",
        CrisisReason.SELF_HARM: "말해 주셔서 다행이에요. 혼자 견디지 않아도 되도록, 지금 사람과 이야기할 수 있는 곳을 먼저 적을게요.",
        CrisisReason.HARM_TO_OTHER: "그 생각을 말해 주셔서 다행이에요. 누구도 다치지 않도록, 지금 바로 사람과 이야기할 수 있는 곳을 적을게요.",
        CrisisReason.VIOLENCE: "있어서는 안 될 일이고, 당신 탓이 아니에요. 지금 도움을 받을 수 있는 곳을 먼저 적을게요.",
        CrisisReason.CONCERN_FOR_OTHER: "그분 곁에 당신이 있어서 다행이에요. 혼자 감당하지 않아도 되도록, 지금 연락할 곳을 먼저 적을게요.",
    },
    "en": {
        CrisisReason.SUICIDE: "I'm glad you said it. This is safest shared with a person, right now.",
        CrisisReason.SELF_HARM: "I'm glad you said it. You don't have to carry it alone; here is where a person answers now.",
        CrisisReason.HARM_TO_OTHER: "I'm glad you said it before anything happened. Here is where a person answers now.",
        CrisisReason.VIOLENCE: "This should not be happening, and it is not your fault. Here is where to get help now.",
        CrisisReason.CONCERN_FOR_OTHER: "It matters that you noticed. You don't have to carry it alone; here is whom to call now.",
    },
}
_LAST: Mapping[Language, Mapping[CrisisReason, str]] = {
    "ko": {
        CrisisReason.SUICIDE: "약이나 물건처럼 위험한 것이 가까이 있다면 손이 닿지 않는 곳으로 옮기거나, 잠깐이라도 사람이 있는 곳으로 가 주세요.",
        CrisisReason.SELF_HARM: "피가 멎지 않거나 약을 먹었다면 바로 구급대에 연락해 주세요. 가까운 사람 한 명에게 '지금 같이 있어 줘'라고만 보내도 괜찮아요.",
        CrisisReason.HARM_TO_OTHER: "지금 함께 있는 사람에게서 떨어져 다른 방이나 바깥으로 나가 주세요. 아이와 함께라면 믿을 수 있는 어른에게 아이를 맡겨 주세요.",
        CrisisReason.VIOLENCE: "지금 위험하다면 밖이나 사람이 있는 곳으로 먼저 피해 주세요. 이 화면은 닫고 기록에서 지워도 괜찮아요.",
        CrisisReason.CONCERN_FOR_OTHER: "가능하면 그분을 혼자 두지 마시고, '죽고 싶다는 생각이 드는지' 있는 그대로 물어봐도 괜찮아요. 급하면 신고가 먼저예요.",
    },
    "en": {
        CrisisReason.SUICIDE: "If something you could use is near, move it out of reach, or go to where other people are, even for a while.",
        CrisisReason.SELF_HARM: 'If bleeding does not stop or you took something, call an ambulance. A text to one person, "be with me now", is enough.',
        CrisisReason.HARM_TO_OTHER: "Step away into another room or outside. If a child is with you, bring them to an adult you trust.",
        CrisisReason.VIOLENCE: "If you are in danger now, get out or to where people are. You can close this page and clear your history.",
        CrisisReason.CONCERN_FOR_OTHER: "Don't leave them alone if you can help it, and it is all right to ask plainly whether they think of dying. If it is urgent, call emergency services first.",
    },
}
_MACHINE: Mapping[Language, str] = {
    "ko": "이 글은 자동으로 나온 안내이고 AI 멘토의 답이 아니에요. 지금 목숨이 위험하다면 112나 119, 다른 나라에서는 그곳의 긴급 전화로 바로 연락해 주세요.",
    "en": "This is an automatic notice, not a mentor's reply. If a life is in danger now, call your local emergency number.",
}
_CONTACT: Mapping[Language, str] = {"ko": "가까이에서 도와줄 사람", "en": "Someone near who can help"}


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    country: str
    name: Mapping[Language, str]
    number: str
    href: str
    about: Mapping[Language, str]
    reasons: frozenset[CrisisReason] = Field(alias="for")


class _Lines(BaseModel):
    line: tuple[_Line, ...]


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Where a person answers. `href` is a `tel:` or `https:` link, or empty for a contact that cannot be linked to."""

    name: str
    number: str
    about: str
    href: str


@dataclass(frozen=True, slots=True)
class CrisisReply:
    """What is said, in paragraphs of light Markdown, and the lines, which a page shows as large buttons."""

    said: tuple[str, ...]
    lines: tuple[HelpLine, ...]

    @property
    def text(self) -> str:
        """The whole answer as light Markdown: the first words, the lines as a list, the rest."""
        first, *rest = self.said
        return "\n\n".join([first, "\n".join(map(_listed, self.lines)), *rest])


def crisis_reply(
    reason: CrisisReason, language: Language, *, country: str | None, contact_name: str | None, contact: str | None
) -> CrisisReply:
    """Return the answer to a message in danger; the organisation's own contact, where there is one, comes first."""
    lines = [*_own(language, contact_name, contact), *_public(reason, language, country)]
    return CrisisReply((_FIRST[language][reason], _LAST[language][reason], _MACHINE[language]), tuple(lines))


def _listed(line: HelpLine) -> str:
    told = f"- **{line.name}: {line.number}**"
    return f"{told} ({line.about})" if line.about else told


def _own(language: Language, name: str | None, contact: str | None) -> list[HelpLine]:
    if not name and not contact:
        return []
    about = _CONTACT[language] if name else ""
    return [HelpLine(name or _CONTACT[language], contact or "", about, _telephone(contact or ""))]


def _telephone(contact: str) -> str:
    """Return a link that calls, if the contact is nothing but a telephone number."""
    digits = re.sub(r"[\s().-]", "", contact)
    return f"tel:{digits}" if re.fullmatch(r"\+?\d{3,15}", digits) else ""


def _public(reason: CrisisReason, language: Language, country: str | None) -> list[HelpLine]:
    # A country without lines of its own still has those that are found by country.
    wanted = (country.upper(), _EVERYWHERE) if country else (*_COUNTRIES[language], _EVERYWHERE)
    chosen = [line for line in _lines() if line.country in wanted and reason in line.reasons]
    return [HelpLine(line.name[language], line.number, line.about[language], line.href) for line in chosen]


@cache
def _lines() -> tuple[_Line, ...]:
    return read_toml(files("ion.safety") / "helplines.toml", _Lines, error=Misconfigured).line

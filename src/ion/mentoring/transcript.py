"""A conversation as a Markdown document, to keep or to show to somebody."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ion.language import Language
from ion.mentoring.conversation import Conversation, Turn
from ion.mentoring.titles import UNTITLED
from ion.personas import Catalogue
from ion.routing import reason_for
from ion.safety import CrisisReply

_LONGEST_NAME = 60
_MARKS = re.compile(r"[\\`*_\[\]<>&~|$]")
# At the beginning of a line these would begin a heading, a list or a rule.
_BEGINNING = re.compile(r"[#+=-]")
# At its end they would close a heading, and not be shown.
_CLOSING = re.compile(r"#+$")
_NUMBERED = re.compile(r"\d{1,9}[.)]")
_NOT_IN_A_NAME = re.compile(r'[/\\:*?"<>|\s]+')
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
# What would be HTML, or a picture that whoever opens the document would load from somewhere; not in code in a line.
_ACTIVE = re.compile(r"<(?=[A-Za-z/!?])(?!https?://)|!(?=\[)")
_SPANS = re.compile(rf"\\.|(?P<code>(`+)(?!`).*?(?<!`)\2(?!`))|(?P<unpaired>`+)|(?P<active>{_ACTIVE.pattern})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?=\s|$)")
_ABOVE_HEADINGS, _LOWEST_HEADING = 2, 6

_TEXTS: Mapping[Language, Mapping[str, str]] = {
    "ko": {
        "begun": "시작한 때: {when}",
        "exported": "내보낸 때: {when}",
        "ai": "멘토의 답은 사람이 아니라 AI가 쓴 글이에요. 틀릴 수 있으니 중요한 결정은 한 번 더 확인해 주세요.",
        "again": "같은 글에 대한 다른 멘토의 답이에요.",
        "help": "지금 바로 이야기할 수 있는 곳",
        "unfinished": "아직 답이 없어요.",
        "stopped": "답을 여기서 멈췄어요.",
    },
    "en": {
        "begun": "Begun: {when}",
        "exported": "Exported: {when}",
        "ai": "ION's mentors are AI, not people. What they say was written by AI and can be wrong: "
        "check before you decide anything important.",
        "again": "Another mentor's answer to the same message.",
        "help": "Where you can talk to someone right now",
        "unfinished": "There is no reply yet.",
        "stopped": "The reply was stopped here.",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Transcript:
    """The document, and what to call the file: `name` as the mentee reads it, `plain_name` in ASCII."""

    text: str
    name: str
    plain_name: str


@dataclass(frozen=True, slots=True)
class Transcriber:
    """Writes transcripts; moments are told in `zone`."""

    catalogue: Catalogue
    help_for: Callable[[str, Language], CrisisReply]
    zone: tzinfo | None

    def transcript(self, conversation: Conversation, turns: Sequence[Turn], *, now: datetime) -> Transcript:
        """Return the conversation as it stands; what turns were before they were redone is left out."""
        language = conversation.language
        title = conversation.title or UNTITLED[language]
        head = (
            f"# {_line(title)}",
            f"- {self._says('begun', language, conversation.created_at)}\n- {self._says('exported', language, now)}",
            _TEXTS[language]["ai"],
        )
        said = {turn.id: turn.message for turn in turns}
        body = (
            part
            for turn in turns
            for part in self._turn(
                turn, language, is_again=turn.again_of is not None and said.get(turn.again_of) == turn.message
            )
        )
        begun = conversation.created_at.astimezone(self.zone)
        return Transcript(
            text="\n\n".join((*head, *body)) + "\n",
            name=f"{_file_name(title) or UNTITLED[language]}.md",
            plain_name=f"conversation-{begun:%Y-%m-%d}.md",
        )

    def _turn(self, turn: Turn, language: Language, *, is_again: bool) -> Iterator[str]:
        texts = _TEXTS[language]
        yield f"## {turn.position}. {_written(turn.created_at.astimezone(self.zone), language)}"
        yield texts["again"] if is_again else quoted(turn.message)
        if turn.crisis is not None:
            yield from self._help(turn, turn.crisis, texts["help"])
            return
        if turn.choice is not None:
            name = _line(self.catalogue.name_of(turn.choice.primary))
            yield f"**{name}** · {_line(reason_for(turn.choice, self.catalogue, language))}"
        yield contained(turn.reply) if turn.reply else texts["unfinished"]
        if turn.engine is not None and turn.engine.stopped:
            yield f"*{texts['stopped']}*"

    def _help(self, turn: Turn, crisis: str, heading: str) -> Iterator[str]:
        reply = self.help_for(crisis, turn.language)
        yield f"**{heading}**"
        yield "\n".join(_help_line(line.name, line.number, line.about, line.href) for line in reply.lines)
        yield from reply.said

    def _says(self, key: str, language: Language, moment: datetime) -> str:
        return _TEXTS[language][key].format(when=_written(moment.astimezone(self.zone), language))


def quoted(message: str) -> str:
    """Return a quotation in which the message stands as it is: no sign of it is a mark of Markdown's."""
    lines = message.split("\n")
    following = [*lines[1:], ""]
    # A backslash keeps the next line from flowing into this one.
    return "\n".join(
        f"> {_line(line)}{chr(92) if line and after else ''}".rstrip()
        for line, after in zip(lines, following, strict=True)
    )


def contained(reply: str) -> str:
    """Return a mentor's Markdown so that it ends where it ends, and loads nothing.

    Fences are closed, headings are low, HTML is text and pictures are links.
    """
    lines: list[str] = []
    fence = ""
    written = reply.split("\n")
    spares_code = _is_paired(written)
    for line in written:
        mark = _FENCE.fullmatch(line)
        if fence:
            lines.append(line)
            closes = mark is not None and not mark[2].strip() and mark[1].startswith(fence)
            fence = "" if closes else fence
        elif mark is not None and not (mark[1][0] == "`" and "`" in mark[2]):
            lines.append(line)
            fence = mark[1]
        else:
            lines.append(_HEADING.sub(_lower, _passive(line, spares_code=spares_code)))
    return "\n".join([*lines, fence] if fence else lines)


def _is_paired(lines: Sequence[str]) -> bool:
    """Tell whether each line's backticks are in pairs: then they are pairs of the whole, with code between them."""
    return not any(match["unpaired"] for line in lines for match in _SPANS.finditer(_FENCE.sub("", line)))


def _passive(line: str, *, spares_code: bool) -> str:
    if not spares_code:
        return _ACTIVE.sub(r"\\\g<0>", line)
    return _SPANS.sub(lambda match: f"\\{match[0]}" if match["active"] else match[0], line)


def _lower(heading: re.Match[str]) -> str:
    return "#" * min(len(heading[1]) + _ABOVE_HEADINGS, _LOWEST_HEADING)


def _line(text: str) -> str:
    """Return one line of plain text as Markdown."""
    body = text.strip(" \t")
    start = len(text) - len(text.lstrip(" \t")) if body else len(text)
    escaped = _CLOSING.sub(lambda run: "\\#" * len(run[0]), _MARKS.sub(r"\\\g<0>", body))
    number = _NUMBERED.match(escaped)
    if number is not None:
        escaped = f"{escaped[: number.end() - 1]}\\{escaped[number.end() - 1 :]}"
    elif _BEGINNING.match(escaped):
        escaped = f"\\{escaped}"
    spaces = "".join(map(_entity, text[:start])), "".join(map(_entity, text[start + len(body) :]))
    return spaces[0] + "".join(_entity(char) if _breaks(char) else char for char in escaped) + spaces[1]


def _breaks(char: str) -> bool:
    """Tell whether Markdown, or a program that shows it, takes this character for the end of a line."""
    return char in "\r\u2028\u2029"


def _entity(char: str) -> str:
    return f"&#{ord(char)};"


def _help_line(name: str, number: str, about: str, href: str) -> str:
    said = f"{_line(name)} {_line(number)}"
    return f"- {f'[{said}](<{href}>)' if href else said}: {_line(about)}"


def _written(moment: datetime, language: Language) -> str:
    if language == "ko":
        return f"{moment.year}년 {moment.month}월 {moment.day}일 {moment:%H:%M}"
    return f"{moment.day} {moment:%B %Y, %H:%M}"


def _file_name(title: str) -> str:
    """Return a title without what file systems do not take."""
    shown = "".join(char for char in title if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co"))
    return _NOT_IN_A_NAME.sub(" ", shown).strip(" .")[:_LONGEST_NAME].rstrip(" .")

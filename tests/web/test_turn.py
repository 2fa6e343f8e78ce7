import asyncio
import uuid
from datetime import timedelta
from pathlib import Path

import pytest

from ion.language import Language
from ion.mentoring import Ask, EngineUsed, Turn, TurnId
from ion.web.texts import load_texts
from tests.mentoring.speaking import Actor
from tests.web.conftest import DANGER, ENGLISH, KOREAN, Site, open_site, settings_in
from tests.web.reading import between, text_of
from tests.web.seeds import keep_answered, keep_conversation, keep_unfinished
from tests.web.visiting import AT_ONCE, addresses_of_nothing, follow, only_turn, page_of, post, turn_on

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXTS = load_texts()
FORMS = ["stop", "redo", "again", "reading"]
FIELDS = {"persona": "lua", "tone": "anxious", "message": ""}


def address_of(turn: Turn) -> str:
    return f"/c/{turn.conversation_id}/turns/{turn.id}"


class TestFragment:
    async def test_is_the_turn_as_the_page_shows_it(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        page = await page_of(site, conversation)
        fragment = (await site.client.get(address_of(turn), headers={"Accept-Language": "en"})).text.strip()

        assert fragment.startswith('<article class="turn" id="turn-1"')
        assert fragment.endswith("</article>")
        assert "".join(fragment.split()) in "".join(page.split())
        assert "data-last" in fragment

    async def test_of_an_earlier_turn_is_not_the_last(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        await site.services.pipeline.process(Ask(KOREAN, conversation))

        assert "data-last" not in (await site.client.get(address_of(turn))).text

    async def test_is_kept_by_no_cache(self, site: Site) -> None:
        _, turn = await keep_answered(site.services, ENGLISH)

        assert (await site.client.get(address_of(turn))).headers["cache-control"] == "no-store"


class TestStop:
    async def test_keeps_what_there_is_and_says_so(self, tmp_path: Path) -> None:
        async with open_site(settings_in(tmp_path), model=Actor(("One test. ", asyncio.Event()))) as site:
            begun = await post(site, "/", at_once=True, message=ENGLISH)
            address = begun.headers["content-location"]
            conversation, turn = address.split("/")[2], address.split("/")[4]
            run = site.services.pipeline.writer.running(TurnId(turn))
            assert run is not None
            await run.further(0)
            stopped = await post(site, f"{address}/stop")
            page = await follow(site, stopped)
            again = await post(site, f"{address}/stop", at_once=True)

        assert stopped.headers["location"] == f"/c/{conversation}?at=1#turn-1"
        shown = turn_on(page)
        assert "One test." in shown
        assert text_of(between(shown, '<p class="notice">', "</p>")) == TEXTS["en"]("turn.stopped")
        assert again.status_code == 200
        assert "One test." in again.text

    async def test_before_the_first_word_leaves_an_empty_reply(self, site: Site) -> None:
        conversation, turn = await keep_unfinished(site.services, ENGLISH, ago=timedelta(minutes=1))
        shown = turn_on(await follow(site, await post(site, f"{address_of(turn)}/stop")))

        assert text_of(between(shown, '<p class="notice">', "</p>")) == TEXTS["en"]("turn.stopped_early")
        assert "data-reply" not in shown
        assert 'data-act="redo"' in shown
        engine = (await only_turn(site, conversation)).engine
        assert engine is not None
        assert engine.stopped

    async def test_of_a_complete_reply_changes_nothing(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        await post(site, f"{address_of(turn)}/stop")

        assert await only_turn(site, conversation) == turn

    @pytest.mark.parametrize("position", [1, 2])
    async def test_shown_at_once_knows_whether_it_is_the_last(self, site: Site, position: int) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        await site.services.pipeline.process(Ask(KOREAN, conversation))
        turn = (await site.services.turns.of(conversation))[position - 1]
        stopped = await post(site, f"{address_of(turn)}/stop", at_once=True)

        assert ("data-last" in stopped.text) == (position == 2)

    @pytest.mark.parametrize(
        ("reply", "said"),
        [("Half a reply", "turn.stopped"), ("", "turn.stopped_early")],
        ids=["in the middle", "before it"],
    )
    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_is_said_in_the_readers_language(self, site: Site, reply: str, said: str, language: Language) -> None:
        engine = EngineUsed("model", model="openai:big", stopped=True)
        conversation, _ = await keep_answered(site.services, ENGLISH, reply=reply, engine=engine)

        notice = text_of(between(await page_of(site, conversation, language=language), '<p class="notice">', "</p>"))
        assert notice == TEXTS[language](said)


class TestRedo:
    async def test_answers_in_the_same_place_and_keeps_what_was_there(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH, reply="The first reply.")
        sent = await post(site, f"{address_of(turn)}/redo")
        shown = turn_on(await follow(site, sent))

        assert sent.headers["location"] == f"/c/{conversation}#turn-1"
        drafts = between(shown, '<details class="drafts">', "</details>")
        assert TEXTS["en"].count("drafts.summary", 1) in text_of(drafts)
        assert "The first reply." in drafts
        assert 'data-mentor="nana"' in drafts
        assert 'class="message"' not in drafts
        assert "The first reply." not in between(shown, "data-reply", '<footer class="about">')

    async def test_shows_the_newest_of_what_was_there_first(self, site: Site) -> None:
        _, turn = await keep_answered(site.services, ENGLISH, reply="The first reply.")
        await post(site, f"{address_of(turn)}/redo")
        shown = turn_on(await follow(site, await post(site, f"{address_of(turn)}/redo")))

        drafts = between(shown, '<details class="drafts">', "</details>")
        assert drafts.count('<section class="draft"') == 2
        assert drafts.rstrip().endswith("</section>")
        assert "The first reply." in drafts.rpartition('<section class="draft"')[2]

    async def test_at_once_is_the_turn(self, site: Site) -> None:
        _, turn = await keep_answered(site.services, ENGLISH)
        sent = await post(site, f"{address_of(turn)}/redo", at_once=True)

        assert sent.status_code == 202
        assert sent.headers["content-location"] == address_of(turn)
        assert f'data-turn="{turn.id}"' in sent.text

    async def test_while_it_is_written_is_refused(self, tmp_path: Path) -> None:
        gate = asyncio.Event()
        async with open_site(settings_in(tmp_path), model=Actor(("One ", gate, "test."))) as site:
            begun = await post(site, "/", at_once=True, message=ENGLISH)
            address = f"{begun.headers['content-location']}/redo"
            said, page = await post(site, address, at_once=True), await post(site, address)
            gate.set()

        assert (said.status_code, said.headers["x-error-code"]) == (409, "still_writing")
        assert text_of(said.text) == TEXTS["en"]("refused.still_writing")
        assert page.status_code == 409

    async def test_a_draft_of_the_crisis_path_has_no_mentor(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, DANGER["en"])
        page = await follow(site, await post(site, f"/c/{conversation}", message=ENGLISH, turn=turn.id))

        draft = between(turn_on(page), '<section class="draft"', "</section>")
        assert "data-mentor" not in draft
        assert DANGER["en"] in text_of(draft)


class TestInterrupted:
    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_can_be_answered_now(self, site: Site, language: Language) -> None:
        conversation, turn = await keep_unfinished(site.services, ENGLISH, ago=timedelta(minutes=2))
        shown = turn_on(await page_of(site, conversation, language=language))
        form = between(shown, '<form class="notice"', "</form>")

        assert 'data-state="interrupted"' in shown
        assert f'action="{address_of(turn)}/redo"' in form
        assert TEXTS[language]("turn.answer_now") in text_of(form)
        assert 'aria-busy="true"' not in shown

        answered = turn_on(await follow(site, await post(site, f"{address_of(turn)}/redo")))
        assert 'data-state="finished"' in answered
        assert "drafts" not in answered

    async def test_is_answered_by_whoever_follows_it(self, site: Site) -> None:
        conversation, turn = await keep_unfinished(site.services, ENGLISH, ago=timedelta(minutes=2))
        stream = await site.client.get(f"{address_of(turn)}/events")

        assert stream.text.rstrip().rpartition("event: ")[2].startswith("done")
        assert (await only_turn(site, conversation)).reply


class TestAgain:
    async def test_another_mentor_answers_the_same_message_below(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        sent = await post(site, f"{address_of(turn)}/again", persona="riri")
        page = await follow(site, sent)
        shown = turn_on(page, 2)

        assert sent.headers["location"] == f"/c/{conversation}#turn-2"
        assert text_of(between(shown, '<h2 class="asked-again">', "</h2>")) == TEXTS["en"]("again.asked", mentor="Riri")
        assert 'class="message"' not in shown
        assert '<div class="reply" data-mentor="riri">' in shown
        assert "You asked for Riri" in text_of(between(shown, '<details class="why">', "</details>"))
        assert "data-edit" not in shown
        assert 'data-act="redo"' in shown

    async def test_offers_everyone_but_the_one_who_answered_the_best_first(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        shown = between(turn_on(await page_of(site, conversation)), '<details class="again"', "</details>")

        assert turn.choice is not None
        others = {slug: points for slug, points in turn.choice.scores.items() if slug != "nana"}
        offered = [part.partition('"')[0] for part in shown.split('name="persona" value="')[1:]]
        assert offered == sorted(others, key=lambda slug: -others[slug])

    async def test_at_once_is_a_new_turn(self, site: Site) -> None:
        _, turn = await keep_answered(site.services, ENGLISH)
        fields = {"persona": "lua", "key": str(uuid.uuid4())}
        first, second = [await post(site, f"{address_of(turn)}/again", at_once=True, **fields) for _ in range(2)]

        assert first.status_code == second.status_code == 202
        assert first.headers["content-location"] == second.headers["content-location"] != address_of(turn)

    @pytest.mark.parametrize("persona", ["", "nobody"])
    async def test_a_mentor_who_is_not_there_is_not_found(self, site: Site, persona: str) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        sent = await post(site, f"{address_of(turn)}/again", persona=persona)

        assert sent.status_code == 404
        assert await only_turn(site, conversation) == turn

    async def test_of_a_message_from_someone_in_danger_shows_help_again(self, site: Site) -> None:
        _, turn = await keep_answered(site.services, DANGER["en"])
        page = await follow(site, await post(site, f"{address_of(turn)}/again", persona="lua"))

        assert 'class="reply help"' in turn_on(page, 2)
        assert DANGER["en"] in text_of(turn_on(page, 2))


class TestUnknown:
    @pytest.mark.parametrize("form", ["", "/events", *(f"/{form}" for form in FORMS)])
    async def test_turns_are_not_found(self, site: Site, form: str) -> None:
        statuses = {
            address: (await site.client.get(f"{address}{form}")).status_code
            for address in await addresses_of_nothing(site)
        }

        assert statuses == dict.fromkeys(statuses, 404)

    @pytest.mark.parametrize("at_once", [True, False], ids=["script", "form"])
    @pytest.mark.parametrize("form", FORMS)
    async def test_turns_take_no_form(self, site: Site, form: str, at_once: bool) -> None:
        for address in await addresses_of_nothing(site):
            sent = await post(site, f"{address}/{form}", at_once=at_once, **FIELDS)

            assert sent.status_code == 404, address
            assert ("x-error-code" in sent.headers) == at_once
            assert ("<html" in sent.text) != at_once

    async def test_forms_are_not_found(self, site: Site) -> None:
        _, turn = await keep_answered(site.services, ENGLISH)

        assert (await post(site, f"{address_of(turn)}/erase")).status_code == 404

    async def test_what_is_deleted_takes_nothing_more(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        await site.services.history.delete(conversation)
        statuses = [(await site.client.post(f"{address_of(turn)}/{form}", data=FIELDS)).status_code for form in FORMS]
        statuses += [(await post(site, f"/c/{conversation}", message=KOREAN)).status_code]
        statuses += [(await site.client.get(f"{address_of(turn)}{end}")).status_code for end in ("", "/events")]

        assert set(statuses) == {404}


class TestReloaded:
    @pytest.mark.parametrize("form", FORMS)
    async def test_the_address_of_a_form_leads_to_its_page(self, site: Site, form: str) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        response = await site.client.get(f"{address_of(turn)}/{form}", params={"theme": "dark"})
        site.client.cookies.clear()

        assert response.status_code == 303
        assert response.headers["location"] == f"/c/{conversation}?read=1#turn-1-reading"
        assert "ion_theme=dark" in response.headers["set-cookie"]


class TestConversationsApart:
    async def test_a_further_message_cannot_replace_a_turn_of_another_conversation(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        other = await keep_conversation(site.services)
        sent = await site.client.post(f"/c/{other}", data={"message": KOREAN, "turn": turn.id}, headers=AT_ONCE)

        assert (sent.status_code, sent.headers["x-error-code"]) == (404, "turn_not_found")
        assert await only_turn(site, conversation) == turn

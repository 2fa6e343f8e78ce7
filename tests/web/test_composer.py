import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from ion.language import Language
from ion.mentoring import Ask, ConversationId, TurnId
from ion.settings import ServerSettings
from ion.web.texts import load_texts
from tests.mentoring.speaking import Actor
from tests.web.conftest import DANGER, ENGLISH, KOREAN, Site, open_site, settings_in
from tests.web.reading import between, text_of
from tests.web.seeds import keep_answered, keep_conversation
from tests.web.visiting import AT_ONCE, follow, post

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXTS = load_texts()


def place_of(response: httpx2.Response) -> tuple[ConversationId, TurnId]:
    _, _, conversation, _, turn = response.headers["content-location"].split("/")
    return ConversationId(conversation), TurnId(turn)


def field_on(page: str) -> str:
    return between(page, '<textarea id="message"', "</textarea>").partition(">\n")[2]


def hidden_on(page: str, name: str) -> str:
    return between(between(page, 'id="composer"', "</form>"), f'name="{name}"', ">").split('value="')[1].split('"')[0]


class TestAtOnce:
    async def test_the_turn_is_there_before_its_reply(self, tmp_path: Path) -> None:
        gate = asyncio.Event()
        async with open_site(settings_in(tmp_path), model=Actor(("One ", gate, "test."))) as site:
            sent = await post(site, "/", at_once=True, message=ENGLISH)
            conversation, turn = place_of(sent)
            begun = await site.services.turns.with_id(conversation, turn)
            gate.set()
            finished = await (await site.services.pipeline.follow(conversation, turn)).finished()

        assert sent.status_code == 202
        assert sent.text.strip().startswith(
            f'<article class="turn" id="turn-1" data-turn="{turn}" data-state="writing"'
        )
        assert "data-live" in sent.text
        assert sent.headers["content-language"] == "en"
        assert sent.headers["cache-control"] == "no-store"
        assert begun.finished_at is None
        assert finished.reply == "One test."

    async def test_a_further_message_comes_below(self, site: Site) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        sent = await post(site, f"/c/{conversation}", at_once=True, message="It fails three times in twenty.")

        assert sent.status_code == 202
        assert place_of(sent)[0] == conversation
        assert 'id="turn-2"' in sent.text
        assert "data-last" in sent.text

    async def test_help_in_a_crisis_comes_whole(self, site: Site) -> None:
        sent = await post(site, "/", at_once=True, message=DANGER["en"])

        assert sent.status_code == 202
        assert 'data-state="finished"' in sent.text
        assert 'class="help-line" href="tel:988"' in sent.text

    async def test_a_message_can_be_replaced(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        sent = await post(site, f"/c/{conversation}", at_once=True, message=KOREAN, turn=turn.id)

        assert sent.status_code == 202
        assert place_of(sent) == (conversation, turn.id)

    async def test_another_preference_is_a_form_like_any_other(self, site: Site) -> None:
        sent = await site.client.post("/", data={"message": ENGLISH}, headers={"Prefer": "return=minimal"})

        assert sent.status_code == 303


class TestRefusalAtOnce:
    @pytest.mark.parametrize(
        ("message", "status", "code"),
        [
            (" \n", 422, "empty_message"),
            ("half\0", 422, "broken_text"),
            ("x" * 100_001, 413, "message_too_long"),
        ],
        ids=["blank", "broken", "long"],
    )
    @pytest.mark.parametrize("language", ["ko", "en"])
    @pytest.mark.parametrize("place", ["home", "conversation"])
    async def test_is_one_sentence_and_a_code(
        self, site: Site, message: str, status: int, code: str, language: Language, place: str
    ) -> None:
        address = "/" if place == "home" else f"/c/{await keep_conversation(site.services)}"
        headers = {**AT_ONCE, "Accept-Language": language}
        sent = await site.client.post(address, data={"message": message}, headers=headers)

        assert sent.status_code == status
        assert sent.headers["x-error-code"] == code
        assert sent.text == f"<p>{TEXTS[language](f'refused.{code}')}</p>"
        assert "retry-after" not in sent.headers

    async def test_of_a_conversation_that_is_gone_says_so(self, site: Site) -> None:
        sent = await post(site, "/c/gone", at_once=True, message=ENGLISH)

        assert (sent.status_code, sent.headers["x-error-code"]) == (404, "conversation_not_found")
        assert text_of(sent.text) == TEXTS["en"]("refused.conversation_not_found")

    async def test_without_a_sentence_of_its_own_gets_the_general_one(self, site: Site) -> None:
        sent = await post(site, "/", at_once=True, message=ENGLISH, persona="nobody")

        assert (sent.status_code, sent.headers["x-error-code"]) == (404, "persona_not_found")
        assert text_of(sent.text) == TEXTS["en"]("refused.other")

    async def test_of_a_message_that_others_follow(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        await site.services.pipeline.process(Ask(KOREAN, conversation))
        sent = await post(site, f"/c/{conversation}", at_once=True, message="Other words.", turn=turn.id)

        assert (sent.status_code, sent.headers["x-error-code"]) == (409, "not_the_last")
        assert text_of(sent.text) == TEXTS["en"]("refused.not_the_last")


@pytest_asyncio.fixture(loop_scope="module")
async def busy(tmp_path: Path) -> AsyncIterator[Site]:
    """A site that writes one reply at a time, and is writing one."""
    gate = asyncio.Event()
    settings = settings_in(tmp_path).model_copy(update={"server": ServerSettings(replies=1)})
    async with open_site(settings, model=Actor(("One ", gate, "test."))) as site:
        assert (await post(site, "/", at_once=True, message=ENGLISH)).status_code == 202
        yield site
        gate.set()


class TestTooMany:
    async def test_says_when_to_come_back(self, busy: Site) -> None:
        conversation = await keep_conversation(busy.services)
        sent = await post(busy, f"/c/{conversation}", at_once=True, message=ENGLISH)

        assert (sent.status_code, sent.headers["x-error-code"]) == (429, "too_many_replies")
        assert sent.headers["retry-after"] == "5"
        assert "again in 5 seconds" in text_of(sent.text)
        assert await busy.services.turns.of(conversation) == []

    @pytest.mark.parametrize("place", ["home", "conversation"])
    async def test_keeps_what_was_typed_in_the_form(self, busy: Site, place: str) -> None:
        address = "/" if place == "home" else f"/c/{await keep_conversation(busy.services)}"
        sent = await post(busy, address, message="Three\nlines\n& more")

        assert sent.status_code == 429
        assert field_on(sent.text) == "Three\nlines\n&amp; more"
        assert "again in 5 seconds" in text_of(between(sent.text, 'id="refused"', "</p>"))

    async def test_never_keeps_help_from_whoever_needs_it(self, busy: Site) -> None:
        assert (await post(busy, "/", at_once=True, message=DANGER["en"])).status_code == 202


class TestRefusedForm:
    async def test_keeps_the_message_that_was_to_be_replaced(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        sent = await post(site, f"/c/{conversation}", message=" ", turn=turn.id)

        assert sent.status_code == 422
        assert hidden_on(sent.text, "turn") == turn.id
        assert '<p class="editing" id="editing">' in sent.text

    async def test_of_what_can_be_changed_no_more_is_a_message_of_its_own(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        await site.services.pipeline.process(Ask(KOREAN, conversation))
        sent = await post(site, f"/c/{conversation}", message="Other words.", turn=turn.id)

        assert sent.status_code == 409
        assert field_on(sent.text) == "Other words."
        assert hidden_on(sent.text, "turn") == ""
        assert TEXTS["en"]("refused.not_the_last") in text_of(sent.text)

    async def test_keeps_the_mentor_who_was_chosen(self, site: Site) -> None:
        sent = await post(site, "/", message=" ", persona="elro")

        assert hidden_on(sent.text, "persona") == "elro"
        assert TEXTS["en"]("home.with", mentor="Elro") in text_of(sent.text)

    async def test_has_a_key_of_its_own(self, site: Site) -> None:
        sent = await post(site, "/", message=" ", key="k-1")

        assert hidden_on(sent.text, "key") not in {"k-1", ""}

    async def test_a_turn_that_is_not_there_is_a_page_that_says_so(self, site: Site) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        sent = await post(site, f"/c/{conversation}", message=KOREAN, turn="nothing")

        assert sent.status_code == 404
        assert TEXTS["en"]("error.turn_not_found") in text_of(sent.text)

    @pytest.mark.parametrize("turn", ["\0", "a turn", "t" * 37])
    async def test_of_what_cannot_be_a_turn_is_asked_of_no_database(self, site: Site, turn: str) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        sent = await post(site, f"/c/{conversation}", at_once=True, message=KOREAN, turn=turn)

        assert sent.status_code == 404
        assert sent.headers["x-error-code"] == "not_found"


@pytest.mark.parametrize("at_once", [True, False], ids=["script", "form"])
class TestSentTwice:
    async def test_a_first_message_begins_one_conversation(self, site: Site, at_once: bool) -> None:
        fields = {"message": ENGLISH, "key": f"first-{at_once}"}
        one, other = await asyncio.gather(*(post(site, "/", at_once=at_once, **fields) for _ in range(2)))
        later = await post(site, "/", at_once=at_once, **fields)

        place = "content-location" if at_once else "location"
        assert {response.status_code for response in (one, other, later)} == {202 if at_once else 303}
        assert one.headers[place] == other.headers[place] == later.headers[place]

    async def test_a_further_message_is_one_turn(self, site: Site, at_once: bool) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        fields = {"message": KOREAN, "key": "further"}
        await asyncio.gather(*(post(site, f"/c/{conversation}", at_once=at_once, **fields) for _ in range(3)))

        kept = await site.services.turns.of(conversation)
        assert [turn.message for turn in kept] == [ENGLISH, KOREAN]

    async def test_with_other_words_is_refused_and_they_stay(self, site: Site, at_once: bool) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        await post(site, f"/c/{conversation}", message=KOREAN, key="used")
        sent = await post(site, f"/c/{conversation}", at_once=at_once, message="Other words.", key="used")

        assert sent.status_code == 422
        assert len(await site.services.turns.of(conversation)) == 2
        if at_once:
            assert sent.headers["x-error-code"] == "idempotency_mismatch"
        else:
            assert field_on(sent.text) == "Other words."
            assert hidden_on(sent.text, "key") != "used"

    @pytest.mark.parametrize("key", ["", "k" * 65, "a key", "\0"], ids=["none", "too long", "two words", "broken"])
    async def test_without_a_key_it_is_two_turns(self, site: Site, at_once: bool, key: str) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        for _ in range(2):
            await post(site, f"/c/{conversation}", at_once=at_once, message=KOREAN, key=key)

        assert len(await site.services.turns.of(conversation)) == 3


class TestForm:
    async def test_has_a_new_key_on_every_page(self, site: Site) -> None:
        pages = [(await site.client.get("/")).text for _ in range(2)]

        assert len({hidden_on(page, "key") for page in pages} - {""}) == 2

    @pytest.mark.parametrize("fields", [{"key": "a-file"}, {"turn": "a-file"}, {"persona": "a-file"}])
    async def test_takes_no_files(self, site: Site, fields: Mapping[str, str]) -> None:
        [(name, content)] = fields.items()
        sent = await site.client.post("/", data={"message": ENGLISH}, files={name: (name, content.encode())})

        assert sent.status_code == 400
        assert "<html" in sent.text

    async def test_a_mentor_can_be_chosen_for_one_message_of_a_conversation(self, site: Site) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        page = await follow(site, await post(site, f"/c/{conversation}", message=ENGLISH, persona="riri"))

        assert 'data-mentor="riri"' in between(page, 'id="turn-2"', "</header>")

import re

import httpx2
import pytest
from playwright.async_api import expect

from ion.language import Language
from ion.mentoring import Ask, ConversationId, Turn
from ion.resonance import WORDS, Intent, Tone
from ion.web.texts import load_texts
from tests.web.conftest import DANGER, ENGLISH, KOREAN, Site, Visit
from tests.web.reading import between, text_of
from tests.web.seeds import keep_answered, keep_conversation
from tests.web.visiting import AT_ONCE, follow, only_turn

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXTS = load_texts()
FILLED = {"tone": "anxious", "intent": "validation"}


def form_on(page: str) -> str:
    return between(page, '<section class="reread"', "</section>")


async def send(site: Site, address: str, *, language: str = "en", **fields: str) -> httpx2.Response:
    return await site.client.post(address, data=fields, headers={"Accept-Language": language})


async def answered(site: Site, message: str = ENGLISH) -> tuple[ConversationId, Turn, str]:
    conversation, turn = await keep_answered(site.services, message)
    return conversation, turn, f"/c/{conversation}/turns/{turn.id}/reading"


class TestForm:
    @pytest.mark.parametrize(("message", "language"), [(KOREAN, "ko"), (ENGLISH, "en"), (ENGLISH, "ko")])
    async def test_offers_every_tone_and_intent_in_the_readers_words(
        self, site: Site, message: str, language: Language
    ) -> None:
        form = form_on((await site.begin(message, language=language)).text)

        for name, labels in (("tone", Tone), ("intent", Intent)):
            choice = between(form, f'name="{name}"', "</select>")
            assert re.findall(r'<option value="(\w*)"', choice) == ["", *labels]
            assert re.findall(r"<option[^>]*>([^<]+)<", choice)[1:] == [
                word.replace("'", "&#39;") for word in (WORDS[language][label] for label in labels)
            ]
            assert "selected" not in choice
        assert text_of(between(form, "<h3", "</h3>")).endswith(TEXTS[language]("reread.heading"))

    async def test_labels_every_field(self, site: Site) -> None:
        form = form_on((await site.begin(ENGLISH)).text)

        assert re.findall(r'<label for="([\w-]+)">', form) == re.findall(r'<select id="([\w-]+)"', form)
        assert re.search(r'<label class="share"><input type="checkbox"[^>]*> Let ION learn', form)

    async def test_asks_for_consent_that_nobody_has_given_yet(self, site: Site) -> None:
        _, _, address = await answered(site)
        page = await follow(site, await send(site, address, **FILLED, share="yes"))

        assert "checked" not in form_on(page)

    async def test_is_not_there_where_nothing_was_read(self, site: Site) -> None:
        assert "reread" not in (await site.begin(DANGER["en"])).text


class TestCorrecting:
    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_shows_the_corrected_reading_with_thanks(self, site: Site, language: Language) -> None:
        conversation, turn, address = await answered(site, KOREAN)
        response = await send(site, address, language=language, **FILLED)
        page = await follow(site, response, language=language)

        assert response.headers["location"] == f"/c/{conversation}?read=1#turn-1-reading"
        assert '<details class="why" open>' in page
        said = text_of(form_on(page).partition("<form")[0])
        words = WORDS[language]
        assert turn.reading is not None
        assert [
            word
            for word in (words[Tone.ANXIOUS], words[Intent.VALIDATION], words[turn.reading.key.pace])
            if word not in said
        ] == []
        assert TEXTS[language]("reread.thanks") in said
        assert TEXTS[language]("reread.mentor", mentor="Lua") in said
        assert TEXTS[language]("reread.not_shared") in said

    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_is_shown_again_whenever_the_page_is_loaded(self, site: Site, language: Language) -> None:
        conversation, _, address = await answered(site)
        await send(site, address, **FILLED)
        page = (await site.client.get(f"/c/{conversation}", headers={"Accept-Language": language})).text

        assert TEXTS[language]("reread.thanks") in text_of(form_on(page))
        assert '<option value="anxious" selected>' in page
        assert '<option value="validation" selected>' in page
        assert '<details class="why">' in page

    @pytest.mark.parametrize(("fields", "shares"), [({}, False), ({"share": "yes"}, True), ({"share": "on"}, False)])
    async def test_keeps_consent_as_it_was_given(self, site: Site, fields: dict[str, str], shares: bool) -> None:
        conversation, _, address = await answered(site)
        page = await follow(site, await send(site, address, **FILLED, **fields))
        correction = (await only_turn(site, conversation)).correction

        assert correction is not None
        assert correction.share is shares
        assert TEXTS["en"]("reread.shared" if shares else "reread.not_shared") in text_of(form_on(page))

    async def test_one_part_is_enough_and_the_last_word_counts(self, site: Site) -> None:
        conversation, _, address = await answered(site)
        await send(site, address, **FILLED)
        await send(site, address, tone="", intent="learning")

        assert str((await only_turn(site, conversation)).corrected_key) == "urgent-medium-learning"


class TestRedone:
    async def test_the_reply_is_written_anew_as_it_was_meant(self, site: Site) -> None:
        conversation, turn, address = await answered(site)
        page = await follow(site, await send(site, address, **FILLED))
        redone = await only_turn(site, conversation)

        assert redone.key == redone.corrected_key
        assert (turn.choice and turn.choice.primary, redone.choice and redone.choice.primary) == ("nana", "lua")
        assert redone.reply != turn.reply
        assert '<div class="reply" data-mentor="lua">' in page
        assert 'data-mentor="nana"' in between(page, '<section class="draft"', "</section>")

    async def test_at_once_is_the_turn(self, site: Site) -> None:
        conversation, turn, address = await answered(site)
        sent = await site.client.post(address, data=FILLED, headers=AT_ONCE)

        assert sent.status_code == 202
        assert sent.headers["content-location"] == f"/c/{conversation}/turns/{turn.id}"
        assert '<div class="reply" data-mentor="lua">' in sent.text

    async def test_of_an_earlier_turn_is_not_the_last(self, site: Site) -> None:
        conversation, _, address = await answered(site)
        await site.services.pipeline.process(Ask(KOREAN, conversation))
        sent = await site.client.post(address, data=FILLED, headers=AT_ONCE)

        assert sent.status_code == 202
        assert "data-last" not in sent.text


class TestRefusals:
    async def test_nothing_chosen_is_a_sentence_to_the_pages_script(self, site: Site) -> None:
        conversation, turn, address = await answered(site)
        sent = await site.client.post(address, data={"tone": ""}, headers=AT_ONCE)

        assert (sent.status_code, sent.headers["x-error-code"]) == (422, "nothing_corrected")
        assert sent.text == f"<p>{TEXTS['en']('refused.nothing_corrected')}</p>"
        assert await only_turn(site, conversation) == turn

    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_nothing_chosen_is_said_beside_the_form(self, site: Site, language: Language) -> None:
        conversation, _, address = await answered(site)
        response = await send(site, address, language=language, tone="", intent="", share="yes")

        assert response.status_code == 422
        assert '<details class="why" open>' in response.text
        assert TEXTS[language]("refused.nothing_corrected") in text_of(form_on(response.text))
        assert form_on(response.text).count("autofocus") == 1
        assert (await only_turn(site, conversation)).correction is None

    async def test_the_refused_form_can_be_loaded_again_in_the_other_language(self, site: Site) -> None:
        conversation, _, address = await answered(site)
        response = await site.client.get(f"{address}?lang=ko", headers={"Accept-Language": "en"})
        site.client.cookies.clear()

        assert response.headers["location"] == f"/c/{conversation}?read=1#turn-1-reading"
        assert "ion_language=ko" in response.headers["set-cookie"]

    async def test_an_unknown_label_is_422(self, site: Site) -> None:
        conversation, _, address = await answered(site)

        assert (await send(site, address, tone="happy")).status_code == 422
        assert (await only_turn(site, conversation)).correction is None

    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_what_is_not_there_is_a_page_that_says_so(self, site: Site, method: str, language: Language) -> None:
        conversation, turn, _ = await answered(site)
        other = await keep_conversation(site.services)
        found = {}
        for address in (f"/c/{other}/turns/{turn.id}", f"/c/{conversation}/turns/nothing", f"/c/none/turns/{turn.id}"):
            response = await site.client.request(
                method,
                f"{address}/reading",
                data=FILLED if method == "POST" else None,
                headers={"Accept-Language": language},
            )
            found[address] = (response.status_code, text_of(response.text))

        codes = ("turn_not_found", "turn_not_found", "conversation_not_found")
        assert [status for status, _ in found.values()] == [404] * 3
        for code, (_, page) in zip(codes, found.values(), strict=True):
            assert TEXTS[language](f"error.{code}") in page
        assert (await only_turn(site, conversation)).correction is None

    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_a_crisis_has_nothing_to_correct(self, site: Site, language: Language) -> None:
        before = await site.services.turns.corrected()
        conversation, _, address = await answered(site, DANGER["en"])
        response = await send(site, address, language=language, **FILLED)

        assert response.status_code == 409
        assert TEXTS[language]("error.no_reading") in text_of(response.text)
        assert (await only_turn(site, conversation)).correction is None
        assert await site.services.turns.corrected() == before

    @pytest.mark.parametrize("read", ["x", "-1", "²", "9" * 400, "2", ""])
    async def test_an_odd_address_opens_nothing(self, site: Site, read: str) -> None:
        conversation, _, _ = await answered(site)
        response = await site.client.get(f"/c/{conversation}", params={"read": read})

        assert response.status_code == 200
        assert '<details class="why">' in response.text


class TestWithoutScript:
    @pytest.mark.parametrize(("locale", "language"), [("ko-KR", "ko"), ("en-GB", "en")])
    async def test_the_keyboard_is_enough(self, visit: Visit, address: str, locale: str, language: Language) -> None:
        texts = TEXTS[language]
        page = await visit(address, locale=locale, width=390, js=False)
        await page.get_by_label(texts("composer.label")).and_(page.locator("textarea")).fill(ENGLISH)
        await page.get_by_role("button", name=texts("composer.send")).click()
        await expect(page.locator("#turn-1[data-state=finished]")).to_be_visible()
        await page.locator("#turn-1 .why > summary").press("Enter")
        await page.locator("#turn-1 .differently > summary").press("Enter")
        tone = page.locator("#turn-1").get_by_label(texts("why.tone"))
        await tone.focus()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Tab")
        await expect(page.locator("#turn-1").get_by_label(texts("why.intent"))).to_be_focused()
        await page.keyboard.press("Tab")
        share = page.locator("#turn-1").get_by_label(texts("reread.share"))
        await expect(share).to_be_focused()
        await expect(share).not_to_be_checked()
        await page.keyboard.press("Space")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")

        shown = page.locator("#turn-1 .reread")
        await expect(shown.get_by_text(texts("reread.thanks"))).to_be_in_viewport()
        await expect(shown).to_contain_text(WORDS[language][Tone.FRUSTRATED])
        await expect(shown).to_contain_text(texts("reread.shared"))
        await expect(share).not_to_be_checked()

    @pytest.mark.parametrize("width", [320, 390, 1280])
    async def test_it_fits_and_can_be_tapped(self, visit: Visit, address: str, width: int) -> None:
        page = await visit(address, width=width, js=False)
        await page.locator("#message").fill(ENGLISH)
        await page.get_by_role("button", name=TEXTS["en"]("composer.send")).click()
        await page.locator("#turn-1 .why > summary").click()
        await page.locator("#turn-1 .differently > summary").click()
        heights = await page.locator("#turn-1 .reread :is(summary, select, button, .share)").evaluate_all(
            "each => each.map((one) => Math.round(one.getBoundingClientRect().height))"
        )

        assert len(heights) == 5
        assert min(heights) >= 44
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")

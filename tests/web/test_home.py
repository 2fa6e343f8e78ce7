import html
import re
from pathlib import Path

import httpx2
import pytest

from ion.mentoring import ConversationId
from ion.web.texts import load_texts
from tests.web.conftest import ENGLISH, KOREAN, Scripted, Site, open_site, settings_in
from tests.web.reading import between, text_of
from tests.web.seeds import keep_answered

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXTS = load_texts()["en"]


def conversation_of(response: httpx2.Response) -> ConversationId:
    [found] = re.findall(r"/c/([0-9a-f-]{36})#turn-\d+$", response.headers["location"])
    return ConversationId(found)


class TestEmptyState:
    @pytest.mark.parametrize(
        ("language", "said"),
        [
            (
                "ko",
                [KOREAN, "멘토는 사람이 아니라 AI예요", "이 컴퓨터에만 저장돼요", "어디로도 보내지지 않아요", "보내기"],
            ),
            ("en", [ENGLISH, "The mentors are AI, not people", "kept on this machine only", "nothing is sent", "Send"]),
        ],
    )
    async def test_speaks_the_readers_language(self, site: Site, language: str, said: list[str]) -> None:
        response = await site.client.get("/", headers={"Accept-Language": language})

        assert response.status_code == 200
        assert f'<html lang="{language}"' in response.text
        assert response.headers["content-language"] == language
        for words in said:
            assert words in text_of(response.text)

    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_offers_three_messages_that_can_be_sent_as_they_are(self, site: Site, language: str) -> None:
        page = (await site.client.get("/", headers={"Accept-Language": language})).text

        examples = re.findall(r'<button name="message" value="([^"]+)">', between(page, 'class="examples"', "</form>"))
        assert len(set(examples)) == 3
        assert "chosen-mentor" not in page

    async def test_names_every_mentor(self, site: Site) -> None:
        page = (await site.client.get("/")).text

        assert text_of(between(page, 'class="who"', "</nav>")).endswith("L Lua E Elro R Riri N Nana")

    async def test_is_kept_by_no_cache(self, site: Site) -> None:
        headers = (await site.client.get("/")).headers

        assert headers["cache-control"] == "no-store"
        assert headers["vary"] == "Cookie, Accept-Language"

    async def test_says_where_the_words_go_when_a_model_is_configured(self, tmp_path: Path) -> None:
        async with open_site(settings_in(tmp_path), model=Scripted({}, name="openai:some-model")) as site:
            page = text_of((await site.client.get("/")).text)

        assert "your message is sent to the language model openai:some-model" in page
        assert "nothing is sent" not in page


class TestLanguageSwitch:
    async def test_is_remembered(self, site: Site) -> None:
        switched = await site.client.get("/?lang=ko", headers={"Accept-Language": "en"})
        site.client.cookies.update(switched.cookies)
        afterwards = await site.client.get("/mentors", headers={"Accept-Language": "en"})
        site.client.cookies.clear()

        assert '<html lang="ko"' in switched.text
        assert '<html lang="ko"' in afterwards.text

    async def test_marks_the_language_of_the_page(self, site: Site) -> None:
        page = (await site.client.get("/?lang=ko")).text
        site.client.cookies.clear()

        assert '<a href="?lang=ko" lang="ko" hreflang="ko" aria-current="true">한국어</a>' in page
        assert '<a href="?lang=en" lang="en" hreflang="en">English</a>' in page

    async def test_keeps_what_else_the_page_was_asked_for(self, site: Site) -> None:
        page = (await site.client.get("/", params={"with": "elro", "x": '"><b>'})).text
        links = html.unescape(between(page, '<nav class="choices"', "</nav>"))

        for choice in ("lang=ko", "lang=en", "theme=light"):
            assert f'href="?with=elro&x=%22%3E%3Cb%3E&{choice}"' in links

    @pytest.mark.parametrize("query", ["%FF=%ED%A0%80", "lang=ko&lang=en", "a&b=&&=c", "theme=%00"])
    async def test_bears_with_any_address(self, site: Site, query: str) -> None:
        response = await site.client.get(f"/?{query}")
        site.client.cookies.clear()

        assert response.status_code == 200
        assert 'rel="nofollow"' in response.text


class TestTheme:
    async def test_is_remembered(self, site: Site) -> None:
        chosen = await site.client.get("/?theme=dark")
        site.client.cookies.update(chosen.cookies)
        afterwards = await site.client.get("/mentors")
        site.client.cookies.clear()

        assert 'data-theme="dark"' in chosen.text
        assert 'data-theme="dark"' in afterwards.text

    @pytest.mark.parametrize(("theme", "following"), [("auto", "light"), ("light", "dark"), ("dark", "auto")])
    async def test_leads_from_one_to_the_next(self, site: Site, theme: str, following: str) -> None:
        page = (await site.client.get(f"/?theme={theme}", headers={"Accept-Language": "en"})).text
        site.client.cookies.clear()

        assert f'<html lang="en" data-theme="{theme}">' in page
        link = between(page, '<a class="theme"', "</a>")
        assert f'href="?theme={following}"' in link
        assert f'aria-label="{TEXTS(f"theme.{theme}")}"' in html.unescape(link)


class TestWith:
    async def test_a_mentor_can_be_chosen_before_the_first_message(self, site: Site) -> None:
        page = (await site.client.get("/?with=elro", headers={"Accept-Language": "en"})).text

        chosen = between(page, '<p class="chosen-mentor"', "</p>")
        assert TEXTS("home.with", mentor="Elro") in text_of(chosen)
        assert 'href="/">' in chosen
        assert 'name="persona" id="persona" value="elro"' in page

    async def test_and_answers_all_of_the_conversation(self, site: Site) -> None:
        sent = await site.client.post("/", data={"message": ENGLISH, "persona": "elro"})
        conversation = conversation_of(sent)
        await site.client.post(f"/c/{conversation}", data={"message": KOREAN})

        turns = await site.services.turns.of(conversation)
        assert [turn.choice and turn.choice.primary for turn in turns] == ["elro", "elro"]

    @pytest.mark.parametrize("name", ["", "nobody", '"><svg onload=alert(1)>', "../elro"])
    async def test_someone_who_is_not_there_is_nobody(self, site: Site, name: str) -> None:
        page = (await site.client.get("/", params={"with": name})).text

        assert "chosen-mentor" not in page
        assert 'name="persona" id="persona" value=""' in page


class TestBegin:
    @pytest.mark.parametrize(("message", "language"), [(KOREAN, "ko"), (ENGLISH, "en")], ids=["ko", "en"])
    async def test_a_message_is_answered_and_the_reader_led_there(
        self, site: Site, message: str, language: str
    ) -> None:
        sent = await site.client.post("/", data={"message": message}, headers={"Accept-Language": language})

        assert sent.status_code == 303
        assert sent.headers["location"].endswith("#turn-1")
        conversation = await site.services.conversations.with_id(conversation_of(sent))
        [turn] = await site.services.turns.of(conversation.id)
        assert (conversation.language, turn.message, turn.finished_at is not None) == (language, message, True)

    async def test_lines_come_with_cr_lf_and_are_kept_with_lf(self, site: Site) -> None:
        sent = await site.client.post("/", data={"message": "one\r\n\r\ntwo"})

        [turn] = await site.services.turns.of(conversation_of(sent))
        assert turn.message == "one\n\ntwo"

    @pytest.mark.parametrize(
        ("message", "language", "status", "said"),
        [
            ("", "ko", 422, "내용이 비어 있어요."),
            (" \r\n\t", "en", 422, "There is nothing in it yet."),
            ("half\0", "en", 422, "There is a broken character in it"),
            ("길" * 100_001, "ko", 413, "글이 너무 길어요."),
            ("🙂" * 100_001, "en", 413, "This is too long."),
        ],
        ids=["empty", "blank", "broken", "long", "long emoji"],
    )
    async def test_what_cannot_be_taken_stays_in_the_form(
        self, site: Site, message: str, language: str, status: int, said: str
    ) -> None:
        before = len(await site.services.conversations.latest(limit=200))
        sent = await site.client.post("/", data={"message": message}, headers={"Accept-Language": language})

        assert sent.status_code == status
        assert said in text_of(between(sent.text, 'id="refused"', "</p>"))
        field = between(sent.text, "<textarea", "</textarea>")
        assert 'aria-invalid="true"' in field
        assert field.partition(">\n")[2] == message.replace("\r\n", "\n")
        assert len(await site.services.conversations.latest(limit=200)) == before

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"content": b"message"}, 422),
            ({"data": {"other": "x"}}, 422),
            ({"files": {"message": ("a.txt", b"words")}}, 400),
        ],
        ids=["no form", "another field", "a file"],
    )
    async def test_a_form_without_a_message_is_no_message(
        self, site: Site, body: dict[str, object], status: int
    ) -> None:
        sent = await site.client.post("/", **body)  # type: ignore[arg-type]  # any kind of body

        assert sent.status_code == status
        assert "<html" in sent.text

    async def test_other_sites_cannot_send(self, site: Site) -> None:
        sent = await site.client.post("/", data={"message": "hello"}, headers={"Origin": "https://example.org"})

        assert sent.status_code == 403

    async def test_the_model_answers_where_there_is_one(self, tmp_path: Path) -> None:
        model = Scripted({"hello": ["I **hear** you."]}, name="test:kind")
        async with open_site(settings_in(tmp_path), model=model) as site:
            page = (await site.begin("hello, can you hear me?")).text

        assert '<p dir="auto">I <strong>hear</strong> you.</p>' in page
        assert "Language model test:kind" in text_of(between(page, 'class="small engine"', "</p>"))


class TestList:
    async def test_shows_the_latest_conversation_first_and_marks_the_open_one(self, tmp_path: Path) -> None:
        async with open_site(settings_in(tmp_path)) as site:
            empty = (await site.client.get("/")).text
            await site.begin(KOREAN, language="ko")
            page = (await site.begin(ENGLISH)).text

        assert "No conversations yet." in empty
        listed = between(page, 'class="days"', "</div>")
        assert text_of(listed.partition(">")[2]).startswith("Today We have a release tomorrow")
        assert listed.count('aria-current="page"') == 1
        assert listed.index("We have a release") < listed.index("배포가 내일인데")

    async def test_leaves_out_what_has_no_message_yet(self, tmp_path: Path) -> None:
        async with open_site(settings_in(tmp_path)) as site:
            await site.client.post("/api/v2/conversations", json={"language": "en"})
            page = (await site.client.get("/")).text

        assert "No conversations yet." in page

    async def test_a_title_is_only_text(self, site: Site) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        await site.services.history.rename(conversation, "<script>alert(1)</script>\"'>")
        page = (await site.client.get(f"/c/{conversation}")).text

        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&gt;</a>" in between(page, 'class="days"', "</div>")
        assert "<title>&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&gt; · ION</title>" in page

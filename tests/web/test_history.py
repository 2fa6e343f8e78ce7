import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from ion.mentoring import ConversationId, ConversationNotFound
from tests.web.conftest import DANGER, ENGLISH, KOREAN, Site, open_site, settings_in
from tests.web.reading import between, text_of
from tests.web.seeds import keep_answered, keep_conversation, keep_turn, turn_like

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def page_of(site: Site, address: str, *, language: str = "en", status: int = 200) -> str:
    response = await site.client.get(address, headers={"Accept-Language": language})
    assert response.status_code == status, response.text
    return response.text


def listed(page: str) -> list[str]:
    return re.findall(r'<li data-conversation="([^"]+)">', between(page, 'id="days"', "</nav>"))


class TestList:
    async def test_has_a_menu_of_forms_for_each_conversation(self, site: Site) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        await site.services.history.rename(conversation, 'A <b> & "c"')
        entry = between(await page_of(site, "/"), f'data-conversation="{conversation}">', "</li>")

        assert '<summary aria-label="What to do with “A &lt;b&gt; &amp; &#34;c&#34;”">⋯</summary>' in entry
        assert f'action="/c/{conversation}/title"' in entry
        assert 'value="A &lt;b&gt; &amp; &#34;c&#34;"' in entry
        assert f'<a href="/c/{conversation}/export" download>' in entry
        assert f'action="/c/{conversation}/delete"' in entry

    async def test_goes_on_behind_fifty(self, tmp_path: Path) -> None:
        async with open_site(settings_in(tmp_path)) as site:
            made = [await keep_conversation(site.services) for _ in range(52)]
            page = await page_of(site, "/")
            more = between(page, '<a class="earlier" href="', '"')
            rest = await page_of(site, more)
            part = await page_of(site, more.replace("/history", "/list"))
            whole = await page_of(site, f"/list?most=52&current={made[0]}")

        assert listed(page) == made[:1:-1]
        assert re.findall(r'data-conversation="([^"]+)"', between(rest, "<main", "</main>")) == made[1::-1]
        assert re.findall(r'data-conversation="([^"]+)"', part) == made[1::-1]
        assert "<html" not in part
        assert "earlier" not in whole
        assert between(whole, f'href="/c/{made[0]}"', ">").endswith('aria-current="page"')

    @pytest.mark.parametrize("most", ["", "x", "-1", "9" * 50, "٣"])
    async def test_takes_any_number(self, site: Site, most: str) -> None:
        assert await page_of(site, f"/list?most={most}")

    @pytest.mark.parametrize("address", ["/history?before=x", "/list?before="])
    async def test_refuses_a_place_it_never_gave(self, site: Site, address: str) -> None:
        assert "That could not be done." in await page_of(site, address, status=422)


class TestRename:
    async def test_leads_back_to_the_conversation(self, site: Site) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        sent = await site.client.post(f"/c/{conversation}/title", data={"title": " Release night "})

        assert (sent.status_code, sent.headers["location"]) == (303, f"/c/{conversation}")
        assert "<title>Release night · ION</title>" in await page_of(site, f"/c/{conversation}")

    @pytest.mark.parametrize(
        ("title", "language", "said"), [("", "ko", "1자에서 80자까지"), ("x" * 81, "en", "one line of 1 to 80")]
    )
    async def test_shows_again_what_cannot_be_a_name(self, site: Site, title: str, language: str, said: str) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        headers = {"Accept-Language": language}
        sent = await site.client.post(f"/c/{conversation}/title", data={"title": title}, headers=headers)

        assert sent.status_code == 422
        assert said in text_of(between(sent.text, 'id="refused"', "</p>"))
        assert f'name="title" value="{title}"' in between(sent.text, "<main", "</main>")
        assert 'value="A title"' in between(await page_of(site, f"/c/{conversation}/title"), "<main", "</main>")

    async def test_of_what_is_gone_is_not_found(self, site: Site) -> None:
        sent = await site.client.post("/c/nowhere/title", data={"title": "a"})

        assert sent.status_code == 404


class TestDelete:
    async def test_leads_to_a_page_that_can_undo_it(self, site: Site) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        sent = await site.client.post(f"/c/{conversation}/delete")
        page = await page_of(site, sent.headers["location"], language="ko")

        assert (sent.status_code, sent.headers["location"]) == (303, f"/c/{conversation}/deleted")
        assert "‘A title’ 대화를 지웠어요. 10분 동안은" in text_of(between(page, "<main", "</main>"))
        assert conversation not in listed(page)
        await page_of(site, f"/c/{conversation}", status=404)

        restored = await site.client.post(f"/c/{conversation}/restore")
        assert (restored.status_code, restored.headers["location"]) == (303, f"/c/{conversation}")
        assert conversation in listed(await page_of(site, "/"))
        await page_of(site, f"/c/{conversation}/deleted", status=404)

    @pytest.mark.parametrize("end", ["", "?at=1", "/turns", "/turns?before=9", "/title", "/export"])
    async def test_leaves_nothing_to_be_read(self, site: Site, end: str) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH, reply="Ask the sandpiper.")
        address = f"/c/{conversation}{end}"
        before = await page_of(site, address)
        await site.services.history.delete(conversation)

        assert ("sandpiper" in before) == (end != "/title")
        assert "sandpiper" not in await page_of(site, address, status=404)

    async def test_once_erased_there_is_no_way_back(self, site: Site) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        await site.client.post(f"/c/{conversation}/delete")
        await site.services.conversations.purge(deleted_before=site.services.clock() + timedelta(seconds=1))

        await page_of(site, f"/c/{conversation}/deleted", status=404)
        assert (await site.client.post(f"/c/{conversation}/restore")).status_code == 404

    async def test_other_sites_cannot(self, site: Site) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        sent = await site.client.post(f"/c/{conversation}/delete", headers={"Origin": "https://example.org"})

        assert sent.status_code == 403
        with pytest.raises(ConversationNotFound):
            await site.services.conversations.deleted_with_id(ConversationId(conversation))


class TestSearch:
    async def test_shows_the_places_with_the_words_marked(self, tmp_path: Path) -> None:
        async with open_site(settings_in(tmp_path)) as site:
            conversation = await keep_conversation(site.services, title="<i>배포</i> 전날", language="ko")
            for message in ("논문이 안 써져요", f"<b>{KOREAN}</b>"):
                await keep_turn(site.services, conversation, await turn_like(site.services, message))
            page = await page_of(site, "/search?q=ㅌㅅㅌ+배포", language="ko")
            part = await page_of(site, "/search/results?q=ㅌㅅㅌ+배포", language="ko")
        shown = between(page, "<main", "</main>")

        assert "1곳에서 찾았어요." in text_of(shown)
        assert f'<a href="/c/{conversation}?at=2#turn-2">' in shown
        assert "&lt;i&gt;<mark>배포</mark>&lt;/i&gt; 전날" in shown
        assert '<span class="excerpt" lang="ko">&lt;b&gt;<mark>배포</mark>가 내일인데 <mark>테스트</mark>가' in shown
        assert 'name="q" value="ㅌㅅㅌ 배포"' in shown
        assert "<html" not in part
        assert text_of(part) in text_of(page)

    async def test_says_whose_words_they_are(self, site: Site) -> None:
        await keep_answered(site.services, ENGLISH, reply="A **rare** word")
        page = await page_of(site, "/search?q=rare")

        assert "A mentor replied A rare word" in text_of(page)

    async def test_says_that_there_is_nothing(self, site: Site) -> None:
        page = await page_of(site, "/search?q=zzzzzz")

        assert "None of your conversations has these words." in text_of(page)

    @pytest.mark.parametrize("query", ["", "?q=", "?q=+"])
    async def test_explains_itself_before_there_are_words(self, site: Site, query: str) -> None:
        page = await page_of(site, f"/search{query}")

        assert "Every word you type has to be there." in text_of(page)
        assert "None of your" not in text_of(page)

    async def test_says_that_there_is_more_than_it_shows(self, tmp_path: Path) -> None:
        async with open_site(settings_in(tmp_path)) as site:
            conversation = await keep_conversation(site.services)
            turn = await turn_like(site.services, ENGLISH)
            for _ in range(51):
                await keep_turn(site.services, conversation, turn)
            page = between(await page_of(site, "/search?q=release"), "<main", "</main>")

        assert "These are the latest 50 places." in text_of(page)
        assert page.count("<li>") == 50

    async def test_hostile_words_are_only_words(self, site: Site) -> None:
        page = await page_of(site, "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")

        assert "<script>alert" not in page


class TestExport:
    async def test_sends_a_file(self, site: Site) -> None:
        conversation = (await site.begin(KOREAN, language="ko")).url.path.rpartition("/")[2]
        sent = await site.client.get(f"/c/{conversation}/export")

        assert sent.headers["content-type"] == "text/markdown; charset=utf-8"
        assert sent.headers["cache-control"] == "no-store"
        assert unquote(sent.headers["content-disposition"]).endswith(
            "UTF-8''배포가 내일인데 테스트가 랜덤으로 깨져요.md"
        )
        assert f"> {KOREAN}\n" in sent.text


class TestCrisis:
    async def test_is_not_seen_in_the_list(self, tmp_path: Path) -> None:
        async with open_site(settings_in(tmp_path)) as site:
            page = (await site.begin(DANGER["ko"], language="ko")).text

        assert text_of(between(page, 'id="days"', "</nav>").partition(">")[2]).startswith("오늘 나눈 이야기 ⋯")
        assert "<title>나눈 이야기 · ION</title>" in page

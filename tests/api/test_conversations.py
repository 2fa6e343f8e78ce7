"""Conversations over HTTP: listed, named, deleted, restored, searched, exported."""

import threading
from urllib.parse import unquote

import httpx2
import pytest

from ion.settings import Settings
from tests.conftest import client_of
from tests.web.conftest import KOREAN, Scripted

LIST = "/api/v2/conversations"


async def begun(client: httpx2.AsyncClient, *messages: str, language: str = "ko") -> str:
    made = await client.post(LIST, json={"language": language})
    conversation = str(made.json()["id"])
    for message in messages:
        sent = await client.post(f"{LIST}/{conversation}/messages", json={"content": message})
        assert sent.status_code == 200, sent.text
    return conversation


async def listed(client: httpx2.AsyncClient) -> list[str]:
    return [item["id"] for item in (await client.get(LIST)).json()["items"]]


def code_of(response: httpx2.Response) -> tuple[int, str, str | None]:
    error = response.json()["error"]
    return response.status_code, error["code"], error["field"]


class TestList:
    async def test_goes_on_where_it_ended(self, client: httpx2.AsyncClient) -> None:
        made = [await begun(client) for _ in range(5)]
        pages: list[list[str]] = []
        before = None
        while before is not None or not pages:
            asked = {"limit": "2", **({} if before is None else {"before": before})}
            page = (await client.get(LIST, params=asked)).json()
            pages.append([item["id"] for item in page["items"]])
            before = page["next"]

        assert pages == [made[:2:-1], made[2:0:-1], made[:1]]

    @pytest.mark.parametrize("before", ["", "x", "1-", "-1-a", "1-a b", "٣-a", "9" * 18 + "-a", "1-" + "a" * 37])
    async def test_refuses_a_place_it_never_gave(self, client: httpx2.AsyncClient, before: str) -> None:
        refused = await client.get(LIST, params={"before": before})

        assert code_of(refused) == (422, "bad_cursor", "before")


class TestRead:
    async def test_gives_the_last_turns_and_leads_to_those_before(self, client: httpx2.AsyncClient) -> None:
        conversation = await begun(client, *(f"메시지 {number}" for number in range(1, 6)))
        pages: list[list[int]] = []
        before = None
        while before is not None or not pages:
            asked = {"limit": 2, **({} if before is None else {"before": before})}
            page = (await client.get(f"{LIST}/{conversation}", params=asked)).json()
            pages.append([turn["position"] for turn in page["turns"]])
            before = page["next"]

        assert pages == [[4, 5], [2, 3], [1]]

    async def test_leads_nowhere_where_all_of_it_is_shown(self, client: httpx2.AsyncClient) -> None:
        conversation = await begun(client, "하나", "둘")
        whole = (await client.get(f"{LIST}/{conversation}")).json()
        exact = (await client.get(f"{LIST}/{conversation}", params={"limit": 2})).json()

        assert (len(whole["turns"]), whole["next"]) == (2, None)
        assert exact == whole

    @pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 201}, {"before": 0}, {"before": 2**31}, {"before": "x"}])
    async def test_refuses_what_is_no_page(self, client: httpx2.AsyncClient, asked: dict[str, int]) -> None:
        conversation = await begun(client)
        refused = await client.get(f"{LIST}/{conversation}", params=asked)

        assert code_of(refused)[:2] == (422, "invalid_input")


class TestRename:
    async def test_a_name_is_trimmed_and_stays(self, client: httpx2.AsyncClient) -> None:
        conversation = await begun(client, "안녕하세요")
        named = await client.patch(f"{LIST}/{conversation}", json={"title": "  내 이직 이야기 "})
        await client.post(f"{LIST}/{conversation}/messages", json={"content": KOREAN})

        assert (named.status_code, named.json()["title"]) == (200, "내 이직 이야기")
        assert (await client.get(f"{LIST}/{conversation}")).json()["title"] == "내 이직 이야기"

    @pytest.mark.parametrize("title", ["", "  ", "가" * 81, "one\ntwo", "\0"])
    async def test_refuses_what_is_no_name(self, client: httpx2.AsyncClient, title: str) -> None:
        conversation = await begun(client)
        refused = await client.patch(f"{LIST}/{conversation}", json={"title": title})

        assert code_of(refused) == (422, "bad_title", "title")

    async def test_of_nothing_is_not_found(self, client: httpx2.AsyncClient) -> None:
        refused = await client.patch(f"{LIST}/nowhere", json={"title": "a"})

        assert code_of(refused) == (404, "conversation_not_found", "conversation_id")


class TestDelete:
    async def test_hides_a_conversation_everywhere_until_it_is_restored(self, client: httpx2.AsyncClient) -> None:
        conversation = await begun(client, KOREAN)
        deleted = await client.delete(f"{LIST}/{conversation}")
        asked = [f"{LIST}/{conversation}", f"{LIST}/{conversation}/messages", f"{LIST}/{conversation}/export"]
        statuses = [(await client.get(address)).status_code for address in asked]
        sent = await client.post(f"{LIST}/{conversation}/messages", json={"content": "더"})
        found = (await client.get(f"{LIST}/search", params={"q": "테스트"})).json()["items"]

        assert (deleted.status_code, deleted.content) == (204, b"")
        assert [*statuses, sent.status_code] == [404] * 4
        assert found == []
        assert await listed(client) == []

        restored = await client.post(f"{LIST}/{conversation}/restore")
        assert (restored.status_code, restored.json()["id"]) == (200, conversation)
        assert len((await client.get(f"{LIST}/{conversation}")).json()["turns"]) == 1
        assert await listed(client) == [conversation]

    async def test_twice_is_not_found(self, client: httpx2.AsyncClient) -> None:
        conversation = await begun(client)
        await client.delete(f"{LIST}/{conversation}")

        assert code_of(await client.delete(f"{LIST}/{conversation}"))[:2] == (404, "conversation_not_found")

    async def test_restoring_what_was_not_deleted_changes_nothing(self, client: httpx2.AsyncClient) -> None:
        conversation = await begun(client)

        assert (await client.post(f"{LIST}/{conversation}/restore")).status_code == 200
        assert (await client.post(f"{LIST}/nowhere/restore")).status_code == 404

    async def test_stops_the_reply_that_is_being_written(self, settings: Settings) -> None:
        gate = threading.Event()
        model = Scripted({"slowly": ["First this. ", gate, "Never that."]})
        async with client_of(settings, model=model) as client:
            conversation = await begun(client)
            await client.post(
                f"{LIST}/{conversation}/messages", json={"content": "slowly"}, headers={"Prefer": "respond-async"}
            )
            [turn] = (await client.get(f"{LIST}/{conversation}/messages")).json()["items"]
            await client.delete(f"{LIST}/{conversation}")
            await client.post(f"{LIST}/{conversation}/restore")
            followed = await client.get(f"{LIST}/{conversation}/messages/{turn['id']}/events")
            gate.set()
            [kept] = (await client.get(f"{LIST}/{conversation}/messages")).json()["items"]

        assert "event: done" in followed.text
        assert kept["engine"]["stopped"] is True
        assert "Never that." not in kept["content"]


class TestSearch:
    async def test_finds_turns_and_marks_the_words(self, client: httpx2.AsyncClient) -> None:
        conversation = await begun(client, "논문이 안 써져요", KOREAN)
        [found] = (await client.get(f"{LIST}/search", params={"q": "ㅌㅅㅌ 깨져"})).json()["items"]
        text, spans = found["excerpt"]["text"], found["excerpt"]["spans"]

        assert (found["conversation_id"], found["position"], found["said_by"]) == (conversation, 2, "mentee")
        assert [text[span["start"] : span["end"]] for span in spans] == ["테스트", "깨져"]

    async def test_finds_as_many_as_are_asked_for(self, client: httpx2.AsyncClient) -> None:
        await begun(client, *["같은 말이에요"] * 3)
        found = (await client.get(f"{LIST}/search", params={"q": "같은 말", "limit": "2"})).json()["items"]

        assert [one["position"] for one in found] == [3, 2]

    @pytest.mark.parametrize("query", ["", " ", "없는말이에요"])
    async def test_of_nothing_finds_nothing(self, client: httpx2.AsyncClient, query: str) -> None:
        await begun(client, KOREAN)

        assert (await client.get(f"{LIST}/search", params={"q": query})).json() == {"items": []}

    @pytest.mark.parametrize("asked", [{}, {"q": "x" * 201}, {"q": "x", "limit": "51"}, {"q": "x", "limit": "0"}])
    async def test_is_bounded(self, client: httpx2.AsyncClient, asked: dict[str, str]) -> None:
        assert (await client.get(f"{LIST}/search", params=asked)).status_code == 422


class TestExport:
    async def test_is_a_file_named_like_the_conversation(self, client: httpx2.AsyncClient) -> None:
        conversation = await begun(client, KOREAN)
        sent = await client.get(f"{LIST}/{conversation}/export")
        disposition = sent.headers["content-disposition"]

        assert sent.headers["content-type"] == "text/markdown; charset=utf-8"
        assert sent.headers["cache-control"] == "no-store"
        assert disposition.startswith('attachment; filename="conversation-2')
        assert unquote(disposition.partition("UTF-8''")[2]) == "배포가 내일인데 테스트가 랜덤으로 깨져요.md"
        assert f"> {KOREAN}\n" in sent.text

    async def test_no_title_breaks_out_of_the_header(self, client: httpx2.AsyncClient) -> None:
        conversation = await begun(client, KOREAN)
        await client.patch(f"{LIST}/{conversation}", json={"title": "a\"; filename=b.exe; x='%0d%0a"})
        disposition = (await client.get(f"{LIST}/{conversation}/export")).headers["content-disposition"]

        assert disposition.count("filename=") == 1
        assert disposition.count(";") == 2

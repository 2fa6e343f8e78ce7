import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest
from prometheus_client import REGISTRY

from ion.accounts import LOCAL_ORGANISATION, Caller, Permission, Proof, Role, UserId
from ion.api.rate_limit import subject_of
from ion.api.routes_by_class import class_of
from ion.limits import Allowance, RateClass, organisation_subject
from ion.settings import LimitsSettings, Settings
from tests.api.people import town
from tests.conftest import client_of
from tests.mentoring.speaking import Actor

PROCESS, BULK, COMPLETIONS = "/api/v2/process", "/api/v2/bulk-process", "/v1/chat/completions"
CALM, DANGER = "How do I start a thesis?", "I want to kill myself tonight."
LIMIT = 3


def limited(settings: Settings, **limits: int) -> Settings:
    return settings.model_copy(update={"limits": LimitsSettings(**limits)})


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application which takes three requests of each class a minute."""
    async with client_of(limited(settings, per_minute=LIMIT, streams=1)) as opened:
        yield opened


async def used_up(client: httpx2.AsyncClient) -> None:
    """Use up what may be asked of the mentors."""
    for _ in range(LIMIT):
        assert (await client.post(PROCESS, json={"user_input": CALM})).status_code == 200


def over_limit(kind: str) -> float:
    return REGISTRY.get_sample_value("ion_over_limit_total", {"kind": kind}) or 0.0


class TestClasses:
    @pytest.mark.parametrize(
        ("method", "path", "kind"),
        [
            ("POST", "/api/v2/process", RateClass.CHAT),
            ("POST", "/api/v2/chat/multi-persona", RateClass.CHAT),
            ("POST", "/api/v2/conversations/abc/messages", RateClass.CHAT),
            ("POST", "/api/v2/conversations/abc/messages/def/again", RateClass.CHAT),
            ("POST", "/v1/chat/completions", RateClass.CHAT),
            ("POST", "/", RateClass.CHAT),
            ("POST", "/c/abc", RateClass.CHAT),
            ("POST", "/c/abc/turns/def/reading", RateClass.CHAT),
            ("POST", "/c/abc/turns/def/stop", RateClass.WRITE),
            ("POST", "/c/abc/delete", RateClass.WRITE),
            ("POST", "/api/v2/conversations", RateClass.WRITE),
            ("DELETE", "/api/v2/conversations/abc", RateClass.WRITE),
            ("BREW", "/", RateClass.WRITE),
            ("POST", "/api/v2/bulk-process", RateClass.BULK),
            ("GET", "/api/v2/conversations", RateClass.READ),
            ("GET", "/api/v2/conversations/abc/messages", RateClass.READ),
            ("GET", "/v1/models", RateClass.READ),
            ("GET", "/api/v2/conversations/abc/messages/def/events", RateClass.EVENTS),
            ("GET", "/c/abc/turns/def/events", RateClass.EVENTS),
            ("GET", "/", RateClass.PAGE),
            ("GET", "/search/results", RateClass.PAGE),
            ("POST", "/sign-in", RateClass.SIGN_IN),
            ("POST", "/api/v2/auth/token", RateClass.SIGN_IN),
            ("GET", "/sign-in", RateClass.PAGE),
            ("POST", "/sign-in/oidc", RateClass.SIGN_IN),
            ("GET", "/sign-in/oidc/callback", RateClass.SIGN_IN),
            ("GET", "/api/v2/health", RateClass.HEALTH),
            ("GET", "/metrics", RateClass.HEALTH),
            ("GET", "/static/0/app.js", None),
            ("GET", "/sw.js", None),
        ],
    )
    def test_are_told_by_method_and_address(self, method: str, path: str, kind: RateClass | None) -> None:
        assert class_of(method, path) == kind

    async def test_do_not_eat_each_others_share(self, client: httpx2.AsyncClient) -> None:
        await used_up(client)

        for path in ("/api/v2/conversations", "/", "/search", "/api/v2/health", "/mentors"):
            assert (await client.get(path)).status_code == 200
        for _ in range(2 * LIMIT):
            assert (await client.get("/manifest.webmanifest")).status_code == 200


@dataclass
class From:
    caller: Caller | None = None
    address: str = "203.0.113.7"

    def scope(self) -> dict[str, object]:
        return {"client": (self.address, 1), "state": {"caller": self.caller}}


def caller(user: str, proof: Proof, by: str | None) -> Caller:
    return Caller(UserId(user), LOCAL_ORGANISATION, Role.MENTEE, "en", frozenset(Permission), proof, by)


class TestSubject:
    @pytest.mark.parametrize(
        ("who", "kind", "subject"),
        [
            (From(), RateClass.CHAT, "network:203.0.113.0/24"),
            (From(address="2001:db8:1:2::3"), RateClass.CHAT, "network:2001:db8:1::/48"),
            (From(caller("mina", Proof.PASSWORD, "session")), RateClass.CHAT, "user:mina"),
            (From(caller("mina", Proof.API_KEY, "key1")), RateClass.CHAT, "key:key1"),
            (From(caller("mina", Proof.PASSWORD, "session")), RateClass.SIGN_IN, "network:203.0.113.0/24"),
            (From(caller("mina", Proof.API_KEY, "key1")), RateClass.HEALTH, "network:203.0.113.0/24"),
        ],
    )
    def test_is_the_key_the_user_or_the_network(self, who: From, kind: RateClass, subject: str) -> None:
        assert subject_of(who.scope(), kind) == subject

    def test_is_known_also_of_a_socket_without_address(self) -> None:
        assert subject_of({"client": None}, RateClass.CHAT) == "network:unknown"


class TestHeaders:
    async def test_tell_where_a_caller_stands(self, client: httpx2.AsyncClient) -> None:
        headers = (await client.post(PROCESS, json={"user_input": CALM})).headers

        assert headers["RateLimit-Policy"] == '"chat";q=3;w=60'
        assert headers["RateLimit"] == '"chat";r=2;t=60'
        assert headers["RateLimit-Limit"] == "3"
        assert headers["RateLimit-Remaining"] == "2"
        assert headers["RateLimit-Reset"] == "60"
        assert "Retry-After" not in headers

    async def test_are_not_on_files(self, client: httpx2.AsyncClient) -> None:
        assert "RateLimit" not in (await client.get("/sw.js")).headers

    async def test_are_not_there_without_a_limit(self, settings: Settings) -> None:
        async with client_of(limited(settings, per_minute=0)) as free:
            for _ in range(2 * LIMIT):
                response = await free.get("/api/v2/personas")

        assert response.status_code == 200
        assert "RateLimit" not in response.headers


class TestRefusal:
    async def test_is_a_problem_document_that_says_when_to_come_back(self, client: httpx2.AsyncClient) -> None:
        await used_up(client)
        before = over_limit("chat")
        response = await client.post(PROCESS, json={"user_input": CALM})

        assert response.status_code == 429
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["error"]["code"] == "rate_limited"
        assert 1 <= int(response.headers["Retry-After"]) <= 60
        assert response.headers["RateLimit"] == f'"chat";r=0;t={response.headers["Retry-After"]}'
        assert over_limit("chat") == before + 1

    async def test_has_the_shape_openais_clients_know(self, client: httpx2.AsyncClient) -> None:
        await used_up(client)
        response = await client.post(COMPLETIONS, json={"messages": [{"role": "user", "content": CALM}]})

        assert response.status_code == 429
        assert response.json()["error"]["code"] == "rate_limited"

    async def test_is_a_page_for_readers(self, client: httpx2.AsyncClient) -> None:
        await used_up(client)
        response = await client.post("/", data={"message": CALM}, headers={"Accept-Language": "ko"})

        assert response.status_code == 429
        assert "짧은 시간에 요청이 많았어요" in response.text
        assert int(response.headers["Retry-After"]) >= 1

    async def test_is_a_sentence_for_the_pages_script(self, client: httpx2.AsyncClient) -> None:
        await used_up(client)
        response = await client.post(
            "/", data={"message": CALM}, headers={"Prefer": "respond-async", "Accept-Language": "ko"}
        )

        assert (response.status_code, response.headers["X-Error-Code"]) == (429, "rate_limited")
        assert "초 뒤에 다시 보내 주세요" in response.text

    async def test_begins_no_conversation(self, client: httpx2.AsyncClient) -> None:
        await used_up(client)
        await client.post("/", data={"message": CALM})

        assert (await client.get("/api/v2/conversations")).json()["items"] == []

    async def test_of_fifty_at_once_lets_exactly_the_limit_in(self, settings: Settings) -> None:
        async with client_of(limited(settings, per_minute=20)) as client:
            answers = await asyncio.gather(*(client.get("/api/v2/personas") for _ in range(50)))

        assert Counter(answer.status_code for answer in answers) == {200: 20, 429: 30}


class TestDanger:
    async def test_is_answered_over_every_limit(self, client: httpx2.AsyncClient) -> None:
        await used_up(client)
        for text in (DANGER, "나 정말 죽고 싶어요"):
            before = over_limit("crisis")
            response = await client.post(PROCESS, json={"user_input": text})

            assert response.status_code == 200
            assert response.json()["crisis"]["lines"]
            assert over_limit("crisis") == before + 1

    async def test_is_answered_on_the_page(self, client: httpx2.AsyncClient) -> None:
        await used_up(client)
        response = await client.post("/", data={"message": DANGER}, follow_redirects=True)

        assert response.status_code == 200
        assert "findahelpline" in response.text

    async def test_is_answered_to_forms_of_the_pages_script(self, client: httpx2.AsyncClient) -> None:
        await used_up(client)
        response = await client.post("/", files={"message": (None, DANGER)}, headers={"Prefer": "respond-async"})

        assert response.status_code == 202

    async def test_is_answered_to_openais_clients_in_parts_and_streams(self, client: httpx2.AsyncClient) -> None:
        await used_up(client)
        parts = [{"type": "text", "text": part} for part in ("I want to", "kill myself tonight.")]
        body = {"stream": True, "messages": [{"role": "user", "content": parts}]}
        response = await client.post(COMPLETIONS, json=body)

        assert response.status_code == 200
        assert '"crisis": "suicide"' in response.text

    async def test_among_many_is_the_only_one_that_is_answered(self, client: httpx2.AsyncClient) -> None:
        for _ in range(LIMIT):
            await client.post(BULK, json={"requests": [{"user_input": CALM}]})
        response = await client.post(BULK, json={"requests": [{"user_input": CALM}, {"user_input": DANGER}]})
        body = response.json()

        assert (response.status_code, body["successful"], body["failed"]) == (200, 1, 1)
        assert body["results"][0]["crisis"] is not None
        assert (body["errors"][0]["status"], body["errors"][0]["error"]["code"]) == (429, "rate_limited")

    async def test_elsewhere_in_a_request_does_not_get_its_message_answered(self, client: httpx2.AsyncClient) -> None:
        await used_up(client)
        response = await client.post(PROCESS, json={"user_input": CALM, "context": {"metadata": {"note": DANGER}}})

        assert response.status_code == 429

    async def test_is_not_looked_for_in_what_cannot_be_read(self, client: httpx2.AsyncClient) -> None:
        await used_up(client)
        for content_type, body in (
            ("application/json", b"{"),
            ("application/json", b'"\xff"'),
            ("application/json", b"7"),
            ("multipart/form-data", b"no boundary"),
            ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(20))),
        ):
            response = await client.post(PROCESS, content=body, headers={"Content-Type": content_type})

            assert response.status_code == 429

    async def test_is_not_looked_for_in_what_is_too_large(self, client: httpx2.AsyncClient) -> None:
        async def endless() -> AsyncIterator[bytes]:
            for _ in range(30):
                yield b"a" * 100_000

        await used_up(client)
        for path in (PROCESS, COMPLETIONS):
            assert (await client.post(path, content=endless())).status_code == 413


class TestKeysThatDoNotHold:
    async def test_are_counted_by_network_and_refused_as_too_many(self, client: httpx2.AsyncClient) -> None:
        before = over_limit("unauthenticated")
        guesses = [{"Authorization": f"Bearer ion_live_{'a' * 10}_{letter * 49}"} for letter in "bcdef"]
        answers = [await client.get("/api/v2/personas", headers=guess) for guess in guesses]
        completion = await client.post(COMPLETIONS, json={}, headers=guesses[0])
        free = await client.get("/api/v2/personas")

        assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
        assert answers[0].headers["RateLimit"] == '"unauthenticated";r=2;t=60'
        assert answers[3].json()["error"]["code"] == "rate_limited"
        assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
        assert "WWW-Authenticate" not in answers[3].headers
        assert (completion.status_code, completion.json()["error"]["type"]) == (429, "invalid_request_error")
        assert over_limit("unauthenticated") == before + 3
        assert free.status_code == 200

    async def test_lock_nobody_out_whose_key_holds(self, settings: Settings) -> None:
        async with town(limited(settings, per_minute=LIMIT)) as place:
            key = await place.key_of("neighbour", "conversations.own")
            async with place.client() as program:
                tokens = ["a.b.c"] * (LIMIT + 1) + [key]
                shown = [
                    await program.get("/api/v2/conversations", headers={"Authorization": f"Bearer {token}"})
                    for token in tokens
                ]

        assert [answer.status_code for answer in shown] == [401] * LIMIT + [429, 200]

    async def test_are_any_number_where_there_is_no_limit(self, settings: Settings) -> None:
        async with client_of(limited(settings, per_minute=0)) as client:
            bad = {"Authorization": f"Bearer ion_live_{'a' * 10}_{'b' * 49}"}
            answers = [await client.get("/api/v2/personas", headers=bad) for _ in range(LIMIT + 1)]

        assert {answer.status_code for answer in answers} == {401}
        assert "RateLimit" not in answers[-1].headers


class TestStreams:
    async def test_over_the_limit_are_refused_unless_in_danger(self, client: httpx2.AsyncClient) -> None:
        services = client._transport.app.state.services  # type: ignore[attr-defined]
        accept = {"Accept": "text/event-stream"}
        chat = {"stream": True, "messages": [{"role": "user", "content": CALM}]}
        with services.limits.streams.following("user:local"):
            followed = await client.get("/api/v2/conversations/abc/messages/def/events")
            begun = await client.post("/api/v2/conversations/abc/messages", json={"content": CALM}, headers=accept)
            completed = await client.post(COMPLETIONS, json=chat)
            plain = await client.post(COMPLETIONS, json={**chat, "stream": False})
        free = await client.get("/api/v2/conversations/abc/messages/def/events")

        assert [followed.status_code, begun.status_code, completed.status_code] == [429] * 3
        assert followed.json()["error"]["code"] == json.loads(completed.text)["error"]["code"] == "too_many_streams"
        assert (plain.status_code, free.status_code) == (200, 404)


class TestOwnNumbers:
    async def test_of_an_organisation_take_the_place_of_everybodys(self, client: httpx2.AsyncClient) -> None:
        services = client._transport.app.state.services  # type: ignore[attr-defined]
        await services.limits.allowances.set(organisation_subject(LOCAL_ORGANISATION), Allowance(per_minute=LIMIT + 1))
        await used_up(client)

        headers = (await client.post(PROCESS, json={"user_input": CALM})).headers
        assert headers["RateLimit"].startswith('"chat";r=0;')
        assert headers["RateLimit-Limit"] == str(LIMIT + 1)

    async def test_of_tokens_let_the_playbooks_answer_when_they_are_used_up(self, settings: Settings) -> None:
        async with client_of(limited(settings, tokens_a_day=1), model=Actor(("Start small.",))) as client:
            replies = [(await client.post(PROCESS, json={"user_input": CALM})).json() for _ in range(2)]

        assert [reply["engine"]["name"] for reply in replies] == ["model", "playbooks"]
        assert [reply["engine"]["degraded"] for reply in replies] == [False, True]
        assert replies[1]["engine"]["reason"] == "over_budget"

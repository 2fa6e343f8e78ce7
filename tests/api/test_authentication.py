"""Who is asking: found out from an API key, from a browser's session, or because ION runs for one person."""

import asyncio

import httpx2
import pytest

from ion.accounts import Proof, SessionId
from ion.settings import Settings
from tests.api.people import ADDRESS, HERE, town
from tests.conftest import client_of

LIST = "/api/v2/conversations"
ME = "mentee of the school"


def code_of(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


class TestOnePersonsIon:
    @pytest.mark.parametrize("authorization", ["", "Bearer none", "Basic bm9uZTpub25l", "Bearer"])
    async def test_asks_nobody_who_they_are(self, client: httpx2.AsyncClient, authorization: str) -> None:
        assert (await client.get(LIST, headers={"Authorization": authorization})).status_code == 200

    async def test_refuses_a_key_that_does_not_hold(self, client: httpx2.AsyncClient) -> None:
        refused = await client.get(LIST, headers={"Authorization": f"Bearer ion_live_{'a' * 10}_{'b' * 49}"})

        assert code_of(refused) == (401, "bad_api_key")
        assert refused.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'

    async def test_has_the_figures_of_an_operator(self, client: httpx2.AsyncClient) -> None:
        assert (await client.get("/metrics")).status_code == 200
        assert (await client.get("/api/v2/status")).status_code == 200


class TestKey:
    async def test_may_do_what_its_scopes_say_as_its_user(self, settings: Settings) -> None:
        async with town(settings) as place:
            key = await place.key_of(ME, "conversations.own")
            async with place.client(Authorization=f"Bearer {key}") as program:
                made = (await program.post(LIST, json={})).json()["id"]
                operating = await program.get("/api/v2/status")

            assert [each["id"] for each in (await place.clients[ME].get(LIST)).json()["items"]] == [made]
            assert code_of(operating) == (403, "not_allowed")

    async def test_that_was_revoked_is_refused_wherever_it_is_shown(self, settings: Settings) -> None:
        async with town(settings) as place:
            key = await place.key_of(ME, "conversations.own")
            (kept,) = await place.services.accounts.keys.store.of_user(place.people[ME].id)
            await place.services.accounts.keys.store.revoke(kept, at=kept.created_at)
            async with place.client(Authorization=f"bearer {key}") as program:
                refused = [await program.get(address) for address in (LIST, "/", "/api/v2/health")]

            assert {code_of(each) for each in refused} == {(401, "bad_api_key")}

    async def test_opens_the_figures_where_it_is_an_operators(self, settings: Settings) -> None:
        async with town(settings) as place:
            key = await place.key_of("operator of the school", "system.operate")
            async with place.client(Authorization=f"Bearer {key}") as program:
                shown = await program.get("/metrics")
            refused = await place.clients[ME].get("/metrics")

            assert (shown.status_code, refused.status_code) == (200, 403)


class TestToken:
    async def test_is_its_users_and_ends_when_it_is_revoked(self, settings: Settings) -> None:
        async with town(settings) as place:
            accounts = place.services.accounts
            issued = await accounts.tokens.issue(place.people[ME], Proof.PASSWORD, HERE, scopes=["conversations.own"])
            async with place.client(Authorization=f"Bearer {issued.access_token}") as program:
                made = (await program.post(LIST, json={})).json()["id"]
                await program.post("/api/v2/auth/revoke", json={"token": issued.refresh_token})
                refused = await program.get(LIST)

            assert [each["id"] for each in (await place.clients[ME].get(LIST)).json()["items"]] == [made]
            assert code_of(refused) == (401, "bad_access_token")
            assert refused.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'

    @pytest.mark.parametrize("token", ["", "none", "a.b.c", "e30.e30.", "\xff"])
    async def test_is_none_of_these(self, settings: Settings, token: str) -> None:
        async with town(settings) as place, place.client() as program:
            refused = await program.get(LIST, headers=[(b"Authorization", f"Bearer {token}".encode("latin-1"))])

            assert code_of(refused) == (401, "bad_access_token")


class TestSession:
    async def test_that_has_ended_is_that_of_nobody(self, settings: Settings) -> None:
        async with town(settings) as place:
            await place.services.accounts.sign_out(SessionId(place.clients[ME].cookies["ion_session"]))
            refused = await place.clients[ME].get(LIST)
            page = await place.clients[ME].get("/history?at=1")

            assert code_of(refused) == (401, "sign_in_required")
            assert page.headers["location"] == "/sign-in?next=%2Fhistory%3Fat%3D1"

    async def test_does_not_speak_for_another_sites_page_that_is_let_in(self, settings: Settings) -> None:
        there = "https://app.example.org"
        server = settings.server.model_copy(update={"cors": (there,)})
        async with town(settings.model_copy(update={"server": server})) as place:
            key = await place.key_of(ME, "conversations.own")
            by_cookie = await place.clients[ME].post(f"{LIST}/c/restore", headers={"Origin": there})
            own = await place.clients[ME].post(f"{LIST}/c/restore", headers={"Origin": ADDRESS})
            async with place.client(Authorization=f"Bearer {key}", Origin=there) as app:
                by_key = await app.post(f"{LIST}/c/restore")

            assert code_of(by_cookie) == (401, "sign_in_required")
            assert code_of(own) == code_of(by_key) == (404, "conversation_not_found")

    async def test_with_a_second_factor_still_due_opens_nothing(self, settings: Settings) -> None:
        async with town(settings) as place:
            accounts = place.services.accounts
            half = await accounts.sign_in.as_user(place.people[ME], Proof.HALF, HERE)
            async with place.client(Cookie=f"ion_session={half.session}") as browser:
                assert code_of(await browser.get(LIST)) == (401, "sign_in_required")

    @pytest.mark.parametrize("cookie", ["", "ion_session=", "ion_session=x", "ion_session=\xff", "a=b; =; ion_session"])
    async def test_is_none_of_these(self, settings: Settings, cookie: str) -> None:
        async with town(settings) as place, place.client() as browser:
            refused = await browser.get(LIST, headers=[(b"Cookie", cookie.encode("latin-1"))])

            assert code_of(refused) == (401, "sign_in_required")


class TestPublicAddress:
    async def test_is_a_name_that_ion_answers_to(self, settings: Settings) -> None:
        server = settings.server.model_copy(update={"public_url": "https://mentor.example.org"})
        async with client_of(settings.model_copy(update={"server": server})) as client:
            named = await client.get("/api/v2/health", headers={"Host": "mentor.example.org"})
            other = await client.get("/api/v2/health", headers={"Host": "evil.example.org"})

        assert (named.status_code, other.status_code) == (200, 403)


class TestOwners:
    async def test_may_take_the_same_request_keys(self, settings: Settings) -> None:
        async with town(settings) as place:
            people = ("mentee of the school", "neighbour", "mentee of the company")
            asked = [
                place.clients[name].post(
                    "/api/v2/process", json={"user_input": f"I am the {name}"}, headers={"Idempotency-Key": "one"}
                )
                for name in people
            ]
            replies = await asyncio.gather(*asked)
            kept = [
                await place.clients[name].post(LIST, json={}, headers={"Idempotency-Key": "one"}) for name in people
            ]

        assert [each.status_code for each in replies] == [200] * 3
        assert not any("Idempotency-Replayed" in each.headers for each in replies)
        assert len({each.json()["id"] for each in kept}) == 3

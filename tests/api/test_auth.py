from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pyotp
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ion.accounts import Accounts, BadAccessToken, Proof, Role, User
from ion.clock import system_clock
from ion.services import accounts_in, open_kept
from ion.settings import AccountsSettings, Settings
from tests.accounts.forging import decoded, part
from tests.accounts.opened import GOOD, OTHER
from tests.conftest import client_of

TOKEN, REFRESH, REVOKE = "/api/v2/auth/token", "/api/v2/auth/refresh", "/api/v2/auth/revoke"
JWKS = "/.well-known/jwks.json"
EMAIL = "mina@example.org"
SIGN_IN = {"email": EMAIL, "password": GOOD}


WRONG: list[tuple[dict[str, object], int, str]] = [
    ({"password": OTHER}, 401, "sign_in_refused"),
    ({"email": "nobody@example.org"}, 401, "sign_in_refused"),
    ({"email": "no address"}, 401, "sign_in_refused"),
    ({"scope": "audit.read"}, 422, "bad_scope"),
    ({"scope": " "}, 422, "bad_scope"),
    ({"password": "x" * 1001}, 422, "invalid_input"),
    ({"email": None}, 422, "invalid_input"),
    ({"grant_type": "password"}, 422, "invalid_input"),
]


@pytest.fixture
async def accounts(settings: Settings) -> AsyncIterator[Accounts]:
    """The accounts of the server under test, as another process has them open."""
    async with open_kept(settings) as kept:
        opened = accounts_in(kept, settings.accounts)
        organisation = await opened.organisations.with_slug("local")
        await opened.members.add(organisation, email=EMAIL, name="Mina", language="ko", role=Role.MENTEE, password=GOOD)
        yield opened


@pytest.fixture
async def mina(accounts: Accounts) -> User:
    return await accounts.users.with_email(EMAIL)


async def tokens_of(client: httpx2.AsyncClient, **more: object) -> dict[str, Any]:
    response = await client.post(TOKEN, json={**SIGN_IN, **more})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def refusal(response: httpx2.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["error"]["code"]


class TestToken:
    async def test_is_given_for_a_password(self, client: httpx2.AsyncClient, accounts: Accounts, mina: User) -> None:
        response = await client.post(TOKEN, json=SIGN_IN)
        body = response.json()
        caller = await accounts.caller_of_token(body["access_token"])

        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert body.keys() == {"access_token", "token_type", "expires_in", "refresh_token", "scope"}
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
        assert body["scope"] == "conversations.own data.own keys.own profile.own"
        assert (caller.user, caller.proof) == (mina.id, Proof.TOKEN)
        assert "set-cookie" not in response.headers
        assert await accounts.sessions.of(mina.id) == []

    async def test_may_be_asked_for_less(self, client: httpx2.AsyncClient, accounts: Accounts) -> None:
        body = await tokens_of(client, scope="keys.own  conversations.own")

        assert body["scope"] == "conversations.own keys.own"
        assert (await accounts.caller_of_token(body["access_token"])).permissions == set(body["scope"].split())

    @pytest.mark.usefixtures("accounts")
    async def test_is_given_for_nothing_else(self, client: httpx2.AsyncClient) -> None:
        told = []
        for change, _, _ in WRONG:
            response = await client.post(TOKEN, json={**SIGN_IN, **change})
            told.append((change, *refusal(response)))
            assert GOOD not in response.text
            assert OTHER not in response.text

        assert told == WRONG

    @pytest.mark.usefixtures("accounts")
    async def test_is_not_given_for_half_of_a_surrogate_pair(self, client: httpx2.AsyncClient) -> None:
        headers, told = {"Content-Type": "application/json"}, []
        for field in ("email", "password"):
            body = f'{{"email": "{EMAIL}", "password": "{GOOD}", "{field}": "\\ud800"}}'
            told.append(refusal(await client.post(TOKEN, content=body.encode(), headers=headers)))

        assert told == [(422, "invalid_input"), (401, "sign_in_refused")]

    async def test_needs_the_second_factor(self, client: httpx2.AsyncClient, accounts: Accounts, mina: User) -> None:
        app = pyotp.TOTP((await accounts.second_factors.begin(mina)).secret)
        _, *recovery = await accounts.second_factors.confirm(mina, app.at(system_clock()))

        without = await client.post(TOKEN, json=SIGN_IN)
        wrong = await client.post(TOKEN, json={**SIGN_IN, "code": "000000"})
        body = await tokens_of(client, code=recovery[0])

        assert refusal(without) == (401, "second_factor_due")
        assert without.json()["error"]["field"] == "code"
        assert refusal(wrong) == (401, "sign_in_refused")
        assert part(body["access_token"], 1)["proof"] == "recovery_code"

    @pytest.mark.usefixtures("accounts")
    async def test_is_not_given_to_who_guesses(self, client: httpx2.AsyncClient) -> None:
        for _ in range(5):
            await client.post(TOKEN, json={**SIGN_IN, "password": OTHER})

        response = await client.post(TOKEN, json=SIGN_IN)

        assert refusal(response) == (429, "sign_in_locked")
        assert 0 < int(response.headers["Retry-After"]) <= 60

    async def test_is_made_as_it_is_set(self, settings: Settings) -> None:
        chosen = AccountsSettings(
            access_minutes=2, refresh_days=3, refresh_idle_days=1, issuer="https://ion.example.org"
        )
        there = settings.model_copy(update={"accounts": chosen})
        async with open_kept(there) as kept:
            opened = accounts_in(kept, chosen)
            local = await opened.users.with_email("local@localhost")
            await opened.members.set_password(local, GOOD)
            async with client_of(there) as client:
                body = await tokens_of(client, email="local@localhost")
            claims = part(body["access_token"], 1)
            held = await opened.tokens.store.with_id(claims["sid"])
            with pytest.raises(BadAccessToken):
                await accounts_in(kept, settings.accounts).caller_of_token(body["access_token"])

        assert (body["expires_in"], claims["iss"]) == (120, "https://ion.example.org")
        assert held is not None
        assert (held.family.expires_at - held.family.created_at).days == 3


@pytest.mark.usefixtures("accounts")
class TestRefresh:
    async def test_exchanges_a_token(self, client: httpx2.AsyncClient) -> None:
        first = await tokens_of(client)

        response = await client.post(REFRESH, json={"refresh_token": first["refresh_token"]})
        second = response.json()

        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert second.keys() == first.keys()
        assert second["refresh_token"] != first["refresh_token"]
        assert second["scope"] == first["scope"]

    async def test_refuses_what_is_none(self, client: httpx2.AsyncClient) -> None:
        for text in ("", "nothing", "ion_refresh_" + "A" * 43):
            assert refusal(await client.post(REFRESH, json={"refresh_token": text})) == (401, "bad_refresh_token")


class TestRevoke:
    @pytest.mark.parametrize("which", ["refresh_token", "access_token"])
    async def test_ends_all_tokens_of_a_sign_in(
        self, client: httpx2.AsyncClient, accounts: Accounts, which: str
    ) -> None:
        body = await tokens_of(client)

        response = await client.post(REVOKE, json={"token": body[which], "token_type_hint": "refresh_token"})
        again = await client.post(REFRESH, json={"refresh_token": body["refresh_token"]})

        assert (response.status_code, response.content) == (200, b"")
        assert refusal(again) == (401, "bad_refresh_token")
        with pytest.raises(BadAccessToken):
            await accounts.caller_of_token(body["access_token"])

    async def test_of_what_is_no_token_is_200_too(self, client: httpx2.AsyncClient) -> None:
        for token in ("", "nothing", "a.b.c", "ion_refresh_" + "A" * 43):
            assert (await client.post(REVOKE, json={"token": token})).status_code == 200


class TestJwks:
    async def test_is_empty_before_the_first_token(self, client: httpx2.AsyncClient) -> None:
        assert (await client.get(JWKS)).json() == {"keys": []}

    async def test_verifies_tokens_and_holds_nothing_private(
        self, client: httpx2.AsyncClient, accounts: Accounts
    ) -> None:
        token = (await tokens_of(client))["access_token"]
        response = await client.get(JWKS)
        (key,) = response.json()["keys"]
        signed, _, signature = token.rpartition(".")
        public = Ed25519PublicKey.from_public_bytes(decoded(key["x"]))

        public.verify(decoded(signature), signed.encode())
        with pytest.raises(InvalidSignature):
            public.verify(decoded(signature), f"{signed}A".encode())
        assert key.keys() == {"kty", "crv", "x", "kid", "use", "alg"}
        assert (key["kid"], key["alg"]) == (part(token, 0)["kid"], "EdDSA")
        assert response.headers["Cache-Control"] == "public, max-age=300"
        assert response.headers["Content-Type"] == "application/json"
        assert await accounts.tokens.keys.all()

"""What is believed of a provider, and what is not: everything but the provider's intentions is real."""

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import OKPKey
from starlette.responses import JSONResponse, PlainTextResponse, Response
from structlog.testing import capture_logs

from ion.oidc import (
    BadProvider,
    Flow,
    Identity,
    IdentityProvider,
    ProviderDenied,
    ProviderRefused,
    ProviderUnavailable,
    Registration,
    open_provider,
)
from tests.oidc.hostile import CLIENT, EC, OTHER, RSA, Hostile, hostile_provider, public_key_as_secret

BACK = "http://127.0.0.1/sign-in/oidc/callback"
CODE = {"code": "a-code"}
DISCOVERY = "/.well-known/openid-configuration"
SECRET = "a secret: with % and +"


@dataclass
class Clock:
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Way:
    """One way there and back, with a provider that is hostile where the test says so."""

    there: Hostile
    provider: IdentityProvider
    flow: Flow
    clock: Clock

    async def back(self, **answer: str) -> Identity:
        return await self.provider.identity(answer or CODE, self.flow, redirect_uri=BACK)


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    with hostile_provider() as running:
        yield running


@pytest.fixture
async def way(hostile: Hostile) -> Way:
    return await way_to(hostile)


async def way_to(hostile: Hostile, *, secret: str | None = SECRET) -> Way:
    hostile.reset()
    flow, clock = Flow("a browser's secret"), Clock()
    hostile.nonce = flow.nonce
    provider = await open_provider(Registration(hostile.issuer, CLIENT, secret), clock)
    assert provider is not None
    return Way(hostile, provider, flow, clock)


class TestFlow:
    def test_gives_three_values_that_say_nothing_of_each_other(self) -> None:
        flow = Flow("secret")
        values = {flow.state, flow.nonce, flow.verifier, Flow("other").state}

        assert len(values) == 4
        assert all(len(value) == 43 for value in values)
        assert "secret" not in repr(flow)

    def test_knows_its_own_state(self) -> None:
        assert Flow("secret").is_of(Flow("secret").state)
        assert not any(Flow("secret").is_of(other) for other in ("", "é\ud800", Flow("other").state))


class TestAddress:
    async def test_asks_for_a_code_with_pkce(self, way: Way) -> None:
        address = urlsplit(await way.provider.address(way.flow, redirect_uri=BACK, language="ko"))
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}

        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{way.there.issuer}/auth"
        assert asked.pop("code_challenge") not in (way.flow.verifier, "")
        assert asked == {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": BACK,
            "scope": "openid email profile",
            "state": way.flow.state,
            "nonce": way.flow.nonce,
            "code_challenge_method": "S256",
            "ui_locales": "ko",
        }

    async def test_asks_the_provider_who_it_is_once_an_hour(self, way: Way) -> None:
        for ahead in (0, 59, 61):
            way.clock.ahead = timedelta(minutes=ahead)
            await way.provider.address(way.flow, redirect_uri=BACK, language="en")

        assert way.there.asked == [DISCOVERY, "/jwks"] * 2


class TestWhoCameBack:
    async def test_is_whom_the_provider_names(self, way: Way) -> None:
        identity = await way.back()

        assert identity == Identity(way.there.issuer, "subject-1", "mina@example.org", "Mina Park")
        assert "mina" not in repr(identity).lower()
        assert way.there.sent == {
            "grant_type": "authorization_code",
            "code": "a-code",
            "redirect_uri": BACK,
            "code_verifier": way.flow.verifier,
        }
        encoded = base64.b64decode(way.there.authorization.removeprefix("Basic ")).decode()
        assert encoded == f"{CLIENT}:a%20secret%3A%20with%20%25%20and%20%2B"

    async def test_can_be_signed_on_a_curve(self, way: Way) -> None:
        way.there.header, way.there.signer = {"alg": "ES256", "kid": "curve"}, EC

        assert (await way.back()).subject == "subject-1"

    async def test_of_a_public_client_needs_no_secret(self, hostile: Hostile) -> None:
        way = await way_to(hostile, secret=None)
        await way.back()

        assert way.there.sent["client_id"] == CLIENT
        assert way.there.authorization == ""

    async def test_can_be_asked_for_with_a_secret_in_the_body(self, way: Way) -> None:
        way.there.said = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        await way.back()

        assert way.there.sent["client_secret"] == SECRET

    @pytest.mark.parametrize("verified", [False, None, "true", 1])
    async def test_has_no_address_that_is_not_verified(self, way: Way, verified: object) -> None:
        way.there.claims = {"email_verified": verified}

        assert (await way.back()).verified_email == ""

    async def test_can_be_told_beside_the_token(self, way: Way) -> None:
        way.there.claims = {"email": None, "email_verified": None, "name": None}
        way.there.told = {"sub": "subject-1", "email": "told@example.org", "email_verified": True, "name": "Told"}
        identity = await way.back()

        assert (identity.verified_email, identity.name) == ("told@example.org", "Told")

    async def test_told_beside_the_token_has_to_be_the_same_one(self, way: Way) -> None:
        way.there.claims = {"email": None}
        way.there.told = {"sub": "somebody-else", "email": "admin@example.org", "email_verified": True}

        with pytest.raises(ProviderRefused):
            await way.back()

    async def test_without_anything_told_has_no_address(self, way: Way) -> None:
        way.there.claims, way.there.said = {"email": None, "name": 7}, {"userinfo_endpoint": None}

        assert (await way.back()).verified_email == ""

    async def test_is_named_by_the_provider_where_it_says_so(self, way: Way) -> None:
        way.there.said = {"authorization_response_iss_parameter_supported": True}

        assert (await way.back(**CODE, iss=way.there.issuer)).subject == "subject-1"
        with pytest.raises(ProviderRefused):
            await way.back()

    async def test_is_not_taken_from_another_provider(self, way: Way) -> None:
        with pytest.raises(ProviderRefused):
            await way.back(**CODE, iss="https://other.example.org")
        assert "/token" not in way.there.asked


NOW = int(time.time())
FORGED: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://other.example.org"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "other"},
    "no audience": {"aud": None},
    "two audiences, and nobody it is for": {"aud": [CLIENT, "other"]},
    "for another party": {"aud": [CLIENT, "other"], "azp": "other"},
    "expired": {"exp": NOW - 120},
    "no end": {"exp": None},
    "an end that is none": {"exp": "tomorrow"},
    "of tomorrow": {"iat": NOW + 86_400, "exp": NOW + 90_000},
    "no beginning": {"iat": None},
    "not yet": {"nbf": NOW + 86_400},
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "nobody": {"sub": None},
    "an empty name": {"sub": ""},
    "a name that is none": {"sub": 7},
    "too long a name": {"sub": "s" * 256},
    "another access token": {"at_hash": "another"},
}


class TestIdToken:
    @pytest.mark.parametrize("claims", FORGED.values(), ids=FORGED)
    async def test_is_refused_that_says(self, way: Way, claims: dict[str, Any]) -> None:
        way.there.claims = claims

        with pytest.raises(ProviderRefused):
            await way.back()

    async def test_may_be_a_little_off_in_time(self, way: Way) -> None:
        way.there.claims = {"iat": NOW + 30, "exp": int(time.time()) - 30}

        assert (await way.back()).subject == "subject-1"

    async def test_is_refused_without_a_signature(self, way: Way) -> None:
        way.there.header, way.there.signer = {"alg": "none", "kid": "one"}, b""
        with pytest.raises(ProviderRefused):
            await way.back()

    async def test_is_refused_that_the_public_key_signed_as_a_secret(self, way: Way) -> None:
        way.there.header, way.there.signer = {"alg": "HS256", "kid": "one"}, public_key_as_secret()

        with pytest.raises(ProviderRefused):
            await way.back()

    async def test_is_refused_in_an_algorithm_that_the_provider_does_not_name(self, way: Way) -> None:
        way.there.said = {"id_token_signing_alg_values_supported": ["RS256"]}
        way.there.header, way.there.signer = {"alg": "ES256", "kid": "curve"}, EC

        with pytest.raises(ProviderRefused):
            await way.back()

    async def test_is_refused_that_another_key_signed_under_this_ones_name(self, way: Way) -> None:
        way.there.signer = OTHER

        with pytest.raises(ProviderRefused):
            await way.back()

    async def test_brings_no_key_of_its_own(self, way: Way) -> None:
        way.there.header = {"alg": "RS256", "kid": "two", "jwk": OTHER.as_dict(private=False)}
        way.there.signer = OTHER

        with pytest.raises(ProviderRefused):
            await way.back()

    async def test_without_a_name_for_the_key_is_of_the_only_one(self, way: Way) -> None:
        way.there.header = {"alg": "RS256"}
        assert (await way.back()).subject == "subject-1"

        way.there.keys = [RSA, OTHER]
        way.clock.ahead = timedelta(hours=2)
        way.there.claims = {"exp": NOW + 90_000}
        with pytest.raises(ProviderRefused):
            await way.back()

    @pytest.mark.parametrize("text", ["", "a.b.c", "é", 7, None])
    async def test_that_is_none_is_refused(self, way: Way, text: object) -> None:
        way.there.answers["/token"] = JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": text})

        with pytest.raises(ProviderRefused):
            await way.back()

    async def test_says_in_the_log_why_and_nothing_of_itself(self, way: Way) -> None:
        way.there.claims = {"nonce": "another"}
        with capture_logs() as logs, pytest.raises(ProviderRefused):
            await way.back()

        assert logs == [{"event": "oidc.token_refused", "kind": "InvalidClaimError", "log_level": "warning"}]


class TestKeys:
    async def test_that_are_new_are_looked_for_once_a_minute(self, way: Way) -> None:
        await way.back()
        way.there.keys, way.there.signer, way.there.header = [OTHER], OTHER, {"alg": "RS256", "kid": "two"}
        with pytest.raises(ProviderRefused):
            await way.back()
        way.clock.ahead = timedelta(seconds=61)
        identity = await way.back()

        assert identity.subject == "subject-1"
        assert way.there.asked.count("/jwks") == 2

    async def test_of_other_kinds_are_passed_over(self, way: Way) -> None:
        odd = [
            "no key",
            {"kty": "RSA"},
            {"kty": "RSA", "n": 7, "e": "AQAB"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
            {"kty": "EC", "crv": "none", "x": "x", "y": "y"},
            {"kty": "oct", "k": "c2VjcmV0"},
            OKPKey.generate_key("Ed25519").as_dict(private=False),
            {**OTHER.as_dict(private=False), "kid": "one", "use": "enc"},
        ]
        way.there.keys = [*odd, RSA]

        assert await way.provider.check() == 1
        assert (await way.back()).subject == "subject-1"

    async def test_that_are_none_make_no_provider(self, way: Way) -> None:
        way.there.keys = []
        with pytest.raises(BadProvider, match="no key"):
            await way.provider.check()


class TestProvider:
    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ({"issuer": "https://other.example.org"}, "write ION_OIDC__ISSUER exactly so"),
            ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "no algorithm"),
            ({"token_endpoint": "http://login.example.org/token"}, "not https"),
            ({"jwks_uri": "http://["}, "not https"),
        ],
    )
    async def test_that_cannot_be_used_is_named_with_why(self, way: Way, said: dict[str, Any], why: str) -> None:
        way.there.said = said
        with pytest.raises(BadProvider, match=why):
            await way.provider.check()

    @pytest.mark.parametrize("path", [DISCOVERY, "/token", "/me"])
    @pytest.mark.parametrize(
        "answer",
        [
            PlainTextResponse("out of order", 500),
            PlainTextResponse("<p>Hello", 200),
            JSONResponse(["a list"]),
            Response(status_code=302, headers={"location": "http://127.0.0.1:1/"}),
        ],
        ids=["broken", "no JSON", "a list", "elsewhere"],
    )
    async def test_that_answers_with_rubbish_is_away(self, way: Way, path: str, answer: Response) -> None:
        way.there.answers[path] = answer
        way.there.claims = {"email": None}
        with pytest.raises(ProviderUnavailable):
            await way.back()

    @pytest.mark.parametrize("token", [{"token_type": 7, "access_token": "a"}, {"expires_in": ["x"]}])
    async def test_whose_tokens_are_strange_is_away(self, way: Way, token: dict[str, Any]) -> None:
        way.there.claims = {"email": None}
        way.there.answers["/token"] = JSONResponse({"id_token": way.there.token(), **token})
        with pytest.raises(ProviderUnavailable):
            await way.back()

    async def test_that_does_not_listen_is_away(self, hostile: Hostile) -> None:
        provider = await open_provider(Registration("http://127.0.0.1:1", CLIENT, None), Clock())
        assert provider is not None
        with capture_logs() as logs, pytest.raises(ProviderUnavailable):
            await provider.check()

        assert [(each["event"], each["kind"]) for each in logs] == [("oidc.unavailable", "ConnectError")]

    async def test_is_asked_nothing_where_there_is_none(self) -> None:
        assert await open_provider(None, Clock()) is None


class TestAnswer:
    @pytest.mark.parametrize("error", ["access_denied", "login_required", "invalid_request"])
    async def test_that_somebody_was_not_signed_in(self, way: Way, error: str) -> None:
        with pytest.raises(ProviderDenied):
            await way.back(error=error)

    @pytest.mark.parametrize("error", ["temporarily_unavailable", "server_error"])
    async def test_that_the_provider_cannot(self, way: Way, error: str) -> None:
        with pytest.raises(ProviderUnavailable):
            await way.back(error=error)

    async def test_without_a_code_proves_nothing(self, way: Way) -> None:
        with pytest.raises(ProviderRefused):
            await way.back(state="alone")

    @pytest.mark.parametrize(("error", "kind"), [("invalid_client", BadProvider), ("invalid_grant", ProviderRefused)])
    async def test_whose_code_the_provider_does_not_take(self, way: Way, error: str, kind: type[Exception]) -> None:
        told = {"error": error, "error_description": f"the code a-code of {SECRET}"}
        way.there.answers["/token"] = JSONResponse(told, 400)
        with capture_logs() as logs, pytest.raises(kind) as caught:
            await way.back()

        said = f"{caught.value!r} {caught.value} {logs}"
        assert "a-code" not in said
        assert SECRET not in said

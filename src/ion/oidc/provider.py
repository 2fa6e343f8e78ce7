"""A provider as it is asked over HTTP: what it says of itself, its keys, codes for tokens, and who somebody is."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.discovery import get_well_known_url

from ion.clock import Clock
from ion.language import Language
from ion.monitoring import log
from ion.oidc.errors import BadProvider, ProviderDenied, refused, unavailable
from ion.oidc.flow import Flow
from ion.oidc.id_token import Expected, VerifyingKey, claims_in, key_for, keys_in
from ion.oidc.metadata import Metadata, metadata_of
from ion.oidc.port import Answer, Identity, Registration

_SCOPE = "openid email profile"
# What a provider says of itself and its keys are asked for again after so long.
_REMEMBERED = timedelta(hours=1)
# A key that is not known may be new; whoever sends made-up ones must not have the provider asked for each of them.
_BETWEEN_LOOKS = timedelta(seconds=60)
# Seconds until a connection, or the next bytes of an answer, and for all of one request.
_PATIENCE = 5.0
_LONGEST = 10.0
# The first two are no answers, Authlib's own is about tokens that cannot be used, the last two are of what is no JSON.
_FAILURES = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    OAuthError,
    TimeoutError,
    ValueError,
    RecursionError,
)
# What Authlib stumbles over in tokens whose parts are of another type than they should be.
_STRANGE_TOKENS = (TypeError, KeyError, AttributeError)
# The longest `sub` that there is (OpenID Connect Core 1.0, 2).
_MAX_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class _Remembered:
    metadata: Metadata
    keys: Sequence[VerifyingKey]
    at: datetime


class Provider:
    """Implements `IdentityProvider`."""

    def __init__(self, registration: Registration, certificates: ssl.SSLContext, clock: Clock) -> None:
        self._registration = registration
        self._certificates = certificates
        self._clock = clock
        self._remembered: _Remembered | None = None

    async def check(self) -> int:
        """Return how many keys there are to verify with, asked for anew."""
        return len((await self._look(not_since=self._clock())).keys)

    async def address(self, flow: Flow, *, redirect_uri: str, language: Language) -> str:
        """Return where somebody is sent to sign in."""
        metadata = (await self._known()).metadata
        async with self._client(metadata) as client:
            address, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=flow.state,
                code_verifier=flow.verifier,
                nonce=flow.nonce,
                redirect_uri=redirect_uri,
                ui_locales=language,
            )
        return str(address)

    async def identity(self, answer: Answer, flow: Flow, *, redirect_uri: str) -> Identity:
        """Return who came back."""
        known = await self._known()
        self._check_answer(answer, known.metadata)
        async with self._client(known.metadata) as client:
            token = await self._token(client, known.metadata, answer["code"], flow, redirect_uri)
            claims = await self._claims(token, known, flow.nonce)
            # Many tell the address only to whoever asks with the access token.
            if "email" not in claims and known.metadata.userinfo_endpoint is not None and "access_token" in token:
                told = await self._told(client, known.metadata.userinfo_endpoint)
                if told.get("sub") != claims["sub"]:
                    raise refused()
                claims = {**told, **claims}
        return _identity(claims, self._registration.issuer)

    def _check_answer(self, answer: Answer, metadata: Metadata) -> None:
        """Let pass what this provider answered, and with a code.

        Where it says that it names itself (RFC 9207) it has to: a code of another provider is not sent to this one.
        """
        is_named = "iss" in answer or metadata.authorization_response_iss_parameter_supported
        if is_named and answer.get("iss") != metadata.issuer:
            raise refused()
        if "error" in answer:
            if answer["error"] in ("temporarily_unavailable", "server_error"):
                raise unavailable()
            raise ProviderDenied("The identity provider did not sign you in.")
        if not answer.get("code"):
            raise refused()

    async def _token(
        self, client: AsyncOAuth2Client, metadata: Metadata, code: str, flow: Flow, redirect_uri: str
    ) -> Mapping[str, Any]:
        async with _answering(*_STRANGE_TOKENS):
            try:
                token: Mapping[str, Any] = await client.fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=flow.verifier,
                    redirect_uri=redirect_uri,
                )
            except OAuthError as error:
                if error.error in ("invalid_client", "unauthorized_client"):
                    raise BadProvider(
                        "The identity provider does not know ION_OIDC__CLIENT_ID, or not with this secret.",
                        field="ION_OIDC__CLIENT_SECRET",
                    ) from None
                log.warning("oidc.code_refused")
                raise refused() from None
        return token

    async def _claims(self, token: Mapping[str, Any], known: _Remembered, nonce: str) -> Mapping[str, Any]:
        text, access = token.get("id_token"), token.get("access_token")
        if not isinstance(text, str):
            raise refused()
        algorithms = known.metadata.algorithms
        key = key_for(text, known.keys, algorithms)
        if key is None:
            known = await self._look(not_since=self._clock() - _BETWEEN_LOOKS)
            key = key_for(text, known.keys, algorithms)
        if key is None:
            raise refused()
        own = self._registration
        expected = Expected(own.issuer, own.client_id, nonce, access if isinstance(access, str) else None, algorithms)
        return claims_in(text, key, expected, now=self._clock())

    async def _told(self, client: AsyncOAuth2Client, endpoint: str) -> Mapping[str, Any]:
        async with _answering(*_STRANGE_TOKENS):
            told = _json(await client.request("GET", endpoint, headers={"Accept": "application/json"}))
        if not isinstance(told, dict):
            raise unavailable()
        return told

    async def _known(self) -> _Remembered:
        return await self._look(not_since=self._clock() - _REMEMBERED)

    async def _look(self, *, not_since: datetime) -> _Remembered:
        """Return what is known of the provider, asked for again unless that was after this moment."""
        # Two at once ask twice; to wait for each other would let everybody wait in a row where it does not answer.
        known = self._remembered
        if known is None or known.at <= not_since:
            known = self._remembered = await self._ask()
        return known

    async def _ask(self) -> _Remembered:
        issuer = self._registration.issuer
        async with self._client(None) as client, _answering():
            metadata = metadata_of(await _asked(client, get_well_known_url(issuer, external=True)), issuer=issuer)
            keys = keys_in(await _asked(client, metadata.jwks_uri))
        if not keys:
            raise BadProvider(f"The provider at {issuer} shows no key that ION can verify with.")
        return _Remembered(metadata, keys, self._clock())

    def _client(self, metadata: Metadata | None) -> AsyncOAuth2Client:
        """Return a client for one sign-in: it holds that one's token."""
        own = self._registration
        client = AsyncOAuth2Client(
            client_id=own.client_id,
            client_secret=own.client_secret,
            token_endpoint_auth_method=None if metadata is None else metadata.authentication(own.client_secret),
            code_challenge_method="S256",
            scope=_SCOPE,
            timeout=_PATIENCE,
            verify=self._certificates,
            follow_redirects=False,
        )
        client.register_client_auth_method(("client_secret_basic", _encoded))
        return client


def _encoded(client: Any, method: str, uri: str, headers: Any, body: Any) -> tuple[str, Any, Any]:
    """Say who the client is by HTTP Basic, with the characters encoded that have a meaning there (RFC 6749, 2.3.1)."""
    pair = ":".join(quote(each, safe="") for each in (client.client_id, client.client_secret))
    headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return uri, headers, body


async def _asked(client: AsyncOAuth2Client, address: str) -> Any:
    return _json(await client.request("GET", address, withhold_token=True))


def _json(response: httpx2.Response) -> Any:
    response.raise_for_status()
    return response.json()


@asynccontextmanager
async def _answering(*more: type[Exception]) -> AsyncIterator[None]:
    """Let what a provider does wrong be one error, in which nothing of its words is; `more` are signs of it, too."""
    try:
        async with asyncio.timeout(_LONGEST):
            yield
    except (*_FAILURES, *more) as error:
        log.warning("oidc.unavailable", kind=type(error).__name__)
        raise unavailable() from None


def _identity(claims: Mapping[str, Any], issuer: str) -> Identity:
    subject = claims["sub"]
    if not 1 <= len(subject) <= _MAX_SUBJECT:
        raise refused()
    # Nothing but `true` is: some send it as a text, and "false" would be true.
    email = claims.get("email") if claims.get("email_verified") is True else None
    name = claims.get("name")
    return Identity(issuer, subject, email if isinstance(email, str) else "", name if isinstance(name, str) else "")

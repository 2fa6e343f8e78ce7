"""A provider that says whatever a test wants it to, with real keys; everything around it is real."""

import base64
import hmac
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.web.conftest import served

CLIENT = "ion"
RSA, EC, OTHER = (
    RSAKey.generate_key(2048, {"kid": "one"}),
    ECKey.generate_key("P-256", {"kid": "curve"}),
    RSAKey.generate_key(2048, {"kid": "two"}),
)


@dataclass
class Hostile:
    """`said` replaces what metadata say, `claims` what tokens do; what is None is left out."""

    issuer: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    keys: list[Any] = field(default_factory=lambda: [RSA, EC])
    claims: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    signer: Any = field(default_factory=lambda: RSA)
    answers: dict[str, Response] = field(default_factory=dict)
    nonce: str = ""
    asked: list[str] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    authorization: str = ""

    def reset(self) -> None:
        self.__dict__.update(vars(Hostile(issuer=self.issuer)))

    def token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "subject-1",
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": self.nonce,
            "email": "mina@example.org",
            "email_verified": True,
            "name": "Mina Park",
        }
        payload = _without_none({**claims, **self.claims})
        if isinstance(self.signer, bytes):
            return _by_hand(self.header, payload, self.signer)
        return jws.serialize_compact(self.header, _json(payload), self.signer, algorithms=["RS256", "ES256"])


@contextmanager
def hostile_provider() -> Iterator[Hostile]:
    hostile = Hostile()

    async def answer(request: Request) -> Response:
        path = request.url.path
        hostile.asked.append(path)
        if path in hostile.answers:
            return hostile.answers[path]
        match path:
            case "/.well-known/openid-configuration":
                return JSONResponse(_without_none({**_metadata(hostile.issuer), **hostile.said}))
            case "/jwks":
                public = [key if isinstance(key, dict | str) else key.as_dict(private=False) for key in hostile.keys]
                return JSONResponse({"keys": public})
            case "/token":
                sent = parse_qs((await request.body()).decode())
                hostile.sent = {name: values[0] for name, values in sent.items()}
                hostile.authorization = request.headers.get("authorization", "")
                return JSONResponse({"access_token": "access", "token_type": "Bearer", "id_token": hostile.token()})
            case "/me":
                return JSONResponse(hostile.told)
        return PlainTextResponse("nothing", 404)

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    with served(app) as address:
        hostile.issuer = address
        yield hostile


def public_key_as_secret() -> bytes:
    """The public key, which everybody has, as a secret that signs; joserfc itself would not take it for one."""
    return RSA.as_pem(private=False)


def _by_hand(header: Mapping[str, Any], payload: Mapping[str, Any], secret: bytes) -> str:
    """Sign with HMAC; with no secret, not at all."""
    signed = f"{_base64(_json(header))}.{_base64(_json(payload))}"
    return f"{signed}.{_base64(hmac.digest(secret, signed.encode(), 'sha256')) if secret else ''}"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _metadata(issuer: str) -> Mapping[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/auth",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "userinfo_endpoint": f"{issuer}/me",
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
    }


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _json(value: object) -> bytes:
    return JSONResponse(value).body  # type: ignore[return-value]

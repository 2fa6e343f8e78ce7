"""Tokens as a forger makes them: by hand, with any header, any claims and any signature."""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ion.accounts import User
from tests.accounts.opened import HOME, Opened

Sign = Callable[[bytes], bytes]


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def part(token: str, number: int) -> dict[str, Any]:
    """Return the header (0) or the claims (1) of a token, unverified."""
    found: dict[str, Any] = json.loads(decoded(token.split(".")[number]))
    return found


def forged(header: Mapping[str, object], claims: Mapping[str, object] | bytes, sign: Sign) -> str:
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    signed = f"{encoded(json.dumps(header).encode())}.{encoded(payload)}"
    return f"{signed}.{encoded(sign(signed.encode()))}"


def hs256(secret: bytes) -> Sign:
    return lambda text: hmac.digest(secret, text, "sha256")


@dataclass(frozen=True, slots=True)
class Workshop:
    """A real token, what it is made of, and the private key that signed it, as a thief of that would have it."""

    user: User
    token: str
    refresh: str
    header: dict[str, Any]
    claims: dict[str, Any]
    private: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        return self.private.public_key()

    @property
    def raw(self) -> bytes:
        return self.public.public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def pem(self) -> bytes:
        return self.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def jwk(self) -> dict[str, str]:
        return {"kty": "OKP", "crv": "Ed25519", "x": encoded(self.raw)}

    def with_claims(self, **changed: object) -> str:
        """Return a token that differs in its claims; None leaves one out."""
        claims = {name: value for name, value in {**self.claims, **changed}.items() if value is not None}
        return forged(self.header, claims, self.private.sign)

    def with_header(self, **changed: object) -> str:
        header = {name: value for name, value in {**self.header, **changed}.items() if value is not None}
        return forged(header, self.claims, self.private.sign)

    def after(self, **by: float) -> int:
        """Return a moment as claims have it, counted from when the token was issued."""
        return int(self.claims["iat"] + timedelta(**by).total_seconds())


async def workshop(here: Opened, user: User | None = None) -> Workshop:
    tokens = here.accounts.tokens
    chosen = user or await here.add()
    _, proof = await here.accounts.sign_in.prove(chosen.email, "glass tomato orbit", None, HOME)
    issued = await tokens.issue(chosen, proof, HOME)
    _, key = await tokens.keys.signer()
    raw = decoded(str(key.as_dict(private=True)["d"]))
    return Workshop(
        chosen,
        issued.access_token,
        issued.refresh_token,
        part(issued.access_token, 0),
        part(issued.access_token, 1),
        Ed25519PrivateKey.from_private_bytes(raw),
    )

"""`GET /.well-known/jwks.json`: the public keys that ION's access tokens can be verified with."""

from typing import Literal

from fastapi import APIRouter, Response

from ion.api.deps import AccountsDep
from ion.api.errors import PROBLEMS
from ion.api.v2.schemas import Schema

router = APIRouter(tags=["accounts"], responses={503: PROBLEMS[503]})

# A new key signs at once; whoever meets one it does not know asks again.
_CACHING = "public, max-age=300"


class JwkOut(Schema):
    """The public part of a key (RFC 7517, RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str
    kid: str
    use: Literal["sig"]
    alg: Literal["EdDSA"]


class JwksOut(Schema):
    """The key that signs, and those whose tokens have not all expired; none before the first token."""

    keys: list[JwkOut]


@router.get("/.well-known/jwks.json", summary="Get the keys that verify access tokens")
async def jwks(accounts: AccountsDep, response: Response) -> JwksOut:
    """Return the public keys."""
    response.headers["Cache-Control"] = _CACHING
    return JwksOut(keys=[JwkOut.model_validate(key.jwk) for key in await accounts.tokens.keys.all()])

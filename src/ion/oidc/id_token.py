"""ID tokens: the keys that verify them, and all that is checked of one (OpenID Connect Core 1.0, 3.1.3.7)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, RSAKey

from ion.monitoring import log
from ion.oidc.errors import refused

# Clocks of two machines differ a little.
LEEWAY = timedelta(seconds=60)
_FEWEST_RSA_BITS = 2048
# Of base64url.
_BITS_A_LETTER = 6
_KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC"}

VerifyingKey = RSAKey | ECKey


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token has to say; its `access_token` is the one that came with it."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    access_token: str | None = field(repr=False)
    algorithms: Collection[str]


class _Only(jws.JWSRegistry):
    """Knows these algorithms alone; joserfc's own takes its recommended ones, HS256 among them, where none is given."""

    # Some providers put certificates into the header.
    max_header_length = 8_192

    def get_alg(self, name: str) -> Any:
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


def keys_in(document: object) -> Sequence[VerifyingKey]:
    """Return the public keys of a JWK set that verify; others in it, and what is none, are passed over."""
    listed = document.get("keys") if isinstance(document, dict) else None
    read = [_key_of(each) for each in listed] if isinstance(listed, list) else []
    return [key for key in read if key is not None]


def key_for(text: str, keys: Sequence[VerifyingKey], algorithms: Collection[str]) -> VerifyingKey | None:
    """Return the key that an ID token says it was signed with; None where it is not among these.

    Raises:
        ProviderRefused: it is no token, or signed in another way.
    """
    try:
        header = jws.extract_compact(text.encode(), registry=_Only(algorithms=algorithms)).headers()
    except (JoseError, ValueError, TypeError, RecursionError):
        raise refused() from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in algorithms or not isinstance(algorithm, str):
        raise refused()
    kind = _KINDS[algorithm[:2]]
    fitting = [key for key in keys if key.key_type == kind and (kid is None or key.get("kid") == kid)]
    # Without a `kid` there may be one key only.
    return fitting[0] if len(fitting) == 1 else None


def claims_in(text: str, key: VerifyingKey, expected: Expected, *, now: datetime) -> Mapping[str, Any]:
    """Return what an ID token says, signed by this key, of whoever came back just now.

    Raises:
        ProviderRefused: it is not, or not for this ION, not for this way, or no longer.
    """
    options = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        "sub": {"essential": True},
        "nonce": {"essential": True},
    }
    given = {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": expected.access_token}
    try:
        token = jwt.decode(text, key, registry=_Only(algorithms=expected.algorithms, strict_check_header=False))
        claims = CodeIDToken(token.claims, token.header, options, given)
        claims.validate(now=int(now.timestamp()), leeway=int(LEEWAY.total_seconds()))
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        log.warning("oidc.token_refused", kind=type(error).__name__)
        raise refused() from None
    return {**claims}


def _key_of(listed: object) -> VerifyingKey | None:
    if not isinstance(listed, dict) or listed.get("use", "sig") != "sig":
        return None
    # Without its private part, if some provider is as careless as to show it.
    public = {name: listed[name] for name in ("kty", "kid", "n", "e", "crv", "x", "y") if name in listed}
    try:
        match listed.get("kty"):
            case "RSA" if len(listed["n"]) * _BITS_A_LETTER >= _FEWEST_RSA_BITS:
                return RSAKey.import_key(public)
            case "EC":
                return ECKey.import_key(public)
            case _:
                return None
    except (JoseError, ValueError, TypeError, KeyError):
        return None

"""Access tokens: JWTs (RFC 9068) that ION signs for itself, and all that it takes of one that is shown."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ion.accounts.caller import Proof
from ion.accounts.permissions import Permission
from ion.accounts.refresh import FamilyId
from ion.accounts.user import OrganisationId, UserId
from ion.errors import Unauthenticated

ALGORITHM = "EdDSA"
TYPE = "at+jwt"
AUDIENCE = "urn:ion:api"
# Several machines' clocks differ a little: a token of one may seem to begin in another's future.
_SKEW = timedelta(seconds=30)
# Three parts in base64url, the last one of which is 64 bytes.
_WRITTEN = re.compile(r"[\w-]{1,400}\.[\w-]{1,4000}\.[\w-]{86}", re.ASCII)
_PERMISSIONS = frozenset(map(str, Permission))
_LAST_MOMENT = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())
_Moment = Annotated[int, Field(ge=0, le=_LAST_MOMENT)]


class BadAccessToken(Unauthenticated):
    """The access token is none of this ION's, or no longer holds."""

    code = "bad_access_token"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a token says; times are whole seconds. Nothing personal is in it, and no role: that is looked up."""

    id: str
    issuer: str
    user: UserId
    organisation: OrganisationId
    family: FamilyId
    scopes: frozenset[Permission]
    proof: Proof
    issued_at: datetime
    expires_at: datetime


class _Claims(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)

    iss: str
    aud: str
    sub: str
    org: str
    sid: str
    scope: str
    proof: Proof
    jti: str
    iat: _Moment
    nbf: _Moment
    exp: _Moment


class _OnlyEdDsa(jws.JWSRegistry):
    """Knows one algorithm, so that no header can choose another.

    RFC 9864 would have it called `Ed25519`, because `EdDSA` leaves the curve open, and joserfc warns of it. Here the
    key says the curve; most of the libraries that may verify these tokens know only the old name.
    """

    def get_alg(self, name: str) -> Any:
        if name != ALGORITHM:
            raise UnsupportedAlgorithmError
        return self.algorithms[ALGORITHM]


_REGISTRY = _OnlyEdDsa()


def written(token: AccessToken, kid: str, key: OKPKey) -> str:
    """Return a token as its user has it, signed with the private `key`."""
    issued_at = _seconds(token.issued_at)
    claims = _Claims(
        iss=token.issuer,
        aud=AUDIENCE,
        sub=token.user,
        org=token.organisation,
        sid=token.family,
        scope=scope_text(token.scopes),
        proof=token.proof,
        jti=token.id,
        iat=issued_at,
        nbf=issued_at,
        exp=_seconds(token.expires_at),
    )
    return jws.serialize_compact(_header(kid), claims.model_dump_json(), key, registry=_REGISTRY)


def kid_of(text: str) -> str:
    """Return the id of the key that a token says it was signed with; nothing of it is proven yet.

    A header that is in any way not as ION writes it is refused: another algorithm or type, a key or an address of keys
    that the token brings along.

    Raises:
        BadAccessToken: ION wrote no such token.
    """
    if not _WRITTEN.fullmatch(text):
        raise refused()
    try:
        header = jws.extract_compact(text.encode(), registry=_REGISTRY).headers()
    except (JoseError, ValueError, TypeError):
        raise refused() from None
    kid = header.get("kid")
    if not isinstance(kid, str) or header != _header(kid):
        raise refused()
    return kid


def read(text: str, key: OKPKey, *, issuer: str, now: datetime) -> AccessToken:
    """Return what a token says, which was signed with the private half of `key`.

    Raises:
        BadAccessToken: it was not, is another issuer's or for somebody else, has expired or does not hold yet.
    """
    try:
        payload = jws.deserialize_compact(text, key, registry=_REGISTRY).payload
        claims = _Claims.model_validate_json(payload or b"")
    except (JoseError, ValidationError):
        raise refused() from None
    is_ours = claims.iss == issuer and claims.aud == AUDIENCE
    begins, ends = _moment(max(claims.nbf, claims.iat)), _moment(claims.exp)
    if not is_ours or not begins - _SKEW <= now < ends:
        raise refused()
    return AccessToken(
        id=claims.jti,
        issuer=claims.iss,
        user=UserId(claims.sub),
        organisation=OrganisationId(claims.org),
        family=FamilyId(claims.sid),
        scopes=scopes_in(claims.scope),
        proof=claims.proof,
        issued_at=_moment(claims.iat),
        expires_at=ends,
    )


def scope_text(scopes: frozenset[Permission]) -> str:
    """Return permissions as OAuth writes a scope: names with a space between them."""
    return " ".join(sorted(scopes))


def scopes_in(text: str) -> frozenset[Permission]:
    """Return the permissions in a scope; those that ION no longer knows are left out."""
    return frozenset(Permission(name) for name in text.split() if name in _PERMISSIONS)


def refused() -> BadAccessToken:
    """Return the error for every token that does not hold; why it does not is nobody's business who shows it."""
    return BadAccessToken("This access token is not valid; it may have expired, or have been revoked.")


def _header(kid: str) -> dict[str, str]:
    return {"alg": ALGORITHM, "typ": TYPE, "kid": kid}


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

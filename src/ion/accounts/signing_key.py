"""One key that access tokens are signed with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from joserfc.jwk import OKPKey

from ion.accounts.access_token import ALGORITHM
from ion.sealing import OwnerKeys, Place

# Whose data key seals the private parts; no user has this id.
OWNER = "signing"
_CURVE: Literal["Ed25519"] = "Ed25519"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair as it is kept; `kid` is the thumbprint (RFC 7638) of the public part.

    Until `verifies_until` it verifies what it signed; without one it signs, if no newer one does.
    """

    kid: str
    public: str
    sealed: bytes = field(repr=False)
    created_at: datetime
    verifies_until: datetime | None = None

    def verifies(self, *, now: datetime) -> bool:
        """Tell whether tokens that this key signed are still taken."""
        return self.verifies_until is None or now < self.verifies_until

    def verifier(self) -> OKPKey:
        """Return the public part."""
        return OKPKey.import_key({"kty": "OKP", "crv": _CURVE, "x": self.public})

    def signer(self, keys: OwnerKeys) -> OKPKey:
        """Return the private part.

        Raises:
            NoDataKey, BrokenSeal: it cannot be opened with these keys.
        """
        secret = keys.open(self.sealed, _place(self.kid))
        return OKPKey.import_key({"kty": "OKP", "crv": _CURVE, "x": self.public, "d": secret})

    @property
    def jwk(self) -> Mapping[str, str]:
        """The public part as others are given it (RFC 7517, RFC 8037)."""
        return {"kty": "OKP", "crv": _CURVE, "x": self.public, "kid": self.kid, "use": "sig", "alg": ALGORITHM}


def new_signing_key(keys: OwnerKeys, *, at: datetime) -> SigningKey:
    """Make a key pair, its private part sealed with these keys."""
    pair = OKPKey.generate_key(_CURVE)
    parts, kid = pair.as_dict(private=True), pair.thumbprint()
    return SigningKey(kid, str(parts["x"]), keys.seal(str(parts["d"]), _place(kid)), at)


def _place(kid: str) -> Place:
    return Place("signing_key", kid, "sealed")

"""One way to the provider and back: what the browser that went is known again by."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import timedelta

# For so long somebody may be at the provider, who may have to look for a telephone there.
FLOW_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Flow:
    """All of it comes from one secret of 256 bits, which only the browser has; so nothing is kept meanwhile.

    The provider, and whoever reads an address, sees `state`, `nonce` and the verifier's hash. None of them gives away
    another, or the secret.
    """

    secret: str = field(repr=False)

    @property
    def state(self) -> str:
        """What comes back with whoever left from this browser (RFC 6749, 10.12)."""
        return self._derived(b"state")

    @property
    def nonce(self) -> str:
        """What binds an ID token to this way (OpenID Connect Core 1.0, 3.1.2.1)."""
        return self._derived(b"nonce")

    @property
    def verifier(self) -> str:
        """What makes a code useless to whoever else gets it (RFC 7636, 4.1)."""
        return self._derived(b"verifier")

    def is_of(self, state: str) -> bool:
        """Tell whether this state is of this way."""
        return hmac.compare_digest(self.state.encode(), state.encode("utf-8", "surrogatepass"))

    def _derived(self, purpose: bytes) -> str:
        digest = hmac.digest(self.secret.encode("utf-8", "surrogatepass"), purpose, hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

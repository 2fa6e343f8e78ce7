"""What ION asks of a provider, and what it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ion.language import Language
from ion.oidc.flow import Flow

# The parameters with which a browser comes back.
Answer = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Registration:
    """ION as the provider knows it; without a secret it is a public client, which PKCE alone protects."""

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider says somebody is. `subject` is its own id for them, and all that never changes.

    `verified_email` is empty unless the provider says that it has verified the address.
    """

    issuer: str
    subject: str = field(repr=False)
    verified_email: str = field(repr=False)
    name: str = field(repr=False)


class IdentityProvider(Protocol):
    """A provider that people are sent to, and come back from."""

    async def check(self) -> int:
        """Return how many keys there are to verify with.

        Raises:
            ProviderUnavailable: it does not answer, or with what is no answer.
            BadProvider: it is another one, or can do too little.
        """
        ...

    async def address(self, flow: Flow, *, redirect_uri: str, language: Language) -> str:
        """Return where somebody is sent to sign in. Raises what `check` raises."""
        ...

    async def identity(self, answer: Answer, flow: Flow, *, redirect_uri: str) -> Identity:
        """Return who came back.

        Raises:
            ProviderUnavailable, BadProvider: as in `check`.
            ProviderDenied: they were not signed in there, or did not want to be.
            ProviderRefused: nothing proves who they are.
        """
        ...

"""What a client says who asks with: a key, or tokens, which it needs new ones of from time to time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ion.client.call import Call, plain
from ion.client.outcomes import Answer, Outcome, as_a, error_of
from ion.client.values import Tokens

_NOT_AUTHENTICATED, _EXPIRED = 401, "bad_access_token"


@dataclass
class SignedIn:
    """An API key, or tokens, which change when they are refreshed, or nothing at all.

    Raises:
        ValueError: both are given, or one cannot be sent.
    """

    api_key: str | None = field(default=None, repr=False)
    tokens: Tokens | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.api_key is not None and self.tokens is not None:
            message = "Give api_key or tokens, not both."
            raise ValueError(message)
        if self.api_key is not None:
            plain("api_key", self.api_key)
        if self.tokens is not None:
            plain("tokens", self.tokens.access_token)

    @property
    def headers(self) -> Mapping[str, str]:
        """What says who asks."""
        shown = self.api_key if self.tokens is None else self.tokens.access_token
        return {} if shown is None else {"Authorization": f"Bearer {shown}"}

    def have_expired(self, outcome: Outcome) -> bool:
        """Tell whether a request was refused for its access token, so that another may help."""
        return (
            self.tokens is not None
            and isinstance(outcome, Answer)
            and outcome.status == _NOT_AUTHENTICATED
            and error_of(outcome).code == _EXPIRED
        )


def refreshing(refresh_token: str) -> Call[Tokens]:
    """Return the call that exchanges a refresh token; sent again within ten seconds it brings the same."""
    body = {"refresh_token": refresh_token}
    return Call("POST", "/auth/refresh", as_a(Tokens), body=body, repeatable=True, anonymous=True)

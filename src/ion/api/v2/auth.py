"""`/api/v2/auth`: tokens for programs, from a password, and from one another."""

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Body, Request, Response
from pydantic import Field, SecretStr

from ion.accounts import Issued, scope_text
from ion.api.deps import AccountsDep
from ion.api.errors import PROBLEMS
from ion.api.v2.examples import REFRESH, REVOKE, SIGN_IN
from ion.api.v2.schemas import Schema
from ion.callers import visit_of

router = APIRouter(prefix="/auth", tags=["accounts"])

_REFUSED: dict[int | str, dict[str, Any]] = {401: {**PROBLEMS[404], "description": "Nobody is let in with this."}}
_MOST_CHARS = 1_000
# An access token is the longest there is.
_MOST_TOKEN_CHARS = 8_000


class SignInRequest(Schema):
    """Who signs in; `code` is the second factor's, or a recovery code, where the account has one."""

    email: str = Field(max_length=_MOST_CHARS)
    password: SecretStr = Field(max_length=_MOST_CHARS)
    code: SecretStr | None = Field(None, max_length=_MOST_CHARS)
    scope: str | None = Field(
        None,
        max_length=_MOST_CHARS,
        description="Permissions with a space between them, for tokens that may do less than their user.",
        examples=["conversations.own"],
    )


class RefreshRequest(Schema):
    """A refresh token, which is exchanged: it does not hold any more."""

    refresh_token: SecretStr = Field(max_length=_MOST_TOKEN_CHARS)


class RevokeRequest(Schema):
    """A refresh or an access token (RFC 7009); which it is is found out, whatever the hint says."""

    token: SecretStr = Field(max_length=_MOST_TOKEN_CHARS)
    token_type_hint: Literal["access_token", "refresh_token"] | None = None


class TokensOut(Schema):
    """A pair of tokens, in the words of OAuth (RFC 6749, 5.1); `expires_in` are seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a word, not a secret
    expires_in: int
    refresh_token: str
    scope: str

    @classmethod
    def of(cls, issued: Issued) -> Self:
        """Return the tokens as the API says them."""
        return cls(
            access_token=issued.access_token,
            expires_in=issued.expires_in,
            refresh_token=issued.refresh_token,
            scope=scope_text(issued.scopes),
        )


@router.post("/token", responses=_REFUSED, summary="Sign in for a program")
async def token(
    body: Annotated[SignInRequest, Body(openapi_examples=SIGN_IN)],
    request: Request,
    response: Response,
    accounts: AccountsDep,
) -> TokensOut:
    """Return tokens for an e-mail address and a password, with a code where there is a second factor."""
    visit = visit_of(request)
    code = None if body.code is None else body.code.get_secret_value()
    user, proof = await accounts.sign_in.prove(body.email, body.password.get_secret_value(), code, visit)
    scopes = None if body.scope is None else body.scope.split()
    return _unkept(response, await accounts.tokens.issue(user, proof, visit, scopes=scopes))


@router.post("/refresh", responses=_REFUSED, summary="Exchange a refresh token for new tokens")
async def refresh(
    body: Annotated[RefreshRequest, Body(openapi_examples=REFRESH)], response: Response, accounts: AccountsDep
) -> TokensOut:
    """Return new tokens; the refresh token that is shown does not hold any more."""
    return _unkept(response, await accounts.tokens.refresh(body.refresh_token.get_secret_value()))


@router.post("/revoke", response_class=Response, summary="Sign a program out")
async def revoke(body: Annotated[RevokeRequest, Body(openapi_examples=REVOKE)], accounts: AccountsDep) -> Response:
    """End all tokens that came of the same sign-in; 200 whether or not there were any."""
    await accounts.tokens.revoke(body.token.get_secret_value())
    return Response()


def _unkept(response: Response, issued: Issued) -> TokensOut:
    """Return tokens, which nothing on their way may keep."""
    response.headers["Cache-Control"] = "no-store"
    return TokensOut.of(issued)

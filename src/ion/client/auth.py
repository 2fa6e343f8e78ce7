"""Signing in: tokens for an e-mail address and a password, and for one another."""

from collections.abc import Sequence

from ion.client.call import Call, given
from ion.client.outcomes import as_a
from ion.client.signed_in import refreshing
from ion.client.values import Tokens
from ion.client.verbs import L, Resource, verb


class Auth(Resource[L]):
    """Tokens, which say who asks."""

    @verb
    def sign_in(
        self, email: str, password: str, *, code: str | None = None, scopes: Sequence[str] = ()
    ) -> Call[Tokens]:
        """Return tokens for somebody, with a `code` where they have a second factor; with `scopes` they may do less.

        Where a code is needed and there is none, that is NotAuthenticated with the code `second_factor_due`.
        """
        body = given(email=email, password=password, code=code, scope=" ".join(scopes) or None)
        return Call("POST", "/auth/token", as_a(Tokens), body=body, anonymous=True)

    @verb
    def refresh(self, refresh_token: str) -> Call[Tokens]:
        """Return new tokens for a refresh token, which does not hold any more: keep the new one first of all."""
        return refreshing(refresh_token)

    @verb
    def revoke(self, token: str, *, token_type_hint: str | None = None) -> Call[None]:
        """End all tokens of a sign-in, by one of them; it is fine if there are none."""
        body = given(token=token, token_type_hint=token_type_hint)
        return Call("POST", "/auth/revoke", lambda _: None, body=body, repeatable=True, anonymous=True)

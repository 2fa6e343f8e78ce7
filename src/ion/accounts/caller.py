"""The caller: who is asking, what they may do, and how they proved who they are."""

from dataclasses import dataclass
from enum import StrEnum

from ion.accounts.permissions import Permission, Role, permissions_of
from ion.accounts.user import OrganisationId, User, UserId
from ion.errors import Forbidden, Unauthenticated
from ion.language import Language


class NotAllowed(Forbidden):
    """The caller lacks the permission for this."""

    code = "not_allowed"


class SignInRequired(Unauthenticated):
    """Nobody is signed in, and this takes somebody who is."""

    code = "sign_in_required"


class Proof(StrEnum):
    """How a caller proved who they are. With a `half` proof the second factor is still due."""

    LOCAL = "local"
    HALF = "half"
    PASSWORD = "password"  # noqa: S105 - a word, not a secret
    SECOND_FACTOR = "second_factor"
    RECOVERY_CODE = "recovery_code"
    OIDC = "oidc"
    INVITATION = "invitation"
    API_KEY = "api_key"
    TOKEN = "token"  # noqa: S105 - a word, not a secret


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking; `permissions` are those that hold for this request, after the scopes of a key or a token.

    `by` is the id of the API key or of the token's family, or the digest of the session it came with; nothing in here
    is personal or secret.
    """

    user: UserId
    organisation: OrganisationId
    role: Role
    language: Language
    permissions: frozenset[Permission]
    proof: Proof
    by: str | None = None

    def may(self, permission: Permission) -> bool:
        """Tell whether the caller may do this."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Let the caller pass.

        Raises:
            NotAllowed: the caller lacks the permission.
        """
        if permission not in self.permissions:
            raise NotAllowed(f"This takes the permission {permission}, which you do not have.")

    def owns(self, owner: UserId) -> bool:
        """Tell whether something of this owner is the caller's own."""
        return self.user == owner


def caller_of(
    user: User, proof: Proof, *, by: str | None = None, scopes: frozenset[Permission] | None = None
) -> Caller:
    """Return the caller that a user is, with the `scopes` of an API key if one was shown."""
    # Whoever can start ION on a machine of their own can do everything with it anyway.
    permissions = frozenset(Permission) if proof is Proof.LOCAL else permissions_of(user.role, scopes)
    return Caller(user.id, user.organisation, user.role, user.language, permissions, proof, by)

"""Who may do what: the one table of roles and permissions."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from ion.errors import Invalid


class Permission(StrEnum):
    """One thing that a caller may do, within the own organisation; those on `.own` reach what is the caller's alone."""

    CONVERSATIONS_OWN = "conversations.own"
    DATA_OWN = "data.own"
    PROFILE_OWN = "profile.own"
    KEYS_OWN = "keys.own"
    MEMBERS_READ = "members.read"
    MEMBERS_MANAGE = "members.manage"
    KEYS_MANAGE = "keys.manage"
    ANALYTICS_READ = "analytics.read"
    SETTINGS_MANAGE = "settings.manage"
    AUDIT_READ = "audit.read"
    ORGANISATIONS_MANAGE = "organisations.manage"
    SYSTEM_OPERATE = "system.operate"


class Role(StrEnum):
    """What somebody is in their organisation."""

    MENTEE = "mentee"
    MANAGER = "manager"
    ADMIN = "admin"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class BadScope(Invalid):
    """An API key or a token cannot be given this permission."""

    code = "bad_scope"


# What each permission is for, in the words of docs/security.md.
MEANINGS: Mapping[Permission, str] = {
    Permission.CONVERSATIONS_OWN: "talk with mentors; read, search, name, rate and delete one's own conversations",
    Permission.DATA_OWN: "export and erase everything that is kept of oneself",
    Permission.PROFILE_OWN: "one's own name, language, password, second factor and sessions",
    Permission.KEYS_OWN: "make, see and revoke one's own API keys",
    Permission.MEMBERS_READ: "see who is in the organisation, with role and state",
    Permission.MEMBERS_MANAGE: "invite, disable and enable members, change their roles, reset their second factor",
    Permission.KEYS_MANAGE: "see and revoke the API keys of all members",
    Permission.ANALYTICS_READ: "figures about groups, from five people up",
    Permission.SETTINGS_MANAGE: "the organisation's settings",
    Permission.AUDIT_READ: "the audit log and the access report",
    Permission.ORGANISATIONS_MANAGE: "add and rename organisations",
    Permission.SYSTEM_OPERATE: "status, caches, jobs and the keys of encryption",
}

_SELF = frozenset(
    {Permission.CONVERSATIONS_OWN, Permission.DATA_OWN, Permission.PROFILE_OWN, Permission.KEYS_OWN},
)
_MANAGER = _SELF | {Permission.MEMBERS_READ, Permission.ANALYTICS_READ}
_ADMIN = _MANAGER | {
    Permission.MEMBERS_MANAGE,
    Permission.KEYS_MANAGE,
    Permission.SETTINGS_MANAGE,
    Permission.AUDIT_READ,
}

# Managers and admins may have a mentor, too; what others said to theirs is not theirs to read, and there is no
# permission that would let them. Auditors and operators look after the system and are no mentees in it.
ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.MENTEE: _SELF,
    Role.MANAGER: _MANAGER,
    Role.ADMIN: _ADMIN,
    Role.AUDITOR: frozenset({Permission.PROFILE_OWN, Permission.MEMBERS_READ, Permission.AUDIT_READ}),
    Role.OPERATOR: frozenset(
        {
            Permission.PROFILE_OWN,
            Permission.KEYS_OWN,
            Permission.ORGANISATIONS_MANAGE,
            Permission.SYSTEM_OPERATE,
        }
    ),
}

# With these a caller comes to see what somebody said to a mentor. All are on `.own`.
READ_CONTENT = frozenset({Permission.CONVERSATIONS_OWN, Permission.DATA_OWN})

# A stolen key must not be able to make further keys, to change how its user signs in, to let people in, or to erase
# everything: these take a person.
KEY_SCOPES = frozenset(Permission) - {
    Permission.PROFILE_OWN,
    Permission.KEYS_OWN,
    Permission.KEYS_MANAGE,
    Permission.MEMBERS_MANAGE,
    Permission.DATA_OWN,
}

# Who may give whom which role. Operators are made at the command line alone: they look after every organisation.
GRANTS: Mapping[Role, frozenset[Role]] = {
    Role.MENTEE: frozenset(),
    Role.MANAGER: frozenset(),
    Role.ADMIN: frozenset({Role.MENTEE, Role.MANAGER, Role.ADMIN, Role.AUDITOR}),
    Role.AUDITOR: frozenset(),
    Role.OPERATOR: frozenset(),
}


def permissions_of(role: Role, scopes: Iterable[Permission] | None = None) -> frozenset[Permission]:
    """Return what somebody of this role may do; with the `scopes` of an API key what may be done with that key."""
    everything = ROLES[role]
    return everything if scopes is None else everything & KEY_SCOPES & frozenset(scopes)


def scopes_of(names: Iterable[str], role: Role) -> frozenset[Permission]:
    """Return the permissions of these names, all of which a key of somebody of this role may have.

    Raises:
        BadScope: there is none, one has no such name, or a key of this role may not have it.
    """
    return _chosen(set(names), permissions_of(role, Permission), f"API keys of the role {role}", field="scopes")


def token_scopes_of(names: Iterable[str] | None, role: Role) -> frozenset[Permission]:
    """Return what the tokens of somebody of this role may do: all they may, or the permissions of these names alone.

    Behind a token stands a person who signed in, so it may do what is never a key's.

    Raises:
        BadScope: there is none, one has no such name, or this role may not do it.
    """
    possible = permissions_of(role)
    return possible if names is None else _chosen(set(names), possible, f"Tokens of the role {role}", field="scope")


def _chosen(given: set[str], possible: frozenset[Permission], whose: str, *, field: str) -> frozenset[Permission]:
    chosen = frozenset(scope for scope in possible if scope in given)
    wrong = sorted(given - chosen)
    if wrong or not chosen:
        allowed = ", ".join(sorted(possible)) or "none"
        reason = f"{wrong[0][:40]!r} is none of them" if wrong else "none was given"
        raise BadScope(f"{whose} can have these scopes: {allowed}; {reason}.", field=field)
    return chosen


def may_grant(giver: Role, role: Role, *, held: Role | None = None) -> bool:
    """Tell whether a giver may make somebody a `role`, who so far has the role `held`, if any."""
    possible = GRANTS[giver]
    return role in possible and (held is None or held in possible)

"""Who is asking, and what they may do."""

from ion.accounts.accounts import AccountOptions, Accounts, open_accounts
from ion.accounts.api_key import MOST_DAYS, ApiKey, BadApiKey, BadKeyLife, Environment, KeyId, KeyText, is_api_key
from ion.accounts.breaches import BadBreachList, BreachedPasswords
from ion.accounts.caller import Caller, NotAllowed, Proof, SignInRequired, caller_of
from ion.accounts.digest import Randomness, system_randomness
from ion.accounts.enrolment import SecondFactors
from ion.accounts.invitation import Invitation, InvitationId, InvitationNotFound
from ion.accounts.key_store import ApiKeyNotFound
from ion.accounts.keys import DEFAULT_DAYS, Keys
from ion.accounts.lockout import SignInLocked, network_of
from ion.accounts.members import Members
from ion.accounts.organisation_store import OrganisationNotFound, SlugTaken
from ion.accounts.passwords import OWASP, Hashing, HashingCost
from ion.accounts.permissions import (
    KEY_SCOPES,
    MEANINGS,
    READ_CONTENT,
    ROLES,
    BadScope,
    Permission,
    Role,
    may_grant,
    permissions_of,
)
from ion.accounts.second_factor import Enrolment, SecondFactorOn, WrongCode
from ion.accounts.session import HALF_LIFE, Session, SessionEnded, SessionId, SessionLife
from ion.accounts.sign_in import SignedIn, SignIn, SignInRefused, Visit
from ion.accounts.strength import Weakness, WeakPassword, weakness_of
from ion.accounts.user import (
    LOCAL_ORGANISATION,
    LOCAL_USER,
    BadEmail,
    BadName,
    BadSlug,
    Organisation,
    OrganisationId,
    User,
    UserId,
    email_of,
    name_of,
)
from ion.accounts.user_store import EmailTaken, UserNotFound

__all__ = [
    "DEFAULT_DAYS",
    "HALF_LIFE",
    "KEY_SCOPES",
    "LOCAL_ORGANISATION",
    "LOCAL_USER",
    "MEANINGS",
    "MOST_DAYS",
    "OWASP",
    "READ_CONTENT",
    "ROLES",
    "AccountOptions",
    "Accounts",
    "ApiKey",
    "ApiKeyNotFound",
    "BadApiKey",
    "BadBreachList",
    "BadEmail",
    "BadKeyLife",
    "BadName",
    "BadScope",
    "BadSlug",
    "BreachedPasswords",
    "Caller",
    "EmailTaken",
    "Enrolment",
    "Environment",
    "Hashing",
    "HashingCost",
    "Invitation",
    "InvitationId",
    "InvitationNotFound",
    "KeyId",
    "KeyText",
    "Keys",
    "Members",
    "NotAllowed",
    "Organisation",
    "OrganisationId",
    "OrganisationNotFound",
    "Permission",
    "Proof",
    "Randomness",
    "Role",
    "SecondFactorOn",
    "SecondFactors",
    "Session",
    "SessionEnded",
    "SessionId",
    "SessionLife",
    "SignIn",
    "SignInLocked",
    "SignInRefused",
    "SignInRequired",
    "SignedIn",
    "SlugTaken",
    "User",
    "UserId",
    "UserNotFound",
    "Visit",
    "WeakPassword",
    "Weakness",
    "WrongCode",
    "caller_of",
    "email_of",
    "is_api_key",
    "may_grant",
    "name_of",
    "network_of",
    "open_accounts",
    "permissions_of",
    "system_randomness",
    "weakness_of",
]

"""Who is asking, and what they may do."""

from ion.accounts.access_report import AccessReport, access_report, report_document
from ion.accounts.access_token import AUDIENCE, BadAccessToken, scope_text
from ion.accounts.accounts import AccountOptions, Accounts, open_accounts
from ion.accounts.api_key import MOST_DAYS, ApiKey, BadApiKey, BadKeyLife, Environment, KeyId, KeyText, is_api_key
from ion.accounts.audited import acting_as, actor_of
from ion.accounts.breaches import BadBreachList, BreachedPasswords
from ion.accounts.caller import Caller, NotAllowed, Proof, SignInRequired, caller_of
from ion.accounts.digest import Randomness, digest_of, new_secret, system_randomness
from ion.accounts.enrolment import SecondFactors
from ion.accounts.erasing import end_access, erase_account
from ion.accounts.identities import Admission, EmailUnverified, Identities, NotAdmitted
from ion.accounts.identity_store import IdentityTaken, Link
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
from ion.accounts.refresh import BadRefreshToken, Family, FamilyId, TokenLife
from ion.accounts.second_factor import Enrolment, SecondFactorOff, SecondFactorOn, WrongCode
from ion.accounts.session import HALF_LIFE, Session, SessionEnded, SessionId, SessionLife
from ion.accounts.sign_in import SecondFactorDue, SignedIn, SignIn, SignInRefused, Visit
from ion.accounts.signing_key import SigningKey
from ion.accounts.strength import Weakness, WeakPassword, weakness_of
from ion.accounts.tokens import Issued, Tokens
from ion.accounts.user import (
    LOCAL_ORGANISATION,
    LOCAL_USER,
    MOST_KEPT_DAYS,
    BadEmail,
    BadName,
    BadRetention,
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
    "AUDIENCE",
    "DEFAULT_DAYS",
    "HALF_LIFE",
    "KEY_SCOPES",
    "LOCAL_ORGANISATION",
    "LOCAL_USER",
    "MEANINGS",
    "MOST_DAYS",
    "MOST_KEPT_DAYS",
    "OWASP",
    "READ_CONTENT",
    "ROLES",
    "AccessReport",
    "AccountOptions",
    "Accounts",
    "Admission",
    "ApiKey",
    "ApiKeyNotFound",
    "BadAccessToken",
    "BadApiKey",
    "BadBreachList",
    "BadEmail",
    "BadKeyLife",
    "BadName",
    "BadRefreshToken",
    "BadRetention",
    "BadScope",
    "BadSlug",
    "BreachedPasswords",
    "Caller",
    "EmailTaken",
    "EmailUnverified",
    "Enrolment",
    "Environment",
    "Family",
    "FamilyId",
    "Hashing",
    "HashingCost",
    "Identities",
    "IdentityTaken",
    "Invitation",
    "InvitationId",
    "InvitationNotFound",
    "Issued",
    "KeyId",
    "KeyText",
    "Keys",
    "Link",
    "Members",
    "NotAdmitted",
    "NotAllowed",
    "Organisation",
    "OrganisationId",
    "OrganisationNotFound",
    "Permission",
    "Proof",
    "Randomness",
    "Role",
    "SecondFactorDue",
    "SecondFactorOff",
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
    "SigningKey",
    "SlugTaken",
    "TokenLife",
    "Tokens",
    "User",
    "UserId",
    "UserNotFound",
    "Visit",
    "WeakPassword",
    "Weakness",
    "WrongCode",
    "access_report",
    "acting_as",
    "actor_of",
    "caller_of",
    "digest_of",
    "email_of",
    "end_access",
    "erase_account",
    "is_api_key",
    "may_grant",
    "name_of",
    "network_of",
    "new_secret",
    "open_accounts",
    "permissions_of",
    "report_document",
    "scope_text",
    "system_randomness",
    "weakness_of",
]

"""What the audit log records: the closed list of actions, and what each means."""

from collections.abc import Mapping
from enum import StrEnum


class Action(StrEnum):
    """Something that was done, or tried. Rows keep these names for good, so none is ever renamed or used anew."""

    SIGN_IN = "sign_in.succeeded"
    SIGN_IN_HALF = "sign_in.half"
    SIGN_IN_CONFIRMED = "sign_in.confirmed"
    SIGN_IN_REFUSED = "sign_in.refused"
    SIGN_IN_LOCKED = "sign_in.locked"
    SESSION_ENDED = "session.ended"
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_UNLINKED = "identity.unlinked"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - a word, not a secret
    SECOND_FACTOR_ON = "second_factor.on"
    SECOND_FACTOR_OFF = "second_factor.off"
    SECOND_FACTOR_RESET = "second_factor.reset"
    RECOVERY_CODES_RENEWED = "second_factor.codes_renewed"
    ORGANISATION_ADDED = "organisation.added"
    ORGANISATION_RENAMED = "organisation.renamed"
    MEMBER_ADDED = "member.added"
    MEMBER_ROLE_CHANGED = "member.role_changed"
    MEMBER_DISABLED = "member.disabled"
    MEMBER_ENABLED = "member.enabled"
    INVITATION_MADE = "invitation.made"
    INVITATION_ACCEPTED = "invitation.accepted"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    KEY_MADE = "key.made"
    KEY_USED = "key.used"
    KEY_REFUSED = "key.refused"
    KEY_REVOKED = "key.revoked"
    TOKEN_ISSUED = "token.issued"  # noqa: S105 - a word, not a secret
    TOKEN_REFRESHED = "token.refreshed"  # noqa: S105 - a word, not a secret
    TOKEN_REUSED = "token.reused"  # noqa: S105 - a word, not a secret
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 - a word, not a secret
    SIGNING_KEY_ROTATED = "token.key_rotated"
    LIMITS_CHANGED = "limits.changed"
    PERMISSION_DENIED = "permission.denied"
    SECURITY_NEW_NETWORK = "security.new_network"
    SECURITY_MANY_NETWORKS = "security.many_networks"
    SECURITY_DENIALS = "security.denials"
    SECURITY_BAD_KEYS = "security.bad_keys"
    SECURITY_WALKING = "security.walking"
    SECURITY_SPRAYING = "security.spraying"
    SETTINGS_CHANGED = "settings.changed"
    CONVERSATIONS_EXPIRED = "conversations.expired"
    CONSENT_GIVEN = "consent.given"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    DATA_EXPORTED = "data.exported"
    ERASURE_ASKED = "erasure.asked"
    ERASURE_CANCELLED = "erasure.cancelled"
    ERASURE_DONE = "erasure.done"
    DATA_KEYS_ROTATED = "encryption.data_keys_rotated"
    MASTER_KEY_ROTATED = "encryption.master_key_rotated"
    AUDIT_VERIFIED = "audit.verified"
    AUDIT_EXPORTED = "audit.exported"
    AUDIT_REPORTED = "audit.reported"
    AUDIT_RESTORED = "audit.restored"


MEANINGS: Mapping[Action, str] = {
    Action.SIGN_IN: "somebody signed in, with everything that was asked of them",
    Action.SIGN_IN_HALF: "a password, or the organisation's provider, was right, and the second factor is still due",
    Action.SIGN_IN_CONFIRMED: "somebody who was signed in gave their password again",
    Action.SIGN_IN_REFUSED: "an address, a password or a code was wrong, or there is none for whom a provider named",
    Action.SIGN_IN_LOCKED: "there were too many tries; once for each lock-out, not for each try in it",
    Action.SESSION_ENDED: "sessions were ended by whoever they belonged to",
    Action.IDENTITY_LINKED: "somebody signed in through the organisation's provider for the first time",
    Action.IDENTITY_UNLINKED: "whom the provider knows as this user was forgotten, and all sessions ended",
    Action.PASSWORD_CHANGED: "a password was changed, and all sessions ended",
    Action.SECOND_FACTOR_ON: "a second factor was turned on",
    Action.SECOND_FACTOR_OFF: "somebody turned their own second factor off",
    Action.SECOND_FACTOR_RESET: "somebody's second factor was taken away by another, and all sessions ended",
    Action.RECOVERY_CODES_RENEWED: "somebody drew new recovery codes, and the earlier ones hold no longer",
    Action.ORGANISATION_ADDED: "an organisation was added",
    Action.ORGANISATION_RENAMED: "an organisation got another name",
    Action.MEMBER_ADDED: "an account was made, without an invitation",
    Action.MEMBER_ROLE_CHANGED: "somebody got another role",
    Action.MEMBER_DISABLED: "somebody was kept out; their sessions ended and their keys hold no longer",
    Action.MEMBER_ENABLED: "somebody was let in again",
    Action.INVITATION_MADE: "somebody was invited",
    Action.INVITATION_ACCEPTED: "an invitation was used, and made the account of whoever did it",
    Action.INVITATION_WITHDRAWN: "an invitation was taken back",
    Action.KEY_MADE: "an API key was made",
    Action.KEY_USED: "an API key was used from a network it had not been used from",
    Action.KEY_REFUSED: "an API key that is known was refused: revoked, expired, its secret wrong or its user disabled",
    Action.KEY_REVOKED: "an API key was revoked",
    Action.TOKEN_ISSUED: "tokens were issued",
    Action.TOKEN_REFRESHED: "tokens were exchanged from a network that they had not been used from",
    Action.TOKEN_REUSED: "a refresh token was shown a second time, and all that came of it was revoked",
    Action.TOKEN_REVOKED: "tokens were revoked",
    Action.SIGNING_KEY_ROTATED: "tokens are signed with a new key; `at_once`: what older keys signed holds no longer",
    Action.LIMITS_CHANGED: "what an organisation or an API key may use was changed; 0 is what everybody may",
    Action.PERMISSION_DENIED: "a caller lacked the permission for something",
    Action.SECURITY_NEW_NETWORK: "somebody signed in from a network they had never signed in from",
    Action.SECURITY_MANY_NETWORKS: "one API key or token was used from many networks within an hour",
    Action.SECURITY_DENIALS: "somebody asked again and again for what they may not have, or what is not there",
    Action.SECURITY_BAD_KEYS: "many keys and tokens that do not hold came from one network",
    Action.SECURITY_WALKING: "somebody asked for far more conversations than people do",
    Action.SECURITY_SPRAYING: "many sign-ins with different accounts were refused to one network",
    Action.SETTINGS_CHANGED: "settings of an organisation were changed",
    Action.CONVERSATIONS_EXPIRED: "conversations of an organisation were older than it keeps them, and were erased",
    Action.CONSENT_GIVEN: "somebody acknowledged the notice, or agreed to something that is optional",
    Action.CONSENT_WITHDRAWN: "somebody took back what they had agreed to",
    Action.DATA_EXPORTED: "somebody's data was exported",
    Action.ERASURE_ASKED: "somebody asked to be erased",
    Action.ERASURE_CANCELLED: "they took that back",
    Action.ERASURE_DONE: "somebody was erased; from then on no row says who they were",
    Action.DATA_KEYS_ROTATED: "all that is sealed was sealed with new data keys",
    Action.MASTER_KEY_ROTATED: "the data keys were wrapped with another master key",
    Action.AUDIT_VERIFIED: "the audit log was verified, and was whole",
    Action.AUDIT_EXPORTED: "the audit log was exported",
    Action.AUDIT_REPORTED: "an access report was made",
    Action.AUDIT_RESTORED: "the operator accepted that the log is an older one, from a backup",
}

# What `ion.anomalies` noticed.
SECURITY = frozenset(action for action in Action if action.startswith("security."))

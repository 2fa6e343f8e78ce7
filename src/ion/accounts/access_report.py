"""The access report: who may do what, with which keys, and what was granted and denied in a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ion.accounts.accounts import Accounts
from ion.accounts.api_key import ApiKey
from ion.accounts.user import OrganisationId, User, UserId
from ion.audit import Action, AuditEvent, Document, Wanted, documents_of

# The last of them: somebody who guesses can leave many.
_MOST_DENIALS = 1000


@dataclass(frozen=True, slots=True)
class AccessReport:
    """What an auditor asks for. `counts` are action, outcome and how often; `denials` hold failures, too."""

    made_at: datetime
    wanted: Wanted
    people: list[User]
    keys: list[ApiKey]
    slugs: Mapping[OrganisationId, str]
    emails: Mapping[UserId, str]
    counts: list[tuple[str, str, int]]
    denials: list[Document]


async def access_report(accounts: Accounts, wanted: Wanted) -> AccessReport:
    """Make the report, of one organisation or of all, and record that it was made."""
    details: dict[str, str | int | bool] = {"since": _written(wanted.since), "until": _written(wanted.until)}
    await accounts.audit.record(AuditEvent(Action.AUDIT_REPORTED, wanted.organisation or "", details=details))
    if wanted.organisation is None:
        organisations = await accounts.organisations.all()
        people, keys = await accounts.users.all(), await accounts.keys.store.all()
    else:
        only = OrganisationId(wanted.organisation)
        organisations = [await accounts.organisations.with_id(only)]
        people, keys = await accounts.users.of(only), await accounts.keys.store.of(only)
    store = accounts.audit.store
    refused = Wanted(wanted.organisation, wanted.since, wanted.until, not_granted=True)
    return AccessReport(
        made_at=accounts.clock(),
        wanted=wanted,
        people=people,
        keys=keys,
        slugs={one.id: one.slug for one in organisations},
        emails={one.id: one.email for one in people},
        counts=await store.counts(wanted),
        denials=await documents_of(accounts.audit, await store.newest(refused, limit=_MOST_DENIALS)),
    )


def report_document(report: AccessReport) -> dict[str, object]:
    """Return the report for programs."""
    return {
        "made_at": report.made_at.isoformat(),
        "since": _moment(report.wanted.since),
        "until": _moment(report.wanted.until),
        "people": [
            {
                "id": one.id,
                "email": one.email,
                "organisation": report.slugs[one.organisation],
                "role": one.role,
                "password": one.has_password,
                "second_factor": one.has_second_factor,
                "created_at": one.created_at.isoformat(),
                "last_seen_at": _moment(one.last_seen_at),
                "disabled_at": _moment(one.disabled_at),
            }
            for one in report.people
        ],
        "keys": [
            {
                "id": one.id,
                "prefix": one.prefix,
                "user": one.user,
                "email": report.emails[one.user],
                "scopes": sorted(one.scopes),
                "created_at": one.created_at.isoformat(),
                "expires_at": one.expires_at.isoformat(),
                "last_used_at": _moment(one.last_used_at),
                "revoked_at": _moment(one.revoked_at),
            }
            for one in report.keys
        ],
        "counts": [{"action": action, "outcome": outcome, "count": count} for action, outcome, count in report.counts],
        "denials": report.denials,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _written(moment: datetime | None) -> str:
    return _moment(moment) or ""

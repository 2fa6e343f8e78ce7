"""Whatever is done about accounts, and whatever is refused, is in the audit log."""

from typing import Any

import pytest
from sqlalchemy import text

from ion.accounts import (
    ApiKeyNotFound,
    BadApiKey,
    Caller,
    EmailTaken,
    NotAllowed,
    Proof,
    Role,
    SessionEnded,
    SignInLocked,
    SignInRefused,
    SlugTaken,
    User,
    UserNotFound,
    Visit,
    acting_as,
    caller_of,
)
from ion.accounts.digest import digest_of
from ion.audit import AuditBroken, Document, Wanted, documents, verify
from tests.accounts.opened import GOOD, HOME, OTHER, Opened, counted
from tests.accounts.test_sign_in import half, with_app

NOWHERE = Visit("198.51.100.9")
GONE = ["DROP TRIGGER audit_head_no_delete", "DELETE FROM audit_head"]


async def log_of(here: Opened) -> list[Document]:
    return [one async for batch in documents(here.accounts.audit, Wanted()) for one in batch]


async def last(here: Opened, count: int = 1) -> list[dict[str, Any]]:
    """The last entries, without what every entry has."""
    names = ("action", "outcome", "organisation", "actor_kind", "actor", "proof", "target_kind", "target", "network")
    return [{name: one[name] for name in names} | one["details"] for one in (await log_of(here))[-count:]]


async def actions(here: Opened, *, after: int) -> list[str]:
    return [one["action"] for one in (await log_of(here))[after:]]


def admin_of(user: User) -> Caller:
    return caller_of(user, Proof.PASSWORD)


def by_nobody(user: User, **more: object) -> dict[str, object]:
    return {
        "organisation": user.organisation,
        "actor_kind": "anonymous",
        "actor": None,
        "proof": None,
        "target_kind": "user",
        "target": user.id,
        "network": "203.0.113.0/24",
        **more,
    }


class TestSignIn:
    async def test_who_got_in_and_how(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        await anywhere.accounts.sign_in.with_password(user.email, GOOD, HOME)

        assert await last(anywhere) == [
            by_nobody(
                user,
                action="sign_in.succeeded",
                outcome="granted",
                actor_kind="user",
                actor=user.id,
                proof="password",
            )
        ]
        assert (await verify(anywhere.accounts.audit)).finding is None

    async def test_a_second_factor_is_two_steps(self, here: Opened) -> None:
        user = await here.add()
        app, codes = await with_app(here, user)
        before = len(await log_of(here))
        here.clock.move(minutes=5)
        first = await half(here, user)
        await here.accounts.sign_in.with_code(first.session, app.at(here.clock()), HOME)
        second = await half(here, user)
        with pytest.raises(SignInRefused):
            await here.accounts.sign_in.with_code(second.session, "000000", HOME)
        await here.accounts.sign_in.with_code(second.session, codes[0], HOME)

        assert await actions(here, after=before - 1) == [
            "second_factor.on",
            "sign_in.half",
            "sign_in.succeeded",
            "sign_in.half",
            "sign_in.refused",
            "sign_in.succeeded",
        ]
        assert [one["reason"] for one in await last(here, 2) if "reason" in one] == ["code"]
        assert (await last(here))[0]["proof"] == "recovery_code"

    async def test_turning_ones_own_second_factor_off_is_not_a_reset(self, here: Opened) -> None:
        user = await here.add()
        await with_app(here, user)
        off = await here.accounts.second_factors.turn_off(user)

        assert not off.has_second_factor
        assert [(one["action"], one["target"]) for one in await last(here)] == [("second_factor.off", user.id)]

    @pytest.mark.parametrize(("password", "disabled", "reason"), [(OTHER, False, "password"), (GOOD, True, "disabled")])
    async def test_a_refusal_and_why(self, here: Opened, password: str, disabled: bool, reason: str) -> None:
        user = await here.add()
        if disabled:
            await here.accounts.members.disable(user, by=None)
        with pytest.raises(SignInRefused):
            await here.accounts.sign_in.with_password(user.email, password, HOME)

        expected = by_nobody(user, action="sign_in.refused", outcome="denied", reason=reason)
        assert await last(here) == [expected]

    async def test_an_address_that_nobody_has_is_not_kept(self, anywhere: Opened) -> None:
        for address in ("typed.by@mistake.example", "not an address"):
            with pytest.raises(SignInRefused):
                await anywhere.accounts.sign_in.with_password(address, GOOD, HOME)

        async with anywhere.database.reading() as session:
            kept = [
                str(tuple(row))
                for table in ("audit_entry", "audit_name")
                for row in await session.execute(
                    text(f"SELECT * FROM {table}")  # noqa: S608 - a table of ours
                )
            ]
        assert [row for row in kept if "mistake" in row or GOOD in row or "203.0.113.7" in row] == []
        assert [(one["target"], one["reason"]) for one in await last(anywhere, 2)] == [(None, "no_account")] * 2

    async def test_a_lock_out_is_one_entry_however_many_tries_follow(self, here: Opened) -> None:
        user = await here.add()
        for _ in range(5):
            with pytest.raises(SignInRefused):
                await here.accounts.sign_in.with_password(user.email, OTHER, HOME)
        for _ in range(4):
            with pytest.raises(SignInLocked):
                await here.accounts.sign_in.with_password(user.email, GOOD, HOME)

        assert await actions(here, after=len(await log_of(here)) - 6) == ["sign_in.refused"] * 5 + ["sign_in.locked"]
        assert await last(here) == [by_nobody(user, action="sign_in.locked", outcome="denied")]

    async def test_a_lock_out_with_an_address_that_nobody_has(self, here: Opened) -> None:
        for _ in range(5):
            with pytest.raises(SignInRefused):
                await here.accounts.sign_in.with_password("nobody@example.org", OTHER, HOME)
        for _ in range(2):
            with pytest.raises(SignInLocked):
                await here.accounts.sign_in.with_password("nobody@example.org", OTHER, HOME)

        assert [one["target"] for one in await last(here, 2)] == [None, None]
        assert await actions(here, after=len(await log_of(here)) - 2) == ["sign_in.refused", "sign_in.locked"]

    async def test_giving_the_password_again(self, here: Opened) -> None:
        user = await here.add()
        await here.accounts.sign_in.check_password(user, GOOD, HOME)

        assert (await last(here))[0]["action"] == "sign_in.confirmed"

    async def test_proven_elsewhere_and_disabled(self, here: Opened) -> None:
        user = await here.accounts.members.disable(await here.add(), by=None)
        with pytest.raises(SessionEnded):
            await here.accounts.sign_in.as_user(user, Proof.OIDC, HOME)

        assert (await last(here))[0]["reason"] == "disabled"

    async def test_without_a_log_nobody_gets_in(self, here: Opened) -> None:
        user = await here.add()
        await ruined(here)
        with pytest.raises(AuditBroken):
            await here.accounts.sign_in.with_password(user.email, GOOD, HOME)

        assert await counted(here, "session") == 0


class TestSessions:
    async def test_that_are_ended(self, here: Opened) -> None:
        user = await here.add()
        sessions = [(await here.accounts.sign_in.with_password(user.email, GOOD, HOME)).session for _ in range(4)]
        before = len(await log_of(here))
        await here.accounts.sign_out(sessions[0])
        await here.accounts.sign_out(sessions[0])
        missing = await here.accounts.end_session(user, digest_of(sessions[0]))
        count = await here.accounts.end_sessions(user, but=digest_of(sessions[1]))
        none = await here.accounts.end_sessions(user, but=digest_of(sessions[1]))

        assert (missing, count, none) == (False, 2, 0)
        assert await actions(here, after=before) == ["session.ended"] * 2
        assert [one["count"] for one in await last(here, 2)] == [1, 2]


class TestMembers:
    async def test_everything_that_is_done_is_by_whoever_did_it(self, anywhere: Opened) -> None:
        boss, user = await anywhere.add(role=Role.ADMIN), await anywhere.add()
        members, by = anywhere.accounts.members, admin_of(boss)
        before = len(await log_of(anywhere))
        with acting_as(by, address="203.0.113.7", request_id="r-1"):
            await members.set_role(user, Role.MANAGER, by=by)
            await members.disable(user, by=by)
            await members.enable(user, by=by)
            await members.reset_second_factor(user, by=by)
            await members.set_password(user, OTHER)
            invitation, _ = await members.invite(anywhere.school.id, "new@example.org", Role.MENTEE, by=by)
            await members.withdraw(invitation.id, organisation=anywhere.school.id)

        assert await actions(anywhere, after=before) == [
            "member.role_changed",
            "member.disabled",
            "member.enabled",
            "second_factor.reset",
            "password.changed",
            "invitation.made",
            "invitation.withdrawn",
        ]
        entries = (await log_of(anywhere))[before:]
        assert {(one["actor"], one["network"], one["request_id"]) for one in entries} == {
            (boss.id, "203.0.113.0/24", "r-1")
        }
        assert entries[0]["details"] == {"role": "manager", "role_before": "mentee"}

    async def test_organisations(self, here: Opened) -> None:
        await here.accounts.members.rename_organisation("company", "Green")

        assert [(one["action"], one["target"]) for one in await last(here)] == [
            ("organisation.renamed", here.company.id)
        ]

    async def test_an_invitation_that_is_accepted(self, here: Opened) -> None:
        _, secret = await here.accounts.members.invite(here.school.id, "new@example.org", Role.MENTEE, by=None)
        user = await here.accounts.members.accept(secret, name="New", language="en", password=None)

        (entry,) = await last(here)
        assert (entry["action"], entry["actor"], entry["role"]) == ("invitation.accepted", user.id, "mentee")

    async def test_what_is_not_allowed(self, here: Opened) -> None:
        manager, admin = await here.add(role=Role.MANAGER), await here.add(role=Role.ADMIN)
        stranger = await here.add(organisation=here.company)
        members = here.accounts.members
        with acting_as(admin_of(manager), address="203.0.113.7", request_id="r-1"):
            with pytest.raises(NotAllowed):
                await members.disable(admin, by=admin_of(manager))
            with pytest.raises(NotAllowed):
                await members.invite(here.school.id, "new@example.org", Role.ADMIN, by=admin_of(manager))
            with pytest.raises(UserNotFound):
                await members.enable(stranger, by=admin_of(manager))

        denied = await last(here, 3)
        assert [one["target"] for one in denied] == [admin.id, None, stranger.id]
        assert {
            (one["action"], one["outcome"], one["actor"], one["organisation"], one["permission"]) for one in denied
        } == {("permission.denied", "denied", manager.id, here.school.id, "members.manage")}

    async def test_what_the_database_refuses_leaves_no_entry(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        before = len(await log_of(anywhere))
        with pytest.raises(EmailTaken):
            await anywhere.add(user.email)
        with pytest.raises(SlugTaken):
            await anywhere.accounts.members.add_organisation("Again", "company")

        assert await actions(anywhere, after=before) == []
        assert (await verify(anywhere.accounts.audit)).finding is None

    async def test_without_a_log_nothing_is_changed(self, here: Opened) -> None:
        user = await here.add()
        await ruined(here)
        with pytest.raises(AuditBroken):
            await here.accounts.members.set_role(user, Role.ADMIN, by=None)

        assert (await here.accounts.users.with_email(user.email)).role is Role.MENTEE


class TestKeys:
    async def test_made_used_from_a_new_network_refused_and_revoked(self, anywhere: Opened) -> None:
        user, keys = await anywhere.add(), anywhere.accounts.keys
        before = len(await log_of(anywhere))
        key, written = await keys.make(user, name="Mina's laptop", scopes=["conversations.own"], days=30)
        for address in ("203.0.113.7", "203.0.113.200", "198.51.100.9"):
            anywhere.clock.move(minutes=2)
            with acting_as(None, address=address, request_id="r-1"):
                await keys.caller(written)
        anywhere.clock.move(minutes=2)
        await keys.caller(written)
        await keys.revoke(key)
        await keys.revoke(await keys.store.with_prefix(key.prefix))
        with pytest.raises(BadApiKey):
            await keys.caller(written)
        with pytest.raises(BadApiKey):
            await keys.caller("ion_live_none")
        with pytest.raises(ApiKeyNotFound):
            await keys.store.with_prefix("none")

        entries = (await log_of(anywhere))[before:]
        assert [(one["action"], one["network"]) for one in entries] == [
            ("key.made", None),
            ("key.used", "203.0.113.0/24"),
            ("key.used", "198.51.100.0/24"),
            ("key.revoked", None),
            ("key.refused", None),
        ]
        assert {one["target"] for one in entries} == {key.id}
        assert entries[0]["details"] == {"days": 30, "scopes": "conversations.own"}
        assert (entries[1]["actor"], entries[1]["proof"], entries[1]["key"]) == (user.id, "api_key", key.id)

    async def test_refused_on_and_on_leave_one_entry_an_hour_for_each_network(self, anywhere: Opened) -> None:
        keys = anywhere.accounts.keys
        key, written = await keys.make(await anywhere.add(), name="A key", scopes=["conversations.own"])
        await keys.revoke(key)
        before = len(await log_of(anywhere))
        for address, minutes in (("203.0.113.7", 0), ("203.0.113.8", 59), ("198.51.100.9", 0), ("203.0.113.7", 2)):
            anywhere.clock.move(minutes=minutes)
            with acting_as(None, address=address, request_id="r-1"), pytest.raises(BadApiKey):
                await keys.caller(written)

        entries = [(one["action"], one["network"]) for one in (await log_of(anywhere))[before:]]
        assert entries == [
            ("key.refused", "203.0.113.0/24"),
            ("key.refused", "198.51.100.0/24"),
            ("key.refused", "203.0.113.0/24"),
        ]


class TestActingAs:
    async def test_keeps_no_session(self, here: Opened) -> None:
        user = await here.add()
        session = (await here.accounts.sign_in.with_password(user.email, GOOD, HOME)).session
        caller = await here.accounts.caller_of_session(session)
        with acting_as(caller, address="203.0.113.7", request_id="r-1"):
            await here.accounts.members.set_password(user, OTHER)

        assert caller.by is not None
        assert [one for one in await log_of(here) if caller.by in str(one) or one["key"]] == []


async def ruined(here: Opened) -> None:
    async with here.database.transaction() as session:
        for statement in GONE:
            await session.execute(text(statement))

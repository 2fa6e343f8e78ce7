"""Whatever is done about accounts, and whatever is refused, is in the audit log."""

from typing import Any

import pytest
from sqlalchemy import text

from ion.accounts import (
    ApiKeyNotFound,
    BadApiKey,
    BadRefreshToken,
    Caller,
    EmailTaken,
    NotAllowed,
    Proof,
    Role,
    SecondFactorOff,
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


class TestTokens:
    async def test_are_recorded_when_issued_and_revoked_as_their_users(self, anywhere: Opened) -> None:
        user, tokens = await anywhere.add(), anywhere.accounts.tokens
        issued = await tokens.issue(user, Proof.PASSWORD, HOME)
        (entry,) = await last(anywhere)
        await tokens.revoke(issued.refresh_token)
        before = len(await log_of(anywhere))
        await tokens.revoke(issued.access_token)
        await tokens.revoke("none")
        (revoked,) = await last(anywhere)

        assert (entry["action"], entry["actor"], entry["network"]) == ("token.issued", user.id, "203.0.113.0/24")
        assert (revoked["action"], revoked["actor"], revoked["proof"]) == ("token.revoked", user.id, "token")
        assert len(await log_of(anywhere)) == before

    async def test_used_again_are_recorded_as_refused(self, here: Opened) -> None:
        user, tokens = await here.add(), here.accounts.tokens
        issued = await tokens.issue(user, Proof.PASSWORD, HOME)
        await tokens.refresh(issued.refresh_token)
        here.clock.move(minutes=1)
        with pytest.raises(BadRefreshToken):
            await tokens.refresh(issued.refresh_token)

        (entry,) = await last(here)
        assert (entry["action"], entry["outcome"], entry["target"]) == ("token.reused", "denied", user.id)

    async def test_refreshed_are_recorded_once_for_each_network_that_is_new(self, here: Opened) -> None:
        user, tokens = await here.add(), here.accounts.tokens
        shown = (await tokens.issue(user, Proof.PASSWORD, HOME)).refresh_token
        before = len(await log_of(here))
        for address in ("203.0.113.9", "198.51.100.1", "198.51.100.2", "192.0.2.1"):
            with acting_as(None, address=address, request_id=""):
                shown = (await tokens.refresh(shown)).refresh_token

        entries = await last(here, len(await log_of(here)) - before)
        assert [(one["action"], one["network"]) for one in entries] == [
            ("token.refreshed", "198.51.100.0/24"),
            ("token.refreshed", "192.0.2.0/24"),
        ]

    async def test_end_one_by_one_or_all_with_the_sessions(self, anywhere: Opened) -> None:
        user, stranger, accounts = await anywhere.add(), await anywhere.add(), anywhere.accounts
        for _ in range(3):
            await accounts.tokens.issue(user, Proof.PASSWORD, HOME)
        theirs = await accounts.tokens.issue(stranger, Proof.PASSWORD, HOME)
        session = await accounts.sign_in.as_user(user, Proof.PASSWORD, HOME)
        first = (await accounts.tokens.of(user))[0]
        others_cannot = await accounts.tokens.end(stranger, first.id)
        ended = await accounts.tokens.end(user, first.id), await accounts.tokens.end(user, first.id)
        before = len(await log_of(anywhere))
        await accounts.sign_out_everywhere(user, but=digest_of(session.session))

        assert (others_cannot, ended) == (False, (True, False))
        assert await accounts.tokens.of(user) == []
        assert [one["count"] for one in await last(anywhere, len(await log_of(anywhere)) - before)] == [2]
        assert len(await accounts.sessions.of(user.id)) == 1
        assert (await accounts.caller_of_token(theirs.access_token)).user == stranger.id

    async def test_that_cannot_be_recorded_are_not_issued(self, here: Opened) -> None:
        user = await here.add()
        async with here.database.transaction() as session:
            for statement in GONE:
                await session.execute(text(statement))

        with pytest.raises(AuditBroken):
            await here.accounts.tokens.issue(user, Proof.PASSWORD, HOME)
        assert await counted(here, "token_family") == 0

    @pytest.mark.parametrize("at_once", [True, False])
    async def test_another_key_for_them_is_recorded(self, here: Opened, at_once: bool) -> None:
        await here.accounts.tokens.rotate_key(at_once=at_once)

        (entry,) = await last(here)
        assert (entry["action"], entry["at_once"]) == ("token.key_rotated", at_once)


class TestRecoveryCodes:
    async def test_are_drawn_anew_and_the_earlier_ones_hold_no_longer(self, anywhere: Opened) -> None:
        user, accounts = await anywhere.add(), anywhere.accounts
        _, earlier = await with_app(anywhere, user)
        codes = await accounts.second_factors.renew_codes(user)
        first, second = await half(anywhere, user), await half(anywhere, user)
        with pytest.raises(SignInRefused):
            await accounts.sign_in.with_code(first.session, earlier[0], HOME)
        let_in = await accounts.sign_in.with_code(second.session, codes[0], HOME)

        assert not set(codes) & set(earlier)
        assert let_in.user.id == user.id
        assert await accounts.users.recovery_codes_left(user) == 9
        assert "second_factor.codes_renewed" in await actions(anywhere, after=0)

    async def test_are_none_without_a_second_factor(self, here: Opened) -> None:
        user = await here.add()
        before = len(await log_of(here))
        with pytest.raises(SecondFactorOff):
            await here.accounts.second_factors.renew_codes(user)

        assert await here.accounts.users.recovery_codes_left(user) == 0
        assert len(await log_of(here)) == before

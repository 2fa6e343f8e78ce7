"""No secret and nobody's name gets into a repr, a log or an error, and none of them is kept in the clear."""

from pathlib import Path

import pyotp
import pytest

from ion.accounts import BadAccessToken, BadApiKey, BadRefreshToken, Proof, Role, SignInRefused, WeakPassword
from ion.accounts.digest import digest_of
from ion.accounts.refresh import FamilyId
from ion.monitoring import configure_logs, log
from tests.accounts.forging import part
from tests.accounts.opened import GOOD, HOME, Opened, opened
from tests.accounts.test_sign_in import half, with_app
from tests.servers.databases import sqlite_at

REFUSALS = (SignInRefused, BadApiKey, BadAccessToken, BadRefreshToken, WeakPassword)
EMAIL = "mina.secretive@example.org"


async def everything(here: Opened) -> tuple[list[object], list[str]]:
    """Go through all there is to do; return what came out of it, and the secrets that were in it."""
    accounts = here.accounts
    user = await here.add(EMAIL, role=Role.ADMIN)
    enrolment = await accounts.second_factors.begin(user)
    app = pyotp.TOTP(enrolment.secret)
    codes = await accounts.second_factors.confirm(user, app.at(here.clock()))
    here.clock.move(seconds=90)
    first = await half(here, user)
    signed_in = await accounts.sign_in.with_code(first.session, app.at(here.clock()), HOME)
    key, text = await accounts.keys.make(user, name="Mina's laptop", scopes=["conversations.own"])
    invitation, invited = await accounts.members.invite(here.school.id, "invited@example.org", Role.MENTEE, by=None)
    issued = await accounts.tokens.issue(user, Proof.PASSWORD, HOME)
    refreshed = await accounts.tokens.refresh(issued.refresh_token)
    held = await accounts.tokens.store.with_id(FamilyId(part(issued.access_token, 1)["sid"]))
    tokens = [issued.access_token, issued.refresh_token, refreshed.access_token, refreshed.refresh_token]
    credentials = await accounts.users.credentials(EMAIL)
    assert credentials is not None
    assert credentials.password_hash is not None
    out: list[object] = [
        user,
        enrolment,
        first,
        signed_in,
        key,
        invitation,
        credentials,
        HOME,
        await accounts.caller_of_session(signed_in.session),
        await accounts.keys.caller(text),
        *await accounts.sessions.of(user.id),
        issued,
        refreshed,
        held,
        *await accounts.tokens.keys.all(),
        await accounts.caller_of_token(refreshed.access_token),
        accounts,
    ]
    secrets = [GOOD, enrolment.secret, *codes, first.session, signed_in.session, text, text.split("_")[-1], invited]
    return out, [*secrets, *tokens, credentials.password_hash, key.digest, digest_of(invited)]


class TestReprs:
    async def test_hold_neither_secrets_nor_what_is_personal(self, here: Opened) -> None:
        out, secrets = await everything(here)

        shown = "\n".join(map(repr, out))

        personal = [EMAIL, "Mina", "invited@example.org", "203.0.113.7", "Mozilla"]
        assert [one for one in (*secrets, *personal) if one in shown] == []


class TestLogs:
    async def test_hold_none_of_it_at_any_level(
        self, here: Opened, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        # Whatever is left to mask would be a fault: it is told as it is.
        configure_logs("debug", "json", str)
        _, secrets = await everything(here)
        await here.accounts.purge()
        log.debug("heard")

        captured = capfd.readouterr()
        written = caplog.text + captured.out + captured.err
        assert "heard" in written
        assert [one for one in (*secrets, EMAIL, "Mina") if one in written] == []


class TestErrors:
    async def test_repeat_nothing_that_was_given(self, here: Opened) -> None:
        user = await here.add(EMAIL)
        _, codes = await with_app(here, user)
        given = [
            "a wrong password indeed",
            "ion_live_wrong",
            "password12345",
            codes[0][:-1],
            "eyJ.wrong.token",
            "ion_refresh_wrong",
        ]
        errors = []
        for asked in (
            here.accounts.sign_in.with_password(EMAIL, given[0], HOME),
            here.accounts.keys.caller(given[1]),
            here.accounts.caller_of_token(given[4]),
            here.accounts.tokens.refresh(given[5]),
            here.accounts.members.set_password(user, given[2]),
            here.accounts.sign_in.with_code((await half(here, user)).session, given[3], HOME),
        ):
            with pytest.raises(REFUSALS) as caught:
                await asked
            errors.append(f"{caught.value} {caught.value.details} {caught.value.field}")

        assert [one for one in (*given, EMAIL) if any(one in error for error in errors)] == []


class TestTheFile:
    async def test_holds_no_password_code_key_session_or_invitation(self, tmp_path: Path) -> None:
        async with opened(sqlite_at(tmp_path / "a.db")) as here:
            _, secrets = await everything(here)
        kept = content_of(tmp_path)
        # Hashes and digests are what is kept.
        shown_once = [one for one in secrets if not one.startswith("$argon2") and len(one) != 64]

        assert EMAIL.encode() in kept
        assert len(shown_once) == 21
        assert [one for one in shown_once if one.encode() in kept] == []
        assert [one for one in shown_once if one.replace("-", "").encode() in kept] == []


def content_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ion.accounts import BadApiKey, Caller
from ion.cli.opened import opened_accounts
from tests.cli.running import document, ion


@pytest.fixture(autouse=True)
def _mina() -> None:
    document("user", "add", "mina@example.org", "--role", "manager", "--no-password")


def asking(key: str) -> Caller:
    async def caller() -> Caller:
        async with opened_accounts() as accounts:
            return await accounts.keys.caller(key)

    return asyncio.run(caller())


class TestLimit:
    def test_is_shown_set_and_taken_back(self) -> None:
        prefix = document("key", "add", "mina@example.org")["prefix"]

        assert document("key", "limit", prefix, "--requests", "300") == {"prefix": prefix, "per_minute": 300}
        assert ion("key", "limit", prefix).stdout == f"{prefix}: requests a minute: 300\n"
        assert document("key", "limit", prefix, "--requests", "0") == {"prefix": prefix, "per_minute": None}
        assert ion("key", "limit", "nowhere").exit_code == 2


class TestKeys:
    def test_are_made_listed_and_revoked(self) -> None:
        words = ("--name", "협업", "--scope", "analytics.read", "--scope", "members.read", "--days", "7")
        made = document("key", "add", "Mina@example.org", *words)
        caller = asking(made["key"])
        listed = document("key", "list")
        revoked = document("key", "revoke", made["prefix"])

        assert made["key"].startswith(f"ion_live_{made['prefix']}_")
        assert sorted(caller.permissions) == made["scopes"] == ["analytics.read", "members.read"]
        assert [(one["prefix"], one["user"], one["name"]) for one in listed] == [
            (made["prefix"], "mina@example.org", "협업")
        ]
        assert "key" not in listed[0]
        assert listed[0]["last_used_at"] is not None
        assert revoked["revoked_at"] is not None
        with pytest.raises(BadApiKey):
            asking(made["key"])

    def test_talk_with_mentors_where_nothing_else_is_said(self) -> None:
        assert document("key", "add", "mina@example.org")["scopes"] == ["conversations.own"]

    def test_of_another_environment(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("ION_ACCOUNTS__KEY_ENVIRONMENT", "test")

        made = document("key", "add", "mina@example.org")

        assert made["key"].startswith("ion_test_")
        assert asking(made["key"])
        environment.delenv("ION_ACCOUNTS__KEY_ENVIRONMENT")
        with pytest.raises(BadApiKey):
            asking(made["key"])

    def test_for_people(self) -> None:
        lines = ion("key", "add", "mina@example.org", "--name", "CI").stdout.splitlines()
        prefix = lines[1].split("_")[2]
        listed = ion("key", "list", "--user", "mina@example.org").stdout
        revoked = ion("key", "revoke", prefix).stdout

        assert lines[0].startswith("Made a key that is valid until ")
        assert listed.startswith(f"{prefix}  mina@example.org: CI, until ")
        assert lines[1] not in listed
        assert revoked == f"Revoked: {prefix} (CI)\n"
        assert "revoked, conversations.own" in ion("key", "list").stdout
        assert "없앰" in ion("key", "list", "--lang", "ko").stdout
        assert ion("key", "list", "--user", "local@localhost").stdout == ""

    @pytest.mark.parametrize(("language", "told"), [("en", "expired 2020-01-02"), ("ko", "2020-01-02에 만료됨")])
    def test_that_have_expired_say_so(self, language: str, told: str) -> None:
        async def long_ago() -> None:
            async with opened_accounts() as accounts:
                user = await accounts.users.with_email("mina@example.org")
                keys = replace(accounts.keys, clock=lambda: datetime(2020, 1, 1, tzinfo=UTC))
                await keys.make(user, name="old", scopes=["conversations.own"], days=1)

        asyncio.run(long_ago())

        assert told in ion("key", "list", "--lang", language).stdout

    def test_in_korean(self) -> None:
        assert "지금만 보여요:" in ion("key", "add", "mina@example.org", "--lang", "ko").stdout
        assert "까지, conversations.own" in ion("key", "list", "--lang", "ko").stdout

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("add", "nobody@example.org"), "There is no such user. Try: ion user list"),
            (("add", "mina@example.org", "--scope", "audit.read"), "'audit.read' is none of them"),
            (("add", "mina@example.org", "--scope", "audit.read", "--lang", "ko"), "키에 줄 수 없는 권한이에요."),
            (("add", "mina@example.org", "--days", "0"), "An API key is valid for 1 to 366 days."),
            (("revoke", "nothing"), "There is no such API key. Try: ion key list"),
        ],
    )
    def test_what_does_not_fit_is_2_and_one_line(self, words: tuple[str, ...], told: str) -> None:
        result = ion("key", *words)

        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr
        assert result.stderr.count("\n") == 1
        assert document("key", "list") == []


class TestSettings:
    def test_a_file_of_leaked_passwords_that_cannot_be_used_is_78(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("ION_ACCOUNTS__BREACHED_PASSWORDS", "nothing.txt")

        result = ion("key", "list")

        assert (result.exit_code, result.stdout) == (78, "")
        assert "nothing.txt: this file cannot be read" in result.stderr

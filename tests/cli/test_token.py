import asyncio
from pathlib import Path

import pytest

from ion.accounts import BadAccessToken, Proof, Visit
from ion.cli.opened import opened_accounts
from ion.services import accounts_in, open_kept
from ion.settings import load_settings
from tests.accounts.forging import part
from tests.cli.running import document, ion
from tests.keyrings import MASTER


def issued() -> str:
    """Return a token as a server issues it."""

    async def token() -> str:
        settings = load_settings()
        async with open_kept(settings) as kept:
            accounts = accounts_in(kept, settings.accounts)
            user = await accounts.users.with_email("local@localhost")
            return (await accounts.tokens.issue(user, Proof.PASSWORD, Visit("127.0.0.1"))).access_token

    return asyncio.run(token())


def holds(token: str) -> bool:
    async def asked() -> bool:
        async with opened_accounts() as accounts:
            try:
                await accounts.caller_of_token(token)
            except BadAccessToken:
                return False
            return True

    return asyncio.run(asked())


class TestKeys:
    @pytest.mark.parametrize(("language", "words"), [("en", "None yet;"), ("ko", "아직 없어요.")])
    def test_are_none_before_the_first_token(self, language: str, words: str) -> None:
        assert document("token", "keys") == []
        assert ion("token", "keys", "--lang", language).stdout.startswith(words)

    def test_are_listed_without_what_is_secret(self) -> None:
        token = issued()
        (key,) = document("token", "keys")

        assert key.keys() == {"kid", "created_at", "verifies_until"}
        assert key["kid"] == part(token, 0)["kid"]
        assert ion("token", "keys").stdout.startswith(f"{key['kid']}  signs, since ")
        assert "부터 서명함" in ion("token", "keys", "--lang", "ko").stdout


class TestRotate:
    def test_signs_with_a_new_key_and_takes_what_the_old_one_signed(self) -> None:
        before = issued()
        made = document("token", "rotate")
        after = issued()
        listed = document("token", "keys")

        assert made["kid"] == part(after, 0)["kid"] != part(before, 0)["kid"]
        assert [holds(token) for token in (before, after)] == [True, True]
        assert [key["kid"] for key in listed] == [part(token, 0)["kid"] for token in (after, before)]
        assert [key["verifies_until"] is None for key in listed] == [True, False]
        assert "verifies until" in ion("token", "keys").stdout
        assert "까지 확인함" in ion("token", "keys", "--lang", "ko").stdout

    @pytest.mark.parametrize(("language", "words"), [("en", "Signing with a new key: "), ("ko", "새 키로 서명해요: ")])
    def test_at_once_ends_what_the_old_one_signed(self, language: str, words: str) -> None:
        before = issued()
        told = ion("token", "rotate", "--at-once", "--lang", language).stdout
        (key,) = document("token", "keys")

        assert told == f"{words}{key['kid']}\n"
        assert not holds(before)

    def test_goes_on_after_the_keys_around_it_were_rotated(self, tmp_path: Path) -> None:
        before = issued()
        document("keys", "rotate")
        document("keys", "rotate", "--master")

        assert part(issued(), 0)["kid"] == part(before, 0)["kid"]
        assert holds(before)

    def test_is_refused_with_the_wrong_master_key(self, environment: pytest.MonkeyPatch) -> None:
        issued()
        environment.setenv("ION_ENCRYPTION__KEY", MASTER)

        result = ion("token", "rotate")

        assert (result.exit_code, result.stdout) == (78, "")
        assert result.stderr.count("\n") == 1

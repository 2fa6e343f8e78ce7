import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from ion.accounts import Accounts, SignInRefused, User, Visit
from ion.cli.opened import opened_accounts
from tests.cli.running import child, document, ion
from tests.cli.terminals import terminal

GOOD, OTHER = "glass tomato orbit", "초록 문어가 점심을 먹었다"
_T = TypeVar("_T")


def within(work: Callable[[Accounts], Awaitable[_T]]) -> _T:
    async def run() -> _T:
        async with opened_accounts() as accounts:
            return await work(accounts)

    return asyncio.run(run())


def gets_in(email: str, password: str) -> bool:
    async def signed_in(accounts: Accounts) -> bool:
        try:
            await accounts.sign_in.with_password(email, password, Visit("127.0.0.1"))
        except SignInRefused:
            return False
        return True

    return within(signed_in)


def add(email: str, *words: str) -> None:
    assert ion("user", "add", email, *words, stdin=f"{GOOD}\n").exit_code == 0


class TestAdding:
    def test_somebody_with_a_password_from_standard_input(self) -> None:
        user = document(
            "user", "add", "Mina@Example.org", "--name", "Mina Park", "--role", "manager", stdin=f"{GOOD}\nx\n"
        )

        assert (user["email"], user["name"], user["role"], user["language"]) == (
            "mina@example.org",
            "Mina Park",
            "manager",
            "en",
        )
        assert (user["organisation_id"], user["password"], user["second_factor"]) == ("local", True, False)
        assert gets_in("mina@example.org", GOOD)
        assert not gets_in("mina@example.org", f"{GOOD}\nx")

    def test_to_another_organisation_in_another_language(self) -> None:
        document("org", "add", "파란 학교", "--slug", "blue")
        words = ("--org", "blue", "--speaks", "ko", "--no-password")
        user = document("user", "add", "mina@example.org", *words)

        assert (user["language"], user["password"], user["name"]) == ("ko", False, "mina")
        (listed,) = document("user", "list", "--org", "blue")
        assert listed == {**user, "organisation": "blue"}
        assert [one["email"] for one in document("user", "list", "--org", "local")] == ["local@localhost"]

    @pytest.mark.parametrize(
        ("words", "stdin", "told"),
        [
            (("mina@example.org",), "", "There is no password: type it at a terminal, or pipe it in as one line."),
            (("mina@example.org",), "password12345\n", "made of words that many people use"),
            (("mina@example.org", "--lang", "ko"), "password12345\n", "많은 사람이 쓰는 낱말로 된 비밀번호예요."),
            (("mina@example.org", "--lang", "ko"), "짧다\n", "비밀번호는 10자 이상이어야 해요."),
            (("mina@example.org", "--lang", "ko"), "\n", "비밀번호가 없어요."),
            (("mina",), f"{GOOD}\n", "This is no e-mail address."),
            (("local@localhost",), f"{GOOD}\n", "There is an account with this e-mail address."),
            (("mina@example.org", "--org", "nowhere"), f"{GOOD}\n", "There is no such organisation."),
            (("mina@example.org", "--role", "king"), f"{GOOD}\n", "See: ion user add --help"),
            (("mina@example.org", "--password", GOOD), "", "No such option: --password"),
        ],
    )
    def test_what_does_not_fit_is_2_and_one_line(self, words: tuple[str, ...], stdin: str, told: str) -> None:
        result = ion("user", "add", *words, stdin=stdin)

        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr
        assert result.stderr.count("\n") == 1
        assert "password12345" not in result.stderr
        assert [one["email"] for one in document("user", "list")] == ["local@localhost"]


class TestAtATerminal:
    def test_a_password_is_typed_twice_and_never_shown(self) -> None:
        with terminal("user", "add", "mina@example.org") as window:
            window.wait_for("New password: ")
            window.type(f"{GOOD}\r")
            window.wait_for("Once more: ")
            window.type(f"{GOOD}\r")
            window.wait_for("Added: mina@example.org")
            code = window.exit_code()

        assert code == 0
        assert GOOD not in window.shown
        assert gets_in("mina@example.org", GOOD)

    def test_a_slip_is_noticed(self) -> None:
        with terminal("user", "password", "local@localhost", "--lang", "ko") as window:
            window.wait_for("새 비밀번호: ")
            window.type(f"{GOOD}\r")
            window.wait_for("한 번 더: ")
            window.type(f"{GOOD}r\r")
            window.wait_for("두 비밀번호가 서로 달라요.")
            code = window.exit_code()

        assert code == 2


class TestChanging:
    def test_a_password(self) -> None:
        add("mina@example.org")

        changed = ion("user", "password", "MINA@example.org", stdin=f"{OTHER}\n")

        assert (changed.exit_code, changed.stdout) == (0, "Changed the password of: mina@example.org (mentee)\n")
        assert (gets_in("mina@example.org", OTHER), gets_in("mina@example.org", GOOD)) == (True, False)

    def test_who_is_disabled_is_out_until_enabled(self) -> None:
        add("mina@example.org")

        disabled = document("user", "disable", "mina@example.org")
        out = gets_in("mina@example.org", GOOD)
        enabled = document("user", "enable", "mina@example.org")

        assert disabled["disabled_at"] is not None
        assert enabled["disabled_at"] is None
        assert (out, gets_in("mina@example.org", GOOD)) == (False, True)

    def test_a_role(self) -> None:
        add("mina@example.org")

        assert document("user", "role", "mina@example.org", "operator")["role"] == "operator"
        assert (
            ion("user", "role", "mina@example.org", "admin", "--lang", "ko").stdout
            == "바꿨어요: mina@example.org (admin)\n"
        )

    def test_a_lost_second_factor(self) -> None:
        add("mina@example.org")

        async def enrolled(accounts: Accounts) -> User:
            user = await accounts.users.with_email("mina@example.org")
            await accounts.users.keep_unconfirmed_secret(user, "S" * 32)
            await accounts.users.confirm_secret(user, secret="S" * 32, step=1, recovery=[], at=accounts.clock())
            return await accounts.users.with_email("mina@example.org")

        assert within(enrolled).has_second_factor
        assert "second factor" in ion("user", "list").stdout
        assert document("user", "reset-totp", "mina@example.org")["second_factor"] is False

    @pytest.mark.parametrize("command", ["disable", "enable", "reset-totp", "password", "unlink"])
    def test_nobody_is_2(self, command: str) -> None:
        result = ion("user", command, "nobody@example.org", stdin=f"{GOOD}\n")

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "ion: There is no such user. Try: ion user list\n"


class TestUnlink:
    def test_leaves_the_account(self) -> None:
        add("mina@example.org")

        assert document("user", "unlink", "mina@example.org")["email"] == "mina@example.org"


class TestListing:
    def test_for_people_says_what_is_not_as_with_everybody(self) -> None:
        add("mina@example.org", "--role", "admin")
        ion("user", "disable", "mina@example.org")

        english, korean = ion("user", "list").stdout, ion("user", "list", "--lang", "ko").stdout

        assert [line.split()[0] for line in english.splitlines()] == ["local@localhost", "mina@example.org"]
        assert english.splitlines()[1].endswith("local, admin, disabled")
        assert korean.splitlines()[1].endswith("local, admin, 막힘")
        assert english.splitlines()[0].endswith("no password")


class TestInviting:
    def test_shows_the_secret_once_and_it_makes_the_account(self) -> None:
        made = document("user", "invite", "New@Example.org", "--role", "manager")

        async def accepted(accounts: Accounts) -> User:
            return await accounts.members.accept(made["secret"], name="New", language="ko", password=GOOD)

        user = within(accepted)
        assert (user.email, str(user.role), made["organisation"]) == ("new@example.org", "manager", "local")
        assert made["secret"] not in ion("user", "list", "--json").stdout

    @pytest.mark.parametrize(("language", "told"), [("en", "works once, until"), ("ko", "한 번 쓸 수 있어요:")])
    def test_for_people(self, language: str, told: str) -> None:
        lines = ion("user", "invite", "new@example.org", "--lang", language).stdout.splitlines()

        assert told in lines[0]
        assert len(lines) == 2
        assert len(lines[1]) == 43


class TestAsAProcess:
    def test_the_password_is_no_argument_and_in_no_output(self) -> None:
        done = child("user", "add", "mina@example.org", stdin=f"{GOOD}\n".encode(), env={"ION_LOG__LEVEL": "debug"})

        assert done.returncode == 0
        assert GOOD.encode() not in done.stdout + done.stderr


class TestErasing:
    def test_shows_a_receipt_and_leaves_nobody(self) -> None:
        add("mina@example.org")
        receipt = document("user", "erase", "Mina@example.org", stdin="mina@example.org\n")
        gone = ion("user", "erase", "mina@example.org", "--yes")

        assert receipt["erased"]["accounts"] == 1
        assert receipt["done_at"] is not None
        assert len(receipt["receipt"]) == 43
        assert gone.exit_code == 2
        assert "no such user" in gone.stderr

    @pytest.mark.parametrize(("language", "line"), [("en", "Erased: accounts 1"), ("ko", "지웠어요: 계정 1")])
    def test_says_what_in_a_line(self, language: str, line: str) -> None:
        add("mina@example.org")
        said = ion("user", "erase", "mina@example.org", "--yes", "--lang", language)

        assert said.exit_code == 0
        assert line in said.stdout

    def test_that_is_not_confirmed_erases_nothing(self) -> None:
        add("mina@example.org")
        refused = ion("user", "erase", "mina@example.org", stdin="mina@example.com\n")

        assert refused.exit_code == 2
        assert "Nothing was erased" in refused.stderr
        assert gets_in("mina@example.org", GOOD)

    def test_asks_at_a_terminal(self) -> None:
        add("mina@example.org")
        with terminal("user", "erase", "mina@example.org") as window:
            window.wait_for("The address again: ")
            window.type("mina@example.org\r")
            window.wait_for("Erased: accounts 1")

            assert window.exit_code() == 0

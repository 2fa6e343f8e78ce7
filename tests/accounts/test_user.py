import pytest

from ion.accounts import BadEmail, BadName, BadSlug, email_of
from ion.accounts.user import name_of, slug_of


class TestEmail:
    @pytest.mark.parametrize(
        ("text", "email"),
        [
            (" Mina@Example.ORG ", "mina@example.org"),
            ("ｍｉｎａ@example.org", "mina@example.org"),
            ("민아@예시.kr", "민아@예시.kr"),
            ("local@localhost", "local@localhost"),
            ("a+b@example.org", "a+b@example.org"),
        ],
    )
    def test_is_kept_in_one_form(self, text: str, email: str) -> None:
        assert email_of(text) == email

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "mina",
            "@example.org",
            "mina@",
            "a@b@c",
            "mina park@example.org",
            "mina\x00@example.org",
            "mina\n@example.org",
            "mi\u202ena@example.org",
            "\ud800@example.org",
            f"{'a' * 65}@example.org",
            f"a@{'b' * 260}",
        ],
    )
    def test_that_is_none_is_refused(self, text: str) -> None:
        with pytest.raises(BadEmail):
            email_of(text)


class TestName:
    @pytest.mark.parametrize(
        ("text", "name"), [(" 김민아 ", "김민아"), ("김민아", "김민아"), ("M. O'Neil", "M. O'Neil")]
    )
    def test_is_kept_composed(self, text: str, name: str) -> None:
        assert name_of(text) == name

    @pytest.mark.parametrize("text", ["", "  ", "a\nb", "a\x1b[31mb", "\u202eanim", "\ud800", "a" * 81])
    def test_that_could_mislead_is_refused(self, text: str) -> None:
        with pytest.raises(BadName) as caught:
            name_of(text, of="title")

        assert caught.value.field == "title"


class TestSlug:
    @pytest.mark.parametrize("text", ["a", "blue-school", "7", "a" * 40])
    def test_is_for_commands_and_addresses(self, text: str) -> None:
        assert slug_of(text) == text

    @pytest.mark.parametrize("text", ["", "-a", "a-", "Blue", "blue school", "학교", "a" * 41, "a\n"])
    def test_that_is_not_is_refused(self, text: str) -> None:
        with pytest.raises(BadSlug):
            slug_of(text)

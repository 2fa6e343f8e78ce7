import pytest

from tests.cli.running import document, ion


class TestOrg:
    def test_there_is_the_local_one_from_the_start(self) -> None:
        assert [one["slug"] for one in document("org", "list")] == ["local"]

    def test_is_added_renamed_and_listed(self) -> None:
        added = document("org", "add", "Blue School", "--slug", "blue")
        renamed = document("org", "rename", "blue", "파란 학교")

        assert (added["slug"], added["name"]) == ("blue", "Blue School")
        assert renamed == {**added, "name": "파란 학교"}
        assert document("org", "list")[0] == renamed
        assert "파란 학교" in ion("org", "list").stdout

    def test_for_people(self) -> None:
        told = [
            ion("org", "add", "Blue School", "--slug", "blue").stdout,
            ion("org", "rename", "blue", "Green School").stdout,
            ion("org", "rename", "blue", "초록 학교", "--lang", "ko").stdout,
        ]

        assert told == [
            "Added: Blue School (blue)\n",
            "Renamed: Green School (blue)\n",
            "바꿨어요: 초록 학교 (blue)\n",
        ]

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("add", "Name", "--slug", "local"), "Another organisation has this short name."),
            (("add", "Name", "--slug", "A B"), "A short name is 1 to 40 of a-z, 0-9 and hyphens between them."),
            (("add", "a\nb", "--slug", "ab"), "A name is one line of 1 to 80 characters."),
            (("rename", "nowhere", "Name"), "There is no such organisation. Try: ion org list"),
            (("rename", "nowhere", "Name", "--lang", "ko"), "그런 기관이 없어요."),
            (("add", "Name"), "See: ion org add --help"),
        ],
    )
    def test_what_does_not_fit_is_2_and_one_line(self, words: tuple[str, ...], told: str) -> None:
        result = ion("org", *words)

        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr
        assert result.stderr.count("\n") == 1


class TestRetention:
    def test_is_set_shown_and_taken_back(self) -> None:
        before = document("org", "show", "local")
        given = document("org", "set", "local", "--keep-conversations", "90")
        told = [ion("org", "show", "local").stdout, ion("org", "list", "--lang", "ko").stdout]
        taken_back = ion("org", "set", "local", "--keep-conversations", "none", "--lang", "ko").stdout

        assert (before["keep_conversations_days"], given["keep_conversations_days"]) == (None, 90)
        assert told[0].endswith(" (local): erases conversations 90 days after their last message\n")
        assert told[1].endswith(" (마지막 메시지 뒤 90일이 지난 대화를 지워요)\n")
        assert taken_back.endswith(" (local): 대화를 기한 없이 보관해요\n")
        assert document("org", "show", "local") == before

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("local", "--keep-conversations", "0"), "Conversations are kept 1 to 3650 days, or without end."),
            (("local", "--keep-conversations", "soon"), "Write a number of days, 1 to 3650, or none."),
            (("local", "--keep-conversations", "36500"), "Write a number of days"),
            (("nowhere", "--keep-conversations", "9"), "There is no such organisation."),
            (("local", "--keep-conversations", "0", "--lang", "ko"), "대화를 보관할 기간을 쓸 수 없어요."),
        ],
    )
    def test_what_does_not_fit_is_2_and_one_line(self, words: tuple[str, ...], told: str) -> None:
        result = ion("org", "set", *words)

        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
        assert told in result.stderr


class TestLimit:
    def test_is_shown_set_and_taken_back(self) -> None:
        everybodys = document("org", "limit", "local")
        own = document("org", "limit", "local", "--requests", "300", "--tokens", "200000")
        fewer = document("org", "limit", "local", "--requests", "0")

        assert everybodys == {"slug": "local", "per_minute": None, "tokens_a_day": None}
        assert own == {"slug": "local", "per_minute": 300, "tokens_a_day": 200_000}
        assert fewer == {"slug": "local", "per_minute": None, "tokens_a_day": 200_000}
        assert (
            ion("org", "limit", "local", "--lang", "ko").stdout
            == "local: 1분 요청 수: 모두와 같음, 하루 토큰 수: 200,000\n"
        )

    def test_and_what_is_kept_are_in_the_audit_log_as_the_operators(self) -> None:
        document("org", "limit", "local", "--requests", "300")
        document("org", "limit", "local", "--requests", "300")
        document("org", "set", "local", "--keep-conversations", "9")
        document("token", "rotate")
        entries = [one for one in document("audit", "list") if one["action"] != "organisation.added"]

        assert [(one["action"], one["actor_kind"], one["details"]) for one in entries[::-1]] == [
            ("limits.changed", "operator", {"requests": 300, "tokens": 0}),
            ("settings.changed", "operator", {"days": 9, "setting": "keep_conversations"}),
            ("token.key_rotated", "operator", {"at_once": False}),
        ]

    def test_of_nobody_or_of_too_much_is_2(self) -> None:
        assert ion("org", "limit", "nowhere").exit_code == 2
        assert ion("org", "limit", "local", "--requests", "1000000").exit_code == 2

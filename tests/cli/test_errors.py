import pytest
import typer

from ion.cli.errors import sentence_of, tell_unexpected, tell_usage
from ion.cli.sockets import PortTaken
from ion.errors import (
    Conflict,
    Forbidden,
    Invalid,
    IonError,
    Misconfigured,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from ion.personas import PersonaNotFound, load_catalogue
from ion.resonance import EmptyMessage
from ion.statuses import exit_code_of


class Odd(Invalid):
    code = "odd"


class TestExitCodes:
    @pytest.mark.parametrize(
        ("kind", "code"),
        [
            (Invalid, 2),
            (TooLarge, 2),
            (NotFound, 2),
            (Conflict, 2),
            (Unauthenticated, 77),
            (Forbidden, 77),
            (Unavailable, 69),
            (Misconfigured, 78),
            (IonError, 70),
            (EmptyMessage, 2),
            (Odd, 2),
        ],
    )
    def test_go_by_the_nearest_kind(self, kind: type[IonError], code: int) -> None:
        assert exit_code_of(kind("?")) == code


class TestSentences:
    def test_english_is_as_it_came_in_one_line(self) -> None:
        assert sentence_of(Odd("Not\n  like this."), "en") == "Not like this."

    def test_korean_says_what_it_is_and_keeps_the_particulars(self) -> None:
        assert sentence_of(EmptyMessage("The message is empty."), "ko") == (
            "메시지가 비어 있어요. (The message is empty.)"
        )

    def test_korean_goes_by_the_kind_where_the_code_is_new(self) -> None:
        assert sentence_of(Odd("Not like this."), "ko") == "주어진 값을 쓸 수 없어요. (Not like this.)"

    def test_the_command_lines_own_words_are_not_repeated(self) -> None:
        assert sentence_of(PortTaken("8000번 포트를 이미 쓰고 있어요."), "ko") == "8000번 포트를 이미 쓰고 있어요."

    @pytest.mark.parametrize(
        ("language", "ending"), [("en", "Try: ion persona list"), ("ko", "명령: ion persona list")]
    )
    def test_name_the_command_that_helps(self, language: str, ending: str) -> None:
        with pytest.raises(PersonaNotFound) as caught:
            load_catalogue().find("nobody")

        assert sentence_of(caught.value, "ko" if language == "ko" else "en").endswith(ending)

    def test_a_command_that_is_named_already_is_not_named_twice(self) -> None:
        error = Misconfigured("There is no such setting. `ion doctor --settings` lists them all.")

        assert sentence_of(error, "en").count("ion doctor") == 1


class TestTelling:
    @pytest.mark.parametrize(("language", "words"), [("en", "report"), ("ko", "알려 주세요")])
    def test_the_unexpected_asks_for_a_report_without_a_traceback(
        self, capsys: pytest.CaptureFixture[str], language: str, words: str
    ) -> None:
        code = tell_unexpected(ValueError("somebody's words"), "ko" if language == "ko" else "en")

        told = capsys.readouterr().err
        assert code == 70
        assert words in told
        assert "ValueError" in told
        assert told.count("\n") == 1
        assert "somebody's words" not in told

    def test_the_unexpected_has_a_traceback_for_those_who_ask(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ION_LOG__LEVEL", "debug")
        try:
            raise ValueError("somebody's mail: mina@example.com")
        except ValueError as error:
            tell_unexpected(error, "en")

        told = capsys.readouterr().err
        assert told.startswith("Traceback")
        assert "ValueError: somebody's mail: [e-mail]\n" in told

    @pytest.mark.parametrize(
        ("language", "words"), [("en", "Not so. See: ion --help"), ("ko", "이렇게는 쓸 수 없어요 (Not so)")]
    )
    def test_a_wrong_command_line_names_the_help(
        self, capsys: pytest.CaptureFixture[str], language: str, words: str
    ) -> None:
        assert tell_usage(typer.TyperException("Not so."), "ko" if language == "ko" else "en") == 2
        assert words in capsys.readouterr().err

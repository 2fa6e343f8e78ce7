import io

import pytest
from rich.console import Console

from ion.cli.terminal import ReplyText, console, harmless, write_utf8


def on_terminal(pieces: list[str], *, width: int = 20) -> str:
    file = io.StringIO()
    reply = ReplyText(Console(file=file, force_terminal=True, color_system=None, width=width))
    for piece in pieces:
        reply.write(piece)
    reply.end()
    return file.getvalue()


class TestReplyTextOnATerminal:
    def test_breaks_between_words(self) -> None:
        assert on_terminal(["one two three four five six"]) == "one two three four\nfive six\n"

    def test_counts_hangul_as_two_columns(self) -> None:
        assert on_terminal(["가나다라마 바사아자차 카타파하"]) == "가나다라마\n바사아자차 카타파하\n"

    def test_a_word_in_pieces_stays_one_word(self) -> None:
        assert on_terminal(["one two three fo", "ur", "teen five"]) == "one two three\nfourteen five\n"

    def test_items_of_a_list_hang(self) -> None:
        assert on_terminal(["1. one two three four five\n- six seven eight nine"]) == (
            "1. one two three\n   four five\n- six seven eight\n  nine\n"
        )

    def test_keeps_paragraphs(self) -> None:
        assert on_terminal(["one\n\ntwo"]) == "one\n\ntwo\n"

    def test_a_word_wider_than_the_window_is_not_lost(self) -> None:
        assert "https://example.org/a/long/address" in on_terminal(["see https://example.org/a/long/address"])

    def test_is_never_wider_than_can_be_read(self) -> None:
        assert max(map(len, on_terminal(["word " * 60], width=300).splitlines())) <= 80

    def test_shows_bold_instead_of_stars(self) -> None:
        file = io.StringIO()
        reply = ReplyText(Console(file=file, force_terminal=True, color_system="standard", width=40))
        reply.write("do **this fi")
        reply.write("rst** now")
        reply.end()

        shown = file.getvalue()

        assert "*" not in shown
        assert "\x1b[1mfirst\x1b[0m" in shown
        assert shown.endswith("now\n")

    def test_somebody_elses_words_cannot_steer_it(self) -> None:
        assert on_terminal(["a\x1b[2Jb\x07 \x9bc"]) == "a[2Jb c\n"

    def test_nothing_is_one_empty_line(self) -> None:
        assert on_terminal([]) == "\n"


class TestReplyTextElsewhere:
    def test_passes_on_what_comes(self) -> None:
        file = io.StringIO()
        reply = ReplyText(Console(file=file, width=10))
        reply.write("1. **one** two")
        reply.write(" three four")

        assert file.getvalue() == "1. **one** two three four"


class TestConsole:
    def test_cuts_nothing_where_a_program_reads(self, capsys: pytest.CaptureFixture[str]) -> None:
        console().print("word " * 200)
        console(stderr=True).print("[not markup] :smile:")

        out, err = capsys.readouterr()

        assert out.count("\n") == 1
        assert err == "[not markup] :smile:\n"

    def test_no_color_is_respected(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        file = io.StringIO()
        Console(file=file, force_terminal=True).print("red", style="red")

        assert "31" not in file.getvalue()


class TestWriting:
    def test_is_utf8_and_escapes_half_a_pair(self) -> None:
        raw = io.BytesIO()
        file = io.TextIOWrapper(raw, encoding="ascii")
        write_utf8('"가\ud83d"', file)

        assert raw.getvalue() == '"가\\ud83d"'.encode()

    @pytest.mark.parametrize(
        ("text", "shown"), [("a\x1b]0;x\x07b", "a]0;xb"), ("a\tb\nc", "a\tb\nc"), ("\x7f\x85", "")]
    )
    def test_harmless_words(self, text: str, shown: str) -> None:
        assert harmless(text) == shown

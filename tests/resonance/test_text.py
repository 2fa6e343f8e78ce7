import pytest

from ion.errors import Invalid, TooLarge
from ion.resonance import MAX_CHARS, BrokenText, EmptyMessage, MessageTooLong, check_text


class TestReadableText:
    @pytest.mark.parametrize(
        "text",
        [
            "a",
            "가",
            "ㅠ",
            "?",
            "👩\u200d💻",
            "\u200bhi\u200b",
            "\ufeffhello",
            " padded ",
            "e\u0301",
            "줄\r\n바꿈\t",
            "❤\ufe0f",
        ],
    )
    def test_is_returned_unchanged(self, text: str) -> None:
        assert check_text(text) is text


class TestEmptyText:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="nothing"),
            pytest.param(" \t\r\n\f\v", id="white space"),
            pytest.param("\u00a0\u2003\u3000\u2028", id="wide spaces"),
            pytest.param("\u200b\u200c\u200d\u2060\ufeff", id="zero width"),
            pytest.param("\u00ad\u200e\u202e\u2066", id="soft hyphen and direction marks"),
            pytest.param("\x01\x07\x1b\x7f", id="control characters"),
            pytest.param("\u3164\u115f\u1160\uffa0", id="Hangul fillers"),
            pytest.param("\u2800", id="blank Braille"),
            pytest.param("\u034f\u17b4\u17b5\ufe00\ufe0f", id="joiner and variation selectors"),
            pytest.param("\uffff\U000e0001\ue000", id="no character, tag, private use"),
            pytest.param("\u200b" * MAX_CHARS, id="as long as can be"),
        ],
    )
    def test_is_refused(self, text: str) -> None:
        with pytest.raises(EmptyMessage) as caught:
            check_text(text)

        assert isinstance(caught.value, Invalid)
        assert (caught.value.code, caught.value.field) == ("empty_message", "text")


class TestBrokenText:
    @pytest.mark.parametrize(
        ("text", "position", "code_point"),
        [
            ("\0", 1, "U+0000"),
            ("abc\0def", 4, "U+0000"),
            ("\ud800", 1, "U+D800"),
            ("가나\udfff다", 3, "U+DFFF"),
            ("\ud83d\ude00", 1, "U+D83D"),
            ("\u200b\udc00", 2, "U+DC00"),
            ("👍\ud83d", 2, "U+D83D"),
        ],
    )
    def test_is_refused_with_its_place(self, text: str, position: int, code_point: str) -> None:
        with pytest.raises(BrokenText) as caught:
            check_text(text)

        assert caught.value.message == f"Character {position} of the message is broken ({code_point})."
        assert isinstance(caught.value, Invalid)
        assert (caught.value.code, caught.value.field) == ("broken_text", "text")


class TestLongText:
    def test_the_most_that_is_read(self) -> None:
        text = "a" * MAX_CHARS

        assert check_text(text) is text

    def test_one_more_is_refused_with_both_figures(self) -> None:
        with pytest.raises(MessageTooLong, match="100,001 characters long; at most 100,000") as caught:
            check_text("a" * (MAX_CHARS + 1))

        assert isinstance(caught.value, TooLarge)
        assert (caught.value.code, caught.value.field) == ("message_too_long", "text")

    def test_length_is_looked_at_first(self) -> None:
        with pytest.raises(MessageTooLong):
            check_text("\0" * (MAX_CHARS + 1))


class TestField:
    @pytest.mark.parametrize("text", ["", "\0", "a" * (MAX_CHARS + 1)])
    def test_is_the_one_the_caller_names(self, text: str) -> None:
        with pytest.raises((EmptyMessage, BrokenText, MessageTooLong)) as caught:
            check_text(text, field="message")

        assert caught.value.field == "message"

import pytest

from ion.evaluation.coaching.sentences import quotations_of, sentences_of, without_quotations, words_of


def texts(reply: str) -> list[str]:
    return [sentence.text for sentence in sentences_of(reply)]


class TestSentences:
    @pytest.mark.parametrize(
        ("reply", "expected"),
        [
            ("One. Two! Three?", ["One.", "Two!", "Three?"]),
            ("하나예요. 둘이에요", ["하나예요.", "둘이에요"]),
            ("Ask Dr. Kim, e.g. at 9 a.m. tomorrow.", ["Ask Dr. Kim, e.g. at 9 a.m. tomorrow."]),
            ("It is 11.7, so 12.", ["It is 11.7, so 12."]),
            ("\n\n?!\n", []),
            ('She said "No. Never." and left.', ['She said "No. Never." and left.']),
            ('Say, "At nine." Then wait.', ['Say, "At nine."', "Then wait."]),
            ("# Title\n> **bold** and *soft*", ["Title", "bold and soft"]),
            ("Before.\n```\ncode. more.\n```\nAfter.", ["Before.", "After."]),
            ("Open ```\ncode. more.", ["Open"]),
        ],
    )
    def test_come_apart(self, reply: str, expected: list[str]) -> None:
        assert texts(reply) == expected

    def test_what_is_quoted_is_not_said(self) -> None:
        (sentence,) = sentences_of("'못 따라간다'는 말을 하셨어요.")

        assert sentence.said == "''는 말을 하셨어요."

    def test_apostrophes_are_no_quotation_marks(self) -> None:
        (sentence,) = sentences_of("I can't say it's the boys' fault.")

        assert sentence.said == sentence.text

    def test_lists_are_numbered(self) -> None:
        found = sentences_of("Intro\n- a\n- b\n\n- c\nBetween\n1. d\n2) e")

        assert [sentence.list_number for sentence in found] == [0, 1, 1, 1, 0, 2, 2]


class TestWords:
    def test_are_letters_or_a_number(self) -> None:
        assert words_of("Don't pay 4m, pay 1,200.50!") == ("don't", "pay", "4", "m", "pay", "1,200.50")


class TestQuotations:
    def test_stand_in_marks_of_any_kind(self) -> None:
        text = "“a b” \"c\" 'd' ‘e’ 「f」 『g』 `h`"

        assert quotations_of(text) == ("a b", "c", "d", "e", "f", "g", "h")
        assert without_quotations(text).split() == []

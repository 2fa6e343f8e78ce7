import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion.privacy import Personal, PersonalKind, find_personal
from tests.privacy.texts import personal_texts

SIZE = 100_000
# A rule that tried everything twice for each character would need minutes, not seconds.
PATIENCE = 5.0
PIECES = [
    "1",
    "a",
    "가",
    " ",
    "0-",
    "1.",
    "::",
    "a@",
    "a@a.",
    "one ",
    "key ",
    "eyJaaaaaaaa.",
    "password is ",
    "http://a?token=",
    "-----BEGIN PRIVATE KEY-----",
    "서울 강남구 ",
    "가로 1, 1동 1호, ",
    "12 Main ",
    "Ab Ab, ",
    "DE89 ",
    "bearer ",
    "my name is A ",
    "010-1234-5678 ",
    "국민은행 123-456-789012 ",
    "passport 123456789 ",
]


def found(text: str) -> list[tuple[PersonalKind, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find_personal(text)]


class TestFinding:
    def test_several_in_one_text_come_in_order(self) -> None:
        text = "mina@example.com, 010-2345-6789, 주민번호 900315-1234567"

        assert [kind for kind, _ in found(text)] == ["email", "mobile_phone", "rrn"]

    def test_the_longer_of_two_wins(self) -> None:
        text = "https://mina:pw12345@example.com/x"

        assert found(text) == [(PersonalKind.URL_TOKEN, text)]

    def test_what_follows_a_value_is_read_too(self) -> None:
        text = "BE23-3717-8323-5590 or PT15335914451746993560442"

        assert found(text) == [(PersonalKind.IBAN, "BE23-3717-8323-5590"), (PersonalKind.IBAN, text[-25:])]

    @pytest.mark.parametrize(
        ("text", "value"),
        [("휴대폰(010-2345-6789)으로", "010-2345-6789"), ("휴대폰 (010)2345-6789로", "(010)2345-6789")],
    )
    def test_a_bracket_of_the_sentence_is_not_part_of_it(self, text: str, value: str) -> None:
        assert found(text) == [(PersonalKind.MOBILE_PHONE, value)]

    @pytest.mark.parametrize(
        "words", ["just in case: ", "in order to reach me: ", "the department is ", "references: ("]
    )
    def test_everyday_words_number_nothing(self, words: str) -> None:
        assert found(f"{words}020 7946 0812")

    def test_neighbours_are_both_kept(self) -> None:
        assert len(found("010-2345-6789/010-9876-5432")) == 2

    @pytest.mark.parametrize(
        "number",
        ["０１０－２３４５－６７８９", "010–2345–6789", "010\u00a02345\u00a06789", "0\u200b10-23\u200b45-6789"],
    )
    def test_other_spellings_of_characters_hide_nothing(self, number: str) -> None:
        assert found(f"번호는 {number}예요") == [(PersonalKind.MOBILE_PHONE, number)]

    @pytest.mark.parametrize(
        "text",
        [
            "주문번호 2024-0315-0001, 송장번호 123456789012",
            "2024-11-22 10:30:45, 2024.03.15, 14:30-15:30",
            "월세 650,000원에서 720,000원으로 12.5 %",
            "v1.2.3.4, Chrome 120.0.6099.109, Python 3.11.7",
            "ISBN 978-89-1234-567-8, 3.141592653589793, 850/990",
            "고객센터 1588-0000, 109, 119, 1577-0199, 911, 988, 1-800-799-7233",
            "x = 1234567890 * 987654321 # 0xDEADBEEF",
            "서버로 3대를 옮기고 다시 메일로 2번 보냈어요",
            "std::vector, @app.route, react@18.2.0, git@github.com:example/repo.git",
            "https://example.com/search?q=password&page=2",
            "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
        ],
    )
    def test_look_alikes_are_passed_over(self, text: str) -> None:
        assert found(text) == []


class TestAnyText:
    @given(
        st.one_of(
            st.text(max_size=300), st.text("0123456789-.+()@:/ 로길동호은행가AaZz=", max_size=120), personal_texts()
        )
    )
    @settings(max_examples=150, deadline=None)
    def test_spans_lie_in_the_text_in_order_and_apart(self, text: str) -> None:
        personal = find_personal(text)

        assert all(0 <= one.start < one.end <= len(text) for one in personal)
        assert all(one.end <= after.start for one, after in pairwise(personal))

    @given(st.text(st.characters(categories=["Cs", "Cf", "Nd", "Lo"]), max_size=100))
    @settings(max_examples=50, deadline=None)
    def test_broken_and_foreign_characters_are_read(self, text: str) -> None:
        assert all(isinstance(one, Personal) for one in find_personal(text))

    @pytest.mark.parametrize("piece", PIECES)
    def test_hostile_texts_take_seconds_at_most(self, piece: str) -> None:
        text = piece * (SIZE // len(piece))

        begun = time.process_time()
        find_personal(text)

        assert time.process_time() - begun < PATIENCE

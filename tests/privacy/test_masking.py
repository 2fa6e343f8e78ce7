import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion.privacy import Personal, PersonalKind, find_personal, hide, mask
from ion.privacy.kinds import LABELS
from tests.privacy.texts import personal_texts

TWO_PHONES = "홍길동 010-2345-6789, 집은 02-345-6789, 다시 010-2345-6789. mina@example.com"


class TestMask:
    @pytest.mark.parametrize(
        ("text", "masked"),
        [
            ("번호는 010-2345-6789예요", "번호는 [전화번호]예요"),
            ("write to mina@example.com, please", "write to [e-mail], please"),
            ("제 이름은 홍길동입니다. 홍길동이라고 불러 주세요.", "제 이름은 [이름]입니다. [이름]이라고 불러 주세요."),
            ("nothing here", "nothing here"),
            ("", ""),
        ],
    )
    def test_says_what_was_there_in_the_language_of_the_text(self, text: str, masked: str) -> None:
        assert mask(text) == masked

    def test_takes_what_is_already_found(self) -> None:
        assert mask("call me Mina", [Personal(PersonalKind.NAME, 8, 12)]) == "call me [name]"

    @given(personal_texts())
    @settings(max_examples=150, deadline=None)
    def test_leaves_nothing_that_was_found(self, text: str) -> None:
        masked = mask(text)

        for label in LABELS.values():
            masked = masked.replace(f"[{label.ko}]", "\0").replace(f"[{label.en}]", "\0")
        assert [one for one in find_personal(text) if text[one.start : one.end] in masked] == []


class TestHide:
    def test_numbers_values_and_the_same_value_once(self) -> None:
        assert hide(TWO_PHONES).text == "홍길동 [PHONE_1], 집은 [PHONE_2], 다시 [PHONE_1]. [EMAIL_1]"

    def test_passes_over_numbers_that_the_writer_used(self) -> None:
        hidden = hide("[PHONE_1] phone 2, 010-2345-6789")

        assert hidden.text == "[PHONE_1] phone 2, [PHONE_3]"
        assert hidden.restore(hidden.text) == "[PHONE_1] phone 2, 010-2345-6789"

    def test_several_texts_share_their_placeholders(self) -> None:
        hidden = hide("제 이름은 홍길동입니다. 010-2345-6789", "홍길동에게 02-345-6789로, [PHONE_2] 말고", "nothing")

        assert hidden.texts == (
            "제 이름은 [NAME_1]입니다. [PHONE_1]",
            "[NAME_1]에게 [PHONE_3]로, [PHONE_2] 말고",
            "nothing",
        )
        assert hidden.hides
        assert hidden.restore("[NAME_1] [PHONE_1] [PHONE_2] [PHONE_3]") == "홍길동 010-2345-6789 [PHONE_2] 02-345-6789"

    def test_where_there_is_nothing_it_hides_nothing(self) -> None:
        assert not hide("nothing here", "").hides

    def test_what_it_holds_is_not_shown(self) -> None:
        assert "2345" not in repr(hide(TWO_PHONES))

    @given(st.one_of(st.text(max_size=200), personal_texts()))
    @settings(max_examples=200, deadline=None)
    def test_restores_every_text(self, text: str) -> None:
        hidden = hide(text)

        assert hidden.restore(hidden.text) == text

    def test_every_name_is_understood_in_every_spelling(self) -> None:
        text = "주민번호 900315-1234567"
        hidden = hide(text)

        for written in ("[RESIDENT_NUMBER_1]", "[resident number 1]", "RESIDENT-NUMBER-1", "[주민등록번호_1]"):
            assert hidden.restore(written) == "900315-1234567"


class TestRestore:
    @pytest.mark.parametrize(
        "written",
        [
            "[PHONE_2]",
            "[phone_2]",
            "[Phone 2]",
            "(PHONE_2)",
            "{PHONE-2}",
            "<PHONE_2>",
            "[ PHONE_2 ]",
            "[PHONE2]",
            "[PHONE_02]",
            "【PHONE_2】",
            "PHONE_2",
            "\\[PHONE\\_2\\]",
            "[전화번호 2]",
            "[phone number_2]",
        ],
    )
    def test_knows_a_placeholder_in_other_spellings(self, written: str) -> None:
        assert hide(TWO_PHONES).restore(f"집 전화는 {written}로 하세요.") == "집 전화는 02-345-6789로 하세요."

    @pytest.mark.parametrize(
        "written", ["[PHONE_3]", "[PHONE_0]", "[CARD_1]", "phone 1", "TELEPHONE_1", "PHONE_1_A", "[PHONE_x]"]
    )
    def test_leaves_what_was_never_given(self, written: str) -> None:
        assert hide(TWO_PHONES).restore(f"see {written} there") == f"see {written} there"

    def test_stars_around_stay(self) -> None:
        assert hide(TWO_PHONES).restore("**[PHONE_1]**, **PHONE_1**") == "**010-2345-6789**, **010-2345-6789**"

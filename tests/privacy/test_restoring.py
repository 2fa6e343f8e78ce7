import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ion.privacy import Masked, Restoring, hide

HIDDEN = hide("제 이름은 홍길동입니다. 010-2345-6789, 02-345-6789, mina@example.com, 주민번호 900315-1234567")
WRITTEN = (
    "[PHONE_1]", "[PHONE_2]", "[phone 1]", "PHONE_1", "TELE", "\\[EMAIL\\_1\\]", "【이름 1】", "[RESIDENT_NUMBER_1]",
    "resident-number-1", "[PHONE_7]", "[", "]", "(", "_1", "1", " ", "PHO", "이름", "주민", "e-",
    "mail_1", "가", "\\", "A", "\n",
)  # fmt: skip


def shown(masked: Masked, pieces: list[str]) -> list[str]:
    restoring = Restoring(masked)
    return [*map(restoring.feed, pieces), restoring.rest()]


class TestRestoring:
    def test_a_placeholder_that_is_cut_anywhere_is_put_together(self) -> None:
        reply = "제게 [PHONE_1]로, 또는 [PHONE_2] 말고 [EMAIL_1]로 주세요."

        for cut in range(len(reply)):
            assert "".join(shown(HIDDEN, [reply[:cut], reply[cut:]])) == HIDDEN.restore(reply)
        assert (
            "".join(shown(HIDDEN, list(reply)))
            == "제게 010-2345-6789로, 또는 02-345-6789 말고 mina@example.com로 주세요."
        )

    @given(st.lists(st.one_of(st.sampled_from(WRITTEN), st.text(max_size=4)), max_size=12), st.integers(1, 5))
    @example(["TELE", "PHONE_1"], 4)
    @example(["PHONE_1", "_A"], 7)
    @example(["[PHONE_1", "2]"], 8)
    @settings(max_examples=400, deadline=None)
    def test_however_it_is_cut_the_reply_is_the_same(self, parts: list[str], size: int) -> None:
        reply = "".join(parts)
        pieces = [reply[start : start + size] for start in range(0, len(reply), size)]

        assert "".join(shown(HIDDEN, pieces)) == HIDDEN.restore(reply)
        assert "".join(shown(HIDDEN, parts)) == HIDDEN.restore(reply)

    @pytest.mark.parametrize("piece", ["Hello there.", "네, 그렇게 해요.", "[1] see", "a (b) c!"])
    def test_what_can_be_no_placeholder_is_shown_at_once(self, piece: str) -> None:
        assert Restoring(HIDDEN).feed(piece) == piece

    def test_what_may_be_one_waits_for_the_next_piece(self) -> None:
        assert shown(HIDDEN, ["Call [PHO", "NE_1", "] now."]) == ["Call ", "", "010-2345-6789 now.", ""]

    def test_what_was_held_back_is_shown_in_the_end(self) -> None:
        assert shown(HIDDEN, ["Call [PHONE_"]) == ["Call ", "[PHONE_"]
        assert shown(HIDDEN, ["Call PHONE_1"]) == ["Call ", "010-2345-6789"]

import pytest

from ion.evaluation.coaching import politeness_of

POLITE = [
    "오늘 한 줄만 적어 볼까요? 내일 같이 볼게요.",
    "그 말이 먼저 떠올랐다고 하셨어요. 어떤 장면이었나요?",
    "이유를 기록하고 나갑니다. 기준은 팀에 공유해 두세요.",
    "'그냥 해'라는 말을 들으셨군요.\n- 몸에 밴 기술\n- 나를 믿는 사람",
]
IMPOLITE = [
    "오늘 한 줄만 적어 봐. 내일 보자.",
    "그건 네 잘못이 아니야. 힘내라.",
    "당신은 할 수 있어요.",
    "이유를 적었다. 내일 다시 한다.",
]


class TestShare:
    @pytest.mark.parametrize("reply", POLITE)
    def test_is_one_for_polite_replies(self, reply: str) -> None:
        politeness = politeness_of(reply, "ko")

        assert politeness is not None
        assert politeness.share == 1

    @pytest.mark.parametrize("reply", IMPOLITE)
    def test_is_nought_for_plain_or_familiar_ones(self, reply: str) -> None:
        politeness = politeness_of(reply, "ko")

        assert politeness is not None
        assert politeness.share == 0

    def test_is_between_for_a_mixture(self) -> None:
        politeness = politeness_of("적어 보세요. 내일 보자. 좋아요. 너는 괜찮아요.", "ko")

        assert politeness is not None
        assert (politeness.polite, politeness.plain, politeness.familiar) == (3, 1, 1)
        assert politeness.share == 0.5

    def test_is_missing_where_nothing_has_an_ending(self) -> None:
        politeness = politeness_of("- 편지\n- 분야\n- 동네", "ko")

        assert politeness is not None
        assert politeness.share is None

    def test_english_has_none(self) -> None:
        assert politeness_of("Do it.", "en") is None

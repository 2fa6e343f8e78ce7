import pytest

from ion.evaluation.coaching import Actionability, actionability_of
from ion.language import Language

FOR_TODAY: list[tuple[Language, str]] = [
    ("en", "Tonight, write one line about what you want from it."),
    ("en", "You could ask a colleague to read it before lunch."),
    ("en", "For now, set a timer for ten minutes and list the failing tests."),
    ("ko", "오늘 저녁에 할 말을 두 문장으로 적어 보세요."),
    ("ko", "지금 10분만 써서 실패한 테스트 이름을 옮겨 적어 볼까요?"),
    ("ko", "내일까지 동료에게 한 번 읽어 달라고 하는 것도 방법이에요."),
]
NOT_FOR_TODAY: list[tuple[Language, str]] = [
    ("en", "Change is a long road for everybody."),
    ("en", "You should become a better listener."),
    ("en", "It was late today."),
    ("ko", "누구에게나 힘든 시기가 있어요."),
    ("ko", "꾸준히 노력하십시오."),
    ("ko", "오늘은 날이 좋네요."),
]


class TestToday:
    @pytest.mark.parametrize(("language", "reply"), FOR_TODAY)
    def test_holds_where_one_thing_can_be_done_within_a_day(self, language: Language, reply: str) -> None:
        found = actionability_of(reply, language)

        assert found.is_for_today
        assert found.score >= 0.7

    @pytest.mark.parametrize(("language", "reply"), NOT_FOR_TODAY)
    def test_does_not_hold_for_generalities(self, language: Language, reply: str) -> None:
        found = actionability_of(reply, language)

        assert not found.is_for_today
        assert found.score <= 0.55


class TestScore:
    def test_is_nought_where_nothing_is_to_be_done(self) -> None:
        assert actionability_of("", "en") == Actionability()
        assert actionability_of("It was a long day.", "en").score == 0

    def test_is_one_with_when_with_whom_and_what(self) -> None:
        assert actionability_of(
            "오늘 저녁 동료에게 '10분만 봐 주실래요?'라고 물어 보세요.", "ko"
        ).score == pytest.approx(1)

    def test_is_that_of_the_best_sentence(self) -> None:
        reply = "Think about it. Tonight, ask a friend to read 2 pages. Grow."

        assert actionability_of(reply, "en").score == pytest.approx(1)

    def test_a_step_of_a_list_is_an_act_and_a_question_there_is_none(self) -> None:
        assert actionability_of("- 오늘 한 줄로 정리", "ko").is_for_today
        assert not actionability_of("- 오늘 무엇을 하셨나요?", "ko").act

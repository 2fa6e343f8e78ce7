import pytest

from ion.evaluation.coaching import directives_of
from ion.language import Language

GOOD: list[tuple[Language, str]] = [
    ("en", "You could write the refusal down first. One option is to say it aloud once."),
    ("en", "What would you lose by saying no? If it helps, put the answer in one line."),
    ("en", "Take your time. Tell me what happened on Tuesday."),
    ("en", "Try saying it to a friend. It may help to hear it."),
    ("en", "If you need to leave at six, that is a limit and not a favour."),
    ("en", "Work is hard these days. What you have to decide is small."),
    ("en", "Let's look at it together. The more you say, share and ask, the better it gets."),
    ("ko", "거절 한 문장을 적어 보는 것도 방법이에요. 오늘 밤에 소리 내어 읽어 볼까요?"),
    ("ko", "지난주에 맡은 일을 한 줄씩 적어 보세요. 무엇이 가장 무거웠나요?"),
    ("ko", "걱정하지 마세요. 그날 있었던 일을 편하게 말씀해 주세요."),
    ("ko", "많이 힘드세요. 무엇이 궁금하세요?"),
    ("ko", "안녕하세요. 두 사람에게 나눠 맡길 수도 있어요."),
]
BAD: list[tuple[Language, str]] = [
    ("en", "You should set boundaries. You need to talk to your manager."),
    ("en", "Stop worrying. Write a list and never look back."),
    ("en", "Look over your work and see if you can find the slip."),
    ("en", "First, apologise. You must not wait, and it's important to be honest."),
    ("en", "Before lunch, call her. Then: delete the draft."),
    ("ko", "매일 운동하세요. 일찍 자야 합니다."),
    ("ko", "긍정적으로 생각하십시오. 남과 비교하지 마세요."),
    ("ko", "화면을 보세요. 먼저 로그를 확인해 주세요."),
    ("ko", "내일까지 제출하시기 바랍니다. 계획을 세우는 것이 중요합니다."),
]


class TestShare:
    @pytest.mark.parametrize(("language", "reply"), GOOD)
    def test_is_nought_where_the_choice_is_left(self, language: Language, reply: str) -> None:
        assert directives_of(reply, language).share == 0

    @pytest.mark.parametrize(("language", "reply"), BAD)
    def test_is_one_where_everything_is_an_order(self, language: Language, reply: str) -> None:
        assert directives_of(reply, language).share == 1

    @pytest.mark.parametrize(
        ("language", "reply", "share"),
        [("en", "You were tired. Sleep more. Is that so?", 1 / 3), ("ko", "피곤하셨군요. 더 주무셔야 해요.", 1 / 2)],
    )
    def test_counts_sentences(self, language: Language, reply: str, share: float) -> None:
        assert directives_of(reply, language).share == pytest.approx(share)

    def test_of_nothing_is_nought(self) -> None:
        assert directives_of("", "en").share == 0

    @pytest.mark.parametrize(
        ("language", "reply"),
        [("en", 'She said, "You must leave at once."'), ("ko", "그분은 '당장 나가세요'라고 하셨어요.")],
    )
    def test_of_what_is_quoted_is_nought(self, language: Language, reply: str) -> None:
        assert directives_of(reply, language).share == 0


class TestLists:
    STEPS = "\n1. Write the sentence down.\n2. Call her tonight.\n3. Wait a day."

    def test_steps_offered_as_options_are_offers(self) -> None:
        found = directives_of(f"You have three options here:{self.STEPS}", "en")

        assert (found.orders, found.offers) == (0, 3)

    def test_steps_of_a_procedure_are_orders(self) -> None:
        assert directives_of(f"In this order:{self.STEPS}", "en").orders == 3

    def test_a_list_without_an_introduction_is_no_offer(self) -> None:
        assert directives_of(self.STEPS, "en").orders == 3

    def test_only_the_line_before_the_list_introduces_it(self) -> None:
        assert directives_of(f"There are many options.\nThis is what counts.{self.STEPS}", "en").orders == 3

    @pytest.mark.parametrize(("intro", "orders"), [("세 가지 가운데 하나를 골라도 좋아요.", 0), ("순서는 이래요.", 2)])
    def test_korean_lists_are_read_alike(self, intro: str, orders: int) -> None:
        assert directives_of(f"{intro}\n- 문장을 적으세요.\n- 오늘 전화하세요.", "ko").orders == orders

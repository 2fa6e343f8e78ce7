import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion.language import Language
from ion.playbooks.hooks import NO_HOOKS, Hooks, hooks_of
from ion.resonance import BrokenText, EmptyMessage, check_text
from tests.playbooks.factories import finder, nothing_near

NUMBERS = [
    ("ko", "전환율이 2.1%에서 2.4%로 올랐고 표본은 3천 명이에요.", "2.1%, 2.4%, 3천 명"),
    ("ko", "출장비만 8만 원이에요.", "8만 원"),
    ("ko", "근저당 1억 2천이 있고 집값은 3억이에요.", "1억 2천, 3억"),
    ("ko", "반품률이 3월 2.1%에서 5월 4.6%로 올랐어요.", "2.1%, 4.6%"),
    ("ko", "기사님이 20번 오셨고 3주가 지났어요.", "20번, 3주"),
    ("ko", "하루 2~3시간 공부해요.", "2~3시간"),
    ("ko", "경력이 3년이에요.", "3년"),
    ("ko", "8명이 나눠 냈고 그중 8명이 반대해요.", "8명"),
    ("ko", "1점, 2점, 3점, 4점이에요.", "1점, 2점, 3점"),
    # Years, dates, clock times, ordinals, house numbers and bare figures are none of the matter.
    ("ko", "2024년에 입사했어요.", None),
    ("ko", "97년생이에요.", None),
    ("ko", "3월 5일에 봐요.", None),
    ("ko", "9시 30분에 만나요.", None),
    ("ko", "1주차에 포자를 찍어요.", None),
    ("ko", "3분기 실적이에요.", None),
    ("ko", "두 번째, 3번째 시도예요.", None),
    ("ko", "제7조를 고쳤어요.", None),
    ("ko", "101호에 살아요.", None),
    ("ko", "2학년 3반이에요.", None),
    ("ko", "수조 4개 중 하나예요.", "4개"),
    ("ko", "점수는 90이에요.", None),
    # The time that is left is said elsewhere.
    ("ko", "10분 안에 3명을 골라야 해요.", "3명"),
    ("en", "Reviewer 2 wants 40 pages cut.", "40 pages"),
    ("en", "3 devs. 210 points. Velocity 18!", "3 devs, 210 points"),
    ("en", "It has grown to 4,000 lines, 31% of them dead.", "4,000 lines, 31%"),
    ("en", "They offer $1,200 or £900k a year.", "$1,200, £900k"),
    ("en", "Only 2-3 hours of sleep and 18,000 km a year.", "2-3 hours, 18,000 km"),
    ("en", "We lost 5 per cent.", "5 per cent"),
    ("en", "since 2013 and again in 2024 sales fell", None),
    ("en", "It was 14:05 and I was 43.", None),
    ("en", "I live at 12 Oak Street.", None),
    ("en", "version 3.11 is out", None),
    ("en", "the 2nd floor", None),
    ("en", "9 is more than 7 plus 1", None),
    ("en", "I need it within 5 minutes, for 40 guests.", "40 guests"),
]


class TestNumbers:
    @pytest.mark.parametrize(("language", "message", "numbers"), NUMBERS, ids=lambda value: str(value)[:28])
    def test_are_the_figures_of_the_matter_as_written(
        self, language: Language, message: str, numbers: str | None
    ) -> None:
        assert hooks_of(message, language, nothing_near).numbers == numbers


class TestHooksOf:
    def test_finds_all_of_them(self) -> None:
        message = "시험까지 3주인데 모의고사가 42점이에요. 왜 자꾸 같은 데서 틀릴까요? 도와주세요."

        assert hooks_of(message, "ko", nothing_near) == Hooks(
            quote="시험까지 3주인데 모의고사가 42점이에요",
            question="왜 자꾸 같은 데서 틀릴까요",
            numbers="42점",
            deadline="3주 안에",
        )

    def test_finds_all_of_them_in_english(self) -> None:
        message = (
            "The exam is in three weeks. I score 42% and lose 9 points. Why is it always the same chapter? Help me."
        )

        assert hooks_of(message, "en", nothing_near) == Hooks(
            quote="I score 42% and lose 9 points",
            question="Why is it always the same chapter",
            numbers="42%, 9 points",
            deadline="within three weeks",
        )

    def test_a_long_paste_is_read_by_its_beginning(self) -> None:
        hooks = hooks_of(
            "My lead cuts me off in meetings.\n" + "x = 1\n" * 10_000 + "It is due tomorrow.", "en", nothing_near
        )

        assert hooks == Hooks(quote="My lead cuts me off in meetings")

    @pytest.mark.parametrize("message", ["", "   ", "ㅠㅠ", "???", "🙂", "네"])
    def test_nothing_gives_nothing(self, message: str) -> None:
        assert hooks_of(message, "ko", nothing_near) == NO_HOOKS

    @pytest.mark.parametrize("language", ["ko", "en"])
    @given(message=st.text(max_size=400))
    @settings(deadline=None, max_examples=150)
    def test_never_fails_on_a_readable_text(self, language: Language, message: str) -> None:
        try:
            check_text(message)
        except (EmptyMessage, BrokenText):
            return

        hooks = hooks_of(message, language, finder().telling)

        assert all(part is None or part for part in (hooks.quote, hooks.question, hooks.numbers, hooks.deadline))

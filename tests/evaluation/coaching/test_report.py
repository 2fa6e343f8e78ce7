import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion.evaluation.coaching import largest_overlap, measure, summary
from ion.language import LANGUAGES, Language

UNBOUNDED = {"questions", "words_per_sentence"}
# Made of what the measures look for, so that chance meets their edges; and of anything at all.
PIECES = st.sampled_from(
    [
        *"'\"“”‘’`*_-.?!:,;…\n\0#>( )0\ud800",
        "```", "\n- ", "\n1. ", "You should ", "tell me ", "what ", "세요", "해야 합니다", "까요?", "왜 ", "다.",
        "오늘 ", "당신은 ", "great question", "맞아요", "you're right ", "https://", "e.g.", "ß", "İ", "👍🏽", "ㅋㅋㅋ",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=200)
LANGUAGE = st.sampled_from(LANGUAGES)
GOOD: dict[Language, tuple[str, str]] = {
    "ko": (
        "합격했는데 기쁘지가 않고 못 따라갈까 봐 무섭기만 해요.",
        "합격 소식 앞에서 '못 따라갈까 봐'가 먼저 왔다고 하셨어요. 오늘 밤, 떠오르는 장면 하나만 적어 보세요. "
        "제일 먼저 떠오르는 장면은 어떤 건가요?",
    ),
    "en": (
        "My boss keeps giving me work at six and I can't say no.",
        'Work at six, and a boss who is used to a yes. Tonight you could write one sentence, such as "I can start this '
        'tomorrow at nine." What has your boss said when work waited before?',
    ),
}
BAD: dict[Language, tuple[str, str]] = {
    "ko": (
        GOOD["ko"][0],
        "정말 대단해요! 당신은 분명 잘하실 거예요. 매일 운동하세요. 일찍 자야 합니다. 긍정적으로 생각해라.",
    ),
    "en": (
        GOOD["en"][0],
        "Great question! You're amazing! You should set boundaries. You need to be assertive. Be strong.",
    ),
}


class TestMeasure:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_tells_good_coaching_from_bad(self, language: Language) -> None:
        good, bad = (measure(*texts[language], language).figures() for texts in (GOOD, BAD))

        for name in ("asks_openly", "reflection", "specificity", "actionability", "is_for_today"):
            assert good[name] > bad[name]
        for name in ("directive_share", "sycophancy", "empty_praise"):
            assert good[name] < bad[name]

    def test_politeness_is_korean_only(self) -> None:
        assert measure(*GOOD["ko"], "ko").figures()["politeness"] == 1
        assert measure(*BAD["ko"], "ko").figures()["politeness"] < 1
        assert "politeness" not in measure(*GOOD["en"], "en").figures()

    @settings(deadline=None)
    @given(TEXTS, TEXTS, LANGUAGE)
    def test_every_figure_keeps_its_range(self, message: str, reply: str, language: Language) -> None:
        for name, value in measure(message, reply, language).figures().items():
            assert 0 <= value <= (1 if name not in UNBOUNDED else float("inf")), name

    @settings(deadline=None)
    @given(TEXTS, LANGUAGE)
    def test_the_same_texts_give_the_same_scores(self, reply: str, language: Language) -> None:
        assert measure(reply, reply, language) == measure(reply, reply, language)

    @settings(deadline=None)
    @given(st.lists(TEXTS, max_size=6))
    def test_any_replies_can_be_compared(self, replies: list[str]) -> None:
        found = largest_overlap(replies)

        assert found is None or 0 <= found.share <= 1

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        "unit",
        [
            "'",
            '"',
            "`",
            "*",
            " ",
            "\n",
            "- ",
            "?",
            ".",
            "a",
            "가",
            "a, ",
            "so ",
            "what ",
            "you ",
            "'a ",
            "“",
            "게 ",
            "a'",
        ],
    )
    def test_long_repetition_is_read_in_time(self, unit: str, language: Language) -> None:
        assert measure("x", unit * 5_000, language).directives.share <= 1


class TestSummary:
    def test_is_the_mean_of_each_figure(self) -> None:
        found = summary([measure(*GOOD["en"], "en"), measure(*BAD["en"], "en")])

        assert found["asks"] == 0.5
        assert found["empty_praise"] == 0.5
        assert "politeness" not in found

    def test_politeness_is_averaged_over_the_replies_that_have_it(self) -> None:
        found = summary([measure(*GOOD["en"], "en"), measure(*GOOD["ko"], "ko"), measure("", "- 편지", "ko")])

        assert found["politeness"] == 1

    def test_of_nothing_is_empty(self) -> None:
        assert summary([]) == {}

import pytest

from ion.evaluation.coaching import Reflection, reflection_of
from ion.language import Language

EN = "My boss keeps giving me work at six and I can't say no. I miss dinner with my kids."
KO = "룸메이트가 설거지를 한 달째 안 해요. 말하면 분위기가 어색해져요."
TAKEN_UP: list[tuple[Language, str, str]] = [
    ("en", EN, "Work that arrives at six costs you dinner with the kids."),
    ("en", EN, "Your boss gives you work late, and the dinners are what you miss."),
    ("en", EN, 'You write "I can\'t say no": what would your boss do if you did? And the kids?'),
    ("ko", KO, "설거지가 한 달째 쌓였고, 말을 꺼내면 분위기가 걱정되시는군요."),
    ("ko", KO, "'말하면 분위기가 어색해져요'라고 하셨어요. 룸메이트는 설거지를 어떻게 보고 있나요?"),
    ("ko", KO, "룸메이트와 설거지 이야기를 어색하지 않게 꺼내는 길을 볼게요."),
]
MISSED: list[tuple[Language, str, str]] = [
    ("en", EN, "Communication is key. Everyone has these moments."),
    ("en", EN, "That sounds hard. Remember to breathe."),
    ("en", EN, ""),
    ("ko", KO, "누구나 그런 시기가 있어요. 힘내세요."),
    ("ko", KO, "소통이 중요합니다. 긍정적으로 생각해 보세요."),
    ("ko", KO, ""),
]


class TestShare:
    @pytest.mark.parametrize(("language", "message", "reply"), TAKEN_UP)
    def test_is_high_where_the_message_is_taken_up(self, language: Language, message: str, reply: str) -> None:
        assert reflection_of(message, reply, language).share >= 0.25

    @pytest.mark.parametrize(("language", "message", "reply"), MISSED)
    def test_is_nought_where_anyone_could_have_got_the_reply(
        self, language: Language, message: str, reply: str
    ) -> None:
        assert reflection_of(message, reply, language) == Reflection(0.0, "none")

    @pytest.mark.parametrize(("language", "message"), [("en", EN), ("ko", KO)])
    def test_is_one_for_an_echo(self, language: Language, message: str) -> None:
        assert reflection_of(message, message, language) == Reflection(1.0, "quotation")

    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_of_a_message_without_matter_is_nought(self, language: Language) -> None:
        assert reflection_of("?!", "Anything.", language) == Reflection(0.0, "none")

    def test_takes_figures_up(self) -> None:
        assert reflection_of("4m", "4 is the length.", "en").share == 1

    def test_is_not_led_astray_by_endings(self) -> None:
        assert reflection_of("I was painting walls", "Paint the wall", "en").share == 1
        assert reflection_of("팀장님이 무섭습니다", "무섭다면 팀장님께 말하기가 어렵죠.", "ko").share == 1


class TestManner:
    @pytest.mark.parametrize(
        ("language", "message", "reply"),
        [
            ("en", EN, 'You say your boss is "giving me work" late.'),
            ("en", EN, "So I miss dinner with my kids is the sentence to begin with."),
            ("ko", KO, "'설거지를 한 달째' 안 한 셈이군요."),
            ("ko", KO, "룸메이트가 설거지를 한 달째 안 하는 상황이에요."),
        ],
    )
    def test_is_a_quotation_for_the_mentees_own_words(self, language: Language, message: str, reply: str) -> None:
        assert reflection_of(message, reply, language).manner == "quotation"

    @pytest.mark.parametrize(
        ("language", "message", "reply"),
        [("en", EN, "Your boss gives you work late."), ("ko", KO, "한 달 동안 설거지가 혼자 몫이었군요.")],
    )
    def test_is_a_rephrasing_otherwise(self, language: Language, message: str, reply: str) -> None:
        assert reflection_of(message, reply, language).manner == "rephrasing"

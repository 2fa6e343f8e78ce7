import pytest

from ion.evaluation.coaching import specifics_of
from ion.language import Language

CONCRETE: list[tuple[Language, str]] = [
    ("en", "Run the failing tests 20 times before lunch."),
    ("en", 'You could say, "I can start this tomorrow at nine."'),
    ("en", "Thursday suits Maria and the Berlin office."),
    ("ko", "깨지는 테스트만 20번 돌려 보세요."),
    ("ko", "'이번에는 어렵고, 목요일은 괜찮아요'라고 말해 볼 수 있어요."),
    ("ko", "오늘 저녁에 팀장님께 여쭤 보는 것도 방법이에요."),
]
VAGUE: list[tuple[Language, str]] = [
    ("en", "Communication is the key to every relationship."),
    ("en", "Stay positive and believe in yourself."),
    ("en", "There are many ways to improve things."),
    ("ko", "소통이 가장 중요합니다."),
    ("ko", "긍정적인 마음으로 꾸준히 노력해 보세요."),
    ("ko", "여러모로 다양한 측면을 고려해 보면 좋아요."),
]


class TestShare:
    @pytest.mark.parametrize(("language", "reply"), CONCRETE)
    def test_is_one_where_every_sentence_is_concrete(self, language: Language, reply: str) -> None:
        assert specifics_of(reply, language).share == 1

    @pytest.mark.parametrize(("language", "reply"), VAGUE)
    def test_is_nought_for_generalities(self, language: Language, reply: str) -> None:
        assert specifics_of(reply, language).share == 0

    def test_of_nothing_is_nought(self) -> None:
        assert specifics_of("", "ko").share == 0


class TestKinds:
    def test_are_counted_by_sentence(self) -> None:
        found = specifics_of('Ask Maria 3 things on Friday. Say, "I would like to leave at six." Good.', "en")

        assert (found.numbers, found.times, found.names, found.sayable) == (2, 1, 1, 1)
        assert (found.concrete, found.sentences) == (2, 3)

    def test_a_quoted_term_is_nothing_to_say(self) -> None:
        assert specifics_of("This is called 'scope creep' by many.", "en").sayable == 0

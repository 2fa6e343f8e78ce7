import pytest

from ion.evaluation.coaching import foreign_share
from ion.language import Language

PURE: list[tuple[Language, str]] = [
    ("en", "Write one line tonight."),
    ("en", 'You wrote "못 따라갈까 봐", and a café is a fine place to start.'),
    ("en", "See https://example.org/문서 for more."),
    ("ko", "오늘 한 줄만 적어 볼까요?"),
    ("ko", "'make sense'라고 쓰신 대목이 마음에 남아요."),
    ("ko", "`print(x)`가 보여 주는 것은 글자예요. 3 + 4처럼요."),
    ("ko", "12:30"),
]
MIXED: list[tuple[Language, str]] = [
    ("en", "Write 한 줄 tonight."),
    ("en", "오늘 한 줄만 적어 볼까요?"),
    ("en", "Это line."),
    ("ko", "Write one line tonight."),
    ("ko", "오늘 deadline까지 one line만 write해 보세요."),
    ("ko", "今日 한 줄만 적어요."),
]


class TestForeignShare:
    @pytest.mark.parametrize(("language", "reply"), PURE)
    def test_is_nought_in_one_language(self, language: Language, reply: str) -> None:
        assert foreign_share(reply, language) == 0

    @pytest.mark.parametrize(("language", "reply"), MIXED)
    def test_is_felt_where_another_creeps_in(self, language: Language, reply: str) -> None:
        assert foreign_share(reply, language) > 0.1

    def test_is_a_share_of_letters(self) -> None:
        assert foreign_share("가나 ab", "ko") == 0.5

import pytest

from ion.language import Language, language_of
from ion.playbooks import Matter, readable_clauses
from ion.playbooks.matters import MOST_MATTERS, matters_of
from tests.playbooks.factories import finder, reader

SEVERAL = {
    "이직 면접이 다음 주인데 포트폴리오도 못 고쳤고, 회사에는 언제 말할지도 모르겠어요. 밤마다 잠이 안 와요.": [
        "interviews",
        "resume-portfolio",
        "habits-energy",
    ],
    "1) 연봉 협상 메일을 어떻게 쓰면 좋을까요? 2) 지금 팀의 온콜 순번을 공평하게 바꾸고 싶은데 어디서 시작하죠?": [
        "salary",
        "rosters",
    ],
    "1. How do I word a salary negotiation email? 2. How do we make the on-call rota fairer?": ["salary", "rosters"],
    "My interview is next week, my portfolio isn't ready, and I lie awake every night.": [
        "interviews",
        "habits-energy",
    ],
}
ONE = [
    "안녕하세요",
    "재귀 함수가 왜 멈추는 조건이 없으면 죽는지 알고 싶어요.",
    "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?",
    "합격했는데 기쁘지가 않고 못 따라갈까 봐 무섭기만 해요.",
    "Hi there!",
    "What's the difference between a list and a tuple in Python?",
    "We have a release tomorrow and the tests fail at random. Where do I start?",
    "How do I learn SQL joins?",
    "12345 !!",
]


def matters(message: str) -> tuple[Matter, ...]:
    language = language_of(message)
    return matters_of(finder(), message, language, reader().read(message).key)


class TestMatters:
    @pytest.mark.parametrize(("message", "topics"), SEVERAL.items())
    def test_come_in_the_order_they_are_written(self, message: str, topics: list[str]) -> None:
        assert [matter.topic for matter in matters(message)] == topics

    @pytest.mark.parametrize("message", ONE)
    def test_are_none_where_there_is_one(self, message: str) -> None:
        assert matters(message) == ()

    def test_are_at_most_three(self) -> None:
        message = (
            "1. How do I word a salary negotiation email? 2. How do we make the on-call rota fairer? "
            "3. How do I prepare for a job interview? 4. My thesis is due and the reviewers were harsh."
        )

        assert len(matters(message)) == MOST_MATTERS

    def test_hold_words_that_the_mentee_wrote(self) -> None:
        for message in SEVERAL:
            for matter in matters(message):
                assert matter.clause.strip("…") in message
                assert matter.words is None or matter.words.strip("…") in message

    def test_of_a_long_paste_are_looked_for_at_its_beginning(self) -> None:
        message = "log line 17 says nothing\n" * 200 + " 2. How do we make the on-call rota fairer?"

        assert all("rota" not in matter.clause for matter in matters(message))


class TestClauses:
    @pytest.mark.parametrize(
        ("language", "message", "clauses"),
        [
            ("en", "1) Word the email. 2) Fix it.", ["Word the email", "Word the email"]),
            (
                "ko",
                "1) 메일을 써요. 2) 순번을 바꿔요.",
                ["메일을 써요", "메일을 써요", "순번을 바꿔요", "순번을 바꿔요"],
            ),
        ],
    )
    def test_have_no_numbers_and_are_long_enough(self, language: Language, message: str, clauses: list[str]) -> None:
        assert [clause for clause, _ in readable_clauses(message, language)] == clauses

    def test_that_are_cut_short_are_left_out_in_english(self) -> None:
        message = "Do you think that a junior should go for an open-source maintainer role in the first year of work?"

        assert not any(clause.endswith("…") for clause, _ in readable_clauses(message, "en"))

    def test_are_bounded(self) -> None:
        assert len(list(readable_clauses("We talk a lot today. " * 500, "en"))) == 40

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion.language import Language, is_hangul
from ion.playbooks.quoting import quotations_of
from tests.playbooks.factories import nothing_near

# (message, the statement to quote)
KOREAN = [
    ("배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?", "배포가 내일인데 테스트가 랜덤으로 깨져요"),
    ("합격했는데 기쁘지가 않고 못 따라갈까 봐 무섭기만 해요.", "합격했는데 기쁘지가 않고 못 따라갈까 봐 무섭기만 해요"),
    ("안녕하세요 멘토님! 팀장이 회의에서 제 말을 잘라요. 조언 부탁드립니다.", "팀장이 회의에서 제 말을 잘라요"),
    ("도와주세요. 발표만 하면 목소리가 떨려요. 감사합니다!", "발표만 하면 목소리가 떨려요"),
    ("면접에서 '왜 그만뒀냐'는 말에 얼어붙었어요ㅠㅠ", "면접에서 왜 그만뒀냐는 말에 얼어붙었어요"),
    ("그런데 동생이 연락을 안 받아요ㅋㅋㅋ", "동생이 연락을 안 받아요"),
    ("코딩 테스트 D-9ㅠㅠ", "코딩 테스트 D-9"),
    ("`git push`가 자꾸 거절돼요", "git push가 자꾸 거절돼요"),
    ("https://example.com/a_b 여기 보시면 **표가 깨져요**", "여기 보시면 표가 깨져요"),
    # A long sentence is quoted from its end, where a clause begins.
    (
        "지난주에 면접을 보고 왔는데 그 뒤로 연락이 하나도 없어서 다른 회사에 답을 못 주고 있어요",
        "다른 회사에 답을 못 주고 있어요",
    ),
    # Where no clause begins there, from a phrase, and with an ellipsis.
    (
        "개정된 지침 안에서 그 밖에 필요한 사항의 구체적인 범위가 조문마다 서로 다르게 적혀 있습니다",
        "…조문마다 서로 다르게 적혀 있습니다",
    ),
    # A clause that goes on keeps its ellipsis.
    ("앞차들 속도를 모으는 건 알겠는데 안 지나간 길은 어떻게 할지 알려 주세요", "앞차들 속도를 모으는 건 알겠는데…"),
    # Requests, courtesies and one-word messages are no statements.
    ("뭐부터 봐야 할까요?", None),
    ("조언 부탁드립니다.", None),
    ("알려 주세요!", None),
    ("도와줘", None),
    ("답답해요", None),
    # Nor is half of a question.
    ("연장을 먼저 합니까, 변경을 먼저 합니까? 두 창구 날짜가 서로 달라요.", "두 창구 날짜가 서로 달라요"),
    ("", None),
    # A reply in Korean does not quote English.
    ("My lead cuts me off in every meeting.", None),
]  # fmt: skip
ENGLISH = [
    (
        "We have a release tomorrow and the tests fail at random. Where do I start?",
        "We have a release tomorrow and the tests fail at random",
    ),
    ("Hello! My lead cuts me off in meetings. Any advice?", "My lead cuts me off in meetings"),
    ("Could you help me? The printer says out of paper.", "The printer says out of paper"),
    ("So my visa runs out in March, thanks for reading", "my visa runs out in March"),
    ('My tutor wrote "consider your position" on it.', "My tutor wrote consider your position on it"),
    ("**Nobody** answers `git push` errors", "Nobody answers git push errors"),
    ("see https://example.com/x?y=1 the table is broken there", "see the table is broken there"),
    # A long sentence is quoted up to the end of a clause.
    (
        "My contract lets me choose between a bonus and leave, which I have never had to do before in my life.",
        "My contract lets me choose between a bonus and leave",
    ),
    # Where none fits it is broken off before a small word, with an ellipsis.
    (
        "I rewrote the same paragraph nine times and now I really hate all of it so much.",
        "I rewrote the same paragraph nine times…",
    ),
    # What leans on something else gives way to a clause that does not.
    (
        "When the last of our visits was over and done, I felt that nobody had listened to us there at all.",
        "I felt that nobody had listened to us there at all",
    ),
    ("When the last of our visits was over and done, which took longer than anyone of us had thought.", None),
    ("Dr. Kim wants the results e.g. as a table.", "Dr. Kim wants the results e.g. as a table"),
    ("Where do I start?", None),
    ("Please help!", None),
    ("Thanks a lot", None),
    ("Tell me what to do.", None),
    ("Ugh. No.", None),
    ("", None),
    ("팀장이 회의에서 제 말을 잘라요.", None),
]  # fmt: skip
QUESTIONS = [
    ("ko", "얼음이 왜 물에 떠? 고체가 더 가벼움?", "얼음이 왜 물에 떠"),
    ("ko", "이게 장조인지 헷갈려요. 네 개면 하나로 정해지는 거 아니었어요?", "네 개면 하나로 정해지는 거 아니었어요"),
    # Wanting to know is a question without its mark.
    (
        "ko",
        "재귀 함수가 왜 멈추는 조건이 없으면 죽는지 원리를 처음부터 차근차근 알고 싶어요.",
        "재귀 함수가 왜 멈추는 조건이 없으면 죽는지",
    ),
    ("ko", "왜 아무도 그걸 먼저 안 알려 주는 거죠.", "왜 아무도 그걸 먼저 안 알려 주는 거죠"),
    # Asking for help is no question about the matter, nor is a noun with a question mark.
    ("ko", "뭐부터 봐야 할까요?", None),
    ("ko", "어떻게 해야 하나요?", None),
    ("ko", "쿠키? 세션? 토큰?", None),
    ("ko", "연락이 왔네요?", None),
    ("en", "What does a slot do? I have no idea.", "What does a slot do"),
    ("en", "Why does print(x) show 5 but x == 5 is False?", "Why does print(x) show 5 but x == 5 is False"),
    ("en", "what evidence would separate these three causes", "what evidence would separate these three causes"),
    ("en", "Where do I start?", None),
    ("en", "Should I quit?", None),
    ("en", "Could you explain how a mortgage works?", None),
    ("en", "I quit.", None),
]  # fmt: skip


def statement(message: str, language: Language) -> str | None:
    return quotations_of(message, language, nothing_near).statement


class TestStatement:
    @pytest.mark.parametrize(("message", "quoted"), KOREAN, ids=lambda value: str(value)[:24])
    def test_in_korean(self, message: str, quoted: str | None) -> None:
        assert statement(message, "ko") == quoted

    @pytest.mark.parametrize(("message", "quoted"), ENGLISH, ids=lambda value: str(value)[:24])
    def test_in_english(self, message: str, quoted: str | None) -> None:
        assert statement(message, "en") == quoted

    def test_of_two_the_one_that_is_about_the_topic_is_quoted(self) -> None:
        message = "어제는 비가 많이 왔어요. 테스트가 자꾸 깨져요."

        assert statement(message, "ko") == "어제는 비가 많이 왔어요"
        assert quotations_of(message, "ko", lambda text: "테스트" in text).statement == "테스트가 자꾸 깨져요"

    def test_a_courtesy_is_not_quoted_however_much_it_is_about_the_topic(self) -> None:
        message = "테스트 좀 봐 주세요. 어제부터 빌드가 빨개요."

        assert quotations_of(message, "ko", lambda text: "테스트" in text).statement == "어제부터 빌드가 빨개요"

    def test_a_statement_is_preferred_to_what_leans_on_it(self) -> None:
        assert statement("It does that again. The build server drops my branch.", "en") == (
            "The build server drops my branch"
        )

    def test_brackets_are_whole_or_gone(self) -> None:
        assert statement("The plan (which nobody read) is due on Monday morning.", "en") == (
            "The plan (which nobody read) is due on Monday morning"
        )
        assert statement("1) The plan is due on Monday morning.", "en") == "1 The plan is due on Monday morning"

    def test_a_wall_of_letters_is_not_quoted(self) -> None:
        assert statement("배포가내일인데테스트가랜덤으로깨져요", "ko") is None
        assert statement("a" * 60 + " b " + "c" * 60, "en") is None


class TestQuestion:
    @pytest.mark.parametrize(("language", "message", "asked"), QUESTIONS, ids=lambda value: str(value)[:24])
    def test_is_about_the_matter(self, language: Language, message: str, asked: str | None) -> None:
        assert quotations_of(message, language, nothing_near).question == asked

    def test_a_question_is_no_statement(self) -> None:
        found = quotations_of("얼음이 왜 물에 떠요? 다른 건 다 가라앉아요.", "ko", nothing_near)

        assert (found.statement, found.question) == ("다른 건 다 가라앉아요", "얼음이 왜 물에 떠요")


WORDS = """
    배포가 내일인데 테스트가 깨져요. 왜 그런지 ㅠㅠ (그게 **맞나요?** `x` 'q' "r" https://a.b/c_d 안 돼요ㅋㅋ … 3.5 ?!
    the build fails, because it's — late… and (we don't [know] {why} ; 1) what happens <b> to www.x.y/z my team? so # >
"""
words = st.sampled_from(WORDS.split())
messages = st.one_of(st.text(max_size=200), st.lists(words, max_size=40).map(" ".join))


class TestEveryQuotation:
    @pytest.mark.parametrize("language", ["ko", "en"])
    @given(message=messages)
    @settings(deadline=None, max_examples=150)
    def test_is_clean_and_in_the_language_of_the_reply(self, language: Language, message: str) -> None:
        found = quotations_of(message, language, nothing_near)

        for quoted in filter(None, (found.statement, found.question)):
            assert re.search(r"[`*_~#<>|\[\]{}\\\"“”‘]|https?:|www\.|\n|  ", quoted) is None
            assert "'" not in quoted or language == "en"
            assert any(map(is_hangul, quoted)) == (language == "ko")
            assert not quoted.endswith(("?", ".", ",", "!", ":", ";"))
            assert quoted.count("(") == quoted.count(")")
            assert len(quoted) <= 90

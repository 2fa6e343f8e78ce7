import tomllib
from pathlib import Path

import pytest

from ion.evaluation.coaching import Stage, grow_coverage, questions_of, stage_of
from ion.language import LANGUAGES, Language

TOPICS = Path(__file__).parents[3] / "src" / "ion" / "playbooks" / "topics"

OPEN: list[tuple[Language, str]] = [
    ("en", "What did she say?"),
    ("en", "And how did you get 12?"),
    ("en", "4 m is the length, could you tell me what the width is?"),
    ("en", "If you look at the last line, what does it say?"),
    ("en", "Great try - why did you choose yellow?"),
    ("en", "On which day will you ask?"),
    ("en", "When this week will you begin?"),
    ("ko", "어떤 장면이 가장 먼저 떠오르나요?"),
    ("ko", "그때 무엇을 하셨어요?"),
    ("ko", "팀장님은 왜 그렇게 말씀하셨을까요?"),
    ("ko", "같이 볼 수 있는 분이 몇 명인가요"),
]
CLOSED: list[tuple[Language, str]] = [
    ("en", "Did she answer?"),
    ("en", "Do you know how many there are?"),
    ("en", "When you look at it, is it flat?"),
    ("en", "It is what you wanted, isn't it?"),
    ("en", "Could you try to add again?"),
    ("en", "How about Tuesday?"),
    ("ko", "오늘 답장을 받으셨나요?"),
    ("ko", "지금 시작할 수 있으세요?"),
    ("ko", "한 줄로 적어 보는 건 어떨까요?"),
    ("ko", "도와줄 누군가가 있나요?"),
]
NONE: list[tuple[Language, str]] = [
    ("en", "What you wrote is clear."),
    ("en", 'She asked, "Why now?" and left.'),
    ("en", "Tell her how you feel."),
    ("ko", "그 일은 어제 있었어요."),
    ("ko", "그분은 '왜 그래요?'라고 하셨어요."),
    ("ko", "그러니까 천천히 해도 돼요."),
]
STAGES: list[tuple[Language, str, Stage]] = [
    ("en", "What do you hope to have a year from now?", "goal"),
    ("en", "What matters most to you in this?", "goal"),
    ("en", "What has happened so far?", "reality"),
    ("en", "How often did it fail last week?", "reality"),
    ("en", "What else could you do instead?", "options"),
    ("en", "Is there another way?", "options"),
    ("en", "When will you tell her?", "will"),
    ("en", "What is your first step tomorrow?", "will"),
    ("ko", "이번 일에서 바라는 것은 무엇인가요?", "goal"),
    ("ko", "무엇이 되면 성공이라고 여기고 싶으세요?", "goal"),
    ("ko", "최근에 실제로 있었던 일은 무엇인가요?", "reality"),
    ("ko", "지금까지 몇 번 말해 보셨나요?", "reality"),
    ("ko", "다른 방법이 있다면 무엇일까요?", "options"),
    ("ko", "혼자 하는 대신 누구에게 맡길 수 있을까요?", "options"),
    ("ko", "오늘 밤 언제 시작하시겠어요?", "will"),
    ("ko", "첫 문장은 누구에게 보내기로 할까요?", "will"),
]


class TestQuestions:
    @pytest.mark.parametrize(("language", "reply"), OPEN)
    def test_open(self, language: Language, reply: str) -> None:
        assert [question.is_open for question in questions_of(reply, language)] == [True]

    @pytest.mark.parametrize(("language", "reply"), CLOSED)
    def test_closed(self, language: Language, reply: str) -> None:
        assert [question.is_open for question in questions_of(reply, language)] == [False]

    @pytest.mark.parametrize(("language", "reply"), NONE)
    def test_none(self, language: Language, reply: str) -> None:
        assert questions_of(reply, language) == ()

    def test_the_mark_may_be_missing(self) -> None:
        assert len(questions_of("what is the area of the pink rectangle", "en")) == 1
        assert len(questions_of("무엇이 달라졌나요.", "ko")) == 1

    def test_stand_in_order_and_as_written(self) -> None:
        found = questions_of("**Why?** I see.\n- And *when* was it?", "en")

        assert [question.text for question in found] == ["Why?", "And when was it?"]


class TestStage:
    @pytest.mark.parametrize(("language", "question", "stage"), STAGES)
    def test_by_its_cues(self, language: Language, question: str, stage: Stage) -> None:
        assert stage_of(question, language) == stage

    @pytest.mark.parametrize(
        ("language", "question"),
        [
            ("en", "Does that make sense?"),
            ("en", "Do you have any questions so far?"),
            ("en", "Really?"),
            ("ko", "이해가 되셨나요?"),
            ("ko", "준비됐나요?"),
            ("ko", "그래요?"),
        ],
    )
    def test_talk_about_the_talk_has_none(self, language: Language, question: str) -> None:
        assert stage_of(question, language) is None

    @pytest.mark.parametrize(("language", "least"), [("en", 0.55), ("ko", 0.62)])
    def test_agrees_with_the_authors_of_the_topics(self, language: Language, least: float) -> None:
        meant = [
            (stage, question)
            for file in TOPICS.glob(f"*/{language}.toml")
            for stage, questions in tomllib.loads(file.read_text(encoding="utf-8")).get("questions", {}).items()
            for question in questions
        ]

        assert len(meant) >= 1000
        assert sum(stage_of(question, language) == stage for stage, question in meant) / len(meant) >= least


class TestCoverage:
    def test_of_a_whole_session(self) -> None:
        replies = [
            "What do you hope for?",
            "What happened so far? What else could you do?",
            "I see. Really?",
            "When will you call?",
        ]
        covered = grow_coverage(replies, "en")

        assert covered.first == {"goal": 0, "reality": 1, "options": 1, "will": 3}
        assert covered.share == 1

    def test_of_a_session_that_only_looks_back(self) -> None:
        assert grow_coverage(["무슨 일이 있었나요?", "그때 실제로 몇 명이었나요?"], "ko").share == 0.25

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_of_no_replies_is_nought(self, language: Language) -> None:
        assert grow_coverage([], language).share == 0

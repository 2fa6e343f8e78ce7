import re

import pytest

from ion.language import LANGUAGES, Language, language_of
from ion.playbooks import Ask, Exchange, Part, sentences_of
from ion.resonance import ResonanceKey
from tests.playbooks.factories import KEYS, catalogue, library, playbooks

MESSAGES: dict[Language, str] = {
    "ko": "팀장이 회의에서 제 말을 자꾸 잘라서 점점 말을 안 하게 돼요.",
    "en": "My lead keeps cutting me off in meetings and I speak up less and less.",
}
FOUR = ("lua", "elro", "riri", "nana")


def ask(slug: str, language: Language, key: str = "calm-medium-seek_advice", **more: object) -> Ask:
    given = {"message": MESSAGES[language], **more}
    return Ask(language=language, key=ResonanceKey.parse(key), persona=catalogue()[slug], **given)  # type: ignore[arg-type] # values of several kinds


def part(
    *said: str, topic: str | None = "meetings", clause: str | None = None, first: bool | None = None, speakers: int = 2
) -> Part:
    return Part(topic, clause, clause, said, not said if first is None else first, speakers)


def said_by(*slugs: str, language: Language, key: str, topic: str | None = "meetings") -> list[str]:
    """What these mentors say, one after the other, each knowing what those before said."""
    said: list[str] = []
    for slug in slugs:
        own = part(*said, topic=topic, speakers=len(slugs))
        said.append(playbooks().part(ask(slug, language, key), own).text)
    return said


def without_marks(text: str) -> list[str]:
    return sentences_of(re.sub(r"(?m)^(?:\d\.|-) ", "", text))


class TestParts:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("key", [str(key) for key in KEYS])
    @pytest.mark.parametrize("slugs", [("lua", "nana"), ("riri", "elro"), FOUR])
    def test_repeat_no_sentence_of_each_other(self, slugs: tuple[str, ...], key: str, language: Language) -> None:
        said = said_by(*slugs, language=language, key=key)
        sentences = [sentence for text in said for sentence in without_marks(text)]

        assert all(said)
        assert len(sentences) == len(set(sentences))

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("slug", FOUR)
    def test_are_in_the_language_and_leave_the_question_to_the_end(self, slug: str, language: Language) -> None:
        for key in map(str, KEYS):
            text = playbooks().part(ask(slug, language, key), part("One.", speakers=3)).text

            assert language_of(text) == language
            assert not text.endswith("?")

    @pytest.mark.parametrize(
        ("slug", "pieces"), [("elro", 2), ("riri", 2), ("nana", 2)], ids=["steps", "criteria", "people"]
    )
    def test_of_two_mentors_hold_two_pieces_of_a_list(self, slug: str, pieces: int) -> None:
        text = playbooks().part(ask(slug, "en"), part("One.")).text

        assert len(re.findall(r"(?m)^(?:\d\.|-) ", text)) == pieces

    @pytest.mark.parametrize(("key", "speakers"), [("calm-medium-seek_advice", 3), ("anxious-medium-planning", 2)])
    def test_among_more_or_for_the_worried_hold_one_thing(self, key: str, speakers: int) -> None:
        text = playbooks().part(ask("riri", "en", key), part("One.", speakers=speakers)).text

        assert "\n" not in text
        assert text.count("**") == 2

    def test_take_up_the_clause_that_is_theirs(self) -> None:
        clause = "I speak up less and less"
        text = playbooks().part(ask("lua", "en"), part("One.", clause=clause)).text

        assert clause in text

    def test_take_up_a_clause_that_nobody_would_quote_as_a_question(self) -> None:
        own = Part("meetings", "Tell me where to start", None, ("One.",), False, 2)

        assert "Tell me where to start" in playbooks().part(ask("nana", "en"), own).text

    def test_take_up_nothing_of_a_suspicious_message(self) -> None:
        clause = "I speak up less and less"
        text = playbooks().part(ask("lua", "en", quotable=False), part("One.", clause=clause)).text

        assert clause not in text

    def test_come_from_the_topic_that_is_theirs(self) -> None:
        reply = playbooks().part(ask("elro", "en"), part("One.", topic="salary"))

        assert reply.topic == "salary"
        assert any(step.do in reply.text for step in library()["en"]["salary"].steps)

    def test_come_from_what_the_message_is_about_where_none_is(self) -> None:
        message = "테스트가 돌릴 때마다 랜덤으로 깨져요."

        assert playbooks().part(ask("elro", "ko", message=message), part(topic=None)).topic == "flaky-tests"

    def test_begin_with_what_to_do_now_where_the_clock_is_running(self) -> None:
        first = playbooks().part(ask("nana", "en", "urgent-medium-problem_solving"), part()).text
        second = playbooks().part(ask("elro", "en", "urgent-medium-problem_solving"), part(first)).text

        assert "**Right now**: " in first
        assert "Right now" not in second

    def test_repeat_nothing_that_was_said_earlier_in_the_conversation(self) -> None:
        before = playbooks().part(ask("elro", "en"), part()).text
        history = (Exchange(MESSAGES["en"], before),)
        after = playbooks().part(ask("elro", "en", history=history), part()).text

        assert not set(without_marks(before)) & set(without_marks(after))


class TestWithoutATopic:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_first_says_so_and_each_adds_something(self, language: Language) -> None:
        message = "12345 !!"
        said: list[str] = []
        for slug in FOUR:
            own = part(*said, topic=None, speakers=4)
            reply = playbooks().part(ask(slug, language, message=message), own)
            assert reply.topic is None
            said.append(reply.text)

        assert len(set(said)) == 4
        assert len(sentences_of(said[0])) > 1

    def test_the_reply_ends_in_a_narrowing_question(self) -> None:
        frame = playbooks().frame(ask("lua", "en", message="12345 !!"), ["Lua", "Elro"], [])

        assert frame.head == ""
        assert frame.closing.endswith("?")


class TestFrame:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("kind", ["greeting", "thanks", "who"])
    def test_of_a_courtesy_introduces_everybody(self, kind: str, language: Language) -> None:
        message = {
            "ko": {"greeting": "안녕하세요", "thanks": "감사합니다", "who": "누구세요?"},
            "en": {"greeting": "hello", "thanks": "thank you", "who": "who are you?"},
        }[language][kind]
        frame = playbooks().frame(ask("lua", language, message=message), ["Lua", "Nana"], [])
        own = playbooks().part(ask("nana", language, message=message), part(topic=None))

        assert (kind == "thanks") or "Lua, Nana" in frame.head
        assert frame.closing.count("?") == 1
        assert frame.closing.endswith("?")
        assert own.text == catalogue()["nana"].profile.description[language]

    def test_of_one_topic_ends_in_its_own_question(self) -> None:
        frame = playbooks().frame(ask("lua", "en"), ["Lua", "Nana"], ["meetings", "meetings"])
        questions = [question for group in library()["en"]["meetings"].questions.values() for question in group]

        assert frame.closing in questions

    @pytest.mark.parametrize(("language", "mark"), [("ko", "요?"), ("en", "?")])
    def test_of_several_topics_asks_which_comes_first(self, language: Language, mark: str) -> None:
        frame = playbooks().frame(ask("lua", language), ["Lua", "Nana"], ["meetings", "salary"])
        questions = [
            question
            for slug in ("meetings", "salary")
            for group in library()[language][slug].questions.values()
            for question in group
        ]

        assert frame.closing.endswith(mark)
        assert frame.closing not in questions

    def test_reminds_of_the_goal_before_the_question(self) -> None:
        frame = playbooks().frame(ask("lua", "en", goals=("lead a team",)), ["Lua", "Nana"], ["meetings"])

        assert '"lead a team".\n\n' in frame.closing

import itertools
import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion.language import LANGUAGES, Language, language_of
from ion.playbooks import Ask, Exchange, PlaybookReply, Topic
from ion.resonance import BrokenText, EmptyMessage, ResonanceKey, check_text
from tests.playbooks.factories import KEYS, catalogue, library, make_ask, playbooks, reader, without_quotations

FLAKY_KO = "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"
FLAKY_EN = "We have a release tomorrow and the tests fail at random. Where do I start?"


def talk(messages: Sequence[str], *, language: Language = "ko", persona: str | None = None) -> list[PlaybookReply]:
    """Return the replies of one conversation."""
    history: tuple[Exchange, ...] = ()
    replies = []
    for message in messages:
        ask = make_ask(message, language=language, persona=persona, history=history, conversation="c1")
        reply = playbooks().reply(ask)
        replies.append(reply)
        history += (Exchange(message, reply.text),)
    return replies


class TestReply:
    @pytest.mark.parametrize("message", [FLAKY_KO, FLAKY_EN])
    def test_the_messages_on_the_first_page_are_answered_by_nana_from_their_topic(self, message: str) -> None:
        ask = make_ask(message, language=language_of(message))

        assert ask.persona.slug == "nana"
        assert playbooks().reply(ask).topic == "flaky-tests"

    def test_the_first_one_reads_as_it_should(self) -> None:
        reply = playbooks().reply(make_ask(FLAKY_KO)).text

        assert "내일까지" in reply.split("\n")[0]
        assert re.findall(r"^\d\. \*\*(.+?)\*\*: ", reply, re.MULTILINE)[0] == "지금 바로"
        assert reply.endswith("?")

    def test_the_same_message_in_the_same_conversation_gets_the_same_reply(self) -> None:
        assert playbooks().reply(make_ask(FLAKY_KO, conversation="a")) == playbooks().reply(
            make_ask(FLAKY_KO, conversation="a")
        )

    @pytest.mark.parametrize(
        "message", [FLAKY_KO, "논문 서론이 한 줄도 안 써져요", "my voice shakes whenever I present slides"]
    )
    def test_other_conversations_mostly_get_other_replies(self, message: str) -> None:
        language = language_of(message)
        texts = [
            playbooks().reply(make_ask(message, language=language, conversation=str(number))).text
            for number in range(20)
        ]

        assert len(set(texts)) >= 10

    @pytest.mark.parametrize(
        ("message", "language", "part"),
        [("안녕하세요", "ko", "안녕하세요, 멘토 Nana입니다."), ("thanks!", "en", "Glad it was of use.")],
    )
    def test_a_courtesy_is_answered_as_one(self, message: str, language: Language, part: str) -> None:
        reply = playbooks().reply(make_ask(message, language=language, persona="nana"))

        assert part in reply.text
        assert reply.topic is None

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_what_fits_no_topic_gets_a_question_that_names_it(self, language: Language) -> None:
        message = "가나다라 마바사 아자차카" if language == "ko" else "blorp zint quux varn"

        reply = playbooks().reply(make_ask(message, language=language))

        assert reply.topic is None
        assert message in reply.text
        assert reply.text.endswith("?")

    def test_a_message_that_should_not_be_repeated_is_not_quoted(self) -> None:
        for message, persona in itertools.product((FLAKY_KO, "가나다라 마바사 아자차카"), catalogue()):
            reply = playbooks().reply(make_ask(message, persona=persona, quotable=False)).text

            assert not any(part in reply for part in ("테스트가 랜덤으로", "내일까지", "마바사"))

    def test_goals_are_named_in_the_first_answer_only(self) -> None:
        first = playbooks().reply(make_ask(FLAKY_KO, goals=("무사히 배포하기",))).text
        second = (
            playbooks()
            .reply(
                make_ask(
                    "스무 번 돌렸더니 세 번 깨졌어요", goals=("무사히 배포하기",), history=(Exchange(FLAKY_KO, first),)
                )
            )
            .text
        )

        assert first.count("무사히 배포하기") == 1
        assert "무사히 배포하기" not in second

    def test_a_message_in_another_language_than_the_reply_is_not_quoted(self) -> None:
        reply = playbooks().reply(make_ask(FLAKY_EN, language="ko")).text

        assert "release" not in reply
        assert "요" in reply


KEY = ResonanceKey.parse("urgent-medium-problem_solving")


class TestTopicOf:
    def test_is_the_topic_in_the_language_of_the_reader(self) -> None:
        korean, english = (playbooks().topic_of(FLAKY_KO, language, KEY) for language in LANGUAGES)

        assert korean is library()["ko"]["flaky-tests"]
        assert english is library()["en"]["flaky-tests"]

    @pytest.mark.parametrize(
        ("message", "is_good_news"),
        [
            ("We did it!! Got the job!!", True),
            ("Passed my driving test on the fourth try!", True),
            ("Everyone on my team got promoted but me. Haha. Great.", False),
            ("Got rejected by the same company twice in one day, which I believe is a personal best.", False),
        ],
    )
    def test_a_bitter_joke_is_no_good_news(self, message: str, *, is_good_news: bool) -> None:
        topic = playbooks().topic_of(message, "en", reader().read(message).key)

        assert (topic is not None and topic.slug == "good-news") is is_good_news

    def test_is_none_for_nonsense(self) -> None:
        assert playbooks().topic_of("...", "ko", KEY) is None


# Ten turns on one matter, as a mentee would go on; none of them names another topic clearly.
TEN_TURNS = (
    FLAKY_KO,
    "스무 번 돌렸더니 세 번 깨졌어요",
    "혼자 돌리면 늘 통과해요",
    "순서를 섞으니까 또 깨져요",
    "시드를 고정했어요",
    "같은 데서 매번 깨지네요",
    "그럼 이제 어떻게 하죠",
    "앞 테스트가 남긴 값 때문이었어요",
    "오십 번 돌려도 괜찮아요",
    "팀에는 뭐라고 하죠",
)


def body_pieces(topic: Topic) -> list[str]:
    steps = [step.check for step in topic.steps]
    criteria = [criterion.measure for criterion in topic.criteria]
    return [*topic.small, *steps, *criteria, *(errand.do for errand in topic.people)]


class TestConversation:
    @pytest.mark.parametrize("persona", catalogue())
    def test_ten_turns_on_one_topic_never_repeat_a_reply(self, persona: str) -> None:
        replies = talk(TEN_TURNS, persona=persona)

        assert {reply.topic for reply in replies} == {"flaky-tests"}
        assert len({reply.text for reply in replies}) == 10

    @pytest.mark.parametrize("persona", catalogue())
    def test_no_piece_is_said_again_while_others_are_unsaid(self, persona: str) -> None:
        topic = library()["ko"]["flaky-tests"]
        own = {"lua": topic.small, "elro": [step.check for step in topic.steps]}
        own["riri"] = [criterion.measure for criterion in topic.criteria]
        own["nana"] = [errand.do for errand in topic.people]
        seen: list[str] = []
        for reply in talk(TEN_TURNS, persona=persona):
            said = [piece for piece in body_pieces(topic) if piece in reply.text]
            unsaid = set(own[persona]) - set(seen)

            assert not (set(said) & set(seen) and unsaid), f"repeated while {unsaid} is unsaid"
            seen += said
        assert len(set(own[persona]) & set(seen)) >= min(len(own[persona]), len(TEN_TURNS) - 1)

    def test_frames_are_not_repeated(self) -> None:
        topic = library()["ko"]["flaky-tests"]
        text = "\n".join(reply.text for reply in talk(TEN_TURNS, persona="nana"))

        assert all(text.count(frame) <= 1 for frames in topic.frames.values() for frame in frames)

    def test_where_the_advice_ends_is_said_once(self) -> None:
        text = "\n".join(reply.text for reply in talk(TEN_TURNS, persona="elro"))

        assert text.count(library()["ko"]["flaky-tests"].ends) == 1

    @pytest.mark.parametrize(
        "follow_up", ["네 그렇게 해 봤어요", "스무 번 돌렸더니 세 번 깨졌어요", "아직 모르겠어요", "...", "그다음은요?"]
    )
    def test_a_short_follow_up_stays_with_the_topic(self, follow_up: str) -> None:
        assert [reply.topic for reply in talk([FLAKY_KO, follow_up])] == ["flaky-tests", "flaky-tests"]

    @pytest.mark.parametrize(
        ("message", "topic"),
        [
            ("그런데 다음 주 면접에서 꼬리질문에 말이 막힐까 봐요", "interviews"),
            ("연봉 협상에서 얼마를 불러야 할지 모르겠어요", "salary"),
            ("논문 서론이 한 줄도 안 써져요", "thesis"),
        ],
    )
    def test_a_clear_new_topic_takes_over(self, message: str, topic: str) -> None:
        assert [reply.topic for reply in talk([FLAKY_KO, message])] == ["flaky-tests", topic]

    def test_a_new_topic_begins_as_a_first_turn(self) -> None:
        replies = talk([FLAKY_KO, "스무 번 돌렸더니 세 번 깨졌어요", "논문 서론이 한 줄도 안 써져요"])

        assert library()["ko"]["thesis"].ends not in replies[2].text

    def test_a_matter_may_find_its_topic_late(self) -> None:
        assert [reply.topic for reply in talk(["가나다라 마바사", FLAKY_KO])] == [None, "flaky-tests"]

    def test_without_a_topic_every_turn_asks_something_else(self) -> None:
        replies = talk(["가나다라 마바사 아자", "마바사 아자차 카타", "카타파하 가나다 라마"], persona="riri")

        assert [reply.topic for reply in replies] == [None, None, None]
        assert len({reply.text.split("\n\n")[-1] for reply in replies}) == 3

    def test_thanks_in_between_do_not_lose_the_thread(self) -> None:
        replies = talk([FLAKY_KO, "감사합니다", "스무 번 돌렸더니 세 번 깨졌어요"])

        assert [reply.topic for reply in replies] == ["flaky-tests", None, "flaky-tests"]


words = st.sampled_from([*FLAKY_KO.split(), *FLAKY_EN.split(), *["ㅠㅠ", "'", '"', "{quote}", "{0}", "**", "…", "%s"]])
texts = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=120),
    st.lists(words).map(" ".join),
)


class TestAnyText:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("persona", catalogue())
    @given(message=texts, key=st.sampled_from(KEYS))
    @settings(deadline=None, max_examples=40)
    def test_gets_a_reply_that_ends_in_a_question(
        self, persona: str, language: Language, message: str, key: ResonanceKey
    ) -> None:
        try:
            check_text(message)
        except (EmptyMessage, BrokenText):
            return

        reply = playbooks().reply(Ask(message, language, key, catalogue()[persona]))

        assert reply.text.endswith("?")
        assert re.search(r"[{}]", without_quotations(reply.text, language)) is None

    @pytest.mark.parametrize("message", ["가" * 20_000, "word " * 20_000, "?" * 5_000, "a\n" * 3_000])
    def test_a_very_long_one_is_no_trouble(self, message: str) -> None:
        language = language_of(message)
        ask = Ask(message, language, reader().read(message).key, catalogue()["lua"])

        assert playbooks().reply(ask).text.endswith("?")

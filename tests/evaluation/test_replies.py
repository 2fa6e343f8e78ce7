import pytest

from ion.evaluation.replies import replies_tables, replies_to, worst
from ion.evaluation.tables import Column
from ion.playbooks import PlaybookReply
from tests.evaluation.messages import message

GOOD = (
    "You say the release is tomorrow and the tests fail at random. One option is to rerun the three slowest tests "
    "twenty times tonight and write down which fail. What did the last failure look like?"
)
BAD = "You should rest. You must relax. You need to stop."
REPLIES = {
    "The release is tomorrow, and the tests fail at random.": PlaybookReply(GOOD, "flaky-tests"),
    "I am tired of it all.": PlaybookReply(BAD, None),
    "발표가 내일이에요.": PlaybookReply("Which slide worries you most?", "presentations"),
    "발표가 잘 끝났어요.": PlaybookReply("잘 끝났다니 다행이에요. 다음에는 무엇을 바꿔 볼까요?", "presentations"),
}
MESSAGES = [message(text) for text in REPLIES]


class TestReplies:
    def test_tell_language_topic_and_question(self) -> None:
        replies = replies_to(MESSAGES, lambda each: REPLIES[each.text])
        figures, coaching = replies_tables(replies)

        assert figures.rows == (("ko", 2, 0.5, 1.0, 1, 1.0, 0.0, 0), ("en", 2, 1.0, 0.5, 1, 0.5, 0.0, 0))
        directives = coaching.heads.index("directive_share")
        assert [row[directives] for row in coaching.rows] == [0.0, 0.5]
        assert coaching.columns[directives - 1] == Column("directive_share", "less")
        # Speech levels are for Korean alone.
        assert [row[coaching.heads.index("politeness")] for row in coaching.rows] == [1.0, None]

    def test_a_text_that_comes_twice_is_answered_once(self) -> None:
        replies = replies_to([*MESSAGES, *MESSAGES], lambda each: REPLIES[each.text])

        assert sorted(reply.message.text for reply in replies) == sorted(REPLIES)

    def test_one_alone_overlaps_with_none(self) -> None:
        figures, _ = replies_tables(replies_to(MESSAGES[:1], lambda each: REPLIES[each.text]))

        assert figures.rows == (("en", 1, 1.0, 1.0, 1, 1.0, None, 0),)

    def test_of_the_same_words_are_counted_and_may_not_become_more(self) -> None:
        same = [message(f"The release is {when}.") for when in ("today", "tomorrow", "late")]
        figures, _ = replies_tables(replies_to(same, lambda _: PlaybookReply(GOOD, None)))

        assert figures.rows[0][-2:] == (1.0, 3)
        assert figures.columns[-1] == Column("pairs over half", "less", tolerance=0.0)

    def test_none_of_no_messages(self) -> None:
        figures, coaching = replies_tables([])

        assert figures.rows == coaching.rows == ()


class TestWorst:
    def test_come_first_in_each_language(self) -> None:
        replies = replies_to(MESSAGES, lambda each: REPLIES[each.text])
        ranked = [(each["language"], each["message"]) for each in worst(replies)]

        assert ranked == [
            ("ko", "발표가 내일이에요."),
            ("ko", "발표가 잘 끝났어요."),
            ("en", "I am tired of it all."),
            ("en", "The release is tomorrow, and the tests fail at random."),
        ]
        assert [(each["language"], each["message"]) for each in worst(replies, 1)] == [ranked[0], ranked[2]]

    @pytest.mark.parametrize(("place", "faults"), [(0, 0.0), (1, 1.5), (2, 1.0)])
    def test_badness_is_the_mean_of_six_measures_and_the_faults(self, place: int, faults: float) -> None:
        reply = replies_to([MESSAGES[place]], lambda each: REPLIES[each.text])[0]
        figures = reply.scores.figures()
        missing = 4 - sum(figures[name] for name in ("reflection", "specificity", "actionability", "readability"))

        assert reply.badness == pytest.approx(
            faults + (figures["directive_share"] + figures["sycophancy"] + missing) / 6
        )

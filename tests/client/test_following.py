"""What is news to whoever has heard a part of a reply already."""

import json
from collections.abc import Sequence

import pytest

from ion.client import Degraded, Delta, Done, Event, ReplyFailed, Started, Turn, UnexpectedAnswer
from ion.client.following import Hearing, Told

TURN = {
    **dict.fromkeys(
        ("finished_at", "persona_used", "resonance_key", "confidence", "reading", "correction", "routing", "engine")
    ),
    **{"id": "t", "position": 0, "created_at": "2026-01-01T00:00:00Z", "message": "Hm?", "language": "en"},
    **{"content": "", "crisis": None, "again_of": None, "earlier": [], "feedback": None},
}


def turn(content: str = "") -> Turn:
    return Turn.model_validate({**TURN, "content": content})


def started(place: str) -> Told:
    return Told("started", json.dumps(TURN), place)


def delta(place: str, text: str) -> Told:
    return Told("delta", json.dumps({"text": text}), place)


def degraded(place: str) -> Told:
    return Told("degraded", json.dumps({"reason": "timeout"}), place)


def done(place: str, content: str) -> Told:
    return Told("done", json.dumps({**TURN, "content": content}), place)


def heard(hearing: Hearing, *told: Told) -> Sequence[Event]:
    return [event for one in told for event in hearing.take(one)]


@pytest.fixture
def hearing() -> Hearing:
    """Somebody who has heard `One two` of a first run."""
    hearing = Hearing()
    heard(hearing, started("a-0"), delta("a-1", "One "), delta("a-2", "two"))
    return hearing


class TestAReply:
    def test_is_passed_on_as_it_comes(self) -> None:
        hearing = Hearing()
        told = heard(hearing, started("a-0"), delta("a-1", "One."), degraded("a-2"), done("a-3", "One."))

        assert told == [
            Started("a-0", turn()),
            Delta("a-1", "One."),
            Degraded("a-2", "timeout"),
            Done("a-3", turn("One.")),
        ]
        assert (hearing.text, hearing.turn, hearing.is_over) == ("One.", turn("One."), True)

    def test_goes_on_where_it_was(self, hearing: Hearing) -> None:
        assert heard(hearing, delta("a-3", " three.")) == [Delta("a-3", " three.")]
        assert (hearing.text, hearing.last) == ("One two three.", "a-3")

    def test_that_starts_where_it_was_heard_last_is_no_news(self) -> None:
        hearing = Hearing()
        heard(hearing, started("a-0"))

        assert heard(hearing, started("a-0"), delta("a-1", "One.")) == [Delta("a-1", "One.")]
        assert heard(Hearing(last="a-0"), started("a-0"), delta("a-1", "One.")) == [Delta("a-1", "One.")]

    def test_may_have_events_that_this_client_does_not_know(self, hearing: Hearing) -> None:
        assert heard(hearing, Told("mood", "{}", "a-3")) == []
        assert hearing.last == "a-3"

    def test_that_fails_says_so(self, hearing: Hearing) -> None:
        hearing.request_id = "r1"
        with pytest.raises(ReplyFailed) as raised:
            heard(hearing, Told("error", '{"code": "internal", "message": "Something went wrong."}', "a-2"))

        assert (raised.value.code, raised.value.request_id) == ("internal", "r1")
        assert raised.value.message == "Something went wrong."

    def test_of_something_else_is_not_ions(self, hearing: Hearing) -> None:
        with pytest.raises(UnexpectedAnswer, match="text"):
            heard(hearing, Told("delta", '{"words": "private"}', "a-3"))


class TestAReplyToldFromItsBeginning:
    def test_is_neither_doubled_nor_shortened(self, hearing: Hearing) -> None:
        told = heard(hearing, started("b-0"), delta("b-1", "One two three."), done("b-2", "One two three."))

        assert told == [Delta("b-1", " three."), Done("b-2", turn("One two three."))]
        assert hearing.text == "One two three."

    def test_may_come_in_other_pieces(self, hearing: Hearing) -> None:
        pieces = [delta(f"b-{number}", piece) for number, piece in enumerate(("O", "ne t", "wo", " th", "ree."), 1)]

        assert heard(hearing, started("b-0"), *pieces) == [Delta("b-4", " th"), Delta("b-5", "ree.")]
        assert hearing.text == "One two three."

    def test_has_lost_the_space_around_it(self) -> None:
        hearing = Hearing()
        heard(hearing, started("a-0"), delta("a-1", "\nOne two. "))
        told = heard(hearing, started("b-0"), delta("b-1", "One two."), done("b-2", "One two."))

        assert told == [Done("b-2", turn("One two."))]
        assert hearing.text == "\nOne two. "

    def test_is_told_from_there_when_nothing_of_it_was_heard(self) -> None:
        hearing = Hearing()
        heard(hearing, started("a-0"))

        assert heard(hearing, started("b-0"), delta("b-1", "Two.")) == [Delta("b-1", "Two.")]

    def test_can_break_off_there_too(self, hearing: Hearing) -> None:
        heard(hearing, started("b-0"), delta("b-1", "One"))

        assert hearing.last == "b-1"
        assert heard(hearing, delta("b-2", " two three.")) == [Delta("b-2", " three.")]


class TestAReplyWrittenAnew:
    def test_begins_again(self, hearing: Hearing) -> None:
        told = heard(hearing, started("b-0"), delta("b-1", "On"), delta("b-2", " second thought"))

        assert told == [Started("b-0", turn(), anew=True), Delta("b-0", "On second thought")]
        assert heard(hearing, delta("b-3", ": no.")) == [Delta("b-3", ": no.")]
        assert hearing.text == "On second thought: no."

    def test_may_be_shorter(self, hearing: Hearing) -> None:
        told = heard(hearing, started("b-0"), delta("b-1", "One"), done("b-2", "One"))

        assert told == [Started("b-0", turn(), anew=True), Delta("b-0", "One"), Done("b-2", turn("One"))]
        assert hearing.text == "One"

    def test_may_be_empty(self, hearing: Hearing) -> None:
        told = heard(hearing, started("b-0"), done("b-1", ""))

        assert told == [Started("b-0", turn(), anew=True), Done("b-1", turn())]
        assert hearing.text == ""

    def test_may_come_from_a_lesser_engine(self, hearing: Hearing) -> None:
        told = heard(hearing, started("b-0"), degraded("b-1"), delta("b-2", "One two"))

        assert told == [Started("b-0", turn(), anew=True), Degraded("b-1", "timeout"), Delta("b-2", "One two")]
        assert hearing.text == "One two"

    def test_is_known_as_such_to_who_came_back_from_elsewhere(self) -> None:
        hearing = Hearing(last="a-2")

        assert heard(hearing, started("b-0"), delta("b-1", "One two")) == [
            Started("b-0", turn(), anew=True),
            Delta("b-1", "One two"),
        ]

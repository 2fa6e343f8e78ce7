"""What mentees think of replies, told to a running server by both clients."""

import pytest

from ion.client import Conflict, Conversation, InvalidRequest, Ion, NotFound, Turn
from tests.client.both import Asking
from tests.client.conftest import Open
from tests.servers.misbehaving import Raw, misbehaving_server
from tests.web.conftest import DANGER

STILL_WRITING = '{"error": {"code": "still_writing", "message": "The reply is still being written."}}'


class TestFeedback:
    def test_is_kept_beside_the_turn(self, asked: Asking, ion: Ion, conversation: Conversation, turn: Turn) -> None:
        kept = asked.do(
            ion.feedback.give(conversation.id, turn.id, "down", reasons=["too_general", "other"], text="예시가 없어요.")
        )
        (said,) = asked.do(ion.feedback.list(conversation.id))
        (listed,) = asked.do(ion.messages.list(conversation.id))

        assert turn.feedback is None
        assert kept.success
        assert (kept.thumb, kept.reasons, kept.text) == ("down", ("too_general", "other"), "예시가 없어요.")
        assert (kept.crisis, kept.outdated) == (None, False)
        assert (said.conversation_id, said.turn_id) == (conversation.id, turn.id)
        assert listed.feedback is not None
        assert {**listed.feedback.model_dump(), "conversation_id": conversation.id, "turn_id": turn.id} == (
            said.model_dump()
        )

    def test_replaces_what_was_said_before(
        self, asked: Asking, ion: Ion, conversation: Conversation, turn: Turn
    ) -> None:
        asked.do(ion.feedback.give(conversation.id, turn.id, "down", reasons=["wrong"], text="No."))
        asked.do(ion.feedback.give(conversation.id, turn.id, "up"))
        (said,) = asked.do(ion.feedback.list(conversation.id))

        assert (said.thumb, said.reasons, said.text) == ("up", (), None)

    def test_is_outdated_once_the_reply_is_redone(
        self, asked: Asking, ion: Ion, conversation: Conversation, turn: Turn
    ) -> None:
        asked.do(ion.feedback.give(conversation.id, turn.id, "down"))
        asked.do(ion.messages.redo(conversation.id, turn.id))
        (said,) = asked.do(ion.feedback.list(conversation.id))

        assert said.outdated

    def test_that_speaks_of_danger_names_help(
        self, asked: Asking, ion: Ion, conversation: Conversation, turn: Turn
    ) -> None:
        kept = asked.do(ion.feedback.give(conversation.id, turn.id, "down", text=DANGER["ko"]))

        assert kept.crisis is not None
        assert "109" in [line.number for line in kept.crisis.lines]

    def test_is_refused_where_it_fits_nothing(
        self, asked: Asking, ion: Ion, conversation: Conversation, turn: Turn
    ) -> None:
        with pytest.raises(InvalidRequest, match="bad_feedback"):
            asked.do(ion.feedback.give(conversation.id, turn.id, "up", reasons=["wrong"]))
        with pytest.raises(NotFound, match="turn_not_found"):
            asked.do(ion.feedback.give(conversation.id, "nothing", "up"))
        with pytest.raises(NotFound, match="conversation_not_found"):
            asked.do(ion.feedback.list("nowhere"))
        assert asked.do(ion.feedback.list(conversation.id)) == ()

    def test_on_a_reply_that_is_being_written_is_a_conflict(self, ask: Open) -> None:
        with misbehaving_server(Raw(409, STILL_WRITING)) as server:
            client = ask(server.address)
            with pytest.raises(Conflict, match="still_writing"):
                client.do(client.ion.feedback.give("c", "t", "up"))

        assert client.waits == []

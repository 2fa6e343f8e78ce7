"""Replies that are followed through broken lines and killed servers, by both clients."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ion.client import (
    AsyncIon,
    Conversation,
    Delta,
    Done,
    Event,
    Ion,
    IonApiError,
    NotFound,
    Reply,
    ReplyFailed,
    Retries,
    Started,
    UnexpectedAnswer,
    Unreachable,
)
from tests.client.both import Asking, asking
from tests.client.conftest import Open
from tests.client.test_following import TURN
from tests.servers.ion import ion_server
from tests.servers.misbehaving import STALLING, Answer, MisbehavingServer, Raw, misbehaving_server
from tests.servers.proxy import Proxy, Says, proxy_to
from tests.web.conftest import Piece, Scripted, serve, settings_in

# Line ends that are none in a stream of events, within one piece.
ODD = "one\u2028line\x85and\x0c그리고\r\n"


@dataclass(frozen=True)
class Stage:
    """A server whose model waits for `gate` in the middle of a reply, and a line to it that can be cut."""

    direct: str
    line: Proxy
    gate: threading.Event


def stage(folder: Path, pieces: list[Piece]) -> Iterator[Stage]:
    gate = next((piece for piece in pieces if isinstance(piece, threading.Event)), threading.Event())
    with serve(settings_in(folder), model=Scripted({"": pieces})) as direct, proxy_to(direct) as line:
        yield Stage(direct, line, gate)
        gate.set()


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Stage]:
    yield from stage(tmp_path, ["One ", "two ", threading.Event(), ODD, "three."])


@pytest.fixture
def asked(ask: Open, slow: Stage) -> Asking:
    return ask(slow.line.address)


@pytest.fixture
def returning(ask: Open, slow: Stage) -> Asking:
    """A client for whom the reply goes on only once it is back with it."""

    def back(path: str) -> None:
        if path.endswith("/events"):
            slow.gate.set()

    return ask(slow.line.address, at_answer=back)


@pytest.fixture
def conversation(asked: Asking) -> Conversation:
    return asked.do(asked.ion.conversations.create())


def second_piece(event: Event) -> bool:
    return isinstance(event, Delta) and event.text == "two "


def has(reply: Reply, text: str) -> Callable[[Event], bool]:
    return lambda _: reply.text == text


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


WHOLE = f"One two {ODD}three."


class TestALineThatBreaks:
    def test_is_gone_back_to_where_the_reply_was(
        self, returning: Asking, slow: Stage, conversation: Conversation
    ) -> None:
        asked = returning
        asked.at_pause = slow.line.mend
        reply = asked.ion.messages.stream(conversation.id, "Well?")
        heard = asked.until(reply, second_piece)
        slow.line.cut()
        heard += asked.all(reply)

        assert [type(event) for event in heard] == [Started, Delta, Delta, Delta, Delta, Done]
        assert text_of(heard) == reply.text == WHOLE
        assert slow.line.requests[-1][0] == "GET"
        assert slow.line.requests[-1][1].endswith("/events")
        assert len(asked.waits) == 1

    def test_is_gone_back_to_after_the_reply_has_ended(
        self, asked: Asking, slow: Stage, conversation: Conversation
    ) -> None:
        def ended() -> None:
            slow.gate.set()
            with Ion(slow.direct) as other:
                other.messages.follow(conversation.id, turn_id).finished()
            slow.line.mend()

        asked.at_pause = ended
        reply = asked.ion.messages.stream(conversation.id, "Well?")
        heard = asked.until(reply, second_piece)
        assert reply.turn is not None
        turn_id = reply.turn.id
        slow.line.cut()
        heard += asked.all(reply)

        assert [type(event) for event in heard] == [Started, Delta, Delta, Delta, Done]
        assert text_of(heard) == reply.text == WHOLE
        assert isinstance(heard[-1], Done)
        assert heard[-1].turn.content == WHOLE

    def test_may_break_again_as_long_as_the_reply_goes_on(self, ask: Open, tmp_path: Path) -> None:
        gates = [threading.Event(), threading.Event()]
        closed = iter(gates)
        with (
            serve(
                settings_in(tmp_path), model=Scripted({"": ["One ", gates[0], "two ", gates[1], "three."]})
            ) as direct,
            proxy_to(direct) as line,
        ):
            asked = ask(
                line.address,
                retries=Retries(most=1),
                at_answer=lambda path: next(closed).set() if path.endswith("/events") else None,
            )
            asked.at_pause = line.mend
            reply = asked.ion.messages.stream(asked.do(asked.ion.conversations.create()).id, "Well?")
            heard: list[Event] = []
            for text in ("One ", "One two "):
                heard += asked.until(reply, has(reply, text))
                line.cut()
            heard += asked.all(reply)

        assert [type(event) for event in heard] == [Started, Delta, Delta, Delta, Done]
        assert text_of(heard) == "One two three."
        assert len(asked.waits) == 2

    def test_once_before_anything_came_is_no_loss(self, asked: Asking, slow: Stage, conversation: Conversation) -> None:
        slow.gate.set()
        slow.line.cut()
        asked.at_pause = slow.line.mend
        turn = asked.do(asked.ion.messages.stream(conversation.id, "Well?").finished())

        assert turn.content == WHOLE
        assert asked.do(asked.ion.messages.list(conversation.id)) == (turn,)

    def test_for_good_is_said(self, asked: Asking, slow: Stage, conversation: Conversation) -> None:
        reply = asked.ion.messages.stream(conversation.id, "Well?")
        asked.until(reply, second_piece)
        slow.line.cut()
        with pytest.raises(Unreachable):
            asked.until(reply, lambda _: False)

        assert len(asked.waits) == 4
        assert reply.text == "One two "

    def test_and_leads_to_a_busy_server_is_waited_for(
        self, asked: Asking, slow: Stage, conversation: Conversation
    ) -> None:
        def mended() -> None:
            if len(asked.waits) == 1:
                slow.line.mend()
            slow.gate.set()

        said = iter([Says(429, (("Retry-After", "11"),))])
        slow.line.rule = lambda method, path: next(said, None) if path.endswith("/events") else None
        asked.at_pause = mended
        reply = asked.ion.messages.stream(conversation.id, "Well?")
        asked.until(reply, second_piece)
        slow.line.cut()

        assert asked.do(reply.finished()).content == WHOLE
        assert 11 <= asked.waits[1] <= 11.5

    def test_under_a_reply_that_is_deleted_is_not_found(
        self, asked: Asking, slow: Stage, conversation: Conversation
    ) -> None:
        def deleted() -> None:
            with Ion(slow.direct) as other:
                other.conversations.delete(conversation.id)
            slow.line.mend()

        asked.at_pause = deleted
        reply = asked.ion.messages.stream(conversation.id, "Well?")
        asked.until(reply, second_piece)
        slow.line.cut()
        with pytest.raises(NotFound):
            asked.do(reply.finished())


class TestAReader:
    def test_may_leave_and_come_back_to_the_place(self, returning: Asking, conversation: Conversation) -> None:
        asked = returning
        reply = asked.ion.messages.stream(conversation.id, "Well?")
        heard = asked.until(reply, second_piece)
        asked.leave(reply)
        assert reply.turn is not None
        back = asked.ion.messages.follow(conversation.id, reply.turn.id, after=heard[-1].id)
        heard += asked.all(back)

        assert text_of(heard) == WHOLE
        assert [type(event) for event in heard] == [Started, Delta, Delta, Delta, Delta, Done]
        assert list(asked.all(reply)) == []
        with pytest.raises(RuntimeError, match="before its end"):
            asked.do(reply.finished())

    def test_may_come_back_to_a_place_through_a_broken_line(
        self, asked: Asking, returning: Asking, slow: Stage, conversation: Conversation
    ) -> None:
        reply = asked.ion.messages.stream(conversation.id, "Well?")
        heard = asked.until(reply, second_piece)
        assert reply.turn is not None
        returning.at_pause = slow.line.mend
        slow.line.cut()
        back = list(returning.all(returning.ion.messages.follow(conversation.id, reply.turn.id, after=heard[-1].id)))

        assert text_of(heard) + text_of(back) == WHOLE

    def test_is_told_what_another_stopped(self, asked: Asking, slow: Stage, conversation: Conversation) -> None:
        reply = asked.ion.messages.stream(conversation.id, "Well?")
        asked.until(reply, second_piece)
        assert reply.turn is not None
        stopped = asked.do(asked.ion.messages.stop(conversation.id, reply.turn.id))
        turn = asked.do(reply.finished())

        assert turn == stopped
        assert turn.engine is not None
        assert turn.engine.stopped
        assert turn.content == "One two"

    def test_cannot_name_a_place_that_is_none(self, asked: Asking) -> None:
        with pytest.raises(ValueError, match="after has to be visible ASCII"):
            asked.ion.messages.follow("c", "t", after="a-1\r\nX-Evil: 1")


class TestAContext:
    def test_hangs_up_at_its_end(self, slow: Stage) -> None:
        with Ion(slow.direct) as ion:
            conversation = ion.conversations.create()
            with ion.messages.stream(conversation.id, "Well?") as reply:
                heard = [next(reply), next(reply)]
            slow.gate.set()

            assert [type(event) for event in heard] == [Started, Delta]
            assert list(reply) == []

    async def test_hangs_up_at_its_end_in_an_event_loop(self, slow: Stage) -> None:
        async with AsyncIon(slow.direct) as ion:
            conversation = await ion.conversations.create()
            async with ion.messages.stream(conversation.id, "Well?") as reply:
                heard = [await anext(reply), await anext(reply)]
            slow.gate.set()

            assert [type(event) for event in heard] == [Started, Delta]
            assert [event async for event in reply] == []


class TestAStream:
    def test_that_is_none_is_not_ions(self, ask: Open) -> None:
        with misbehaving_server(Raw(200, "<h1>Sign in</h1>", content_type="text/html")) as server:
            asked = ask(server.address)
            with pytest.raises(UnexpectedAnswer, match="no stream"):
                asked.do(asked.ion.messages.stream("c", "Well?").finished())

        assert asked.waits == []

    def test_that_ends_without_an_end_is_a_broken_one(self, ask: Open) -> None:
        with misbehaving_server(Raw(200, ": nothing\n\n", content_type="text/event-stream; charset=utf-8")) as server:
            asked = ask(server.address, retries=Retries(most=2))
            with pytest.raises(Unreachable):
                asked.do(asked.ion.messages.stream("c", "Well?").finished())

        keys = {request.headers["idempotency-key"] for request in server.requests}
        assert len(server.requests) == 3
        assert len(keys) == 1

    def test_that_never_gets_beyond_its_beginning_is_given_up(self, ask: Open) -> None:
        started = f"event: started\ndata: {json.dumps(TURN)}\nid: a-0\n\n"
        with misbehaving_server(Raw(200, started, content_type="text/event-stream")) as server:
            asked = ask(server.address, retries=Retries(most=3))
            reply = asked.ion.messages.stream("c", "Well?")
            with pytest.raises(Unreachable):
                asked.do(reply.finished())

        assert reply.turn is not None
        assert [request.path.rpartition("/")[2] for request in server.requests] == ["messages", *["events"] * 3]
        assert [request.headers.get("last-event-id") for request in server.requests] == [None, *["a-0"] * 3]

    def test_that_fails_says_why_and_under_which_request(self, ask: Open) -> None:
        failing = 'event: error\ndata: {"code": "internal", "message": "Something went wrong on our side."}\n\n'
        headers = {"X-Request-ID": "r7"}
        with misbehaving_server(Raw(200, failing, headers, content_type="text/event-stream")) as server:
            asked = ask(server.address)
            with pytest.raises(ReplyFailed, match="r7") as raised:
                asked.do(asked.ion.messages.stream("c", "Well?").finished())

        assert isinstance(raised.value, IonApiError)
        assert asked.waits == []


class TestAServerThatIsKilled:
    def test_and_started_again_writes_the_reply_anew(self, tmp_path: Path) -> None:
        whole = Answer(pieces=("A ", "whole ", "reply."))
        with misbehaving_server(STALLING, whole) as provider, ExitStack() as stack:
            server = stack.enter_context(ion_server(tmp_path, _using(provider)))
            port = urlsplit(server.address).port

            def restarted() -> None:
                if len(reader.waits) == 1:
                    stack.enter_context(ion_server(tmp_path, _using(provider), port=port))

            reader = stack.enter_context(asking("Ion", server.address))
            reader.at_pause = restarted
            conversation = reader.do(reader.ion.conversations.create())
            reply = reader.ion.messages.stream(conversation.id, "Well?")
            reader.until(reply, lambda event: reply.text == "Hello there")
            server.process.kill()
            server.process.wait(timeout=10)
            heard = list(reader.all(reply))

            kept = reader.do(reader.ion.messages.list(conversation.id))

        assert isinstance(heard[0], Started)
        assert heard[0].anew
        assert text_of(heard) == reply.text == "A whole reply."
        assert [turn.content for turn in kept] == ["A whole reply."]


def _using(provider: MisbehavingServer) -> dict[str, str]:
    return {"ION_LLM__MODEL": "openai:m", "ION_LLM__BASE_URL": provider.base_url, "ION_LLM__API_KEY": "k"}

"""What is sent again, when, and what never is."""

from collections.abc import Callable, Iterator
from random import SystemRandom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.client import (
    Ask,
    Conversation,
    InvalidRequest,
    NotFound,
    Retries,
    ServerFailed,
    TooManyRequests,
    Unreachable,
)
from ion.client.outcomes import Answer, Broken
from tests.client.both import ONE_TRY, Asking
from tests.client.conftest import Open
from tests.servers.ion import free_port
from tests.servers.misbehaving import MisbehavingServer, Raw, misbehaving_server
from tests.servers.proxy import LosesAnswer, Proxy, Rule, Says
from tests.web.conftest import ENGLISH, KOREAN

BUSY = (
    '{"type": "/errors/too_many_replies", "title": "Too many replies", "status": 429, "detail": "Later.",'
    ' "success": false, "error": {"code": "too_many_replies", "message": "Later.", "field": null},'
    ' "request_id": "r1", "timestamp": "2026-01-01T00:00:00Z"}'
)
IN_FLIGHT = '{"error": {"code": "idempotency_in_flight", "message": "The first is still being answered."}}'


CHANCE = SystemRandom()


def first(count: int, said: Says | LosesAnswer, *, of: str = "") -> Rule:
    """Do this to the first requests that go there."""
    left = iter(range(count))
    return lambda _method, path: said if path.endswith(of) and next(left, None) is not None else None


def after(pause: str, status: int = 429) -> Says:
    return Says(status, (("Retry-After", pause),), BUSY)


@pytest.fixture
def through(ask: Open, proxy: Proxy) -> Asking:
    return ask(proxy.address)


@pytest.fixture
def conversation(through: Asking) -> Conversation:
    return through.do(through.ion.conversations.create())


class TestAnAnswerThatWasLost:
    def test_is_asked_for_again_where_nothing_is_done_twice(
        self, through: Asking, proxy: Proxy, conversation: Conversation
    ) -> None:
        ion, name = through.ion, conversation.id
        calls: list[tuple[str, Callable[[], object]]] = [
            ("/personas", ion.personas.list),
            ("/analyze", lambda: ion.analyze(ENGLISH)),
            ("/process", lambda: ion.process(ENGLISH)),
            ("/recommend", lambda: ion.recommend(ENGLISH)),
            ("/multi-persona", lambda: ion.multi_persona(ENGLISH)),
            ("/status", ion.status),
            (name, lambda: ion.conversations.rename(name, "A night")),
            (name, lambda: ion.conversations.delete(name)),
            ("/restore", lambda: ion.conversations.restore(name)),
        ]
        for path, call in calls:
            proxy.requests.clear()
            proxy.rule = first(1, LosesAnswer(), of=path)
            through.do(call())

            assert [told.endswith(path) for _, told in proxy.requests] == [True, True]

    def test_of_a_message_does_not_keep_it_twice(
        self, through: Asking, proxy: Proxy, conversation: Conversation
    ) -> None:
        proxy.rule = first(2, LosesAnswer(), of="/messages")
        turn = through.do(through.ion.messages.send(conversation.id, ENGLISH))
        kept = through.do(through.ion.messages.list(conversation.id))

        assert kept == (turn,)
        assert len([path for path in proxy.posts if path.endswith("/messages")]) == 3

    def test_of_a_message_to_process_does_not_keep_it_twice(
        self, through: Asking, proxy: Proxy, conversation: Conversation
    ) -> None:
        proxy.rule = first(2, LosesAnswer(), of="/process")
        answer = through.do(through.ion.process(ENGLISH, conversation_id=conversation.id))
        kept = through.do(through.ion.messages.list(conversation.id))

        assert [turn.content for turn in kept] == [answer.content]
        assert len([path for path in proxy.posts if path.endswith("/process")]) == 3

    def test_of_many_messages_does_not_keep_them_twice(
        self, through: Asking, proxy: Proxy, conversation: Conversation
    ) -> None:
        proxy.rule = first(2, LosesAnswer(), of="/bulk-process")
        asks = [Ask(text, conversation_id=conversation.id) for text in (ENGLISH, KOREAN)]
        answered = through.do(through.ion.bulk_process(asks))
        kept = through.do(through.ion.messages.list(conversation.id))

        assert [turn.content for turn in kept] == [result.content for result in answered.results]
        assert len([path for path in proxy.posts if path.endswith("/bulk-process")]) == 3

    def test_of_feedback_is_asked_for_again(self, through: Asking, proxy: Proxy, conversation: Conversation) -> None:
        turn = through.do(through.ion.messages.send(conversation.id, ENGLISH))
        proxy.rule = first(1, LosesAnswer(), of="/feedback")
        kept = through.do(through.ion.feedback.give(conversation.id, turn.id, "up", reasons=["kind"]))
        (said,) = through.do(through.ion.feedback.list(conversation.id))

        assert said.given_at == kept.given_at
        assert len([path for path in proxy.posts if path.endswith("/feedback")]) == 2

    def test_may_still_be_in_the_making_at_the_second_try(
        self, through: Asking, proxy: Proxy, conversation: Conversation
    ) -> None:
        proxy.rule = first(2, Says(409, body=IN_FLIGHT), of="/messages")
        turn = through.do(through.ion.messages.send(conversation.id, ENGLISH))

        assert turn.content
        assert len(through.waits) == 2

    def test_of_a_stream_does_not_keep_it_twice(
        self, through: Asking, proxy: Proxy, conversation: Conversation
    ) -> None:
        proxy.rule = first(1, LosesAnswer(), of="/messages")
        turn = through.do(through.ion.messages.stream(conversation.id, ENGLISH).finished())
        again = through.do(through.ion.messages.again(conversation.id, turn.id, "lua"))

        assert through.do(through.ion.messages.list(conversation.id)) == (turn, again)

    def test_of_a_redone_turn_is_asked_for_again_and_it_was_redone_once(
        self, through: Asking, proxy: Proxy, conversation: Conversation
    ) -> None:
        turn = through.do(through.ion.messages.send(conversation.id, ENGLISH))
        proxy.rule = first(1, LosesAnswer(), of="/redo")
        redone = through.do(through.ion.messages.redo(conversation.id, turn.id))
        proxy.rule = first(1, LosesAnswer(), of="/redo")
        streamed = through.do(through.ion.messages.stream_redo(conversation.id, turn.id).finished())

        assert (len(redone.earlier), len(streamed.earlier)) == (1, 2)
        assert len([path for path in proxy.posts if path.endswith("/redo")]) == 4

    def test_of_what_changes_something_each_time_is_never_asked_for_again(self, through: Asking, proxy: Proxy) -> None:
        proxy.rule = first(1, LosesAnswer())
        with pytest.raises(Unreachable):
            through.do(through.ion.me.cancel_erasure())

        assert len(proxy.requests) == 1

    def test_of_a_deletion_that_was_never_needed_is_not_found(self, through: Asking, proxy: Proxy) -> None:
        with pytest.raises(NotFound):
            through.do(through.ion.conversations.delete("nobody"))

        proxy.rule = first(1, after("1"))
        with pytest.raises(NotFound):
            through.do(through.ion.conversations.delete("nobody"))


class TestAServerThatIsBusy:
    def test_is_left_alone_for_as_long_as_it_says(
        self, through: Asking, proxy: Proxy, conversation: Conversation
    ) -> None:
        turn = through.do(through.ion.messages.send(conversation.id, ENGLISH))
        proxy.rule = first(2, after("7"))
        redone = through.do(through.ion.messages.redo(conversation.id, turn.id))

        assert redone.earlier
        assert len({*through.waits}) == 2  # those who were sent away together do not all come back at once
        assert all(7 <= seconds <= 7.5 for seconds in through.waits)

    def test_may_say_it_as_a_date_by_its_own_clock(self, through: Asking, proxy: Proxy) -> None:
        date = ("Date", "Thu, 01 Jan 2026 00:00:00 GMT")
        proxy.rule = first(1, Says(503, (("Retry-After", "Thu, 01 Jan 2026 00:00:09 GMT"), date)))
        through.do(through.ion.personas.list())

        assert len(through.waits) == 1
        assert 9 <= through.waits[0] <= 9.5

    def test_is_not_waited_for_where_it_says_an_hour(self, through: Asking, proxy: Proxy) -> None:
        proxy.rule = first(9, after("3600"))
        with pytest.raises(TooManyRequests) as raised:
            through.do(through.ion.personas.list())

        assert raised.value.retry_after == 3600
        assert (raised.value.code, raised.value.request_id) == ("too_many_replies", "r1")
        assert through.waits == []

    def test_is_asked_only_so_often(self, through: Asking, proxy: Proxy) -> None:
        proxy.rule = first(9, Says(503))
        with pytest.raises(ServerFailed) as raised:
            through.do(through.ion.personas.list())

        assert (raised.value.status, raised.value.code) == (503, "unexpected_answer")
        assert len(proxy.requests) == 5
        assert all(0 <= seconds <= most for seconds, most in zip(through.waits, (0.5, 1, 2, 4), strict=True))

    def test_is_not_asked_twice_for_what_it_may_have_done(self, through: Asking, proxy: Proxy) -> None:
        proxy.rule = first(9, Says(503))
        with pytest.raises(ServerFailed):
            through.do(through.ion.me.cancel_erasure())

        assert len(proxy.requests) == 1

    def test_refuses_a_stream_as_it_refuses_a_call(
        self, through: Asking, proxy: Proxy, conversation: Conversation
    ) -> None:
        proxy.rule = first(1, after("3"), of="/messages")
        turn = through.do(through.ion.messages.stream(conversation.id, ENGLISH).finished())

        assert turn.content
        assert 3 <= through.waits[0] <= 3.5

        proxy.rule = first(1, after("3600"), of="/messages")
        with pytest.raises(TooManyRequests, match="r1"):
            through.do(through.ion.messages.stream(conversation.id, ENGLISH).finished())


class TestAServerThatIsNotThere:
    def test_is_tried_again_also_with_what_must_not_be_done_twice(
        self, through: Asking, proxy: Proxy, conversation: Conversation
    ) -> None:
        turn = through.do(through.ion.messages.send(conversation.id, ENGLISH))
        proxy.cut()
        through.at_pause = lambda: proxy.mend() if len(through.waits) == 3 else None
        redone = through.do(through.ion.messages.redo(conversation.id, turn.id))

        assert redone.earlier
        assert len(through.waits) == 3

    def test_is_given_up_in_the_end(self, ask: Open) -> None:
        asked = ask(f"http://127.0.0.1:{free_port()}", retries=Retries(most=2, first=8, longest=10))
        with pytest.raises(Unreachable) as raised:
            asked.do(asked.ion.personas.list())

        assert str(raised.value) == "ION cannot be reached. (unreachable)"
        assert raised.value.__cause__ is not None
        assert [seconds <= most for seconds, most in zip(asked.waits, (8, 10), strict=True)] == [True, True]

    def test_is_tried_once_where_that_is_wanted(self, ask: Open) -> None:
        asked = ask(f"http://127.0.0.1:{free_port()}", retries=ONE_TRY)
        with pytest.raises(Unreachable):
            asked.do(asked.ion.messages.stream("c", ENGLISH).finished())

        assert asked.waits == []


class TestARefusal:
    def test_is_not_questioned(self, through: Asking, proxy: Proxy) -> None:
        with pytest.raises(InvalidRequest):
            through.do(through.ion.process(""))

        assert len(proxy.requests) == 1


class TestPauses:
    @given(
        failures=st.integers(1, 40),
        asked=st.none() | st.integers(0, 10_000),
        retries=st.builds(Retries, st.integers(0, 20), st.floats(0.01, 5), st.floats(5, 100)),
    )
    def test_are_bounded_and_never_shorter_than_asked(self, failures: int, asked: int | None, retries: Retries) -> None:
        headers = {} if asked is None else {"retry-after": str(asked)}
        pause = retries.pause(Answer(503, headers), failures, repeatable=True, rng=CHANCE)

        if failures > retries.most or (asked or 0) > retries.longest:
            assert pause is None
        else:
            assert pause is not None
            assert (asked or 0) <= pause <= retries.longest + retries.first

    @pytest.mark.parametrize(
        ("outcome", "repeatable", "may"),
        [
            (Broken(arrived=True), True, True),
            (Broken(arrived=True), False, False),
            (Broken(arrived=False), False, True),
            (Answer(409, {}, IN_FLIGHT.encode()), True, True),
            (Answer(409, {}, IN_FLIGHT.encode()), False, False),
            (Answer(409, {}, b'{"error": {"code": "still_writing", "message": "Wait."}}'), True, False),
            *((Answer(status, {}), True, False) for status in (400, 401, 403, 404, 409, 413, 422, 500)),
            *((Answer(status, {}), True, True) for status in (429, 502, 503, 504)),
            *((Answer(status, {}), False, False) for status in (500, 502, 503, 504)),
            (Answer(429, {}), False, True),
        ],
    )
    def test_are_made_only_where_nothing_is_done_twice(
        self, outcome: Answer | Broken, repeatable: bool, may: bool
    ) -> None:
        assert (Retries().pause(outcome, 1, repeatable=repeatable, rng=CHANCE) is not None) is may

    @pytest.mark.parametrize("told", ["soon", "-1", "Thu, 01 Jan 2026 00:00:09", "Thu, 01 Jan 2026 00:00:09 GMT", "٣"])
    def test_are_the_clients_own_where_what_the_server_says_cannot_be_used(self, told: str) -> None:
        pause = Retries(first=0.1).pause(Answer(429, {"retry-after": told}), 1, repeatable=True, rng=CHANCE)

        assert pause is not None
        assert pause <= 0.1

    def test_are_none_for_a_date_that_has_passed(self) -> None:
        headers = {"retry-after": "Thu, 01 Jan 2026 00:00:00 GMT", "date": "Thu, 01 Jan 2026 00:00:09 GMT"}

        assert Retries(first=0).pause(Answer(429, headers), 1, repeatable=True, rng=CHANCE) == 0


class TestARequest:
    @pytest.fixture
    def server(self) -> Iterator[MisbehavingServer]:
        with misbehaving_server(
            Raw(200, '{"total": 0, "personas": [], "timestamp": "2026-01-01T00:00:00Z"}')
        ) as running:
            yield running

    def test_says_who_asks_and_with_which_key(self, ask: Open, server: MisbehavingServer) -> None:
        asked = ask(f"{server.address}/ion/", api_key="ion_live_abc_s3cret")
        asked.do(asked.ion.personas.list())

        (request,) = server.requests
        assert request.path == "/ion/api/v2/personas"
        assert request.headers["authorization"] == "Bearer ion_live_abc_s3cret"
        assert request.headers["user-agent"].startswith("ion-client/")
        assert request.headers["accept"] == "application/json"

    def test_carries_no_key_where_none_was_given(self, ask: Open, server: MisbehavingServer) -> None:
        asked = ask(server.address)
        asked.do(asked.ion.personas.list())

        assert "authorization" not in server.requests[0].headers

    def test_has_the_same_idempotency_key_each_time_and_another_for_each_call(self, ask: Open) -> None:
        with misbehaving_server(Raw(503, "")) as server:
            asked = ask(server.address)
            for _ in range(2):
                with pytest.raises(ServerFailed):
                    asked.do(asked.ion.conversations.create())

        keys = [request.headers["idempotency-key"] for request in server.requests]
        assert keys == [keys[0]] * 5 + [keys[5]] * 5
        assert keys[0] != keys[5]
        assert len(keys[0]) == 32

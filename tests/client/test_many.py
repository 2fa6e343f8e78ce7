"""Many messages in one request, and many mentors for one message, by both clients."""

import pytest

from ion.client import Ask, BulkError, BulkResult, Conversation, InvalidRequest, Ion, KeyParts, NotFound, Said
from ion.client.call import Call
from tests.client.both import Asking, Kind
from tests.web.conftest import DANGER, ENGLISH, KOREAN

SEVERAL = "My interview is next week, my portfolio isn't ready, and I lie awake every night."


class TestManyMessages:
    @pytest.mark.parametrize("parallel", [True, False])
    def test_are_each_answered_as_alone(self, asked: Asking, ion: Ion, parallel: bool) -> None:
        answered = asked.do(ion.bulk_process([Ask(KOREAN), Ask(ENGLISH, persona="riri")], parallel=parallel))
        alone = [asked.do(ion.process(KOREAN)), asked.do(ion.process(ENGLISH, persona="riri"))]

        assert answered.success
        assert (answered.total, answered.successful, answered.failed, answered.errors) == (2, 2, 0, ())
        assert [(result.index, result.content) for result in answered.results] == [
            (index, answer.content) for index, answer in enumerate(alone)
        ]
        assert [result.routing for result in answered.results] == [answer.routing for answer in alone]

    def test_fail_each_for_itself(self, asked: Asking, ion: Ion) -> None:
        answered = asked.do(ion.bulk_process([Ask(" "), Ask(DANGER["en"]), Ask("hi", persona="zeus"), Ask(ENGLISH)]))
        first, second, third, fourth = answered.outcomes

        assert not answered.success
        assert (answered.successful, answered.failed) == (2, 2)
        assert [outcome.index for outcome in answered.outcomes] == [0, 1, 2, 3]
        assert isinstance(first, BulkError)
        assert (first.status, first.error.code, first.error.field) == (422, "empty_message", "message")
        assert isinstance(second, BulkResult)
        assert second.crisis is not None
        assert isinstance(third, BulkError)
        assert (third.status, third.error.code) == (404, "persona_not_found")
        assert isinstance(fourth, BulkResult)
        assert fourth.request_id == f"{answered.request_id}-3"

    def test_carry_all_that_one_may(self, asked: Asking, ion: Ion, conversation: Conversation) -> None:
        ask = Ask(
            "...",
            persona="riri",
            resonance_key=KeyParts("urgent", "burst", "planning"),
            conversation_id=conversation.id,
            goals=["Ship on Friday"],
            language="ko",
            history=[Said("user", ENGLISH)],
            user_id="u1",
            session_id="s1",
            metadata={"team": "payments"},
        )
        (result,) = asked.do(ion.bulk_process([ask])).results
        (kept,) = asked.do(ion.messages.list(conversation.id))

        assert (result.persona_used, result.resonance_key) == ("Riri", "urgent-burst-planning")
        assert result.metadata == {"user_provided": {"team": "payments"}}
        assert kept.content == result.content

    def test_are_answered_once_under_one_key(
        self, asked: Asking, ion: Ion, conversation: Conversation, kind: Kind
    ) -> None:
        asks = [Ask(ENGLISH, conversation_id=conversation.id)]
        first = asked.do(ion.bulk_process(asks, key=f"b-{kind}"))
        second = asked.do(ion.bulk_process(asks, key=f"b-{kind}"))

        assert first == second
        assert len(asked.do(ion.messages.list(conversation.id))) == 1

    def test_are_no_more_than_a_hundred_and_no_fewer_than_one(self, asked: Asking, ion: Ion) -> None:
        with pytest.raises(InvalidRequest, match="bulk_too_large"):
            asked.do(ion.bulk_process([Ask("hi")] * 101))
        with pytest.raises(InvalidRequest, match="invalid_input"):
            asked.do(ion.bulk_process([]))

    def test_are_not_shown_by_what_carries_them(self) -> None:
        ask = Ask("secret words", goals=["a secret goal"], history=[Said("user", "secrets")], metadata={"k": "secret"})

        assert "secret" not in repr(ask)


class TestManyMentors:
    def test_compose_one_reply(self, asked: Asking, ion: Ion) -> None:
        counsel = asked.do(ion.multi_persona(SEVERAL))

        assert counsel.success
        assert counsel.persona_used == "Multi: Nana+Lua"
        assert [part.slug for part in counsel.contributions] == ["nana", "lua"]
        assert all(part.content in counsel.content and part.reason for part in counsel.contributions)
        assert counsel.together_because
        assert counsel.alone_because is None
        assert counsel.routing is not None
        assert counsel.confidence == counsel.routing.confidence

    def test_are_those_who_are_asked_for(self, asked: Asking, ion: Ion) -> None:
        counsel = asked.do(
            ion.multi_persona(
                "...",
                personas=["riri", "LUA"],
                mode="in_turn",
                goals=["Ship on Friday"],
                language="ko",
                history=[Said("user", ENGLISH), Said("assistant", "Look at one failing test first.")],
                user_id="u1",
                session_id="s1",
                metadata={"team": "payments"},
            )
        )

        assert counsel.persona_used == "Multi: Riri+Lua"
        assert counsel.reading is not None
        assert counsel.reading.language == "ko"
        assert counsel.metadata == {
            "mode": "in_turn",
            "personas": ["riri", "lua"],
            "user_provided": {"team": "payments"},
        }

    def test_are_one_for_what_is_simple_unless_it_is_forced(self, asked: Asking, ion: Ion) -> None:
        simple = "How do I learn SQL joins?"
        alone = asked.do(ion.multi_persona(simple, include_metadata=False))
        forced = asked.do(ion.multi_persona(simple, force_multi=True))

        assert len(alone.contributions) == 1
        assert alone.alone_because
        assert alone.together_because is None
        assert alone.metadata is None
        assert len(forced.contributions) > 1

    def test_leave_danger_to_the_help_lines(self, asked: Asking, ion: Ion) -> None:
        counsel = asked.do(ion.multi_persona(DANGER["en"], force_multi=True))

        assert counsel.crisis is not None
        assert counsel.crisis.lines[0].number
        assert (counsel.contributions, counsel.persona_used, counsel.routing) == ((), None, None)

    def test_have_to_be_there(self, asked: Asking, ion: Ion) -> None:
        with pytest.raises(NotFound, match="persona_not_found"):
            asked.do(ion.multi_persona("hi", personas=["lua", "zeus"]))


class TestManyReplies:
    @pytest.mark.parametrize(
        ("call", "seconds"),
        [
            (Ion.process.describe(None, "hi"), 7),
            (Ion.bulk_process.describe(None, [Ask("hi")] * 20), 140),
            (Ion.bulk_process.describe(None, []), 7),
            (Ion.multi_persona.describe(None, "hi"), 14),
            (Ion.multi_persona.describe(None, "hi", mode="in_turn"), 35),
        ],
    )
    def test_are_waited_for_as_long_as_each_alone(self, call: Call[object], seconds: float) -> None:
        with Ion(timeout=7) as ion:
            waits = ion.line.request(call).extensions["timeout"]

        assert waits == {"connect": 7, "read": seconds, "write": 7, "pool": 7}

    def test_do_not_make_connecting_take_longer(self) -> None:
        with Ion(timeout=60) as ion:
            call = Ion.bulk_process.describe(None, [Ask("hi")] * 100)
            waits = ion.line.request(call).extensions["timeout"]

        assert (waits["connect"], waits["read"]) == (10, 6000)

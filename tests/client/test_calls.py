"""Everything that can be asked of a running server, by both clients."""

from datetime import UTC, datetime

import pytest

from ion import __version__
from ion.client import (
    Conflict,
    Conversation,
    Done,
    InvalidRequest,
    Ion,
    IonApiError,
    KeyParts,
    ModelStatus,
    NotFound,
    Said,
    Started,
    Turn,
    UnexpectedAnswer,
)
from tests.client.both import Asking, Kind
from tests.client.conftest import Open
from tests.servers.misbehaving import Raw, misbehaving_server
from tests.web.conftest import DANGER, ENGLISH, KOREAN


class TestProcess:
    def test_answers_in_the_language_of_the_message_and_says_why(self, asked: Asking, ion: Ion) -> None:
        answer = asked.do(ion.process(KOREAN))

        assert answer.success
        assert answer.reading is not None
        assert answer.reading.language == "ko"
        assert answer.routing is not None
        assert answer.persona_used == answer.routing.primary_persona
        assert answer.routing.reasoning
        assert answer.engine.name == "playbooks"
        assert answer.content.endswith("?")

    def test_passes_on_all_it_is_given(self, asked: Asking, ion: Ion, conversation: Conversation) -> None:
        answer = asked.do(
            ion.process(
                "...",
                persona="riri",
                resonance_key=KeyParts("urgent", "burst", "planning"),
                conversation_id=conversation.id,
                goals=["Ship on Friday"],
                language="ko",
                history=[
                    Said("user", ENGLISH, datetime(2026, 1, 1, tzinfo=UTC)),
                    Said("assistant", "Look at one failing test first."),
                ],
                user_id="u1",
                session_id="s1",
                metadata={"team": "payments"},
            )
        )
        kept = asked.do(ion.messages.list(conversation.id))

        assert answer.persona_used == "Riri"
        assert answer.resonance_key == "urgent-burst-planning"
        assert answer.metadata == {"user_provided": {"team": "payments"}}
        assert [turn.content for turn in kept] == [answer.content]

    def test_leaves_out_what_is_not_wanted(self, asked: Asking, ion: Ion) -> None:
        answer = asked.do(ion.process(ENGLISH, resonance_key="calm-medium-learning", include_metadata=False))

        assert answer.metadata is None
        assert answer.resonance_key == "calm-medium-learning"

    def test_gives_help_lines_in_a_crisis(self, asked: Asking, ion: Ion) -> None:
        answer = asked.do(ion.process(DANGER["en"]))

        assert answer.crisis is not None
        assert answer.crisis.lines[0].number
        assert (answer.persona_used, answer.routing) == (None, None)

    def test_is_answered_once_under_one_key(self, asked: Asking, ion: Ion, kind: Kind) -> None:
        first = asked.do(ion.process(ENGLISH, key=f"p-{kind}"))
        second = asked.do(ion.process(ENGLISH, key=f"p-{kind}"))
        without = asked.do(ion.process(ENGLISH))

        assert first == second
        assert without.request_id != first.request_id
        with pytest.raises(InvalidRequest, match="idempotency_mismatch"):
            asked.do(ion.process(KOREAN, key=f"p-{kind}"))


class TestRecommend:
    def test_names_a_mentor_and_the_runner_up_and_says_why(self, asked: Asking, ion: Ion) -> None:
        recommended = asked.do(ion.recommend(KOREAN))
        answer = asked.do(ion.process(KOREAN))

        assert recommended.success
        assert recommended.capabilities == asked.do(ion.personas.read(recommended.recommended_persona or ""))
        assert answer.routing is not None
        assert recommended.recommended_persona == answer.routing.primary_persona
        assert recommended.runner_up == answer.routing.secondary_persona
        assert recommended.reasoning == answer.routing.reasoning
        assert recommended.reading == answer.reading

    def test_passes_on_all_it_is_given(self, asked: Asking, ion: Ion) -> None:
        history = [Said("user", KOREAN)]
        by_history = asked.do(ion.recommend("...", history=history, user_id="u1", session_id="s1", metadata={"a": 1}))
        by_word = asked.do(ion.recommend("...", history=history, language="en"))

        assert by_history.reading is not None
        assert by_word.reading is not None
        assert (by_history.reading.language, by_word.reading.language) == ("ko", "en")

    def test_gives_help_lines_in_a_crisis(self, asked: Asking, ion: Ion) -> None:
        recommended = asked.do(ion.recommend(DANGER["en"]))

        assert recommended.crisis is not None
        assert recommended.crisis.lines[0].number
        assert (recommended.recommended_persona, recommended.scores, recommended.capabilities) == (None, None, None)


class TestAnalyze:
    def test_reads_and_routes(self, asked: Asking, ion: Ion) -> None:
        analysis = asked.do(ion.analyze(ENGLISH))
        unread = asked.do(ion.analyze("...", language="ko"))

        assert analysis.resonance_key == f"{analysis.tone.label}-{analysis.pace.label}-{analysis.intent.label}"
        assert all(ENGLISH[span.start : span.end] == span.text for span in analysis.evidence)
        assert analysis.routing.scores.keys() == {"lua", "elro", "riri", "nana"}
        assert unread.language == "ko"


class TestPersonas:
    def test_are_listed_and_read(self, asked: Asking, ion: Ion) -> None:
        personas = asked.do(ion.personas.list())

        assert [persona.name for persona in personas] == ["Lua", "Elro", "Riri", "Nana"]
        assert asked.do(ion.personas.read("NANA")) == personas[-1]

    def test_one_that_is_not_there_is_not_found(self, asked: Asking, ion: Ion) -> None:
        with pytest.raises(NotFound) as raised:
            asked.do(ion.personas.read("ada/lovelace"))

        assert (raised.value.code, raised.value.status) == ("not_found", 404)


class TestHealth:
    def test_says_how_ion_is(self, asked: Asking, ion: Ion) -> None:
        health = asked.do(ion.health())

        assert health.healthy
        assert health.dependencies["database"] is True
        assert health.version == __version__

    def test_is_told_also_where_ion_cannot_serve(self, ask: Open) -> None:
        body = (
            '{"healthy": false, "service_status": "down", "dependencies": {"database": false}, "engine": "playbooks",'
            ' "version": "9", "timestamp": "2026-01-01T00:00:00Z", "of_a_newer_server": 1}'
        )
        with misbehaving_server(Raw(503, body)) as server:
            client = ask(server.address)
            health = client.do(client.ion.health())

        assert not health.healthy
        assert client.waits == []


class TestStatus:
    def test_says_how_ion_has_been(self, asked: Asking, ion: Ion) -> None:
        before = asked.do(ion.status())
        asked.do(ion.personas.list())
        status = asked.do(ion.status())

        assert (status.status, status.version, status.error_rate) == ("operational", __version__, 0)
        assert status.requests.total > before.requests.total
        assert status.uptime_ms >= before.uptime_ms
        assert (status.engine.name, status.engine.models) == ("playbooks", ())
        assert (status.replies.writing, status.replies.room_left) == (0, status.replies.limit)

    def test_tells_of_each_model(self, ask: Open) -> None:
        body = (
            '{"status": "degraded", "version": "9", "timestamp": "2026-01-01T00:00:00Z", "uptime_ms": 5000,'
            ' "error_rate": 0.25, "requests": {"seconds": 300, "total": 4, "failed": 1}, "engine": {"name": "model",'
            ' "models": [{"name": "openai:large", "breaker": "open", "retry_after": 12.5}]},'
            ' "replies": {"writing": 1, "room_left": 31, "limit": 32}}'
        )
        with misbehaving_server(Raw(200, body)) as server:
            client = ask(server.address)
            status = client.do(client.ion.status())

        assert status.engine.models == (ModelStatus(name="openai:large", breaker="open", retry_after=12.5),)
        assert (status.requests.failed, status.replies.writing) == (1, 1)


class TestConversations:
    def test_are_begun_as_one_wants(self, asked: Asking, ion: Ion, kind: Kind) -> None:
        made = asked.do(ion.conversations.create(persona="elro", goals=["Pass the exam"], language="ko", key=kind))
        same = asked.do(ion.conversations.create(persona="elro", goals=["Pass the exam"], language="ko", key=kind))

        assert (made.persona, made.goals, made.language) == ("elro", ("Pass the exam",), "ko")
        assert same == made

    def test_are_two_without_a_key(self, asked: Asking, ion: Ion) -> None:
        assert asked.do(ion.conversations.create()).id != asked.do(ion.conversations.create()).id

    def test_are_gone_through_page_by_page(self, asked: Asking, ion: Ion) -> None:
        made = [asked.do(ion.conversations.create()).id for _ in range(5)]
        page = asked.do(ion.conversations.list(limit=2))
        following = asked.do(ion.conversations.list(limit=2, before=page.next))
        everything = [conversation.id for conversation in asked.all(ion.conversations.each(page_size=2))]

        assert [item.id for item in (*page.items, *following.items)] == everything[:4]
        assert set(made) <= set(everything)
        assert len(everything) == len(set(everything))

    def test_are_read_with_their_turns(self, asked: Asking, ion: Ion, conversation: Conversation, turn: Turn) -> None:
        whole = asked.do(ion.conversations.read(conversation.id))

        assert whole.turns == (turn,) == asked.do(ion.messages.list(conversation.id))
        assert whole.title

    def test_are_renamed_deleted_and_restored(self, asked: Asking, ion: Ion, conversation: Conversation) -> None:
        renamed = asked.do(ion.conversations.rename(conversation.id, "출시 전날 밤"))
        gone: None = asked.do(ion.conversations.delete(conversation.id))
        with pytest.raises(NotFound, match="conversation_not_found"):
            asked.do(ion.conversations.read(conversation.id))
        restored = asked.do(ion.conversations.restore(conversation.id))

        assert gone is None
        assert restored == renamed
        assert restored.title == "출시 전날 밤"

    def test_are_searched_and_exported(self, asked: Asking, ion: Ion, conversation: Conversation) -> None:
        asked.do(ion.messages.send(conversation.id, "The zeppelin tests fail at random before the release."))
        found = asked.do(ion.conversations.search("zeppelin random", limit=3))
        document = asked.do(ion.conversations.export(conversation.id))

        assert found[0].conversation_id == conversation.id
        assert found[0].said_by == "mentee"
        words = [found[0].excerpt.text[span.start : span.end].lower() for span in found[0].excerpt.spans]
        assert words == ["zeppelin", "random"]
        assert "zeppelin" in document

    def test_no_page_of_somebody_else_passes_for_an_export(self, ask: Open) -> None:
        with misbehaving_server(Raw(200, "<h1>Sign in</h1>", content_type="text/html")) as server:
            client = ask(server.address)
            with pytest.raises(UnexpectedAnswer):
                client.do(client.ion.conversations.export("c"))

    def test_an_id_leads_nowhere_else(self, asked: Asking, ion: Ion) -> None:
        for name in ("", ".", ".."):
            with pytest.raises(ValueError, match="is no id"):
                asked.do(ion.conversations.read(name))
        with pytest.raises(IonApiError):
            asked.do(ion.conversations.read("../health"))


class TestMessages:
    def test_are_answered_by_who_is_asked(self, asked: Asking, ion: Ion, conversation: Conversation) -> None:
        turn = asked.do(ion.messages.send(conversation.id, ENGLISH, persona="lua"))

        assert turn.persona_used == "Lua"
        assert turn.finished_at is not None
        assert turn.routing is not None
        assert turn.routing.override

    def test_are_kept_once_under_one_key(self, asked: Asking, ion: Ion, conversation: Conversation) -> None:
        first = asked.do(ion.messages.send(conversation.id, ENGLISH, key="m-1"))
        second = asked.do(ion.messages.send(conversation.id, ENGLISH, key="m-1"))

        assert first == second
        with pytest.raises(IonApiError, match="idempotency"):
            asked.do(ion.messages.send(conversation.id, KOREAN, key="m-1"))

    def test_are_begun_and_followed(self, asked: Asking, ion: Ion, conversation: Conversation) -> None:
        begun = asked.do(ion.messages.begin(conversation.id, ENGLISH))
        whole = asked.do(ion.messages.follow(conversation.id, begun.id).finished())
        late = list(asked.all(ion.messages.follow(conversation.id, begun.id)))

        assert whole.id == begun.id
        assert whole.content
        assert isinstance(late[0], Started)
        assert late[-1] == Done(late[-1].id, whole)

    def test_are_streamed(self, asked: Asking, ion: Ion, conversation: Conversation) -> None:
        reply = ion.messages.stream(conversation.id, KOREAN, persona="nana")
        before = (reply.text, reply.turn)
        turn = asked.do(reply.finished())

        assert before == ("", None)
        assert turn.persona_used == "Nana"
        assert reply.turn == turn
        assert reply.text.strip() == turn.content

    def test_are_redone_and_asked_again(self, asked: Asking, ion: Ion, conversation: Conversation, turn: Turn) -> None:
        again = asked.do(ion.messages.again(conversation.id, turn.id, "lua"))
        streamed = asked.do(ion.messages.stream_again(conversation.id, turn.id, "elro", key="a-1").finished())
        begun = asked.do(ion.messages.begin_again(conversation.id, turn.id, "elro", key="a-1"))
        asked.do(ion.messages.begin_redo(conversation.id, streamed.id))
        redone = asked.do(ion.messages.follow(conversation.id, streamed.id).finished())
        asked.do(ion.messages.redo(conversation.id, streamed.id))
        changed = asked.do(ion.messages.stream_redo(conversation.id, streamed.id, content=KOREAN).finished())

        assert (again.again_of, again.persona_used) == (turn.id, "Lua")
        assert (streamed.again_of, streamed.persona_used) == (turn.id, "Elro")
        assert begun == streamed
        assert (redone.id, len(redone.earlier)) == (streamed.id, 1)
        assert (changed.message, len(changed.earlier)) == (KOREAN, 3)
        with pytest.raises(Conflict, match="not_the_last"):
            asked.do(ion.messages.redo(conversation.id, turn.id, content=KOREAN))

    def test_are_stopped(self, asked: Asking, ion: Ion, conversation: Conversation, turn: Turn) -> None:
        assert asked.do(ion.messages.stop(conversation.id, turn.id)) == turn

    def test_are_corrected(self, asked: Asking, ion: Ion, conversation: Conversation, turn: Turn) -> None:
        corrected = asked.do(
            ion.messages.correct(
                conversation.id, turn.id, tone="anxious", pace="burst", intent="validation", share=True
            )
        )

        assert corrected.corrected_key == "anxious-burst-validation"
        assert corrected.persona == "Lua"
        assert corrected.correction.share
        assert corrected.reading == turn.reading


class TestRefusals:
    def test_say_what_is_wrong_and_where(self, asked: Asking, ion: Ion) -> None:
        with pytest.raises(InvalidRequest) as raised:
            asked.do(ion.process(" "))

        error = raised.value
        assert (error.code, error.status, error.field) == ("empty_message", 422, "message")
        assert error.message == "The message is empty."
        assert error.request_id
        assert str(error) == f"The message is empty. (empty_message, 422, request {error.request_id})"

    def test_half_a_character_is_refused_by_ion_and_not_by_the_client(self, asked: Asking, ion: Ion) -> None:
        with pytest.raises(InvalidRequest) as raised:
            asked.do(ion.analyze("a\ud800b"))

        assert raised.value.code == "broken_text"

    def test_another_program_at_the_address_is_told_apart(self, ask: Open) -> None:
        with misbehaving_server(Raw(200, '{"items": [{"id": 7, "title": "secret words"}]}')) as server:
            client = ask(server.address)
            with pytest.raises(UnexpectedAnswer) as raised:
                client.do(client.ion.conversations.list())

        assert raised.value.code == "unexpected_answer"
        assert "items.0.id" in str(raised.value)
        assert "secret words" not in repr(raised.value)
        assert raised.value.__cause__ is None

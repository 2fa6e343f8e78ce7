import asyncio
from dataclasses import replace

import pytest

from ion.db import open_database
from ion.idempotency import KeyMismatch
from ion.llm import Delta, ModelError, StepDown
from ion.mentoring import (
    Ask,
    ConversationId,
    ConversationNotFound,
    ConversationStore,
    Correction,
    EngineUsed,
    SteppedDown,
    TooManyReplies,
    Turn,
    TurnId,
    TurnNotFound,
)
from ion.personas import PersonaNotFound
from ion.resonance import Tone
from ion.services import Services
from tests.keyrings import keyring_of
from tests.mentoring.speaking import DANGER, ENGLISH, KOREAN, Actor, open_at, started
from tests.mentoring.test_store import NOW, make_conversation, prepared

MANY = 8


async def cut_off(url: str, *, message: str = ENGLISH) -> tuple[ConversationId, TurnId]:
    """Leave a turn behind whose server ended in the middle of the reply."""
    async with open_at(url, model=Actor(("Half a ", asyncio.Event()))) as services:
        conversation = await started(services)
        run = await services.pipeline.begin(Ask(message, conversation))
        await anext(run.events())
        await services.pipeline.close(patience=0)
    return conversation, run.turn.id


class TestSendingTwice:
    @pytest.mark.parametrize("replies", [1, 32])
    async def test_at_the_same_time_is_answered_once_and_all_get_the_answer(
        self, database_url: str, replies: int
    ) -> None:
        model = Actor(("One test ", "first."))
        async with open_at(database_url, model=model, replies=replies) as services:
            conversation = await started(services)
            ask = Ask(ENGLISH, conversation, request_key="k1")
            turns = await asyncio.gather(*(services.pipeline.process(ask) for _ in range(MANY)))
            kept = await services.turns.of(conversation)

        assert len(model.prompts) == 1
        assert turns == kept * MANY
        assert kept[0].reply == "One test first."

    async def test_just_as_the_reply_ends_is_no_second_reply(self, database_url: str) -> None:
        rounds = 30
        model = Actor(("One.",))
        async with open_at(database_url, model=model) as services:
            conversation = await started(services)
            for number in range(rounds):
                ask = Ask(ENGLISH, conversation, request_key=f"k{number}")
                turns = await asyncio.gather(*(services.pipeline.process(ask) for _ in range(MANY)))
                assert turns == [turns[0]] * MANY

        assert len(model.prompts) == rounds

    async def test_later_gives_the_same_turn(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation = await started(services)
            ask = Ask(ENGLISH, conversation, request_key="k1")
            first = await services.pipeline.process(ask)
            second = await services.pipeline.process(ask)

        assert second == first

    async def test_while_nothing_else_can_be_written_is_no_further_reply(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with open_at(database_url, model=Actor(("a", gate, "b")), replies=1) as services:
            conversation = await started(services)
            ask = Ask(ENGLISH, conversation, request_key="k1")
            first = await services.pipeline.begin(ask)
            second = await services.pipeline.begin(ask)
            gate.set()
            turn = await second.finished()

        assert second is first
        assert turn.reply == "ab"

    async def test_with_other_words_is_refused(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation = await started(services)
            await services.pipeline.process(Ask(ENGLISH, conversation, request_key="k1"))
            with pytest.raises(KeyMismatch):
                await services.pipeline.begin(Ask(KOREAN, conversation, request_key="k1"))
            kept = await services.turns.of(conversation)

        assert [turn.message for turn in kept] == [ENGLISH]

    async def test_is_still_known_once_the_message_was_changed(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation = await started(services)
            first = await services.pipeline.process(Ask(ENGLISH, conversation, request_key="k1"))
            await (await services.pipeline.redo(conversation, first.id, text=KOREAN)).finished()
            again = await services.pipeline.process(Ask(ENGLISH, conversation, request_key="k1"))

        assert (again.id, again.message) == (first.id, KOREAN)

    async def test_means_nothing_in_another_conversation(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            turns = [
                await services.pipeline.process(Ask(message, await started(services), request_key="k1"))
                for message in (ENGLISH, KOREAN)
            ]

        assert [turn.message for turn in turns] == [ENGLISH, KOREAN]

    async def test_without_a_key_is_two_messages(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation = await started(services)
            await services.pipeline.process(Ask(ENGLISH, conversation))
            await services.pipeline.process(Ask(ENGLISH, conversation))
            kept = await services.turns.of(conversation)

        assert [turn.message for turn in kept] == [ENGLISH, ENGLISH]

    async def test_to_a_conversation_that_is_gone_is_refused_both_times(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation = await started(services)
            await services.pipeline.process(Ask(ENGLISH, conversation, request_key="k1"))
            await services.conversations.delete(conversation, at=NOW)
            with pytest.raises(ConversationNotFound):
                await services.pipeline.begin(Ask(ENGLISH, conversation, request_key="k1"))


class TestOpeningTwice:
    async def test_at_the_same_time_makes_one_conversation(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            opened = await asyncio.gather(
                *(services.pipeline.open_conversation("ko", goals=["ship"], request_key="k1") for _ in range(MANY))
            )
            other = await services.pipeline.open_conversation("ko", request_key="k2")
            kept = await services.conversations.latest(limit=5)

        assert opened == [opened[0]] * MANY
        assert {conversation.id for conversation in kept} == {opened[0].id, other.id}

    async def test_in_two_processes_makes_one_too(self, database_url: str) -> None:
        await prepared(database_url)
        async with open_database(database_url) as one, open_database(database_url) as other:
            stores = [
                ConversationStore(one, await keyring_of(one)),
                ConversationStore(other, await keyring_of(other)),
            ]
            kept = await asyncio.gather(
                *(
                    store.add(make_conversation(f"c{number}"), request_key="k1")
                    for number in range(MANY)
                    for store in stores
                    if number % 2 == (store is stores[0])
                )
            )

        assert {conversation.id for conversation in kept} == {kept[0].id}


class TestFollowing:
    async def test_a_reply_from_the_start_the_middle_and_the_end(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with open_at(database_url, model=Actor(("a", "b", gate, "c"))) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            await run.further(1)
            followed = await services.pipeline.follow(conversation, run.turn.id)
            reader = followed.events(after=1)
            second = await anext(reader)
            gate.set()
            rest = [event async for event in reader]
            every = [event async for event in followed.events()]
            later = await services.pipeline.follow(conversation, run.turn.id)
            whole = [event async for event in later.events()]

        assert followed is run
        assert (second, rest) == ((2, Delta("b")), [(3, Delta("c"))])
        assert every == [(1, Delta("a")), (2, Delta("b")), (3, Delta("c"))]
        assert later.id != run.id
        assert whole == [(1, Delta("abc"))]
        assert later.turn == run.turn

    async def test_a_reply_that_was_cut_off_is_written_anew_once_for_all(self, database_url: str) -> None:
        conversation, turn_id = await cut_off(database_url)
        model = Actor(("A whole ", "reply."))
        async with open_at(database_url, model=model, replies=1) as services:
            before = await services.turns.with_id(conversation, turn_id)
            runs = await asyncio.gather(*(services.pipeline.follow(conversation, turn_id) for _ in range(MANY)))
            turns = await asyncio.gather(*(run.finished() for run in runs))
            kept = await services.turns.of(conversation)

        assert (before.reply, before.finished_at) == ("", None)
        assert len(model.prompts) == 1
        assert turns == kept * MANY
        assert kept[0].reply == "A whole reply."
        assert (kept[0].key, kept[0].choice, kept[0].earlier) == (before.key, before.choice, ())

    async def test_a_reply_whose_model_fell_over_is_written_anew(self, database_url: str) -> None:
        model = Actor(("Half a ", RuntimeError("fell over")), ("A whole reply.",))
        async with open_at(database_url, model=model) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            with pytest.raises(RuntimeError, match="fell over"):
                await run.finished()
            turn = await (await services.pipeline.follow(conversation, run.turn.id)).finished()

        assert turn.reply == "A whole reply."

    async def test_a_cut_off_reply_builds_on_what_came_before_it_alone(self, database_url: str) -> None:
        model = Actor(("First reply.",), ("Half a ", RuntimeError("fell over")), ("Third reply.",), ("Second reply.",))
        async with open_at(database_url, model=model) as services:
            conversation = await started(services)
            await services.pipeline.process(Ask(ENGLISH, conversation))
            cut = await services.pipeline.begin(Ask("It failed again.", conversation))
            with pytest.raises(RuntimeError):
                await cut.finished()
            await services.pipeline.process(Ask("Now it is green.", conversation))
            await (await services.pipeline.follow(conversation, cut.turn.id)).finished()

        assert model.messages == [ENGLISH, "First reply.", "It failed again."]

    async def test_a_cut_off_reply_of_a_mentor_who_was_removed_is_left_to_whoever_suits(
        self, database_url: str
    ) -> None:
        conversation, turn_id = await cut_off(database_url)
        async with open_at(database_url, model=Actor(("A whole reply.",))) as services:
            left = await services.turns.with_id(conversation, turn_id)
            assert left.choice is not None
            gone = replace(left, choice=replace(left.choice, primary="eve", override=True))
            await services.turns.redo(gone, before=left, title="")
            turn = await (await services.pipeline.follow(conversation, turn_id)).finished()
            (kept,) = await services.turns.of(conversation)

        assert kept == turn
        assert (turn.reply, turn.earlier) == ("A whole reply.", ())
        assert turn.choice is not None
        assert (turn.choice.primary, turn.choice.override) == ("nana", False)

    async def test_with_no_room_to_write_anew_says_when_to_come_back(self, database_url: str) -> None:
        conversation, turn_id = await cut_off(database_url)
        gate = asyncio.Event()
        async with open_at(database_url, model=Actor(("a", gate)), replies=1) as services:
            busy = await services.pipeline.begin(Ask(ENGLISH))
            with pytest.raises(TooManyReplies) as refused:
                await services.pipeline.follow(conversation, turn_id)
            gate.set()
            await busy.finished()
            turn = await (await services.pipeline.follow(conversation, turn_id)).finished()

        assert refused.value.retry_after > 0
        assert turn.reply == "a"

    async def test_help_lines_are_there_at_once(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation = await started(services)
            turn = await services.pipeline.process(Ask(DANGER, conversation))
            run = await services.pipeline.follow(conversation, turn.id)
            events = [event async for event in run.events()]

        assert events == [(1, Delta(turn.reply))]
        assert run.turn == turn

    async def test_what_is_not_there_is_refused(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation, other = await started(services), await started(services)
            turn = await services.pipeline.process(Ask(ENGLISH, conversation))
            for place, name in ((conversation, TurnId("nothing")), (other, turn.id)):
                with pytest.raises(TurnNotFound):
                    await services.pipeline.follow(place, name)

    async def test_a_message_without_a_conversation_can_only_be_heard_now(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            turn = await services.pipeline.process(Ask(ENGLISH))
            with pytest.raises(TurnNotFound):
                await services.pipeline.follow(ConversationId("nowhere"), turn.id)


class TestStopping:
    async def test_in_the_middle_keeps_what_there_is_and_lets_the_model_go(self, database_url: str) -> None:
        model = Actor(("First, ", "look. ", asyncio.Event(), "never said"))
        async with open_at(database_url, model=model) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            await run.further(1)
            turn = await services.pipeline.stop(conversation, run.turn.id)
            kept = await services.turns.of(conversation)
            heard = [event async for event in run.events()]

        assert turn.reply == "First, look."
        assert turn.engine == EngineUsed("model", "test:actor", stopped=True)
        assert kept == [turn]
        assert heard == [(1, Delta("First, ")), (2, Delta("look. "))]
        assert model.left.is_set()

    async def test_before_the_first_word_keeps_an_empty_reply_that_no_model_is_shown(self, database_url: str) -> None:
        model = Actor((asyncio.Event(), "never said"), ("Go on.",))
        async with open_at(database_url, model=model) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            await model.asked.wait()
            turn = await services.pipeline.stop(conversation, run.turn.id)
            await services.pipeline.process(Ask("Where do I begin?", conversation))

        assert (turn.reply, turn.engine) == ("", EngineUsed("model", "test:actor", stopped=True))
        assert turn.finished_at is not None
        assert model.messages == ["Where do I begin?"]

    async def test_after_the_end_and_twice_changes_nothing(self, database_url: str) -> None:
        model = Actor(("First, ", asyncio.Event()), ("Whole.",))
        async with open_at(database_url, model=model) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            await anext(run.events())
            stopped = await services.pipeline.stop(conversation, run.turn.id)
            twice = await services.pipeline.stop(conversation, run.turn.id)
            whole = await services.pipeline.process(Ask(ENGLISH, conversation))
            after = await services.pipeline.stop(conversation, whole.id)

        assert twice == stopped
        assert after == whole
        assert after.engine is not None
        assert not after.engine.stopped

    async def test_by_several_at_once_gives_all_the_same(self, database_url: str) -> None:
        async with open_at(database_url, model=Actor(("First, ", asyncio.Event()))) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            await anext(run.events())
            turns = await asyncio.gather(*(services.pipeline.stop(conversation, run.turn.id) for _ in range(MANY)))

        assert turns == [run.turn] * MANY
        assert run.turn.reply == "First,"

    async def test_what_a_former_server_left_makes_an_end_of_it(self, database_url: str) -> None:
        conversation, turn_id = await cut_off(database_url)
        model = Actor(("never said",))
        async with open_at(database_url, model=model) as services:
            turn = await services.pipeline.stop(conversation, turn_id)
            run = await services.pipeline.follow(conversation, turn_id)

        assert (turn.reply, turn.engine) == ("", EngineUsed("model", stopped=True))
        assert run.turn == turn
        assert model.prompts == []

    async def test_tells_that_a_lesser_model_was_writing(self, database_url: str) -> None:
        model = Actor((StepDown("test:first", "timeout"), "Second best ", asyncio.Event()))
        async with open_at(database_url, model=model) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            await run.further(1)
            turn = await services.pipeline.stop(conversation, run.turn.id)

        assert turn.engine == EngineUsed("model", "test:actor", degraded=True, reason="timeout", stopped=True)

    async def test_is_refused_for_what_is_not_there(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with open_at(database_url, model=Actor(("a", gate, "b"))) as services:
            conversation, other = await started(services), await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            with pytest.raises(TurnNotFound):
                await services.pipeline.stop(other, run.turn.id)
            gate.set()
            turn = await run.finished()

        assert turn.reply == "ab"


class TestLimit:
    async def test_refuses_a_further_message_and_keeps_nothing_of_it(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with open_at(database_url, model=Actor(("a", gate, "b")), replies=1) as services:
            conversation, other = await started(services), await started(services)
            first = await services.pipeline.begin(Ask(ENGLISH, conversation))
            with pytest.raises(TooManyReplies):
                await services.pipeline.begin(Ask(ENGLISH, other))
            refused = await services.turns.of(other)
            help_lines = await services.pipeline.process(Ask(DANGER, other))
            gate.set()
            await first.finished()
            second = await services.pipeline.process(Ask(ENGLISH, other))

        assert refused == []
        assert help_lines.crisis == "suicide"
        assert second.reply == "ab"

    async def test_holds_for_messages_that_come_at_the_same_time(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with open_at(database_url, model=Actor((gate, "a")), replies=2) as services:
            conversations = [await started(services) for _ in range(MANY)]
            begun = await asyncio.gather(
                *(services.pipeline.begin(Ask(ENGLISH, conversation)) for conversation in conversations),
                return_exceptions=True,
            )
            kept = [turn for conversation in conversations for turn in await services.turns.of(conversation)]
            gate.set()

        assert sum(isinstance(run, TooManyReplies) for run in begun) == MANY - 2
        assert len(kept) == 2

    async def test_frees_its_place_when_nothing_could_be_kept(self, database_url: str) -> None:
        async with open_at(database_url, model=Actor(("a",)), replies=1) as services:
            for _ in range(2):
                with pytest.raises(ConversationNotFound):
                    await services.pipeline.begin(Ask(ENGLISH, ConversationId("nowhere")))
            turn = await services.pipeline.process(Ask(ENGLISH, await started(services)))

        assert turn.reply == "a"

    async def test_frees_its_place_when_a_reply_fails_or_is_stopped(self, database_url: str) -> None:
        model = Actor(("a", RuntimeError("fell over")), ("b", asyncio.Event()), ("c",))
        async with open_at(database_url, model=model, replies=1) as services:
            conversation = await started(services)
            with pytest.raises(RuntimeError):
                await services.pipeline.process(Ask(ENGLISH, conversation))
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            await anext(run.events())
            await services.pipeline.stop(conversation, run.turn.id)
            turn = await services.pipeline.process(Ask(ENGLISH, conversation))

        assert turn.reply == "c"


class TestAskingAnotherMentor:
    async def answered(self, services: Services, *personas: str) -> tuple[ConversationId, list[Turn]]:
        conversation = await started(services)
        turns = [await services.pipeline.process(Ask(ENGLISH, conversation))]
        for persona in personas:
            run = await services.pipeline.again(conversation, turns[-1].id, persona)
            turns.append(await run.finished())
        return conversation, turns

    async def test_is_a_further_turn_of_the_same_message_that_repeats_nothing(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation, (first, second) = await self.answered(services, "Elro")
            kept = await services.turns.of(conversation)

        assert kept == [first, second]
        assert second.choice is not None
        assert (second.message, second.again_of, second.choice.primary) == (ENGLISH, first.id, "elro")
        said = [sentence for sentence in second.reply.replace("\n", ". ").split(". ") if len(sentence) > 20]
        assert said
        assert [sentence for sentence in said if sentence in first.reply] == []

    async def test_tells_the_model_of_every_reply_so_far_and_of_no_later_message(self, database_url: str) -> None:
        model = Actor(("Nana's view.",), ("Elro's view.",), ("Nothing new.",), ("Lua's view.",))
        async with open_at(database_url, model=model) as services:
            conversation, (first, second) = await self.answered(services, "elro")
            await services.pipeline.process(Ask("Thank you both.", conversation))
            third = await (await services.pipeline.again(conversation, second.id, "lua")).finished()

        assert third.again_of == second.again_of == first.id
        for name in ("Nana", "Elro"):
            assert f"<<<\n{name}'s view.\n>>>" in model.system
        assert model.messages == [ENGLISH]

    async def test_leaves_one_exchange_with_both_answers(self, database_url: str) -> None:
        model = Actor(("Nana's view.",), ("Elro's view.",), ("Go on.",))
        async with open_at(database_url, model=model) as services:
            conversation, _ = await self.answered(services, "elro")
            await services.pipeline.process(Ask("What next?", conversation))

        assert model.messages == [ENGLISH, "Nana's view.\n\nElro's view.", "What next?"]

    async def test_reads_it_as_the_mentee_corrected_it(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation, (first,) = await self.answered(services)
            correction = Correction(Tone.ANXIOUS, None, None, share=False, created_at=first.created_at)
            first = await services.turns.correct(conversation, first.id, correction)
            second = await (await services.pipeline.again(conversation, first.id, "lua")).finished()

        assert second.key == first.corrected_key != first.key

    async def test_counts_where_the_first_reply_was_stopped(self, database_url: str) -> None:
        model = Actor((asyncio.Event(),), ("Elro's view.",), ("Go on.",))
        async with open_at(database_url, model=model) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            await model.asked.wait()
            await services.pipeline.stop(conversation, run.turn.id)
            await (await services.pipeline.again(conversation, run.turn.id, "elro")).finished()
            await services.pipeline.process(Ask("What next?", conversation))

        assert "said:" not in model.prompts[1].system
        assert model.messages == [ENGLISH, "Elro's view.", "What next?"]

    async def test_with_one_key_is_answered_once(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation, (first,) = await self.answered(services)
            runs = await asyncio.gather(
                *(services.pipeline.again(conversation, first.id, "elro", request_key="k1") for _ in range(MANY))
            )
            turns = [await run.finished() for run in runs]
            with pytest.raises(KeyMismatch):
                await services.pipeline.again(conversation, first.id, "lua", request_key="k1")
            with pytest.raises(KeyMismatch):
                await services.pipeline.begin(Ask(ENGLISH, conversation, request_key="k1"))
            kept = await services.turns.of(conversation)

        assert len(kept) == 2
        assert turns == [kept[1]] * MANY

    async def test_of_words_said_in_danger_is_answered_with_help_lines(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation = await started(services)
            first = await services.pipeline.process(Ask(DANGER, conversation))
            runs = [await services.pipeline.again(conversation, first.id, "lua", request_key="k1") for _ in range(2)]

        assert runs[0].turn == runs[1].turn
        assert (runs[0].turn.crisis, runs[0].turn.choice) == ("suicide", None)

    async def test_is_refused_where_mentor_or_turn_is_unknown(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation, (first,) = await self.answered(services)
            with pytest.raises(PersonaNotFound):
                await services.pipeline.again(conversation, first.id, "zeus")
            with pytest.raises(TurnNotFound):
                await services.pipeline.again(conversation, TurnId("nothing"), "lua")
            kept = await services.turns.of(conversation)

        assert kept == [first]


class TestDeletedConversation:
    async def test_takes_nothing_and_tells_nothing(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation = await started(services)
            turn = await services.pipeline.process(Ask(ENGLISH, conversation))
            await services.conversations.delete(conversation, at=NOW)
            with pytest.raises(ConversationNotFound):
                await services.pipeline.begin(Ask(ENGLISH, conversation))
            for refused in (
                services.pipeline.follow(conversation, turn.id),
                services.pipeline.stop(conversation, turn.id),
                services.pipeline.redo(conversation, turn.id),
                services.pipeline.again(conversation, turn.id, "elro"),
            ):
                with pytest.raises(TurnNotFound):
                    await refused
            await services.conversations.restore(conversation)
            kept = await services.turns.of(conversation)

        assert kept == [turn]

    async def test_a_reply_that_was_being_written_is_there_after_an_undo(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with open_at(database_url, model=Actor(("a", gate, "b"))) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            await services.conversations.delete(conversation, at=NOW)
            gate.set()
            await run.finished()
            await services.conversations.restore(conversation)
            kept = await services.turns.of(conversation)

        assert [turn.reply for turn in kept] == ["ab"]

    async def test_one_that_was_purged_in_mid_stream_harms_nobody(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with open_at(database_url, model=Actor(("a", gate, "b"))) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            await services.conversations.delete(conversation, at=NOW)
            await services.conversations.purge(deleted_before=services.clock())
            gate.set()
            turn = await run.finished()

        assert turn.reply == "ab"


async def test_a_broken_off_reply_can_be_followed_with_its_step_down(database_url: str) -> None:
    async with open_at(database_url, model=Actor(("Half a ", ModelError("timeout", transient=True)))) as services:
        conversation = await started(services)
        run = await services.pipeline.begin(Ask(ENGLISH, conversation))
        events = [event async for _, event in run.events()]

    assert events[:2] == [Delta("Half a "), SteppedDown("timeout")]
    assert run.stepped_down == "timeout"

import asyncio
from dataclasses import replace

import pytest

from ion.db import open_database
from ion.mentoring import (
    Ask,
    ConversationId,
    ConversationNotFound,
    ConversationStore,
    Correction,
    Draft,
    EngineUsed,
    NotTheLast,
    StillWriting,
    Turn,
    TurnId,
    TurnNotFound,
    TurnStore,
)
from ion.resonance import EmptyMessage, Intent, MessageTooLong, ResonanceKey, Tone
from ion.services import Services
from tests.keyrings import keyring_of
from tests.mentoring.speaking import DANGER, ENGLISH, KOREAN, Actor, open_at, started
from tests.mentoring.test_store import NOW, make_conversation, make_turn, prepared

DANGER_IN_ENGLISH = "i keep thinking about killing myself"


def draft_of(turn: Turn) -> Draft:
    assert turn.finished_at is not None
    return Draft(turn.message, turn.reply, turn.choice.primary if turn.choice else None, turn.finished_at)


def answered_by(turn: Turn) -> str | None:
    return None if turn.choice is None else turn.choice.primary


async def sent(services: Services, text: str = ENGLISH, *, persona: str | None = None) -> Turn:
    """Send a first message, and return its turn."""
    return await services.pipeline.process(Ask(text, await started(services), persona=persona))


async def redone(services: Services, turn: Turn, text: str | None = None) -> Turn:
    assert turn.conversation_id is not None
    return await (await services.pipeline.redo(turn.conversation_id, turn.id, text=text)).finished()


async def corrected(services: Services, turn: Turn, tone: Tone, intent: Intent | None = None) -> Turn:
    assert turn.conversation_id is not None
    correction = Correction(tone, None, intent, share=True, created_at=NOW)
    return await services.turns.correct(turn.conversation_id, turn.id, correction)


class TestTryingAgain:
    @pytest.mark.parametrize("message", [ENGLISH, KOREAN], ids=["en", "ko"])
    async def test_gives_a_different_reply_and_keeps_the_old_one(self, database_url: str, message: str) -> None:
        async with open_at(database_url) as services:
            first = await sent(services, message)
            second = await redone(services, first)
            third = await redone(services, second)
            (kept,) = await services.turns.of(ConversationId(str(first.conversation_id)))

        assert len({first.reply, second.reply, third.reply}) == 3
        assert second.earlier == (draft_of(first),)
        assert third.earlier == (draft_of(first), draft_of(second))
        assert kept == third
        assert (third.id, third.position, third.created_at) == (first.id, first.position, first.created_at)
        assert (third.key, third.choice) == (first.key, first.choice)

    async def test_tells_the_model_what_was_said_before(self, database_url: str) -> None:
        model = Actor(("Look at one test.",), ("Look at the log.",))
        async with open_at(database_url, model=model) as services:
            turn = await redone(services, await sent(services))

        assert turn.reply == "Look at the log."
        assert "You said then:\n<<<\nLook at one test.\n>>>" in model.system
        assert model.messages == [ENGLISH]

    async def test_builds_on_what_came_before_the_message_alone(self, database_url: str) -> None:
        model = Actor(("One.",), ("Two.",), ("Three.",), ("Two again.",))
        async with open_at(database_url, model=model) as services:
            conversation = await started(services)
            turns = [
                await services.pipeline.process(Ask(text, conversation))
                for text in (ENGLISH, "It failed.", "Now it is green.")
            ]
            await redone(services, turns[1])
            kept = await services.turns.of(conversation)

        assert model.messages == [ENGLISH, "One.", "It failed."]
        assert [turn.reply for turn in kept] == ["One.", "Two again.", "Three."]

    async def test_of_a_stopped_reply_keeps_what_there_was_of_it(self, database_url: str) -> None:
        model = Actor(("First, ", asyncio.Event()), ("A whole reply.",))
        async with open_at(database_url, model=model) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            await anext(run.events())
            stopped = await services.pipeline.stop(conversation, run.turn.id)
            turn = await redone(services, stopped)

        assert turn.reply == "A whole reply."
        assert turn.engine is not None
        assert not turn.engine.stopped
        assert turn.earlier == (draft_of(stopped),)

    async def test_of_a_reply_that_never_came_keeps_nothing_of_it(self, database_url: str) -> None:
        model = Actor(("Half a ", RuntimeError("fell over")), ("A whole reply.",))
        async with open_at(database_url, model=model) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            with pytest.raises(RuntimeError):
                await run.finished()
            turn = await redone(services, run.turn)

        assert (turn.reply, turn.earlier) == ("A whole reply.", ())

    async def test_keeps_a_given_key_and_a_chosen_mentor(self, database_url: str) -> None:
        key = ResonanceKey.parse("playful-burst-reflection")
        async with open_at(database_url) as services:
            conversation = await started(services)
            turn = await services.pipeline.process(Ask(ENGLISH, conversation, key=key, persona="riri"))
            again = await redone(services, await redone(services, turn))

        assert (again.key, answered_by(again)) == (key, "riri")
        assert again.choice == turn.choice

    async def test_of_help_lines_gives_them_again(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            turn = await redone(services, await sent(services, DANGER))

        assert (turn.crisis, turn.choice, turn.engine) == ("suicide", None, EngineUsed("help_lines"))
        assert [draft.persona for draft in turn.earlier] == [None]

    async def test_of_another_mentors_answer_still_knows_the_first(self, database_url: str) -> None:
        model = Actor(("Nana's view.",), ("Elro's view.",), ("Elro's second.",), ("Nana's second.",))
        async with open_at(database_url, model=model) as services:
            first = await sent(services)
            conversation = ConversationId(str(first.conversation_id))
            second = await (await services.pipeline.again(conversation, first.id, "elro")).finished()
            second = await redone(services, second)
            of_second = model.system
            await redone(services, first)

        assert (second.again_of, answered_by(second), second.reply) == (first.id, "elro", "Elro's second.")
        assert "Nana said:\n<<<\nNana's view.\n>>>" in of_second
        assert "You said then:\n<<<\nElro's view.\n>>>" in of_second
        assert "Elro said:\n<<<\nElro's second.\n>>>" in model.system
        assert "You said then:\n<<<\nNana's view.\n>>>" in model.system

    async def test_of_a_mentor_who_was_removed_is_left_to_whoever_suits(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            turn = await sent(services, persona="lua")
            assert turn.choice is not None
            gone = replace(turn, choice=replace(turn.choice, primary="eve"))
            await services.turns.redo(gone, before=turn, title="")
            again = await redone(services, gone)

        assert answered_by(again) == "nana"
        assert again.choice is not None
        assert not again.choice.override


class TestChangingTheMessage:
    async def test_answers_the_new_one_in_the_same_place(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            first = await sent(services)
            turn = await redone(services, first, KOREAN)
            (kept,) = await services.turns.of(ConversationId(str(first.conversation_id)))

        assert kept == turn
        assert (turn.id, turn.message, turn.language) == (first.id, KOREAN, "ko")
        assert turn.reading is not None
        assert turn.reading.language == "ko"
        assert turn.earlier == (draft_of(first),)

    async def test_shows_the_model_nothing_of_the_old_one(self, database_url: str) -> None:
        model = Actor(("Look at one test.",), ("Look at the log.",))
        async with open_at(database_url, model=model) as services:
            await redone(services, await sent(services), "How do I ask for a raise?")

        assert model.messages == ["How do I ask for a raise?"]
        assert "Look at one test." not in model.system

    async def test_drops_the_correction_and_the_given_key(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation = await started(services)
            key = ResonanceKey.parse("playful-burst-reflection")
            given = await services.pipeline.process(Ask(ENGLISH, conversation, key=key))
            await corrected(services, given, Tone.ANXIOUS)
            turn = await redone(services, given, KOREAN)
            (kept,) = await services.turns.of(conversation)
            counts = await services.turns.corrected()

        assert turn.reading is not None
        assert turn.key == turn.reading.key
        assert (turn.correction, kept.correction) == (None, None)
        assert (counts.shared, counts.not_shared) == (0, 0)

    async def test_to_the_same_words_keeps_the_correction(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            first = await sent(services)
            await corrected(services, first, Tone.ANXIOUS)
            turn = await redone(services, first, ENGLISH)

        assert turn.key is not None
        assert turn.key.tone is Tone.ANXIOUS
        assert turn.correction is not None

    async def test_keeps_the_chosen_mentor(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            turn = await redone(services, await sent(services, persona="riri"), KOREAN)

        assert answered_by(turn) == "riri"

    async def test_titles_a_conversation_of_one_turn_anew(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            turn = await sent(services)
            conversation = ConversationId(str(turn.conversation_id))
            before = (await services.conversations.with_id(conversation)).title
            await redone(services, turn, "How do I ask for a raise?")
            after = (await services.conversations.with_id(conversation)).title

        assert before
        assert after != before
        assert "raise" in after

    async def test_leaves_a_title_that_the_mentee_gave(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            turn = await sent(services)
            conversation = ConversationId(str(turn.conversation_id))
            await services.conversations.rename(conversation, "My release")
            await redone(services, turn, KOREAN)
            after = (await services.conversations.with_id(conversation)).title

        assert after == "My release"

    async def test_leaves_the_title_of_a_longer_conversation(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            turn = await sent(services)
            conversation = ConversationId(str(turn.conversation_id))
            before = (await services.conversations.with_id(conversation)).title
            last = await services.pipeline.process(Ask("It failed again.", conversation))
            await redone(services, last, "How do I ask for a raise?")
            after = (await services.conversations.with_id(conversation)).title

        assert after == before

    async def test_is_refused_where_others_follow_and_nothing_changes(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            first = await sent(services)
            conversation = ConversationId(str(first.conversation_id))
            second = await services.pipeline.process(Ask("It failed again.", conversation))
            with pytest.raises(NotTheLast):
                await redone(services, first, KOREAN)
            kept = await services.turns.of(conversation)
            again = await redone(services, first)

        assert kept == [first, second]
        assert again.earlier == (draft_of(first),)

    async def test_of_another_mentors_answer_makes_it_a_message_of_its_own(self, database_url: str) -> None:
        model = Actor(("Nana's view.",), ("Elro's view.",), ("About the raise.",), ("Go on.",))
        async with open_at(database_url, model=model) as services:
            first = await sent(services)
            conversation = ConversationId(str(first.conversation_id))
            second = await (await services.pipeline.again(conversation, first.id, "elro")).finished()
            changed = await redone(services, second, "How do I ask for a raise?")
            await services.pipeline.process(Ask("And then?", conversation))
            kept = await services.turns.with_id(conversation, second.id)

        assert (changed.again_of, kept.again_of, answered_by(kept)) == (None, None, "elro")
        assert model.messages == [
            ENGLISH,
            "Nana's view.",
            "How do I ask for a raise?",
            "About the raise.",
            "And then?",
        ]

    @pytest.mark.parametrize(("text", "error"), [(" ", EmptyMessage), ("x" * 100_001, MessageTooLong)])
    async def test_to_what_cannot_be_read_is_refused(
        self, database_url: str, text: str, error: type[Exception]
    ) -> None:
        async with open_at(database_url) as services:
            turn = await sent(services)
            with pytest.raises(error):
                await redone(services, turn, text)
            (kept,) = await services.turns.of(ConversationId(str(turn.conversation_id)))

        assert kept == turn

    async def test_to_emoji_is_answered_in_the_language_it_had(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            turn = await redone(services, await sent(services, KOREAN), "😭😭")

        assert turn.language == "ko"


class TestDanger:
    async def test_in_the_new_words_brings_help_lines_and_no_model(self, database_url: str) -> None:
        model = Actor(("Look at one test.",))
        async with open_at(database_url, model=model, replies=1) as services:
            first = await sent(services)
            await corrected(services, first, Tone.ANXIOUS)
            turn = await redone(services, first, DANGER_IN_ENGLISH)
            (kept,) = await services.turns.of(ConversationId(str(first.conversation_id)))
            conversation = await services.conversations.with_id(ConversationId(str(first.conversation_id)))

        assert len(model.prompts) == 1
        assert kept == turn
        assert (turn.crisis, turn.key, turn.reading, turn.choice, turn.correction) == ("suicide", *(None,) * 4)
        assert "988" in turn.reply
        assert turn.earlier == (draft_of(first),)
        assert "killing" not in conversation.title

    async def test_is_answered_though_ion_writes_all_it_can(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with open_at(database_url, model=Actor(("One.",), ("a", gate)), replies=1) as services:
            first = await sent(services)
            await services.pipeline.begin(Ask(ENGLISH))
            turn = await redone(services, first, DANGER_IN_ENGLISH)
            gate.set()

        assert turn.crisis == "suicide"

    async def test_taken_back_brings_a_mentor_who_hears_nothing_of_it(self, database_url: str) -> None:
        model = Actor(("Look at one test.",))
        async with open_at(database_url, model=model) as services:
            turn = await redone(services, await sent(services, DANGER_IN_ENGLISH), ENGLISH)
            (kept,) = await services.turns.of(ConversationId(str(turn.conversation_id)))

        assert kept == turn
        assert (turn.crisis, answered_by(turn), turn.reply) == (None, "nana", "Look at one test.")
        assert [draft.message for draft in turn.earlier] == [DANGER_IN_ENGLISH]
        assert model.messages == [ENGLISH]
        assert "988" not in model.system


class TestReadingItDifferently:
    async def test_key_mentor_and_reply_follow_the_correction(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            first = await sent(services)
            await corrected(services, first, Tone.ANXIOUS, Intent.REFLECTION)
            turn = await redone(services, first)

        assert turn.reading == first.reading
        assert turn.key is not None
        assert (turn.key.tone, turn.key.intent) == (Tone.ANXIOUS, Intent.REFLECTION)
        assert (answered_by(first), answered_by(turn)) == ("nana", "lua")
        assert turn.reply != first.reply
        assert turn.correction is not None

    async def test_the_last_correction_counts(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            turn = await sent(services)
            for tone in (Tone.PLAYFUL, Tone.ANXIOUS):
                await corrected(services, turn, tone)
                turn = await redone(services, turn)

        assert turn.key is not None
        assert turn.key.tone is Tone.ANXIOUS
        assert len(turn.earlier) == 2

    async def test_counts_more_than_a_key_that_a_program_gave(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation = await started(services)
            key = ResonanceKey.parse("playful-burst-reflection")
            given = await services.pipeline.process(Ask(ENGLISH, conversation, key=key))
            await corrected(services, given, Tone.ANXIOUS)
            turn = await redone(services, given)

        assert turn.key == turn.corrected_key

    async def test_leaves_a_chosen_mentor(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            first = await sent(services, persona="riri")
            await corrected(services, first, Tone.ANXIOUS)
            turn = await redone(services, first)

        assert answered_by(turn) == "riri"


class TestAtTheSameTime:
    async def test_nothing_is_redone_while_it_is_being_written(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with open_at(database_url, model=Actor(("a", gate, "b"))) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            for text in (None, KOREAN):
                with pytest.raises(StillWriting):
                    await services.pipeline.redo(conversation, run.turn.id, text=text)
            gate.set()
            turn = await run.finished()

        assert (turn.reply, turn.earlier) == ("ab", ())

    async def test_of_two_one_is_redone_and_the_other_refused(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with open_at(database_url, model=Actor(("One.",), (gate, "Two."))) as services:
            first = await sent(services)
            conversation = ConversationId(str(first.conversation_id))
            runs = await asyncio.gather(
                services.pipeline.redo(conversation, first.id),
                services.pipeline.redo(conversation, first.id, text=KOREAN),
                return_exceptions=True,
            )
            gate.set()
            await services.pipeline.close()
            (kept,) = await services.turns.of(conversation)

        assert [type(run) for run in runs if isinstance(run, BaseException)] == [StillWriting]
        assert (kept.reply, kept.earlier) == ("Two.", (draft_of(first),))

    async def test_a_cut_off_reply_that_is_redone_is_not_written_for_its_old_words_too(self, database_url: str) -> None:
        gate = asyncio.Event()
        model = Actor(("Half a ", RuntimeError("fell over")), (gate, "Whole."))
        async with open_at(database_url, model=model) as services:
            conversation = await started(services)
            run = await services.pipeline.begin(Ask(ENGLISH, conversation))
            with pytest.raises(RuntimeError):
                await run.finished()
            again, followed = await asyncio.gather(
                services.pipeline.redo(conversation, run.turn.id, text=KOREAN),
                services.pipeline.follow(conversation, run.turn.id),
            )
            gate.set()
            turn = await followed.finished()
            (kept,) = await services.turns.of(conversation)

        assert followed is again
        assert len(model.prompts) == 2
        assert model.messages == [KOREAN]
        assert turn == kept
        assert (kept.message, kept.reply) == (KOREAN, "Whole.")

    async def test_a_message_and_a_change_of_the_one_before_it_agree(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            first = await sent(services)
            conversation = ConversationId(str(first.conversation_id))
            changed, second = await asyncio.gather(
                services.pipeline.redo(conversation, first.id, text=KOREAN),
                services.pipeline.begin(Ask("It failed again.", conversation)),
                return_exceptions=True,
            )
            await services.pipeline.close()
            kept = await services.turns.of(conversation)

        assert not isinstance(second, BaseException)
        assert not isinstance(changed, BaseException)
        assert [turn.message for turn in kept] == [KOREAN, "It failed again."]


class TestInTheDatabase:
    async def test_what_changed_since_it_was_looked_up_stays(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            await ConversationStore(database, await keyring_of(database)).add(make_conversation())
            store = TurnStore(database, await keyring_of(database))
            before = await store.append(make_turn(), title="")
            await store.finish(before.id, reply="One.", engine=EngineUsed("playbooks"), at=NOW)
            with pytest.raises(StillWriting):
                await store.redo(replace(before, reply="Two."), before=before, title="")
            (kept,) = await store.of(ConversationId("c1"))

        assert kept.reply == "One."

    async def test_what_is_gone_is_refused(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            conversations, store = (
                ConversationStore(database, await keyring_of(database)),
                TurnStore(database, await keyring_of(database)),
            )
            await conversations.add(make_conversation())
            turn = make_turn()
            with pytest.raises(StillWriting):
                await store.redo(turn, before=turn, title="")
            await conversations.delete(ConversationId("c1"), at=NOW)
            with pytest.raises(ConversationNotFound):
                await store.redo(turn, before=turn, title="")

    async def test_an_unknown_turn_is_refused(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            conversation = await started(services)
            with pytest.raises(TurnNotFound):
                await services.pipeline.redo(conversation, TurnId("nothing"))

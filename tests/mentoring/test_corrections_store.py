import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ion.db import Database, open_database
from ion.mentoring import (
    ConversationId,
    ConversationNotFound,
    ConversationStore,
    Corrected,
    Correction,
    NoReading,
    Turn,
    TurnId,
    TurnNotFound,
    TurnStore,
)
from ion.resonance import Intent, Pace, Tone
from tests.keyrings import keyring_of
from tests.mentoring.test_store import make_conversation, make_turn, prepared

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
C1 = ConversationId("c1")


def corrected(tone: Tone | None = Tone.ANXIOUS, *, share: bool = False, pace: Pace | None = None) -> Correction:
    return Correction(tone, pace, Intent.VALIDATION, share=share, created_at=NOW + timedelta(minutes=1))


async def with_turns(database: Database, *names: str, conversation: str = "c1") -> TurnStore:
    store = TurnStore(database, await keyring_of(database))
    await ConversationStore(database, await keyring_of(database)).add(make_conversation(conversation))
    for name in names:
        await store.append(make_turn(name, conversation=conversation), title="")
    return store


async def shared(store: TurnStore) -> list[Turn]:
    return [turn async for turn in store.shared()]


async def run(database: Database, statement: str) -> None:
    async with database.transaction() as session:
        await session.execute(text(statement))


class TestCorrecting:
    async def test_stays_beside_the_reading(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_turns(database, "t1", "t2")
            returned = await store.correct(C1, TurnId("t2"), corrected(share=True, pace=Pace.BURST))
            first, second = await store.of(C1)

        assert (first.correction, first.corrected_key) == (None, None)
        assert second == returned
        assert second.correction == corrected(share=True, pace=Pace.BURST)
        assert str(second.corrected_key) == "anxious-burst-validation"
        assert second.reading == make_turn().reading

    async def test_the_last_one_counts(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_turns(database, "t1")
            await store.correct(C1, TurnId("t1"), corrected(share=True, pace=Pace.BURST))
            await store.correct(C1, TurnId("t1"), corrected(None))
            (turn,) = await store.of(C1)
            counts = await store.corrected()

        assert turn.correction == corrected(None)
        assert str(turn.corrected_key) == "urgent-medium-validation"
        assert counts == Corrected(shared=0, not_shared=1)

    async def test_many_at_once_leave_one(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_turns(database, "t1")
            await asyncio.gather(*(store.correct(C1, TurnId("t1"), corrected(tone)) for tone in Tone))
            counts = await store.corrected()

        assert counts == Corrected(shared=0, not_shared=1)

    async def test_what_is_not_there_or_was_not_read_is_refused(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_turns(database, "t1")
            await with_turns(database, "t2", conversation="c2")
            crisis = replace(make_turn("t3"), crisis="suicide", key=None, reading=None, choice=None)
            await store.append(crisis, title="")
            with pytest.raises(ConversationNotFound):
                await store.correct(ConversationId("nowhere"), TurnId("t1"), corrected())
            for name in ("nothing", "t2"):
                with pytest.raises(TurnNotFound):
                    await store.correct(C1, TurnId(name), corrected())
            with pytest.raises(NoReading):
                await store.correct(C1, TurnId("t3"), corrected())
            counts = await store.corrected()

        assert counts == Corrected(0, 0)

    async def test_goes_with_its_conversation(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_turns(database, "t1")
            await with_turns(database, "t2", conversation="c2")
            await store.correct(C1, TurnId("t1"), corrected(share=True))
            await store.correct(ConversationId("c2"), TurnId("t2"), corrected())
            await run(database, "DELETE FROM conversation WHERE id = 'c1'")
            counts = await store.corrected()

        assert counts == Corrected(shared=0, not_shared=1)

    async def test_the_table_takes_none_that_says_nothing(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            await with_turns(database, "t1")
            with pytest.raises(IntegrityError, match="ck_corrections_says_something"):
                await run(
                    database, "INSERT INTO corrections (turn_id, created_at) VALUES ('t1', '2026-03-01 09:30:00')"
                )

    async def test_consent_is_not_given_by_default(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_turns(database, "t1")
            values = "('t1', 'calm', '2026-03-01 09:30:00')"
            await run(database, f"INSERT INTO corrections (turn_id, tone, created_at) VALUES {values}")  # noqa: S608
            counts = await store.corrected()

        assert counts == Corrected(shared=0, not_shared=1)


class TestShared:
    async def test_are_those_with_consent_in_an_order_that_stays(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_turns(database, "t3", "t1", "t4")
            await with_turns(database, "t2", conversation="c2")
            for name, share in (("t3", True), ("t1", True), ("t4", False)):
                await store.correct(C1, TurnId(name), corrected(share=share))
            await store.correct(ConversationId("c2"), TurnId("t2"), corrected(share=True))
            turns = await shared(store)
            counts = await store.corrected()

        assert [turn.id for turn in turns] == ["t1", "t2", "t3"]
        assert {turn.correction for turn in turns} == {corrected(share=True)}
        assert counts == Corrected(shared=3, not_shared=1)

    async def test_hold_no_turn_of_the_crisis_path_whatever_the_table_says(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_turns(database, "t1", "t2")
            for name in ("t1", "t2"):
                await store.correct(C1, TurnId(name), corrected(share=True))
            await run(database, "UPDATE turn SET crisis = 'suicide' WHERE id = 't1'")
            turns = await shared(store)

        assert [turn.id for turn in turns] == ["t2"]

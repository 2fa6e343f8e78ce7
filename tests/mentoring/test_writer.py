import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from ion.llm import Chunk, Delta, Prompt
from ion.mentoring import Ask, EngineUsed, Run, SteppedDown, TooManyReplies
from ion.services import Services, open_services
from ion.settings import DatabaseSettings, LlmSettings, Settings
from tests.mentoring.speaking import ENGLISH, Actor, open_at, started
from tests.mentoring.test_store import make_turn
from tests.servers.databases import sqlite_at
from tests.servers.misbehaving import STALLING, Answer, misbehaving_server


class Attentive:
    """A model that notes in which task it is opened, asked for each piece, and closed."""

    name = "test:attentive"

    def __init__(self) -> None:
        self.tasks: list[asyncio.Task[object] | None] = []

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        self.tasks.append(asyncio.current_task())
        try:
            yield Delta("One ")
            self.tasks.append(asyncio.current_task())
            await asyncio.Event().wait()
        finally:
            self.tasks.append(asyncio.current_task())


async def begun(services: Services) -> Run:
    """Begin a reply in a conversation of its own, and wait for its first piece."""
    run = await services.pipeline.begin(Ask(ENGLISH, await started(services)))
    await run.further(0)
    return run


class TestRoom:
    async def test_is_held_until_what_it_was_for_is_done(self, database_url: str) -> None:
        async with open_at(database_url, replies=2) as services:
            room = services.pipeline.writer.room
            with room(), room(), pytest.raises(TooManyReplies) as refused:
                room().__enter__()
            with room():
                pass

        assert refused.value.retry_after == 5

    async def test_is_for_as_many_as_are_asked_for(self, database_url: str) -> None:
        async with open_at(database_url, replies=3) as services:
            room = services.pipeline.writer.room
            with room(2) as taken, pytest.raises(TooManyReplies):
                room(2).__enter__()
            with room(3):
                pass

        assert taken == 2

    async def test_is_all_there_is_for_more_than_that(self, database_url: str) -> None:
        async with open_at(database_url, replies=2) as services:
            room = services.pipeline.writer.room
            with room(4) as taken, pytest.raises(TooManyReplies):
                room().__enter__()

        assert taken == 2

    async def test_is_given_back_when_something_goes_wrong(self, database_url: str) -> None:
        async with open_at(database_url, replies=1) as services:
            for _ in range(2):
                with pytest.raises(ZeroDivisionError), services.pipeline.writer.room():
                    raise ZeroDivisionError


class TestStarting:
    async def test_a_reply_that_is_being_written_goes_on(self, tmp_path: Path) -> None:
        model = Actor(("One ", asyncio.Event()))
        async with open_at(sqlite_at(tmp_path / "ion.db"), model=model) as services:
            run = await begun(services)
            conversation = run.turn.conversation_id
            assert conversation is not None
            runs = [await services.pipeline.follow(conversation, run.turn.id) for _ in range(3)]
            await services.pipeline.stop(conversation, run.turn.id)

        assert runs == [run] * 3
        assert len(model.prompts) == 1


class TestLettingGo:
    async def test_a_stream_is_opened_read_and_closed_in_one_task(self, tmp_path: Path) -> None:
        model = Attentive()
        async with open_services(
            Settings(database=DatabaseSettings(url=sqlite_at(tmp_path / "ion.db"))), model=model
        ) as services:
            run = await begun(services)
            assert run.turn.conversation_id is not None
            await services.pipeline.stop(run.turn.conversation_id, run.turn.id)

        assert len(model.tasks) == 3
        assert len(set(model.tasks)) == 1

    async def test_a_server_that_ends_closes_the_stream_it_gives_up_on(self, tmp_path: Path) -> None:
        model = Actor(("One ", asyncio.Event()))
        async with open_at(sqlite_at(tmp_path / "ion.db"), model=model) as services:
            run = await begun(services)
            await services.pipeline.close(patience=0)
            with pytest.raises(asyncio.CancelledError):
                await run.finished()

        assert model.left.is_set()

    async def test_stopping_ends_the_connection_to_a_real_provider(self, tmp_path: Path) -> None:
        with misbehaving_server(STALLING) as provider:
            settings = Settings(
                database=DatabaseSettings(url=sqlite_at(tmp_path / "ion.db")),
                llm=LlmSettings.model_validate({"model": "openai:m", "base_url": provider.base_url, "api_key": "k"}),
            )
            async with open_services(settings) as services:
                run = await begun(services)
                await run.further(1)
                assert run.turn.conversation_id is not None
                turn = await services.pipeline.stop(run.turn.conversation_id, run.turn.id)
                left = await asyncio.to_thread(provider.client_left.wait, 10)

        assert left
        assert turn.reply == "Hello there"
        assert turn.engine == EngineUsed("model", "openai:m", stopped=True)

    async def test_a_provider_that_stalls_is_given_up_on_in_mid_stream(self, tmp_path: Path) -> None:
        with misbehaving_server(STALLING, Answer()) as provider:
            llm = {"model": "openai:m", "base_url": provider.base_url, "api_key": "k", "total_timeout": 1}
            settings = Settings(
                database=DatabaseSettings(url=sqlite_at(tmp_path / "ion.db")), llm=LlmSettings.model_validate(llm)
            )
            async with open_services(settings) as services:
                run = await begun(services)
                turn = await run.finished()
                left = await asyncio.to_thread(provider.client_left.wait, 10)

        assert left
        assert turn.engine is not None
        assert (turn.engine.name, turn.engine.reason) == ("playbooks", "timeout")
        assert turn.reply.startswith("Hello there")


class TestRun:
    async def test_tells_a_reader_who_waits_of_each_piece_and_of_the_end(self) -> None:
        turn = make_turn()
        run = Run("r", turn, "")
        reader = asyncio.create_task(run.further(0))
        await run.add(Delta("a"))
        first = await reader
        await run.add(SteppedDown("timeout"))
        await run.end(turn)
        rest = await run.further(1)

        assert first == ([Delta("a")], 1, False)
        assert rest == ([SteppedDown("timeout")], 2, True)
        assert (run.so_far, run.told, run.stepped_down) == ("a", 2, "timeout")

    async def test_gives_out_what_there_is_before_it_says_that_it_failed(self) -> None:
        turn = make_turn()
        run = Run("r", turn, "")
        await run.add(Delta("a"))
        await run.end(turn, RuntimeError("fell over"))
        pieces = await run.further(0)

        assert pieces == ([Delta("a")], 1, False)
        for after in (1, 999):
            with pytest.raises(RuntimeError, match="fell over"):
                await run.further(after)
        assert run.stepped_down is None

import asyncio
from collections.abc import AsyncGenerator

import httpx2
import pytest

from ion import __version__
from ion.api.v2.condition import ServiceState, state_of
from ion.errors import Unavailable
from ion.llm import BreakerModel, Chunk, Delta, FallbackModel, ModelError, ModelState, Prompt
from ion.monitoring import Tally
from ion.settings import ServerSettings, Settings
from tests.api.test_messages import ASYNC, another
from tests.conftest import client_of
from tests.keyrings import sealing_settings
from tests.llm.test_breaker import ManualClock
from tests.mentoring.speaking import ENGLISH, Actor
from tests.servers.postgres import Postgres

STATUS, HEALTH = "/api/v2/status", "/api/v2/health"
WELL, FAILING = Tally(20, 0), Tally(20, 1)


class TestState:
    @pytest.mark.parametrize(
        ("database", "breakers", "tally", "state"),
        [
            (True, (), WELL, "operational"),
            (True, ("closed", "closed"), WELL, "operational"),
            (True, ("open",), WELL, "degraded"),
            (True, ("closed", "open"), WELL, "degraded"),
            (True, ("half_open",), WELL, "degraded"),
            (True, (), FAILING, "degraded"),
            (True, (), Tally(19, 19), "operational"),
            (True, (), Tally(100, 4), "operational"),
            (False, (), WELL, "down"),
            (False, ("open",), FAILING, "down"),
        ],
    )
    def test_follows_what_is_known(
        self, database: bool, breakers: tuple[str, ...], tally: Tally, state: ServiceState
    ) -> None:
        models = [ModelState("m", breaker) for breaker in breakers]  # type: ignore[arg-type]

        assert state_of(database=database, models=models, tally=tally) == state


class TestStatus:
    async def test_of_a_new_server_is_operational(self, client: httpx2.AsyncClient) -> None:
        response = await client.get(STATUS)
        body = response.json()

        assert response.status_code == 200
        assert body.pop("timestamp")
        assert body.pop("uptime_ms") >= 0
        assert body == {
            "status": "operational",
            "version": __version__,
            "error_rate": 0.0,
            "requests": {"seconds": 300, "total": 0, "failed": 0},
            "engine": {"name": "playbooks", "models": []},
            "replies": {"writing": 0, "room_left": 32, "limit": 32},
        }

    async def test_counts_requests_but_not_those_of_operators(self, client: httpx2.AsyncClient) -> None:
        for path in ("/api/v2/personas", "/api/v2/nowhere", "/", HEALTH, STATUS, "/metrics"):
            await client.get(path)

        assert (await client.get(STATUS)).json()["requests"] == {"seconds": 300, "total": 3, "failed": 0}

    async def test_tells_of_replies_that_are_being_written(self, settings: Settings) -> None:
        gate = asyncio.Event()
        limited = settings.model_copy(update={"server": ServerSettings(replies=2)})
        async with client_of(limited, model=Actor((gate, "One."))) as client:
            talk = await another(client)
            turn = (await talk.send(headers=ASYNC)).json()
            writing = (await client.get(STATUS)).json()["replies"]
            gate.set()
            await talk.events(turn["id"])
            done = (await client.get(STATUS)).json()["replies"]

        assert writing == {"writing": 1, "room_left": 1, "limit": 2}
        assert done == {"writing": 0, "room_left": 2, "limit": 2}

    async def test_is_down_without_a_database_and_still_tells(self, postgres: Postgres) -> None:
        url = postgres.migrated_database()
        async with client_of(sealing_settings(url)) as client:
            postgres.drop(url)
            response = await client.get(STATUS)

        assert (response.status_code, response.json()["status"]) == (200, "down")


class Refusing:
    """A model of which nothing can be had, for a reason that no fallback is meant for."""

    name = "test:refusing"

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        raise Unavailable("Not now.")
        yield Delta("")


class Broken:
    """A model whose provider is down."""

    name = "test:broken"

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        raise ModelError("unreachable", transient=True)
        yield Delta("")


class TestErrorRate:
    async def test_is_the_share_that_was_answered_with_5xx(self, settings: Settings) -> None:
        async with client_of(settings, model=Refusing()) as client:
            failed = await client.post("/api/v2/process", json={"user_input": ENGLISH})
            for _ in range(18):
                await client.get("/api/v2/personas")
            few = (await client.get(STATUS)).json()
            await client.get("/api/v2/personas")
            enough = (await client.get(STATUS)).json()
            health = (await client.get(HEALTH)).json()

        assert failed.status_code == 503
        assert (few["requests"]["total"], few["status"]) == (19, "operational")
        assert (enough["requests"], enough["error_rate"]) == ({"seconds": 300, "total": 20, "failed": 1}, 0.05)
        assert (enough["status"], health["service_status"], health["healthy"]) == ("degraded", "degraded", True)

    async def test_counts_faults_that_nobody_foresaw(self, settings: Settings) -> None:
        async with client_of(settings, model=Actor((RuntimeError("bug"),))) as client:
            with pytest.raises(RuntimeError, match="bug"):
                await client.post("/api/v2/process", json={"user_input": ENGLISH})
            body = (await client.get(STATUS)).json()

        assert body["requests"] == {"seconds": 300, "total": 1, "failed": 1}


class TestBreaker:
    async def test_that_is_open_degrades_the_service_until_the_model_answers_again(self, settings: Settings) -> None:
        clock = ManualClock()
        spare = BreakerModel(Actor(("Start with the newest.",)), failures=1, seconds=30.0, clock=clock)
        model = FallbackModel((BreakerModel(Broken(), failures=1, seconds=30.0, clock=clock), spare))
        async with client_of(settings, model=model) as client:
            well = (await client.get(HEALTH)).json()
            reply = (await client.post("/api/v2/process", json={"user_input": ENGLISH})).json()
            clock.now += 10
            health = await client.get(HEALTH)
            status = (await client.get(STATUS)).json()

        assert (well["service_status"], well["dependencies"]) == (
            "operational",
            {"database": True, "test:broken": True, "test:actor": True},
        )
        assert (reply["engine"]["name"], reply["engine"]["degraded"]) == ("model", True)
        assert health.status_code == 200
        assert health.json()["healthy"] is True
        assert health.json()["service_status"] == status["status"] == "degraded"
        assert health.json()["dependencies"] == {"database": True, "test:broken": False, "test:actor": True}
        assert status["engine"] == {
            "name": "model",
            "models": [
                {"name": "test:broken", "breaker": "open", "retry_after": 20.0},
                {"name": "test:actor", "breaker": "closed", "retry_after": None},
            ],
        }

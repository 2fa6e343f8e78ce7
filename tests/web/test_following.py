import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import httpx2
import pytest

from ion.llm import ModelError
from ion.mentoring import Run, Turn, TurnId
from ion.sse import Place
from ion.web.assets import load_assets
from ion.web.following import reply_events
from ion.web.markdown import to_html
from ion.web.rendering import load_renderer
from tests.mentoring.speaking import Actor
from tests.web.conftest import DANGER, ENGLISH, Scripted, Site, open_site, serve, settings_in
from tests.web.seeds import keep_answered, keep_conversation
from tests.web.visiting import AT_ONCE, addresses_of_nothing, post

pytestmark = pytest.mark.asyncio(loop_scope="module")
MARKDOWN = load_renderer(load_assets()).markdown["en"]
BEFORE = "First, **look** at one test.\n\n1. run it\n2. read the log\n\nThen the"
AFTER = " rest:\n\n```py\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<b>not bold</b>"
Event = tuple[str, dict[str, str], Place]


def event_in(text: str) -> Event:
    fields = dict(line.split(": ", 1) for line in text.strip().splitlines())
    place = Place.parse(fields["id"])
    assert place is not None
    return fields["event"], json.loads(fields["data"]), place


def events_in(body: str) -> list[Event]:
    return [event_in(text) for text in body.split("\n\n") if text.strip()]


async def told(run: Run, *, after: Place | None = None) -> list[Event]:
    return [event_in(event.decode()) async for event in reply_events(run, MARKDOWN, after=after)]


async def first_told(run: Run, *, after: Place | None = None) -> Event:
    async with aclosing(reply_events(run, MARKDOWN, after=after)) as events:  # type: ignore[type-var]  # a generator
        return event_in((await anext(events)).decode())


def blocks_of(events: list[Event]) -> str:
    return "".join(data["blocks"] for _, data, _ in events)


@pytest.fixture
def gate() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def middle() -> asyncio.Event:
    """What a second stop in a reply waits for."""
    return asyncio.Event()


@pytest.fixture
async def stage(tmp_path: Path, gate: asyncio.Event, middle: asyncio.Event) -> AsyncIterator[Site]:
    """A site whose model waits at the gate, and once more, in the middle of what it says."""
    async with open_site(settings_in(tmp_path), model=Actor((BEFORE, gate, AFTER, middle, "\n\nThe end."))) as site:
        yield site
        gate.set()
        middle.set()


async def begun(site: Site) -> tuple[Run, str]:
    """Send a message, and return the run of its reply once that waits at the gate, and the turn's address."""
    sent = await post(site, "/", at_once=True, message=ENGLISH)
    address = sent.headers["content-location"]
    run = site.services.pipeline.writer.running(TurnId(address.rpartition("/")[2]))
    assert run is not None
    await run.further(0)
    return run, address


@pytest.mark.asyncio(loop_scope="function")
class TestWhileItIsWritten:
    async def test_a_page_is_told_all_there_is_and_then_what_comes(
        self, stage: Site, gate: asyncio.Event, middle: asyncio.Event
    ) -> None:
        run, _ = await begun(stage)
        middle.set()
        reading = asyncio.create_task(told(run))
        await asyncio.sleep(0)
        gate.set()
        events = await reading

        names = [name for name, _, _ in events]
        assert names[0] == "whole"
        assert names[-1] == "done"
        assert set(names[1:-1]) == {"more"}
        assert "<strong>look</strong>" in events[0][1]["blocks"]
        assert "Then the" in events[0][1]["tail"]
        assert events[-1][1]["tail"] == ""
        assert blocks_of(events) == to_html(MARKDOWN, run.turn.reply)

    async def test_whoever_comes_back_is_told_only_what_came_since(
        self, stage: Site, gate: asyncio.Event, middle: asyncio.Event
    ) -> None:
        run, _ = await begun(stage)
        before = await first_told(run)
        gate.set()
        await run.further(1)
        since = await first_told(run, after=before[2])
        middle.set()
        rest = await told(run, after=since[2])

        assert (before[0], since[0], rest[0][0]) == ("whole", "more", "more")
        assert "look" not in since[1]["blocks"]
        assert "Then the rest:" in since[1]["blocks"]
        assert rest[0][2].number >= since[2].number > before[2].number
        assert blocks_of([before, since, *rest]) == to_html(MARKDOWN, run.turn.reply)

    async def test_coming_back_before_anything_new_changes_nothing(self, stage: Site) -> None:
        run, _ = await begun(stage)
        _, whole, place = await first_told(run)
        name, data, same = await first_told(run, after=place)

        assert (name, data["blocks"], data["tail"], same) == ("more", "", whole["tail"], place)

    @pytest.mark.parametrize("number", [0, 10**6, 999_999_999])
    async def test_a_place_in_another_run_or_beyond_this_one_starts_over(self, stage: Site, number: int) -> None:
        run, _ = await begun(stage)
        everything = await first_told(run)

        assert await first_told(run, after=Place("another", number)) == everything
        if number:
            assert await first_told(run, after=Place(run.id, number)) == everything

    async def test_any_number_of_pages_are_told_the_same(
        self, stage: Site, gate: asyncio.Event, middle: asyncio.Event
    ) -> None:
        run, _ = await begun(stage)
        middle.set()
        reading = [asyncio.create_task(told(run)) for _ in range(3)]
        gate.set()

        for events in await asyncio.gather(*reading):
            assert blocks_of(events) == to_html(MARKDOWN, run.turn.reply)

    async def test_a_page_that_leaves_ends_nothing(
        self, stage: Site, gate: asyncio.Event, middle: asyncio.Event
    ) -> None:
        run, _ = await begun(stage)
        await first_told(run)
        gate.set()
        middle.set()

        assert (await run.finished()).reply == f"{BEFORE}{AFTER}\n\nThe end."

    async def test_the_page_shows_what_there_is_already(self, stage: Site) -> None:
        run, address = await begun(stage)
        page = (await stage.client.get(address)).text
        _, whole, _ = await first_told(run)

        assert 'data-state="writing"' in page
        assert 'aria-busy="true"' in page
        assert f'data-live>{whole["blocks"]}<div class="tail" data-tail>{whole["tail"]}</div>' in page

    async def test_the_stream_says_what_it_is(self, stage: Site, gate: asyncio.Event, middle: asyncio.Event) -> None:
        run, address = await begun(stage)
        gate.set()
        middle.set()
        response = await stage.client.get(f"{address}/events")

        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-accel-buffering"] == "no"
        assert blocks_of(events_in(response.text)) == to_html(MARKDOWN, run.turn.reply)


class TestOverTheWire:
    async def test_a_browser_that_comes_back_says_how_far_it_was_and_is_told_the_rest(self, tmp_path: Path) -> None:
        gate = threading.Event()
        with serve(settings_in(tmp_path), model=Scripted({"random": [BEFORE, gate, AFTER]})) as address:
            async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
                sent = await client.post("/", data={"message": ENGLISH}, headers=AT_ONCE)
                events = f"{sent.headers['content-location']}/events"
                async with client.stream("GET", events) as response:
                    before = await heard_until(response, "Then the")
                last = str(before[-1][2])
                async with client.stream("GET", events, headers={"Last-Event-ID": last}) as response:
                    gate.set()
                    rest = events_in((await response.aread()).decode())

        assert {name for name, _, _ in rest[:-1]} == {"more"}
        assert rest[-1][0] == "done"
        assert blocks_of([*before, *rest]) == to_html(MARKDOWN, BEFORE + AFTER)


async def heard_until(response: httpx2.Response, words: str) -> list[Event]:
    """Return the events up to the one with these words at its end."""
    events: list[Event] = []
    text = ""
    async for piece in response.aiter_text():
        *whole, text = (text + piece).split("\n\n")
        events += [event_in(event) for event in whole]
        if events and words in events[-1][1]["tail"]:
            break
    return events


async def stream(site: Site, turn: Turn, *, after: str | None = None) -> list[Event]:
    headers = [] if after is None else [(b"Last-Event-ID", after.encode("latin-1"))]
    response = await site.client.get(f"/c/{turn.conversation_id}/turns/{turn.id}/events", headers=headers)
    assert response.status_code == 200
    return events_in(response.text)


class TestAfterTheEnd:
    @pytest.mark.parametrize("after", [None, "", "x-5", "5", "-", "a-b", "r-" + "9" * 400, "r-\xb2", "\x7f-1", "../-0"])
    async def test_all_of_it_is_told_at_once_to_whoever_asks(self, site: Site, after: str | None) -> None:
        _, turn = await keep_answered(site.services, ENGLISH, reply=BEFORE)
        events = await stream(site, turn, after=after)

        assert (events[0][0], events[-1][0]) == ("whole", "done")
        assert blocks_of(events) == to_html(MARKDOWN, BEFORE)

    async def test_an_empty_reply_is_over_too(self, site: Site) -> None:
        _, turn = await keep_answered(site.services, ENGLISH, reply="")
        events = await stream(site, turn)

        assert events[-1][0] == "done"
        assert blocks_of(events) == ""

    async def test_help_in_a_crisis_is_over_too(self, site: Site) -> None:
        _, turn = await keep_answered(site.services, DANGER["en"])

        assert (await stream(site, turn))[-1][0] == "done"

    async def test_turns_that_are_not_there_are_not_found(self, site: Site) -> None:
        for address in await addresses_of_nothing(site):
            response = await site.client.get(f"{address}/events")

            assert response.status_code == 404, address
            assert response.headers["content-type"].startswith("text/html")


class TestFailing:
    async def test_a_fault_is_told_without_its_details(self, tmp_path: Path) -> None:
        gate = asyncio.Event()
        async with open_site(settings_in(tmp_path), model=Actor(("Half ", gate, RuntimeError("secret")))) as site:
            sent = await post(site, "/", at_once=True, message=ENGLISH)
            gate.set()
            response = await site.client.get(f"{sent.headers['content-location']}/events")

        last = response.text.strip().split("\n\n")[-1]
        assert last.startswith("event: error\n")
        assert json.loads(last.split("data: ")[1])["code"] == "internal"
        assert "secret" not in response.text

    async def test_another_engine_goes_on_in_the_same_reply(self, tmp_path: Path) -> None:
        model = Actor(("Half of it. ", ModelError("timeout", transient=False)))
        async with open_site(settings_in(tmp_path), model=model) as site:
            conversation = await keep_conversation(site.services)
            sent = await post(site, f"/c/{conversation}", at_once=True, message=ENGLISH)
            response = await site.client.get(f"{sent.headers['content-location']}/events")
            (turn,) = await site.services.turns.of(conversation)

        assert turn.engine is not None
        assert turn.engine.degraded
        assert turn.reply.startswith("Half of it.")
        assert blocks_of(events_in(response.text)) == to_html(MARKDOWN, turn.reply)

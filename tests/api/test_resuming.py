"""Readers who come back, over real connections: to a reply that goes on, and to one whose server was killed."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.mentoring.speaking import ENGLISH
from tests.servers.ion import IonServer, ion_server
from tests.servers.misbehaving import STALLING, Answer, MisbehavingServer, misbehaving_server
from tests.web.conftest import Scripted, serve, settings_in

STREAM = {"Accept": "text/event-stream"}
KEY = {"Idempotency-Key": "k1"}


@dataclass(frozen=True)
class Told:
    """One event as it came."""

    place: str
    name: str
    data: dict[str, Any]


async def told(response: httpx2.Response) -> AsyncIterator[Told]:
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield Told(fields["id"], fields["event"], json.loads(fields["data"]))
            fields = {}


def client_at(address: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=address, timeout=30)


async def new_path(client: httpx2.AsyncClient) -> str:
    """Begin a conversation and return the address of its messages."""
    made = await client.post("/api/v2/conversations", json={})
    return f"/api/v2/conversations/{made.json()['id']}/messages"


async def follow(client: httpx2.AsyncClient, path: str, *, last: str | None = None) -> list[Told]:
    """Follow a reply to its end."""
    (events,) = await follow_from(client, path, (last,))
    return events


async def follow_from(
    client: httpx2.AsyncClient, path: str, places: Sequence[str | None], *, gate: threading.Event | None = None
) -> list[list[Told]]:
    """Follow a reply from several places to its end, which `gate` holds up until all are listening."""
    async with AsyncExitStack() as stack:
        responses = [
            await stack.enter_async_context(
                client.stream("GET", path, headers={} if last is None else {"Last-Event-ID": last})
            )
            for last in places
        ]
        assert [response.status_code for response in responses] == [200] * len(places)
        if gate is not None:
            gate.set()
        return list(await asyncio.gather(*(heard_from(response) for response in responses)))


async def heard_from(response: httpx2.Response) -> list[Told]:
    return [event async for event in told(response)]


def text_of(events: list[Told]) -> str:
    return "".join(event.data["text"] for event in events if event.name == "delta")


class TestAReplyThatGoesOn:
    async def test_is_taken_up_in_the_middle_after_the_reader_went_away(self, tmp_path: Path) -> None:
        gate = threading.Event()
        model = Scripted({"random": ["One ", "two ", gate, "three."]})
        with serve(settings_in(tmp_path), model=model) as address:
            async with client_at(address) as client:
                path = await new_path(client)
                first: list[Told] = []
                async with client.stream("POST", path, json={"content": ENGLISH}, headers=STREAM) as response:
                    async for event in told(response):
                        first.append(event)
                        if event.data.get("text") == "One ":
                            break
                events = f"{path}/{first[0].data['id']}/events"
                places = (first[-1].place, first[0].place, None, "somebody-3")
                resumed, begun, fresh, foreign = await follow_from(client, events, places, gate=gate)
                after = await follow(client, events, last=resumed[-1].place)

        assert [event.name for event in first] == ["started", "delta"]
        assert [event.name for event in resumed] == ["delta", "delta", "done"]
        assert text_of(first) + text_of(resumed) == "One two three."
        assert text_of(begun) == text_of(fresh) == text_of(foreign) == "One two three."
        assert [event.name for event in after] == ["started", "delta", "done"]
        assert resumed[-1].data == fresh[-1].data == after[-1].data
        assert resumed[-1].data["content"] == "One two three."

    async def test_numbers_its_events_the_same_for_every_reader(self, tmp_path: Path) -> None:
        gate = threading.Event()
        with serve(settings_in(tmp_path), model=Scripted({"random": ["One ", gate, "two."]})) as address:
            async with client_at(address) as client:
                path = await new_path(client)
                sent = await client.post(path, json={"content": ENGLISH}, headers={"Prefer": "respond-async"})
                events = f"{path}/{sent.json()['id']}/events"
                one, two, three = await follow_from(client, events, (None, None, None), gate=gate)

        run = one[0].place.rpartition("-")[0]
        assert [event.place for event in one] == [f"{run}-{number}" for number in range(4)]
        assert one == two == three

    async def test_is_stopped_by_one_reader_and_ends_for_the_other(self, tmp_path: Path) -> None:
        with (
            misbehaving_server(STALLING) as provider,
            ion_server(tmp_path, environ_of(provider)) as ion,
        ):
            async with client_at(ion.address) as client, client_at(ion.address) as other:
                path = await new_path(client)
                heard: list[Told] = []
                stopped = None
                async with client.stream("POST", path, json={"content": ENGLISH}, headers=STREAM) as response:
                    async for event in told(response):
                        heard.append(event)
                        if stopped is None and event.name == "delta":
                            stopped = await other.post(f"{path}/{heard[0].data['id']}/stop")
            left = await asyncio.to_thread(provider.client_left.wait, 10)

        assert left
        assert stopped is not None
        assert heard[-1].name == "done"
        assert heard[-1].data == stopped.json()
        assert heard[-1].data["engine"]["stopped"] is True
        assert heard[-1].data["content"] == text_of(heard).strip()


def environ_of(provider: MisbehavingServer) -> dict[str, str]:
    return {"ION_LLM__MODEL": "openai:m", "ION_LLM__BASE_URL": provider.base_url, "ION_LLM__API_KEY": "k"}


@contextmanager
def killed_in_the_middle(folder: Path, provider: MisbehavingServer) -> Iterator[IonServer]:
    """Hold a server that is expected to be killed."""
    with ion_server(folder, environ_of(provider)) as ion:
        yield ion
        ion.process.wait(timeout=10)


class TestAReplyWhoseServerWasKilled:
    async def hear_until_it_is_killed(
        self, ion: IonServer, client: httpx2.AsyncClient, path: str, heard: list[Told]
    ) -> None:
        async with client.stream("POST", path, json={"content": ENGLISH}, headers=STREAM | KEY) as response:
            async for event in told(response):
                heard.append(event)
                if text_of(heard) == "Hello there":
                    ion.process.kill()

    async def test_is_written_anew_once_for_all_who_come_back(self, tmp_path: Path) -> None:
        whole = Answer(pieces=("A ", "whole ", "reply."), between=0.2)
        with misbehaving_server(STALLING, whole) as provider:
            heard: list[Told] = []
            with killed_in_the_middle(tmp_path, provider) as ion:
                async with client_at(ion.address) as client:
                    path = await new_path(client)
                    with pytest.raises(httpx2.TransportError):
                        await self.hear_until_it_is_killed(ion, client, path, heard)
            with ion_server(tmp_path, environ_of(provider)) as ion:
                async with client_at(ion.address) as client:
                    (left,) = (await client.get(path)).json()["items"]
                    events = f"{path}/{left['id']}/events"
                    places = (heard[-1].place, heard[0].place, None) * 2
                    readers = await asyncio.gather(*(follow(client, events, last=place) for place in places))
                    kept = (await client.get(path)).json()["items"]

        assert (left["message"], left["content"], left["finished_at"]) == (ENGLISH, "", None)
        assert len(provider.requests) == 2
        for events_told in readers:
            assert [event.name for event in events_told] == ["started", "delta", "delta", "delta", "done"]
            assert text_of(events_told) == "A whole reply."
            assert [events_told[-1].data] == kept
        assert {event.place.rpartition("-")[0] for event in readers[0]} != {heard[0].place.rpartition("-")[0]}
        assert (kept[0]["id"], kept[0]["content"]) == (heard[0].data["id"], "A whole reply.")

    async def test_is_answered_under_the_key_it_was_sent_with(self, tmp_path: Path) -> None:
        with misbehaving_server(STALLING, Answer(pieces=("A ", "whole ", "reply."))) as provider:
            heard: list[Told] = []
            with killed_in_the_middle(tmp_path, provider) as ion:
                async with client_at(ion.address) as client:
                    path = await new_path(client)
                    with pytest.raises(httpx2.TransportError):
                        await self.hear_until_it_is_killed(ion, client, path, heard)
            with ion_server(tmp_path, environ_of(provider)) as ion:
                async with client_at(ion.address) as client:
                    again = await asyncio.gather(
                        *(client.post(path, json={"content": ENGLISH}, headers=KEY) for _ in range(4))
                    )
                    kept = (await client.get(path)).json()["items"]

        assert [response.json() for response in again] == kept * 4
        assert (kept[0]["id"], kept[0]["content"]) == (heard[0].data["id"], "A whole reply.")

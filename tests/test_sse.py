import asyncio
from collections.abc import AsyncIterator

import pytest
import structlog

from ion.errors import NotFound
from ion.sse import Place, event, with_heartbeat


async def saying(*pieces: bytes | Exception | asyncio.Event) -> AsyncIterator[bytes]:
    for piece in pieces:
        match piece:
            case Exception():
                raise piece
            case asyncio.Event():
                await piece.wait()
            case _:
                yield piece


async def all_of(events: AsyncIterator[bytes]) -> list[bytes]:
    return [piece async for piece in events]


class TestPlace:
    @pytest.mark.parametrize("place", [Place("6f1c-4b", 0), Place("r", 17), Place("", 3)])
    def test_comes_back_as_it_was_written(self, place: Place) -> None:
        assert Place.parse(str(place)) == place

    @pytest.mark.parametrize(
        "text", [None, "", "r", "r-", "r-x", "r-1.5", "r- 1", "r-+1", "r-\u00b2", "r-\u0661", "r-1234567890", "r-1\n"]
    )
    def test_is_none_where_none_is_named(self, text: str | None) -> None:
        assert Place.parse(text) is None


class TestEvent:
    def test_is_one_line_of_data_with_its_name_and_place(self) -> None:
        wire = event("delta", {"text": "첫 줄\n둘째 줄"}, Place("r", 2)).decode()

        assert sorted(wire.strip().split("\n")) == ['data: {"text": "첫 줄\\n둘째 줄"}', "event: delta", "id: r-2"]
        assert wire.endswith("\n\n")

    def test_may_have_no_place(self) -> None:
        assert "id:" not in event("error", {"code": "internal"}).decode()


class TestHeartbeat:
    async def test_passes_events_on_in_order(self) -> None:
        assert await all_of(with_heartbeat(saying(b"a", b"b"))) == [b"a", b"b"]

    async def test_fills_silence_with_comments(self) -> None:
        gate = asyncio.Event()
        heard = with_heartbeat(saying(b"a", gate, b"b"), every=0.01)
        first = await anext(heard)
        silence = [await anext(heard), await anext(heard)]
        gate.set()
        rest = [piece async for piece in heard if not piece.startswith(b":")]

        assert first == b"a"
        assert all(piece.startswith(b":") and piece.endswith(b"\n\n") for piece in silence)
        assert rest == [b"b"]

    async def test_ends_with_the_sentence_of_an_error_that_has_one(self) -> None:
        heard = await all_of(with_heartbeat(saying(b"a", NotFound("There is none."), b"b")))

        assert heard == [b"a", event("error", {"code": "not_found", "message": "There is none."})]

    async def test_says_nothing_of_any_other_failure_but_logs_its_kind(self) -> None:
        with structlog.testing.capture_logs() as logs:
            heard = await all_of(with_heartbeat(saying(RuntimeError("key-123 at /home/someone"))))

        assert heard == [event("error", {"code": "internal", "message": "Something went wrong on our side."})]
        assert [(entry["event"], entry["kind"]) for entry in logs] == [("stream.failed", "RuntimeError")]

    async def test_lets_go_of_its_source_when_the_reader_leaves(self) -> None:
        left = asyncio.Event()

        async def source() -> AsyncIterator[bytes]:
            try:
                yield b"a"
                await asyncio.Event().wait()
            finally:
                left.set()

        heard = with_heartbeat(source(), every=0.01)
        await anext(heard)
        await anext(heard)
        await heard.aclose()  # type: ignore[attr-defined]
        await asyncio.wait_for(left.wait(), timeout=5)

        assert left.is_set()

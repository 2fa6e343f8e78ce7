import asyncio
from contextlib import aclosing

import pytest

from ion.llm import Delta, ModelError, TimedModel
from tests.llm.fakes import HELLO, PROMPT, Hang, collect, collect_failure, failed, scripted

LONG = 60.0
SHORT = 0.02


class TestStream:
    async def test_in_time_passes_everything_on(self) -> None:
        inner = scripted(HELLO)

        assert await collect(TimedModel(inner, first_token=LONG, total=LONG)) == list(HELLO)
        assert inner.endings == ["whole"]

    async def test_errors_of_the_inner_model_pass(self) -> None:
        error = failed("refused", transient=False)

        assert await collect_failure(TimedModel(scripted([error]), LONG, LONG)) == ([], error)

    async def test_has_the_name_of_the_inner_model(self) -> None:
        assert TimedModel(scripted(HELLO, name="openai:m"), LONG, LONG).name == "openai:m"


class TestTimeout:
    async def test_no_first_token_in_time(self) -> None:
        inner = scripted([Hang()])

        said, error = await collect_failure(TimedModel(inner, first_token=SHORT, total=LONG))

        assert (said, error.reason, error.transient, error.__cause__) == ([], "timeout", True, None)
        assert inner.endings == ["CancelledError"]

    async def test_not_whole_in_time(self) -> None:
        inner = scripted([Delta("Hel"), Hang()])

        said, error = await collect_failure(TimedModel(inner, first_token=LONG, total=SHORT))

        assert (said, error.reason) == ([Delta("Hel")], "timeout")
        assert inner.endings == ["CancelledError"]

    async def test_total_also_limits_the_first_token(self) -> None:
        _, error = await collect_failure(TimedModel(scripted([Hang()]), first_token=LONG, total=SHORT))

        assert error.reason == "timeout"

    async def test_first_token_limit_ends_with_the_first_token(self) -> None:
        inner = scripted([Delta("Hel"), Hang()])
        task = asyncio.create_task(collect_failure(TimedModel(inner, first_token=SHORT, total=LONG)))
        await inner.hanging.wait()

        done, pending = await asyncio.wait([task], timeout=3 * SHORT)
        task.cancel()

        assert (done, pending) == (set(), {task})


class TestLeaving:
    async def test_closing_closes_the_inner_stream(self) -> None:
        inner = scripted(HELLO)

        async with aclosing(TimedModel(inner, LONG, LONG).stream(PROMPT)) as answer:
            await anext(answer)

        assert inner.endings == ["GeneratorExit"]

    async def test_cancelling_is_no_timeout(self) -> None:
        inner = scripted([Hang()])
        task = asyncio.create_task(collect(TimedModel(inner, LONG, LONG)))
        await inner.hanging.wait()

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert inner.endings == ["CancelledError"]

    async def test_a_slow_reader_is_not_cancelled(self) -> None:
        reader_waited = asyncio.Event()
        async with aclosing(TimedModel(scripted(HELLO), first_token=SHORT, total=SHORT).stream(PROMPT)) as answer:
            await anext(answer)
            asyncio.get_running_loop().call_later(3 * SHORT, reader_waited.set)
            await reader_waited.wait()
            # What is there already may still be read; only waiting for more is over.
            assert await anext(answer) == HELLO[1]

    async def test_model_error_is_what_a_caller_sees(self) -> None:
        with pytest.raises(ModelError, match="timeout"):
            await collect(TimedModel(scripted([Hang()]), SHORT, LONG))

import asyncio
from contextlib import aclosing
from random import Random

import pytest

from ion.llm import Delta, ModelError, Reason, RetryingModel
from tests.llm.fakes import HELLO, PROMPT, Hang, ScriptedModel, collect, collect_failure, failed, scripted


class LongestJitter(Random):
    """Draws the upper end every time, so that delays can be told."""

    def uniform(self, a: float, b: float) -> float:
        return b


class Retry:
    """A retrying model and the pauses it made."""

    def __init__(self, inner: ScriptedModel, *, retries: int = 2, rng: Random | None = None) -> None:
        self.pauses: list[float] = []
        self.model = RetryingModel(
            inner, retries, base_delay=0.5, max_delay=8.0, rng=rng or LongestJitter(), sleep=self.sleep
        )

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


class TestTransient:
    @pytest.mark.parametrize("reason", ["rate_limited", "provider_error", "unreachable", "timeout"])
    async def test_is_asked_again(self, reason: Reason) -> None:
        inner = scripted([failed(reason)], [failed(reason)], HELLO)
        retry = Retry(inner)

        assert await collect(retry.model) == list(HELLO)
        assert inner.prompts == [PROMPT] * 3
        assert len(retry.pauses) == 2

    async def test_the_last_error_is_raised_when_tries_run_out(self) -> None:
        inner = scripted([failed("timeout")], [failed("unreachable")], [failed("provider_error")])
        retry = Retry(inner)

        assert (await collect_failure(retry.model))[1].reason == "provider_error"
        assert (len(inner.prompts), len(retry.pauses)) == (3, 2)

    async def test_without_retries_it_is_asked_once(self) -> None:
        inner = scripted([failed("timeout")], HELLO)

        assert (await collect_failure(Retry(inner, retries=0).model))[1].reason == "timeout"
        assert len(inner.prompts) == 1


class TestNotAgain:
    @pytest.mark.parametrize("reason", ["refused", "bad_answer", "circuit_open"])
    async def test_lasting_errors_are_raised_at_once(self, reason: Reason) -> None:
        inner = scripted([failed(reason, transient=False)], HELLO)
        retry = Retry(inner)

        assert (await collect_failure(retry.model))[1].reason == reason
        assert (len(inner.prompts), retry.pauses) == (1, [])

    async def test_after_the_first_delta_the_error_is_raised(self) -> None:
        inner = scripted([Delta("Hel"), failed("unreachable")], HELLO)
        retry = Retry(inner)

        said, error = await collect_failure(retry.model)

        assert (said, error.reason) == ([Delta("Hel")], "unreachable")
        assert (len(inner.prompts), retry.pauses) == (1, [])

    async def test_our_own_faults_are_not_retried(self) -> None:
        inner = scripted([ValueError("a bug")], HELLO)

        with pytest.raises(ValueError, match="a bug"):
            await collect(Retry(inner).model)

        assert len(inner.prompts) == 1


class TestPauses:
    async def test_double_up_to_the_longest(self) -> None:
        retry = Retry(scripted([failed("timeout")]), retries=6)
        await collect_failure(retry.model)

        assert retry.pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]

    async def test_are_spread_over_all_of_that_time(self) -> None:
        rng = Random(7)  # noqa: S311 - the same draws each time
        retry = Retry(scripted([failed("timeout")]), retries=300, rng=rng)
        await collect_failure(retry.model)

        assert min(retry.pauses) < 0.5
        assert 7.5 < max(retry.pauses) <= 8.0

    @pytest.mark.parametrize(("asked", "pause"), [(0.0, 0.5), (0.2, 0.5), (3.0, 3.0), (8.0, 8.0)])
    async def test_are_never_shorter_than_the_provider_asks(self, asked: float, pause: float) -> None:
        retry = Retry(scripted([failed("rate_limited", retry_after=asked)], HELLO))
        await collect(retry.model)

        assert retry.pauses == [pause]

    async def test_too_long_a_wish_is_an_error_at_once(self) -> None:
        retry = Retry(scripted([failed("rate_limited", retry_after=8.1)], HELLO))

        _, error = await collect_failure(retry.model)

        assert (error.reason, error.retry_after, retry.pauses) == ("rate_limited", 8.1, [])


class TestLeaving:
    async def test_closing_closes_the_inner_stream(self) -> None:
        inner = scripted(HELLO)

        async with aclosing(Retry(inner).model.stream(PROMPT)) as answer:
            await anext(answer)

        assert inner.endings == ["GeneratorExit"]

    async def test_cancelling_is_not_retried(self) -> None:
        inner = scripted([Hang()])
        task = asyncio.create_task(collect(Retry(inner).model))
        await inner.hanging.wait()

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert inner.endings == ["CancelledError"]

    async def test_has_the_name_of_the_inner_model(self) -> None:
        assert Retry(scripted(HELLO, name="openai:m")).model.name == "openai:m"

    async def test_a_failed_stream_is_over_before_the_next_begins(self) -> None:
        inner = scripted([failed("timeout")], HELLO)
        await collect(Retry(inner).model)

        assert inner.endings == [ModelError.__name__, "whole"]

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from ion.llm import BadModel, Delta, Model, StepDown, Usage, open_model
from tests.llm.fakes import collect, collect_failure, text_of
from tests.servers.misbehaving import SERVER_ERROR, SILENT, STALLING, WELL, misbehaving_server, rate_limited

WITHOUT_A_MODEL = """
import asyncio, sys
from ion.llm import open_model

async def main():
    limits = dict(connect_timeout=1, first_token_timeout=1, total_timeout=1)
    habits = dict(retries=0, breaker_failures=1, breaker_seconds=1)
    async with open_model([], base_url=None, api_key=None, **limits, **habits) as model:
        assert model is None

asyncio.run(main())
print(sorted({"pydantic_ai", "openai", "anthropic", "google", "httpx2"} & set(sys.modules)))
"""


@asynccontextmanager
async def opened(
    names: Sequence[str],
    base_url: str | None = None,
    *,
    api_key: str | None = None,
    first_token_timeout: float = 20.0,
    total_timeout: float = 20.0,
    retries: int = 0,
    breaker_failures: int = 5,
) -> AsyncIterator[Model]:
    async with (
        asyncio.timeout(30),
        open_model(
            names,
            base_url=base_url,
            api_key=api_key,
            connect_timeout=5.0,
            first_token_timeout=first_token_timeout,
            total_timeout=total_timeout,
            retries=retries,
            breaker_failures=breaker_failures,
            breaker_seconds=30.0,
        ) as model,
    ):
        assert model is not None
        yield model


class TestWithoutNames:
    def test_there_is_no_model_and_no_sdk_is_loaded(self) -> None:
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_A_MODEL], capture_output=True, text=True, timeout=60, check=True
        )

        assert done.stdout.strip() == "[]"


class TestOneModel:
    async def test_answers(self) -> None:
        with misbehaving_server(WELL) as server:
            async with opened(["openai:m"], server.base_url) as model:
                assert model.name == "openai:m"
                assert await collect(model) == [Delta("Hello"), Delta(" there"), Delta("."), Usage(11, 3, "openai:m")]

    async def test_is_asked_again_when_that_may_help(self) -> None:
        with misbehaving_server(rate_limited("0"), WELL) as server:
            async with opened(["openai:m"], server.base_url, retries=1) as model:
                assert text_of(await collect(model)) == "Hello there."

        assert len(server.requests) == 2

    async def test_has_limited_time_for_its_first_word(self) -> None:
        with misbehaving_server(SILENT) as server:
            async with opened(["openai:m"], server.base_url, first_token_timeout=0.2) as model:
                assert (await collect_failure(model))[1].reason == "timeout"

    async def test_has_limited_time_for_all_of_it(self) -> None:
        with misbehaving_server(STALLING) as server:
            async with opened(["openai:m"], server.base_url, total_timeout=0.5) as model:
                said, error = await collect_failure(model)

        assert (text_of(said), error.reason) == ("Hello there", "timeout")

    async def test_is_left_alone_after_too_many_failures(self) -> None:
        with misbehaving_server(SERVER_ERROR) as server:
            async with opened(["openai:m"], server.base_url, breaker_failures=2) as model:
                reasons = [(await collect_failure(model))[1].reason for _ in range(3)]

        assert reasons == ["provider_error", "provider_error", "circuit_open"]
        assert len(server.requests) == 2


class TestSeveralModels:
    async def test_the_next_answers_where_the_first_does_not(self) -> None:
        with misbehaving_server(SERVER_ERROR, WELL) as server:
            async with opened(["openai:a", "openai:b"], server.base_url) as model:
                assert model.name == "openai:a > openai:b"
                answer = await collect(model)

        assert answer[0] == StepDown("openai:a", "provider_error")
        assert answer[-1] == Usage(11, 3, "openai:b")
        assert [request.body["model"] for request in server.requests] == ["a", "b"]

    async def test_a_failing_first_one_does_not_open_the_circuit_of_the_next(self) -> None:
        with misbehaving_server(SERVER_ERROR, WELL) as server:
            async with opened(["openai:a", "openai:b"], server.base_url, breaker_failures=1) as model:
                await collect(model)
                assert (await collect(model))[0] == StepDown("openai:a", "circuit_open")

    async def test_key_and_address_are_given_to_the_first_ones_provider_only(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)

        with pytest.raises(
            BadModel, match="There is no key for anthropic:b: set ION_LLM__API_KEY or ANTHROPIC_API_KEY"
        ):
            async with opened(["openai:a", "anthropic:b"], "http://127.0.0.1:9/v1", api_key="openais"):
                raise AssertionError("opened with another provider's key")

    async def test_each_provider_may_have_its_own_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "anthropics")

        async with opened(["google:a", "anthropic:b"], api_key="googles") as model:
            assert model.name == "google:a > anthropic:b"


class TestMistakes:
    @pytest.mark.parametrize("names", [["gpt-5-mini"], ["openai:a", "gogle:b"]])
    async def test_bad_name(self, names: list[str]) -> None:
        with pytest.raises(BadModel) as caught:
            async with opened(names, "http://127.0.0.1:9/v1"):
                raise AssertionError("opened")

        assert caught.value.field == "ION_LLM__MODEL"

    @pytest.mark.parametrize(
        "address", ["127.0.0.1:8080/v1", "localhost", "ftp://host/v1", "http://", "", "http:///v1"]
    )
    async def test_bad_address(self, address: str) -> None:
        with pytest.raises(BadModel, match="http://HOST or https://HOST") as caught:
            async with opened(["openai:m"], address):
                raise AssertionError("opened")

        assert caught.value.field == "ION_LLM__BASE_URL"

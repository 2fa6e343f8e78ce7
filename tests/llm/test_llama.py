"""A real model: what no server of ours can know of how one behaves."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from ion.llm import Chunk, Delta, Message, Model, ModelName, Prompt, Usage
from ion.llm.provider import open_provider
from tests.llm.fakes import collect, collect_failure, text_of
from tests.servers.llama import LlamaServer, llama_server

STORY = Prompt(
    "You tell long stories.",
    (Message("user", "Tell me a long story about a lighthouse."),),
    max_output_tokens=1000,
)


@dataclass
class KilledInMidSentence:
    """Ends the server's process after the third piece of an answer."""

    inner: Model
    server: LlamaServer
    name: str = "killed"

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        pieces = 0
        async with aclosing(self.inner.stream(prompt)) as answer:
            async for chunk in answer:
                yield chunk
                pieces += 1
                if pieces == 3:
                    await asyncio.to_thread(self.server.kill)


class TestRealModel:
    async def test_streams_an_answer_and_counts_it(self, llama: LlamaServer) -> None:
        prompt = Prompt("You are brief.", (Message("user", "Say hello to Kim."),), max_output_tokens=24)
        name = ModelName.parse(f"openai:{llama.model}")
        async with (
            asyncio.timeout(60),
            open_provider(name, base_url=llama.base_url, api_key=None, connect_timeout=5) as model,
        ):
            answer = await collect(model, prompt)

        *deltas, usage = answer
        assert isinstance(usage, Usage)
        assert usage.model == "openai:smollm2"
        assert 10 < usage.input_tokens < 60
        assert 0 < usage.output_tokens <= 24
        assert 0 < len(deltas) <= usage.output_tokens
        assert text_of(deltas).strip()

    async def test_takes_up_the_conversation(self, llama: LlamaServer) -> None:
        earlier = (Message("user", "I am Kim."), Message("assistant", "Hello Kim."))
        newest = (Message("user", "Who am I?"),)
        name = ModelName.parse(f"openai:{llama.model}")
        async with (
            asyncio.timeout(60),
            open_provider(name, base_url=llama.base_url, api_key=None, connect_timeout=5) as model,
        ):
            counts = [
                chunk.input_tokens
                for messages in (newest, earlier + newest)
                for chunk in await collect(model, Prompt("You are brief.", messages, max_output_tokens=4))
                if isinstance(chunk, Usage)
            ]

        short, long = counts
        assert long > short


class TestKilledServer:
    async def test_in_mid_sentence_is_an_error_and_not_an_end(self) -> None:
        with llama_server() as server:
            name = ModelName.parse(f"openai:{server.model}")
            async with (
                asyncio.timeout(60),
                open_provider(name, base_url=server.base_url, api_key=None, connect_timeout=5) as model,
            ):
                said, error = await collect_failure(KilledInMidSentence(model, server), STORY)
                said_afterwards, afterwards = await collect_failure(model, STORY)

        assert len(said) >= 3
        assert all(isinstance(chunk, Delta) for chunk in said)
        assert (error.reason, error.transient) == ("unreachable", True)
        assert (said_afterwards, afterwards.reason) == ([], "unreachable")

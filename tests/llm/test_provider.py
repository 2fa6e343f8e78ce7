import asyncio
import logging
import socket
import time
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import replace
from email.utils import formatdate

import pytest

from ion.llm import BadModel, Delta, Message, ModelName, Prompt, Provider, Reason, TimedModel, Usage
from ion.llm.provider import ProviderModel, open_provider
from tests.llm.fakes import PROMPT, collect, collect_failure, text_of
from tests.servers.misbehaving import (
    BAD_JSON,
    CUT,
    EMPTY,
    ENDS_EARLY,
    PROVIDERS_WORDS,
    RESET,
    SERVER_ERROR,
    SILENT,
    STALLING,
    UNKNOWN_MODEL,
    WELL,
    WRONG_KEY,
    Answer,
    MisbehavingServer,
    Raw,
    Reply,
    failing,
    misbehaving_server,
    rate_limited,
    streaming,
)

EVERY_PROTOCOL = pytest.mark.parametrize("name", ["openai:m", "anthropic:m", "google:m"])
HTML = Raw(200, f"<h1>{PROVIDERS_WORDS}</h1>", content_type="text/html")
NO_STREAM = Raw(200, '{"id": "c-1", "choices": []}')
ERROR_WITHIN = streaming(f'{{"error": {{"message": "{PROVIDERS_WORDS}", "type": "server_error", "code": null}}}}')
BAD_JSON_LATER = streaming(
    '{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",'
    ' "choices": [{"index": 0, "delta": {"content": "Hello"}, "finish_reason": null}]}',
    '{"choices": [',
)


@asynccontextmanager
async def talking_to(
    server: MisbehavingServer, name: str = "openai:m", *, api_key: str | None = "key", connect_timeout: float = 5.0
) -> AsyncIterator[ProviderModel]:
    model_name = ModelName.parse(name)
    base_url = server.base_url if model_name.provider is Provider.OPENAI else server.address
    async with (
        asyncio.timeout(30),
        open_provider(model_name, base_url=base_url, api_key=api_key, connect_timeout=connect_timeout) as model,
    ):
        yield model


@contextmanager
def unanswered_port() -> Iterator[int]:
    """A port whose queue of connections is full, so that connecting to it takes for ever."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, socket.socket() as filling:
        port: int = listener.getsockname()[1]
        filling.connect(("127.0.0.1", port))
        yield port


class TestWholeAnswers:
    @EVERY_PROTOCOL
    async def test_are_streamed_piece_by_piece_then_counted(self, name: str) -> None:
        with misbehaving_server(WELL) as server:
            async with talking_to(server, name) as model:
                answer = await collect(model)

        assert answer == [Delta("Hello"), Delta(" there"), Delta("."), Usage(11, 3, name)]

    @EVERY_PROTOCOL
    async def test_may_end_at_the_length_asked_for(self, name: str) -> None:
        with misbehaving_server(Answer(finish_reason="length")) as server:
            async with talking_to(server, name) as model:
                assert text_of(await collect(model)) == "Hello there."

    @EVERY_PROTOCOL
    async def test_without_usage_have_none(self, name: str) -> None:
        with misbehaving_server(Answer(usage=None)) as server:
            async with talking_to(server, name) as model:
                assert await collect(model) == [Delta("Hello"), Delta(" there"), Delta(".")]

    async def test_need_no_final_done(self) -> None:
        with misbehaving_server(Answer(done=False)) as server:
            async with talking_to(server) as model:
                assert await collect(model) == [Delta("Hello"), Delta(" there"), Delta("."), Usage(11, 3, "openai:m")]

    async def test_begin_with_a_word(self) -> None:
        with misbehaving_server(Answer(("\n\n", "  Hello", "  you"), usage=None)) as server:
            async with talking_to(server) as model:
                assert await collect(model) == [Delta("Hello"), Delta("  you")]

    async def test_leave_out_what_the_model_thinks(self) -> None:
        with misbehaving_server(Answer(("<think>", "They are stuck.", "</think>", "\n\n", "Hello"))) as server:
            async with talking_to(server) as model:
                assert text_of(await collect(model)) == "Hello"

    async def test_come_one_after_the_other_from_one_model(self) -> None:
        with misbehaving_server(WELL, SERVER_ERROR, WELL) as server:
            async with talking_to(server) as model:
                first = await collect(model)
                _, error = await collect_failure(model)
                assert error.reason == "provider_error"
                assert await collect(model) == first


class TestRequest:
    async def test_holds_the_system_prompt_and_the_conversation(self) -> None:
        messages = (Message("user", "Hi"), Message("assistant", "Yes?"), Message("user", "I am stuck."))
        with misbehaving_server(WELL) as server:
            async with talking_to(server) as model:
                await collect(model, Prompt("You are kind.", messages, max_output_tokens=40))

        [request] = server.requests
        assert request.path == "/v1/chat/completions"
        assert request.headers["authorization"] == "Bearer key"
        assert request.body["messages"] == [
            {"role": "system", "content": "You are kind."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Yes?"},
            {"role": "user", "content": "I am stuck."},
        ]
        assert (request.body["model"], request.body["max_tokens"], request.body["stream"]) == ("m", 40, True)
        assert "max_completion_tokens" not in request.body

    @pytest.mark.parametrize(("temperature", "told"), [(None, None), (0.0, 0.0)])
    async def test_tells_a_temperature_only_where_one_is_wanted(
        self, temperature: float | None, told: float | None
    ) -> None:
        with misbehaving_server(WELL) as server:
            async with talking_to(server) as model:
                await collect(model, replace(PROMPT, temperature=temperature))

        [request] = server.requests
        assert request.body.get("temperature") == told

    async def test_of_a_server_without_keys_carries_a_placeholder(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "openais-own-key")
        with misbehaving_server(WELL) as server:
            async with talking_to(server, api_key=None) as model:
                await collect(model)

        assert server.requests[0].headers["authorization"] == "Bearer api-key-not-set"

    @EVERY_PROTOCOL
    @pytest.mark.parametrize("reply", [SERVER_ERROR, rate_limited("0"), Answer(cut_after=0)])
    async def test_is_sent_once_however_it_fails(self, name: str, reply: Reply) -> None:
        with misbehaving_server(reply) as server:
            async with talking_to(server, name) as model:
                await collect_failure(model)

        assert len(server.requests) == 1


class TestFailures:
    @pytest.mark.parametrize(
        ("reply", "reason", "transient", "retry_after"),
        [
            pytest.param(SERVER_ERROR, "provider_error", True, None, id="500"),
            pytest.param(failing(503, headers={"Retry-After": "3"}), "provider_error", True, 3.0, id="503"),
            pytest.param(rate_limited(), "rate_limited", True, None, id="429"),
            pytest.param(rate_limited("7"), "rate_limited", True, 7.0, id="429-seconds"),
            pytest.param(rate_limited(formatdate(0, usegmt=True)), "rate_limited", True, 0.0, id="429-past-date"),
            pytest.param(failing(429, code="insufficient_quota"), "refused", False, None, id="quota"),
            pytest.param(WRONG_KEY, "refused", False, None, id="401"),
            pytest.param(UNKNOWN_MODEL, "refused", False, None, id="404"),
            pytest.param(failing(400), "refused", False, None, id="400"),
            pytest.param(failing(418), "refused", False, None, id="418"),
            pytest.param(BAD_JSON, "bad_answer", False, None, id="bad-json"),
            pytest.param(HTML, "bad_answer", False, None, id="html"),
            pytest.param(NO_STREAM, "bad_answer", False, None, id="no-stream"),
            pytest.param(streaming("3"), "bad_answer", False, None, id="no-object"),
            pytest.param(streaming(), "bad_answer", False, None, id="no-events"),
            pytest.param(EMPTY, "bad_answer", False, None, id="empty"),
            pytest.param(Answer(("\n", "  ")), "bad_answer", False, None, id="blank"),
            pytest.param(Answer(cut_after=0), "unreachable", True, None, id="cut-before-the-first-word"),
        ],
    )
    async def test_have_a_reason(
        self, reply: Reply, reason: Reason, transient: bool, retry_after: float | None
    ) -> None:
        with misbehaving_server(reply) as server:
            async with talking_to(server) as model:
                said, error = await collect_failure(model)

        assert said == []
        assert (error.reason, error.transient, error.retry_after) == (reason, transient, retry_after)

    async def test_retry_after_may_be_a_date(self) -> None:
        with misbehaving_server(rate_limited(formatdate(time.time() + 100, usegmt=True))) as server:
            async with talking_to(server) as model:
                _, error = await collect_failure(model)

        assert error.retry_after is not None
        assert 60 < error.retry_after <= 100

    async def test_may_come_within_the_stream(self) -> None:
        with misbehaving_server(ERROR_WITHIN) as server:
            async with talking_to(server) as model:
                assert (await collect_failure(model))[1].reason == "provider_error"

    @EVERY_PROTOCOL
    async def test_of_the_providers_filter_are_refusals(self, name: str) -> None:
        with misbehaving_server(Answer(finish_reason="content_filter")) as server:
            async with talking_to(server, name) as model:
                _, error = await collect_failure(model)

        assert (error.reason, error.transient) == ("refused", False)

    @EVERY_PROTOCOL
    @pytest.mark.parametrize(
        "reply", [SERVER_ERROR, rate_limited("1"), WRONG_KEY, UNKNOWN_MODEL, BAD_JSON, HTML, ERROR_WITHIN, CUT]
    )
    async def test_keep_the_providers_words_inside(self, name: str, reply: Reply) -> None:
        with misbehaving_server(reply) as server:
            async with talking_to(server, name) as model:
                _, error = await collect_failure(model)

        assert error.args == (f"The language model did not answer ({error.reason}).",)
        assert (error.__cause__, error.__context__) == (None, None)
        for word in PROVIDERS_WORDS.split():
            assert word not in "".join(traceback.format_exception(error))


class TestCutStreams:
    @EVERY_PROTOCOL
    @pytest.mark.parametrize("reply", [CUT, RESET], ids=["closed-within-a-chunk", "reset"])
    async def test_broken_connection_is_an_error(self, name: str, reply: Answer) -> None:
        with misbehaving_server(reply) as server:
            async with talking_to(server, name) as model:
                said, error = await collect_failure(model)

        assert (said, error.reason, error.transient) == ([Delta("Hello"), Delta(" there")], "unreachable", True)

    @EVERY_PROTOCOL
    async def test_orderly_end_without_a_finish_reason_is_an_error(self, name: str) -> None:
        with misbehaving_server(ENDS_EARLY) as server:
            async with talking_to(server, name) as model:
                said, error = await collect_failure(model)

        assert (text_of(said), error.reason, error.transient) == ("Hello there.", "bad_answer", False)

    async def test_done_without_a_finish_reason_is_an_error(self) -> None:
        with misbehaving_server(Answer(finish_reason=None)) as server:
            async with talking_to(server) as model:
                assert (await collect_failure(model))[1].reason == "bad_answer"

    async def test_bad_json_after_some_words_is_an_error(self) -> None:
        with misbehaving_server(BAD_JSON_LATER) as server:
            async with talking_to(server) as model:
                said, error = await collect_failure(model)

        assert (said, error.reason) == ([Delta("Hello")], "bad_answer")


class TestLogs:
    @EVERY_PROTOCOL
    async def test_hold_nothing_of_the_conversation(self, name: str, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        with misbehaving_server(WELL, WRONG_KEY) as server:
            async with talking_to(server, name) as model:
                await collect(model)
                await collect_failure(model)

        assert [record for record in caplog.records if record.name != "asyncio"] == []


class TestUnreachable:
    async def test_closed_port(self) -> None:
        with misbehaving_server() as server:
            pass

        async with talking_to(server) as model:
            _, error = await collect_failure(model)

        assert (error.reason, error.transient) == ("unreachable", True)

    async def test_connecting_takes_no_longer_than_allowed(self) -> None:
        server = MisbehavingServer([])
        with unanswered_port() as server.port:
            async with talking_to(server, connect_timeout=0.2) as model:
                begun = time.monotonic()
                _, error = await collect_failure(model)

        assert (error.reason, error.transient) == ("unreachable", True)
        assert time.monotonic() - begun < 5


class TestLeaving:
    @EVERY_PROTOCOL
    async def test_closing_hangs_up(self, name: str) -> None:
        with misbehaving_server(STALLING) as server:
            async with talking_to(server, name) as model:
                async with aclosing(model.stream(PROMPT)) as answer:
                    await anext(answer)

                assert await asyncio.to_thread(server.client_left.wait, 30)

    @EVERY_PROTOCOL
    @pytest.mark.parametrize("reply", [SILENT, STALLING], ids=["before-the-first-word", "between-words"])
    async def test_a_deadline_hangs_up(self, name: str, reply: Answer) -> None:
        with misbehaving_server(reply) as server:
            async with talking_to(server, name) as model:
                _, error = await collect_failure(TimedModel(model, first_token=0.3, total=0.4))

                assert error.reason == "timeout"
                assert await asyncio.to_thread(server.client_left.wait, 30)


class TestKeys:
    @pytest.mark.parametrize(
        ("name", "variable"),
        [
            ("openai:m", "OPENAI_API_KEY"),
            ("anthropic:m", "ANTHROPIC_API_KEY"),
            ("google:m", "GOOGLE_API_KEY"),
            ("google-cloud:m", "GOOGLE_APPLICATION_CREDENTIALS"),
        ],
    )
    async def test_missing_one_names_both_variables(
        self, name: str, variable: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for other in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY"):
            monkeypatch.delenv(other, raising=False)
        # A file that is not there: otherwise Google's SDK would ask the network who it is.
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/credentials.json")

        with pytest.raises(BadModel) as caught:
            async with open_provider(ModelName.parse(name), base_url=None, api_key=None, connect_timeout=1):
                raise AssertionError("opened without a key")

        assert caught.value.message == f"There is no key for {name}: set ION_LLM__API_KEY or {variable}."

    @pytest.mark.parametrize("name", ["openai:m", "anthropic:m", "google:m", "google-cloud:m"])
    async def test_with_one_every_provider_opens(self, name: str) -> None:
        async with open_provider(ModelName.parse(name), base_url=None, api_key="key", connect_timeout=1) as model:
            assert model.name == name
            assert "key" not in repr(model.name)

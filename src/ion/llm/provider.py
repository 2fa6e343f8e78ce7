"""Any provider, through pydantic-ai; the only module that knows a provider's SDK.

Importing it takes about a second and each provider's SDK up to two more, so `opening` does that, off the event loop,
and only where a model is configured.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pkgutil import resolve_name

import httpx2
from google.auth.exceptions import GoogleAuthError
from pydantic_ai import exceptions as sdk
from pydantic_ai import messages
from pydantic_ai.direct import model_request_stream
from pydantic_ai.models import Model as SdkModel
from pydantic_ai.models import StreamedResponse, create_async_httpx2_client
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.settings import ModelSettings

from ion.llm.model_name import BadModel, ModelName, Provider
from ion.llm.port import Chunk, Delta, Message, ModelError, Prompt, Reason, Usage

# Chat Completions also for OpenAI itself: it is what other servers speak, and, unlike Responses, keeps nothing there.
_SDK_MODELS = {
    Provider.OPENAI: "pydantic_ai.models.openai:OpenAIChatModel",
    Provider.ANTHROPIC: "pydantic_ai.models.anthropic:AnthropicModel",
    Provider.GOOGLE: "pydantic_ai.models.google:GoogleModel",
    Provider.GOOGLE_CLOUD: "pydantic_ai.models.google:GoogleModel",
}
_SDK_PROVIDERS = {
    Provider.OPENAI: "pydantic_ai.providers.openai:OpenAIProvider",
    Provider.ANTHROPIC: "pydantic_ai.providers.anthropic:AnthropicProvider",
    Provider.GOOGLE: "pydantic_ai.providers.google:GoogleProvider",
    Provider.GOOGLE_CLOUD: "pydantic_ai.providers.google_cloud:GoogleCloudProvider",
}
# It never takes OPENAI_API_KEY from the environment, which would hand OpenAI's key to whoever runs the server, and
# sends a placeholder where there is none: local servers ask for none, the SDK does.
_SDK_COMPATIBLE = "pydantic_ai.providers.openai_compatible:OpenAICompatibleProvider"
_KEY_VARIABLES = {
    Provider.OPENAI: "OPENAI_API_KEY",
    Provider.ANTHROPIC: "ANTHROPIC_API_KEY",
    Provider.GOOGLE: "GOOGLE_API_KEY",
    Provider.GOOGLE_CLOUD: "GOOGLE_APPLICATION_CREDENTIALS",
}
# Seconds between two bytes; `TimedModel` sets the limits that matter.
_READ_TIMEOUT = 600.0
# At DEBUG some of them write down whole requests, and with them what a mentee said.
_TALKATIVE = ("openai", "anthropic", "google_genai", "httpx2", "httpcore2")
# The HTTP responses of the stream that is being opened.
_OPENED: ContextVar[list[httpx2.Response]] = ContextVar("opened")
# The first class that fits decides, so the general ones stand last.
_FAILURES: tuple[tuple[type[Exception], Reason, bool], ...] = (
    (sdk.ModelRateLimitError, "rate_limited", True),
    (sdk.ModelQuotaExceededError, "refused", False),
    (sdk.ModelRequestRejectedError, "refused", False),
    (sdk.ModelUnavailableError, "provider_error", True),
    (sdk.ModelServerError, "provider_error", True),
    (sdk.ModelHTTPError, "refused", False),
    (sdk.ModelTimeoutError, "timeout", True),
    (sdk.ModelConnectionError, "unreachable", True),
    (httpx2.TimeoutException, "timeout", True),
    (httpx2.TransportError, "unreachable", True),
    (GoogleAuthError, "refused", False),
)


@dataclass(frozen=True, slots=True)
class ProviderModel:
    """A provider's model, asked once per stream: the SDK's own retries are off."""

    name: str
    sdk_model: SdkModel

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Stream the answer; white space before its first word is dropped, as is what the model thinks aloud.

        Raises:
            ModelError: see there for the reasons; nothing of the provider's error is kept, as its context either.
        """
        try:
            async with _ask(self.sdk_model, prompt) as answer, aclosing(_texts(aiter(answer))) as texts:
                said = False
                async for text in texts:
                    said = True
                    yield Delta(text)
                _refuse_partial(answer.finish_reason, said=said)
                usage = answer.usage
            if usage.input_tokens or usage.output_tokens:
                yield Usage(usage.input_tokens, usage.output_tokens, self.name)
        except Exception as error:  # an SDK may raise anything, and none of it may get out
            failure = _failure(error)
        else:
            return
        raise failure


@asynccontextmanager
async def open_provider(
    name: ModelName, *, base_url: str | None, api_key: str | None, connect_timeout: float
) -> AsyncIterator[ProviderModel]:
    """Hold a provider's connections; without `api_key` the provider's own variable is used.

    Silences the SDKs' loggers below WARNING, whatever the level of the others.

    Raises:
        BadModel: there is no key.
    """
    for logger in _TALKATIVE:
        logging.getLogger(logger).setLevel(logging.WARNING)
    timeout = httpx2.Timeout(_READ_TIMEOUT, connect=connect_timeout)
    # Both load certificates or modules from disk.
    client = await asyncio.to_thread(create_async_httpx2_client, timeout=timeout)
    client.event_hooks["response"].append(_remember)
    async with client:
        sdk_model = await asyncio.to_thread(_sdk_model, name, client, base_url=base_url, api_key=api_key)
        yield ProviderModel(str(name), sdk_model)


def _sdk_model(name: ModelName, client: httpx2.AsyncClient, *, base_url: str | None, api_key: str | None) -> SdkModel:
    profile = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
    try:
        if name.provider is Provider.OPENAI and base_url is not None:
            # Ollama ignores the newer `max_completion_tokens`.
            profile["openai_chat_supports_max_completion_tokens"] = False
            provider = resolve_name(_SDK_COMPATIBLE)(
                "openai-compatible", base_url=base_url, api_key=api_key, http_client=client
            )
        else:
            provider = resolve_name(_SDK_PROVIDERS[name.provider])(
                base_url=base_url, api_key=api_key, http_client=client
            )
    except (sdk.UserError, GoogleAuthError):
        raise BadModel(
            f"There is no key for {name}: set ION_LLM__API_KEY or {_KEY_VARIABLES[name.provider]}.",
            field="ION_LLM__API_KEY",
        ) from None
    model: SdkModel = resolve_name(_SDK_MODELS[name.provider])(name.model, provider=provider, profile=profile)
    return model


@asynccontextmanager
async def _ask(model: SdkModel, prompt: Prompt) -> AsyncIterator[StreamedResponse]:
    settings = ModelSettings(max_tokens=prompt.max_output_tokens, max_retries=0)
    if prompt.temperature is not None:
        settings["temperature"] = prompt.temperature
    async with AsyncExitStack() as stack:
        # Google's SDK leaves a stream that ends early to the garbage collector, and the model talking on until then.
        opened: list[httpx2.Response] = []
        stack.push_async_callback(_close, opened)
        token = _OPENED.set(opened)
        try:
            asked = model_request_stream(model, list(_history(prompt)), model_settings=settings)
            answer = await stack.enter_async_context(asked)
        finally:
            _OPENED.reset(token)
        yield answer


async def _remember(response: httpx2.Response) -> None:
    # Also called for what an SDK asks on its own while a stream runs; that is not ours to close.
    _OPENED.get([]).append(response)


async def _close(responses: list[httpx2.Response]) -> None:
    for response in responses:
        await response.aclose()


def _history(prompt: Prompt) -> Iterator[messages.ModelMessage]:
    for message in prompt.messages:
        yield _sdk_message(message, prompt.system)


def _sdk_message(message: Message, system: str) -> messages.ModelMessage:
    if message.role == "assistant":
        return messages.ModelResponse(parts=[messages.TextPart(message.content)])
    # Of the instructions in a history only the newest count.
    return messages.ModelRequest(parts=[messages.UserPromptPart(message.content)], instructions=system)


async def _texts(events: AsyncIterator[messages.ModelResponseStreamEvent]) -> AsyncGenerator[str, None]:
    said = False
    async for event in events:
        text = _text(event)
        if not said:
            text = text.lstrip()
        if text:
            said = True
            yield text


def _text(event: messages.ModelResponseStreamEvent) -> str:
    match event:
        case messages.PartStartEvent(part=messages.TextPart(content=text)):
            return text
        case messages.PartDeltaEvent(delta=messages.TextPartDelta(content_delta=text)):
            return text
    return ""


def _refuse_partial(finish_reason: str | None, *, said: bool) -> None:
    if finish_reason == "content_filter":
        raise ModelError("refused", transient=False)
    # No reason at all: the stream was cut. `length` is whole enough: it is as long as was asked for.
    if finish_reason not in ("stop", "length") or not said:
        raise ModelError("bad_answer", transient=False)


def _failure(error: Exception) -> ModelError:
    if isinstance(error, ModelError):
        return error
    retry_after = error.retry_after if isinstance(error, sdk.ModelAPIError) else None
    if isinstance(error, sdk.ModelTimeoutError) and error.phase in ("pool", "connect"):
        return ModelError("unreachable", transient=True)
    for kind, reason, transient in _FAILURES:
        if isinstance(error, kind):
            return ModelError(reason, transient=transient, retry_after=retry_after)
    return ModelError("bad_answer", transient=False)

"""The clients: `Ion` waits for answers, `AsyncIon` awaits them; what they can do is described once."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from random import Random, SystemRandom
from types import TracebackType
from typing import Self

import httpx2

from ion import __version__
from ion.client.asks import Ask, KeyParts, Mode, Said, context_of
from ion.client.auth import Auth
from ion.client.batches import Batches
from ion.client.call import Call, given
from ion.client.conversations import Conversations
from ion.client.feedback import FeedbackOnReplies
from ion.client.lines import AsyncLine, Line, Wire
from ion.client.me import Me
from ion.client.messages import Messages
from ion.client.operating import Health, Status
from ion.client.outcomes import as_a
from ion.client.personas import Personas
from ion.client.retrying import Retries
from ion.client.security import Security
from ion.client.signed_in import SignedIn
from ion.client.steps import Manner
from ion.client.values import Analysis, BulkProcessed, Counsel, Processed, Recommendation, Tokens
from ion.client.verbs import L, Resource, verb

DEFAULT_ADDRESS = "http://127.0.0.1:8000"
# Seconds. The server breaks the silence of a stream every 15; a complete reply of a language model may take its time.
DEFAULT_TIMEOUT = 60.0
DEFAULT_RETRIES = Retries()
# Four mentors one after the other, or all at once, and who puts together what they said.
_REPLIES_IN_TURN, _REPLIES_SIDE_BY_SIDE = 5, 2


class Operations(Resource[L]):
    """What both clients offer."""

    def __init__(self, line: L) -> None:
        super().__init__(line)
        self.auth = Auth(line)
        self.personas = Personas(line)
        self.conversations = Conversations(line)
        self.messages = Messages(line)
        self.batches = Batches(line)
        self.feedback = FeedbackOnReplies(line)
        self.me = Me(line)
        self.security = Security(line)

    @property
    def tokens(self) -> Tokens | None:
        """The tokens this client asks with, as they are by now; whoever asks again another day keeps them."""
        return self.line.manner.signed_in.tokens

    @verb
    def process(
        self,
        user_input: str,
        *,
        persona: str | None = None,
        resonance_key: str | KeyParts | None = None,
        conversation_id: str | None = None,
        goals: Sequence[str] = (),
        language: str | None = None,
        history: Sequence[Said] = (),
        user_id: str | None = None,
        session_id: str | None = None,
        metadata: Mapping[str, object] | None = None,
        include_metadata: bool = True,
        key: str | None = None,
    ) -> Call[Processed]:
        """Answer one message; it is kept only in the conversation that is given, and once.

        It carries an `Idempotency-Key`, under which ION keeps the answer for a day, sealed; give `key` where another
        process may send the same.
        """
        context = (history, user_id, session_id, metadata)
        ask = Ask(user_input, persona, resonance_key, conversation_id, goals, language, *context, include_metadata)
        return Call("POST", "/process", as_a(Processed), body=ask.as_json(), keyed=True, key=key)

    @verb
    def bulk_process(
        self, asks: Sequence[Ask], *, parallel: bool = False, key: str | None = None
    ) -> Call[BulkProcessed]:
        """Answer up to a hundred messages, with `parallel` a few at once; one that fails is no error of the others.

        It carries an `Idempotency-Key` as `process` does. Try those that failed again in a call of their own.
        """
        body = {"requests": [ask.as_json() for ask in asks], "parallel": parallel}
        return Call(
            "POST", "/bulk-process", as_a(BulkProcessed), body=body, keyed=True, key=key, replies=max(1, len(asks))
        )

    @verb
    def multi_persona(
        self,
        user_input: str,
        *,
        personas: Sequence[str] = (),
        force_multi: bool = False,
        mode: Mode = "side_by_side",
        goals: Sequence[str] = (),
        language: str | None = None,
        history: Sequence[Said] = (),
        user_id: str | None = None,
        session_id: str | None = None,
        metadata: Mapping[str, object] | None = None,
        include_metadata: bool = True,
    ) -> Call[Counsel]:
        """Have several mentors answer one message together, where it needs more than one; nothing is kept.

        Those in `personas` answer in this order; `in_turn` each knows what those before them said.
        """
        body = given(
            user_input=user_input,
            personas=[*personas] or None,
            force_multi=force_multi,
            mode=mode,
            goals=[*goals] or None,
            language=language,
            context=context_of(history, user_id, session_id, metadata),
            include_metadata=include_metadata,
        )
        replies = _REPLIES_IN_TURN if mode == "in_turn" else _REPLIES_SIDE_BY_SIDE
        return Call("POST", "/chat/multi-persona", as_a(Counsel), body=body, repeatable=True, replies=replies)

    @verb
    def recommend(
        self,
        scenario: str,
        *,
        language: str | None = None,
        history: Sequence[Said] = (),
        user_id: str | None = None,
        session_id: str | None = None,
        metadata: Mapping[str, object] | None = None,
    ) -> Call[Recommendation]:
        """Return which mentor suits a situation, and why; nothing is kept."""
        context = context_of(history, user_id, session_id, metadata)
        body = given(scenario=scenario, language=language, context=context)
        return Call("POST", "/recommend", as_a(Recommendation), body=body, repeatable=True)

    @verb
    def analyze(self, text: str, *, language: str | None = None) -> Call[Analysis]:
        """Return how a message reads and who would answer; nothing is kept."""
        return Call("POST", "/analyze", as_a(Analysis), body=given(text=text, language=language), repeatable=True)

    @verb
    def health(self) -> Call[Health]:
        """Return how ION is, also where it cannot serve."""
        return Call("GET", "/health", as_a(Health), repeatable=True, fine=frozenset({200, 503}))

    @verb
    def status(self) -> Call[Status]:
        """Return how ION has been doing, as the process that answers knows it."""
        return Call("GET", "/status", as_a(Status), repeatable=True)


class Ion(Operations[Line]):
    """ION, over HTTP; may be used by several threads at once.

    `tokens` are what `auth.sign_in` brought, and are refreshed as they expire; `tokens` of the client are the newest.
    `timeout` is the longest silence in seconds while one reply is written. A client of httpx2 given as `http` (with its
    own proxy or certificates) is closed by whoever opened it. `sleep` and `rng` are for tests.

    Raises:
        ValueError: `base_url` is no web address, or `api_key` or `tokens` cannot be sent.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_ADDRESS,
        *,
        api_key: str | None = None,
        tokens: Tokens | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        retries: Retries = DEFAULT_RETRIES,
        http: httpx2.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
        rng: Random | None = None,
    ) -> None:
        self._wire = _wire(base_url, timeout)
        self._own = http is None
        manner = _manner(retries, rng, SignedIn(api_key, tokens))
        super().__init__(Line(httpx2.Client() if http is None else http, self._wire, manner, sleep))

    def __repr__(self) -> str:
        return f"Ion({self._wire.address!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._own:
            self.line.http.close()


class AsyncIon(Operations[AsyncLine]):
    """ION, over HTTP, in an event loop.

    `tokens` are what `auth.sign_in` brought, and are refreshed as they expire; `tokens` of the client are the newest.
    `timeout` is the longest silence in seconds while one reply is written. A client of httpx2 given as `http` (with its
    own proxy or certificates) is closed by whoever opened it. `sleep` and `rng` are for tests, and for loops that are
    not asyncio's.

    Raises:
        ValueError: `base_url` is no web address, or `api_key` or `tokens` cannot be sent.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_ADDRESS,
        *,
        api_key: str | None = None,
        tokens: Tokens | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        retries: Retries = DEFAULT_RETRIES,
        http: httpx2.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rng: Random | None = None,
    ) -> None:
        self._wire = _wire(base_url, timeout)
        self._own = http is None
        manner = _manner(retries, rng, SignedIn(api_key, tokens))
        super().__init__(AsyncLine(httpx2.AsyncClient() if http is None else http, self._wire, manner, sleep))

    def __repr__(self) -> str:
        return f"AsyncIon({self._wire.address!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up."""
        if self._own:
            await self.line.http.aclose()


def _wire(base_url: str, timeout: float) -> Wire:
    try:
        url = httpx2.URL(base_url.rstrip("/"))
    except httpx2.InvalidURL:
        url = httpx2.URL("")
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        message = "base_url has to be a plain web address, such as https://ion.example.org."
        raise ValueError(message)
    return Wire(str(url), {"User-Agent": f"ion-client/{__version__}"}, timeout)


def _manner(retries: Retries, rng: Random | None, signed_in: SignedIn) -> Manner:
    return Manner(retries, SystemRandom() if rng is None else rng, signed_in)

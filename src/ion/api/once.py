"""`Idempotency-Key` for a route that opts in: what is sent twice is done once, and answered alike."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from ion.api.errors import PROBLEMS
from ion.callers import require, services_of
from ion.idempotency import Answer, Once, RequestKey

_Begun = TypeVar("_Begun")
KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=64,
        pattern=r"^[\x21-\x7e]+$",
        description="New for every request that is not a repetition. Sent again with the same key, it is done once.",
    ),
]
# For a route's `responses`.
IN_FLIGHT: dict[int | str, dict[str, Any]] = {
    409: {**PROBLEMS[404], "description": "The first request with this `Idempotency-Key` is still being answered."}
}


@dataclass(frozen=True, slots=True)
class OnceHere:
    """What answers a route's requests once; `key` is None where the caller gave none. `path` is the address asked."""

    once: Once
    key: RequestKey | None
    path: str

    async def answer(self, body: BaseModel, work: Callable[[], Awaitable[BaseModel]]) -> Response:
        """Return what `work` gives as JSON, or what it gave when the same `body` came before with this key.

        Raises what `Once.answer` raises.
        """

        async def worked() -> Answer:
            return Answer(200, (await work()).model_dump_json().encode())

        if self.key is None:
            answer = await worked()
        else:
            answer = await self.once.answer(self.key, body.model_dump_json().encode(), worked)
        headers = {"Idempotency-Replayed": "true"} if answer.again else None
        return Response(answer.body, answer.status, headers=headers, media_type="application/json")

    async def begin(
        self, body: BaseModel, work: Callable[[], Awaitable[_Begun]], again: Callable[[], Awaitable[_Begun]]
    ) -> _Begun:
        """Return what `work` begins, or what `again` gives when the same `body` came here before with this key.

        That something was begun is kept, and nothing of what it gave. Raises what `Once.answer` raises.
        """
        if self.key is None:
            return await work()
        begun: list[_Begun] = []

        async def worked() -> Answer:
            begun.append(await work())
            return Answer(HTTPStatus.ACCEPTED, b"")

        await self.once.answer(self.key, f"{self.path}\n{body.model_dump_json()}".encode(), worked)
        return begun[0] if begun else await again()

    def message_key(self, index: int = 0) -> str | None:
        """Return the key of a message that this request keeps in a conversation; None where the caller gave none.

        It makes a message be kept once even where the request was cut off before it was answered.
        """
        return None if self.key is None else hashlib.sha256(f"{self.key.place}-{index}".encode()).hexdigest()


def _once_here(request: Request, key: KeyHeader = None) -> OnceHere:
    caller = require(request)
    route = f"{request.method} {request.scope['route'].path}"
    return OnceHere(
        services_of(request).once, None if key is None else RequestKey(caller.user, route, key), request.url.path
    )


OnceDep = Annotated[OnceHere, Depends(_once_here)]

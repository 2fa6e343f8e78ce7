"""A language model that never sees personal data, and whose replies hold it again."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace

from ion.language import Language, language_of
from ion.llm import Chunk, Delta, Model, ModelError, Prompt
from ion.privacy.masking import Masked, hide
from ion.privacy.restoring import Restoring

_NOTE: Mapping[Language, str] = {
    "ko": "글에서 [PHONE_1]처럼 대괄호로 묶인 것은 개인정보를 가린 표시입니다. 실제 값이 있는 것처럼 읽고, 답에 쓸 때는 글자 그대로 옮기며, 새로 만들지 않습니다.",
    "en": "What stands in square brackets, such as [PHONE_1], takes the place of personal data. Read it as if the value were there, copy it letter for letter where you need it, and make up no others.",
}


@dataclass(frozen=True, slots=True)
class MaskingModel:
    """Asks `inner` with placeholders in place of personal data, and puts the values back into its answer."""

    inner: Model

    @property
    def name(self) -> str:
        """The name of the model that is asked."""
        return self.inner.name

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Stream as `inner` does; what may be the beginning of a placeholder waits for the next piece.

        Raises:
            ModelError: as `inner` does, after all that it said.
        """
        # A long conversation takes some 50 ms to read, in which others must not wait.
        masked = await asyncio.to_thread(hide, prompt.system, *(message.content for message in prompt.messages))
        async with (
            aclosing(self.inner.stream(_asked(prompt, masked))) as answer,
            aclosing(_restored(answer, Restoring(masked)) if masked.hides else answer) as restored,
        ):
            async for chunk in restored:
                yield chunk


def _asked(prompt: Prompt, masked: Masked) -> Prompt:
    system, *contents = masked.texts
    if masked.hides:
        system = f"{system}\n\n{_NOTE[language_of(prompt.system)]}"
    messages = zip(prompt.messages, contents, strict=True)
    return replace(
        prompt, system=system, messages=tuple(replace(message, content=content) for message, content in messages)
    )


async def _restored(answer: AsyncGenerator[Chunk, None], restoring: Restoring) -> AsyncGenerator[Chunk, None]:
    try:
        async for chunk in answer:
            if shown := restoring.feed(chunk.text) if isinstance(chunk, Delta) else restoring.rest():
                yield Delta(shown)
            if not isinstance(chunk, Delta):
                yield chunk
    except ModelError:
        if rest := restoring.rest():
            yield Delta(rest)
        raise
    if rest := restoring.rest():
        yield Delta(rest)

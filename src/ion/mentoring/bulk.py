"""Many messages at once, without keeping those waiting who write one."""

import asyncio
from dataclasses import dataclass

from ion.mentoring.asking import Ask
from ion.mentoring.conversation import Turn
from ion.mentoring.pipeline import PersonaPipeline
from ion.mentoring.writer import TooManyReplies


@dataclass(frozen=True, slots=True)
class Bulk:
    """Answers messages in as many `slots` as there are for all that come in bulk, whoever sends them."""

    pipeline: PersonaPipeline
    slots: asyncio.Semaphore

    async def process(self, ask: Ask) -> Turn:
        """Answer a message once there is a slot and room for its reply; returns the complete turn.

        Raises what `PersonaPipeline.begin` raises, but for TooManyReplies.
        """
        async with self.slots:
            while True:
                try:
                    return await self.pipeline.process(ask)
                except TooManyReplies:
                    # Asked first and waited for then: help lines need no room.
                    await self.pipeline.writer.until_room()

"""Every question about used tokens that the database is asked."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from ion.db import Database
from ion.limits.models import TokensUsedRow


@dataclass(frozen=True, slots=True)
class TokenStore:
    """How many tokens each organisation used on each day."""

    database: Database

    async def used(self, organisation: str, day: date) -> int:
        """Return how many an organisation used on a day."""
        async with self.database.reading() as session:
            row = await session.get(TokensUsedRow, (organisation, day))
        return 0 if row is None else row.tokens

    async def add(self, organisation: str, day: date, tokens: int) -> None:
        """Count more of them."""
        if await self._added(organisation, day, tokens):
            return
        try:
            async with self.database.transaction() as session:
                session.add(TokensUsedRow(organisation=organisation, day=day, tokens=tokens))
        except IntegrityError:
            # Somebody else made the day's row meanwhile.
            await self._added(organisation, day, tokens)

    async def _added(self, organisation: str, day: date, tokens: int) -> bool:
        row = TokensUsedRow
        change = update(row).where(row.organisation == organisation, row.day == day)
        async with self.database.transaction() as session:
            changed = await session.execute(change.values(tokens=row.tokens + tokens).returning(row.day))
            return bool(changed.all())

"""Conversations that are older than their organisation keeps them are erased; all others stay."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from ion.accounts import BadRetention
from ion.audit import Document, Wanted, documents
from ion.mentoring import ConversationNotFound, OwnerId, erase_idle
from ion.rights import Retention
from tests.keyrings import sealing_settings
from tests.mentoring.test_store import prepared
from tests.rights.living import Here, living, somebody, talk

INSIDE = ("conversation", "turn", "corrections", "feedback")


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[Here]:
    async with living(sealing_settings(await prepared(database_url))) as opened:
        yield opened


def retention(here: Here) -> Retention:
    return Retention(here.kept.database, here.accounts, here.kept.audit, here.clock)


async def counted(here: Here) -> dict[str, int]:
    return {table: await here.count(table) for table in INSIDE}


async def recorded(here: Here, action: str) -> list[Document]:
    return [one async for some in documents(here.kept.audit, Wanted()) for one in some if one["action"] == action]


class TestRound:
    async def test_erases_what_is_older_with_everything_in_it_and_nothing_else(self, here: Here) -> None:
        life, before = await somebody(here), await counted(here)
        await here.accounts.members.keep_conversations(here.school.slug, 30)
        here.clock.move(days=20)
        newer = await talk(here, life.user)
        here.clock.move(days=11)
        conversations, turns, _ = here.stores(life.user)

        assert await retention(here).round() == 1
        assert [one.id for one in await conversations.latest(limit=9)] == [newer]
        assert len(await turns.of(newer)) == 1
        assert await counted(here) == before
        assert await retention(here).round() == 0

    async def test_asks_for_the_last_message_and_not_for_the_first(self, here: Here) -> None:
        life = await somebody(here)
        await here.accounts.members.keep_conversations(here.school.slug, 30)
        here.clock.move(days=30)

        assert await retention(here).round() == 0
        here.clock.move(seconds=1)
        assert await retention(here).round() == 1
        with pytest.raises(ConversationNotFound):
            await here.stores(life.user)[0].with_id(life.conversation)

    async def test_leaves_other_organisations_and_those_without_an_end_alone(self, here: Here) -> None:
        await somebody(here)
        other = await here.accounts.members.add_organisation("Another", f"{here.school.slug}-b")
        await here.accounts.members.keep_conversations(other.slug, 1)
        await here.accounts.members.keep_conversations(here.school.slug, 1)
        await here.accounts.members.keep_conversations(here.school.slug, None)
        here.clock.move(days=4000)

        assert await retention(here).round() == 0
        assert await recorded(here, "conversations.expired") == []

    async def test_is_recorded_as_a_number(self, here: Here) -> None:
        life = await somebody(here)
        await talk(here, life.user)
        await here.accounts.members.keep_conversations(here.school.slug, 7)
        here.clock.move(days=8)
        await retention(here).round()

        (one,) = await recorded(here, "conversations.expired")
        assert (one["actor_kind"], one["target"], one["details"]) == ("system", here.school.id, {"count": 2, "days": 7})
        assert life.user.id not in str(one)

    async def test_goes_on_in_pieces(self, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
        life = await somebody(here)
        for _ in range(4):
            await talk(here, life.user)
        await here.accounts.members.keep_conversations(here.school.slug, 7)
        here.clock.move(days=8)
        monkeypatch.setattr("ion.rights.retention._ERASED_AT_ONCE", 2)

        assert await retention(here).round() == 5
        assert [one["details"]["count"] for one in await recorded(here, "conversations.expired")] == [2, 2, 1]

    async def test_that_cannot_be_recorded_erases_nothing_and_holds_up_nobody(self, here: Here) -> None:
        await somebody(here)
        await here.accounts.members.keep_conversations(here.school.slug, 7)
        here.clock.move(days=8)
        on = "" if here.kept.database.is_embedded else " ON audit_head"
        async with here.kept.database.transaction() as session:
            for statement in (f"DROP TRIGGER audit_head_no_delete{on}", "DELETE FROM audit_head"):
                await session.execute(text(statement))

        assert await retention(here).round() == 0
        assert await here.count("conversation") == 1

    async def test_keeps_what_somebody_has_added_to_meanwhile(self, here: Here) -> None:
        life = await somebody(here)
        async with here.kept.database.transaction() as session:
            count = await erase_idle(session, [OwnerId(life.user.id)], before=here.clock(), most=10)

        assert count == 0


class TestSetting:
    async def test_is_kept_and_recorded(self, here: Here) -> None:
        members, slug = here.accounts.members, here.school.slug
        set_to = await members.keep_conversations(slug, 90)
        kept = await here.accounts.organisations.with_slug(slug)
        without = await members.keep_conversations(slug, None)

        assert (set_to.keep_days, kept.keep_days, without.keep_days) == (90, 90, None)
        details: list[Any] = [one["details"] for one in await recorded(here, "settings.changed")]
        assert details == [{"setting": "keep_conversations", "days": 90}, {"setting": "keep_conversations"}]

    @pytest.mark.parametrize("days", [0, -1, 3651])
    async def test_has_bounds(self, here: Here, days: int) -> None:
        with pytest.raises(BadRetention, match="1 to 3650 days"):
            await here.accounts.members.keep_conversations(here.school.slug, days)
        assert (await here.accounts.organisations.with_slug(here.school.slug)).keep_days is None

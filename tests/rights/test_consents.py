"""What people agree to: given, taken back, renewed when the text changes, and recorded."""

from collections.abc import AsyncIterator

import pytest

from ion.accounts import Role, User, acting_as
from ion.audit import Wanted, documents
from ion.rights import OPTIONAL, VERSIONS, Choice, ConsentOutdated, NoticeNotAcknowledged, Purpose
from tests.keyrings import sealing_settings
from tests.mentoring.test_store import prepared
from tests.rights.living import Here, living

USE = Purpose.EXPERIMENTS
YES, NO = Choice(USE, 1, True), Choice(USE, 1, False)


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[Here]:
    async with living(sealing_settings(await prepared(database_url))) as opened:
        yield opened


@pytest.fixture
async def mina(here: Here) -> User:
    return await here.accounts.members.add(
        here.school, email="mina@example.org", name="Mina", language="ko", role=Role.MENTEE
    )


async def choose(here: Here, user: User, *choices: Choice) -> None:
    with acting_as(None, address="203.0.113.7", request_id=""):
        await here.consents.choose(user.id, user.organisation, choices, language="ko")


async def recorded(here: Here) -> list[tuple[str, dict[str, object]]]:
    found = [one async for some in documents(here.kept.audit, Wanted()) for one in some]
    return [(one["action"], one["details"]) for one in found if one["action"].startswith("consent.")]


class TestChoosing:
    async def test_nobody_has_agreed_to_anything_to_begin_with(self, here: Here, mina: User) -> None:
        assert await here.consents.of(mina.id) == {}
        assert not await here.consents.allows(mina.id, USE)

    async def test_is_kept_with_version_moment_network_and_language(self, here: Here, mina: User) -> None:
        await choose(here, mina, YES)
        (consent,) = (await here.consents.of(mina.id)).values()

        assert (consent.purpose, consent.version, consent.language) == (USE, 1, "ko")
        assert (consent.network, consent.given_at, consent.withdrawn_at) == ("203.0.113.0/24", here.clock(), None)
        assert await here.consents.allows(mina.id, USE)
        assert await here.consents.store.agreed(USE) == {mina.id}
        assert "203" not in repr(consent)

    async def test_is_taken_back_and_stays_as_a_proof(self, here: Here, mina: User) -> None:
        await choose(here, mina, YES)
        here.clock.move(days=1)
        await choose(here, mina, NO)
        here.clock.move(days=1)
        await choose(here, mina, YES)
        kept = await here.consents.store.of(mina.id)

        assert [(one.withdrawn_at is None, one.holds) for one in kept] == [(False, False), (True, True)]
        assert [action for action, _ in await recorded(here)] == [
            "consent.given",
            "consent.withdrawn",
            "consent.given",
        ]

    async def test_twice_is_as_once(self, here: Here, mina: User) -> None:
        for choice in (NO, YES, YES):
            await choose(here, mina, choice)

        assert len(await here.consents.store.of(mina.id)) == 1
        assert await recorded(here) == [("consent.given", {"purpose": "experiments", "version": 1})]

    async def test_holds_for_the_text_that_was_read_and_no_other(
        self, here: Here, mina: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await choose(here, mina, YES)
        monkeypatch.setitem(VERSIONS, USE, 2)
        held = await here.consents.allows(mina.id, USE), await here.consents.store.agreed(USE)
        with pytest.raises(ConsentOutdated):
            await choose(here, mina, YES)
        here.clock.move(minutes=1)
        await choose(here, mina, Choice(USE, 2, True))
        kept = await here.consents.store.of(mina.id)

        assert held == (False, frozenset())
        assert [(one.version, one.withdrawn_at is None) for one in kept] == [(1, False), (2, True)]

    async def test_of_a_text_that_has_changed_is_taken_back_all_the_same(
        self, here: Here, mina: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await choose(here, mina, YES)
        monkeypatch.setitem(VERSIONS, USE, 2)
        await choose(here, mina, NO)

        assert [one.withdrawn_at is None for one in await here.consents.store.of(mina.id)] == [False]

    async def test_takes_all_of_them_or_none(self, here: Here, mina: User) -> None:
        for wrong in (Choice(Purpose.NOTICE, 1, False), Choice(Purpose.IMPROVEMENT, 7, True)):
            with pytest.raises((NoticeNotAcknowledged, ConsentOutdated)):
                await choose(here, mina, YES, wrong)

        assert await here.consents.of(mina.id) == {}
        assert await recorded(here) == []

    def test_the_notice_alone_is_not_optional(self) -> None:
        assert set(OPTIONAL) == set(Purpose) - {Purpose.NOTICE}

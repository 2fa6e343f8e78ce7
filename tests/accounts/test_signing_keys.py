import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text

from ion.accounts import BadAccessToken
from ion.accounts.signing_keys import SigningKeys
from ion.accounts.signing_store import SigningStore
from ion.accounts.tokens import Tokens
from ion.sealing import BrokenSeal, NoDataKey
from tests.accounts.forging import workshop
from tests.accounts.opened import Opened, counted
from tests.keyrings import keyring_of


async def another_process(here: Opened) -> Tokens:
    """Return tokens over the same database, which remember nothing."""
    keyring = await keyring_of(here.database, clock=here.clock)
    return replace(here.accounts.tokens, keys=SigningKeys(SigningStore(here.database), keyring, here.clock))


class TestRotation:
    async def test_lets_the_old_key_verify_until_what_it_signed_has_expired(self, anywhere: Opened) -> None:
        tokens = anywhere.accounts.tokens
        made = await workshop(anywhere)
        # What a thief of the old key could make: no token of ION's own lasts so long.
        lasting = made.with_claims(exp=made.after(hours=10))
        await tokens.rotate_key()
        newer = await workshop(anywhere, made.user)
        held = []
        for seconds in (0, 899, 5, 1):
            anywhere.clock.move(seconds=seconds)
            held.append([await holds(tokens, token) for token in (made.token, lasting)])

        assert newer.header["kid"] != made.header["kid"]
        assert held == [[True, True], [True, True], [False, True], [False, False]]
        (kept,) = await tokens.keys.all()
        assert kept.kid == newer.header["kid"]

    async def test_at_once_ends_what_was_signed_before(self, here: Opened) -> None:
        tokens = here.accounts.tokens
        made = await workshop(here)
        await tokens.rotate_key()
        between = await workshop(here, made.user)
        await tokens.rotate_key(at_once=True)

        assert [await holds(tokens, token) for token in (made.token, between.token)] == [False, False]
        refreshed = await tokens.refresh(between.refresh)
        assert await holds(tokens, refreshed.access_token)

    async def test_reaches_other_processes(self, here: Opened) -> None:
        there = await another_process(here)
        made = await workshop(here)
        assert await holds(there, made.token)
        await here.accounts.tokens.rotate_key(at_once=True)
        newer = await workshop(here, made.user)

        # A new key is looked for at once; that an old one has ended is noticed within five seconds.
        assert await holds(there, newer.token)
        assert not await holds(there, made.token)
        kid, _ = await there.keys.signer()
        assert kid == newer.header["kid"]

    async def test_is_noticed_within_five_seconds_where_nothing_new_is_shown(self, here: Opened) -> None:
        there = await another_process(here)
        made = await workshop(here)
        assert await holds(there, made.token)
        await here.accounts.tokens.rotate_key(at_once=True)
        here.clock.move(seconds=5)

        assert not await holds(there, made.token)

    async def test_forgets_keys_that_verify_nothing_any_more(self, here: Opened) -> None:
        tokens = here.accounts.tokens
        await workshop(here)
        await tokens.rotate_key()
        await tokens.rotate_key()
        await here.accounts.purge()
        before = await counted(here, "signing_key")
        here.clock.move(minutes=16)
        await here.accounts.purge()

        assert (before, await counted(here, "signing_key")) == (3, 1)

    async def test_does_not_lengthen_what_was_ended(self, here: Opened) -> None:
        tokens = here.accounts.tokens
        made = await workshop(here)
        await tokens.rotate_key(at_once=True)
        await tokens.rotate_key()

        assert not await holds(tokens, made.token)


class TestTheFirstKey:
    async def test_is_made_once(self, here: Opened) -> None:
        signers = [await here.accounts.tokens.keys.signer() for _ in range(3)]

        assert len({kid for kid, _ in signers}) == await counted(here, "signing_key") == 1

    async def test_made_by_two_processes_at_once_is_good_from_either(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        there = await another_process(anywhere)
        here = anywhere.accounts.tokens

        (mine, _), (theirs, _) = await asyncio.gather(here.keys.signer(), there.keys.signer())
        made = await workshop(anywhere, user)

        assert mine
        assert theirs
        assert await holds(here, made.token)
        assert await holds(there, made.token)


class TestThePrivatePart:
    async def test_is_kept_sealed_alone(self, anywhere: Opened) -> None:
        await workshop(anywhere)
        _, key = await anywhere.accounts.tokens.keys.signer()
        async with anywhere.database.reading() as session:
            (row,) = (await session.execute(text("SELECT * FROM signing_key"))).all()
        parts = key.as_dict(private=True)

        assert str(parts["x"]) in str(row)
        assert str(parts["d"]) not in str(row)
        assert str(parts["d"]).encode() not in row.sealed
        (kept,) = await anywhere.accounts.tokens.keys.all()
        assert kept.jwk.keys() == {"kty", "crv", "x", "kid", "use", "alg"}

    async def test_that_does_not_open_is_replaced_by_a_rotation(self, here: Opened) -> None:
        made = await workshop(here)
        for statement, error in (
            ("DELETE FROM data_key", NoDataKey),
            ("UPDATE signing_key SET sealed = zeroblob(80)", BrokenSeal),
        ):
            async with here.database.transaction() as session:
                await session.execute(text(statement))
            with pytest.raises(error):
                await (await another_process(here)).refresh(made.refresh)
        there = await another_process(here)
        await there.rotate_key()

        assert await holds(there, (await there.refresh(made.refresh)).access_token)


async def holds(tokens: Tokens, token: str) -> bool:
    try:
        await tokens.caller(token)
    except BadAccessToken:
        return False
    return True

import asyncio
import unicodedata

import pytest

from ion.accounts import OWASP, Hashing, HashingCost
from ion.accounts.passwords import MOST_TYPED, normalised
from tests.accounts.opened import CHEAP, GOOD, OTHER


class TestNormalising:
    @pytest.mark.parametrize(
        ("typed", "kept"), [("ｐａｓｓ", "pass"), ("ﬁsh", "fish"), (unicodedata.normalize("NFD", "한글"), "한글")]
    )
    def test_the_same_letters_are_one_password(self, typed: str, kept: str) -> None:
        assert normalised(typed) == kept


class TestHashing:
    @pytest.mark.parametrize("password", [GOOD, OTHER, "\ud800 half of a pair"])
    async def test_knows_its_password_and_no_other(self, password: str) -> None:
        hashing = Hashing(CHEAP)
        kept = await hashing.hash(password)

        assert await hashing.verify(password, kept) == (True, None)
        assert await hashing.verify(unicodedata.normalize("NFD", password), kept) == (True, None)
        assert await hashing.verify(f"{password}.", kept) == (False, None)

    async def test_is_argon2id_at_owasps_cost_with_a_salt_of_its_own(self) -> None:
        hashing = Hashing()
        first, second = await hashing.hash(GOOD), await hashing.hash(GOOD)

        assert first.startswith(f"$argon2id$v=19$m={OWASP.kibibytes},t={OWASP.passes},p={OWASP.lanes}$")
        assert first != second
        assert GOOD not in first

    async def test_a_hash_that_costs_less_is_renewed_when_its_password_is_seen(self) -> None:
        old, new = Hashing(CHEAP), Hashing(HashingCost(passes=2, kibibytes=16, lanes=1))
        kept = await old.hash(GOOD)

        is_right, renewed = await new.verify(GOOD, kept)

        assert is_right
        assert renewed is not None
        assert "m=16,t=2" in renewed
        assert await new.verify(GOOD, renewed) == (True, None)
        assert await new.verify("another", kept) == (False, None)

    @pytest.mark.parametrize("cost", [CHEAP, OWASP])
    @pytest.mark.parametrize("password", ["", GOOD, "nobody has this password"])
    async def test_where_nothing_is_kept_nothing_is_right(self, cost: HashingCost, password: str) -> None:
        assert await Hashing(cost).verify(password, None) == (False, None)

    async def test_what_is_far_too_long_is_wrong(self) -> None:
        hashing = Hashing(CHEAP)
        long = "a" * (MOST_TYPED + 1)

        assert await hashing.verify(long, await hashing.hash(long)) == (False, None)
        assert await hashing.verify(long[1:], await hashing.hash(long[1:])) == (True, None)

    async def test_many_at_once_all_come_through(self) -> None:
        hashing = Hashing(CHEAP)
        kept = await hashing.hash(GOOD)

        answers = await asyncio.gather(*(hashing.verify(GOOD if number % 2 else OTHER, kept) for number in range(20)))

        assert [is_right for is_right, _ in answers] == [bool(number % 2) for number in range(20)]

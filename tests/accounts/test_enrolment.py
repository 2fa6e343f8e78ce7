import asyncio

import pyotp
import pytest

from ion.accounts import Proof, SecondFactorOn, SessionEnded, WrongCode
from tests.accounts.opened import GOOD, HOME, Opened
from tests.accounts.test_sign_in import half, with_app


class TestTurningOn:
    async def test_takes_a_code_of_the_app(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        factors = anywhere.accounts.second_factors
        enrolment = await factors.begin(user)
        with pytest.raises(WrongCode):
            await factors.confirm(user, "000000")
        before = await half(anywhere, user)

        codes = await factors.confirm(user, pyotp.TOTP(enrolment.secret).at(anywhere.clock()))

        assert not before.needs_second_factor
        assert len(codes) == await anywhere.accounts.users.recovery_codes_left(user) == 10
        assert (await half(anywhere, user)).needs_second_factor
        assert "ION%20Blue%20School" in enrolment.uri

    async def test_begun_twice_the_second_secret_counts(self, here: Opened) -> None:
        user = await here.add()
        factors = here.accounts.second_factors
        first, second = await factors.begin(user), await factors.begin(user)

        with pytest.raises(WrongCode):
            await factors.confirm(user, pyotp.TOTP(first.secret).at(here.clock()))
        assert await factors.confirm(user, pyotp.TOTP(second.secret).at(here.clock()))

    async def test_needs_a_beginning(self, here: Opened) -> None:
        with pytest.raises(WrongCode):
            await here.accounts.second_factors.confirm(await here.add(), "123456")

    async def test_is_not_done_over_one_that_is_on(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        app, _ = await with_app(anywhere, user)

        with pytest.raises(SecondFactorOn):
            await anywhere.accounts.second_factors.begin(user)
        with pytest.raises(WrongCode):
            await anywhere.accounts.second_factors.confirm(user, app.at(anywhere.clock()))

    async def test_confirmed_twice_at_once_there_is_one_set_of_recovery_codes(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        factors = anywhere.accounts.second_factors
        code = pyotp.TOTP((await factors.begin(user)).secret).at(anywhere.clock())

        results = await asyncio.gather(*(factors.confirm(user, code) for _ in range(3)), return_exceptions=True)

        assert sorted(type(one).__name__ for one in results) == ["WrongCode", "WrongCode", "tuple"]
        assert await anywhere.accounts.users.recovery_codes_left(user) == 10

    async def test_a_secret_that_was_replaced_meanwhile_is_not_confirmed(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        enrolment = await anywhere.accounts.second_factors.begin(user)
        await anywhere.accounts.second_factors.begin(user)

        confirmed = await anywhere.accounts.users.confirm_secret(
            user, secret=enrolment.secret, step=1, recovery=["d"], at=anywhere.clock()
        )

        assert not confirmed
        assert await anywhere.accounts.users.recovery_codes_left(user) == 0


class TestTurningOff:
    async def test_leaves_the_password_alone_and_ends_sessions(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        app, _ = await with_app(anywhere, user)
        session = (
            await anywhere.accounts.sign_in.with_code(
                (await half(anywhere, user)).session, app.at(anywhere.clock()), HOME
            )
        ).session

        reset = await anywhere.accounts.members.reset_second_factor(user, by=None)

        assert not reset.has_second_factor
        assert await anywhere.accounts.users.recovery_codes_left(user) == 0
        with pytest.raises(SessionEnded):
            await anywhere.accounts.caller_of_session(session)
        signed_in = await anywhere.accounts.sign_in.with_password(user.email, GOOD, HOME)
        assert (await anywhere.accounts.caller_of_session(signed_in.session)).proof is Proof.PASSWORD
        assert await with_app(anywhere, user)


class TestPending:
    async def test_is_what_was_begun_until_it_is_confirmed(self, anywhere: Opened) -> None:
        user, factors = await anywhere.add(), anywhere.accounts.second_factors
        before = await factors.pending(user)
        begun = await factors.begin(user)
        waiting = await factors.pending(user)
        await factors.confirm(user, pyotp.TOTP(begun.secret).at(anywhere.clock()))

        assert before is None
        assert waiting == begun
        assert await factors.pending(user) is None

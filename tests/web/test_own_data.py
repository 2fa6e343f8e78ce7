"""`/profile/data`: taking along what is kept of oneself, and having it erased, without a script."""

import io
import re
import zipfile
from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio

from ion.accounts import Proof, Role, User, Visit
from ion.rights import KEPT_FOR, Export
from ion.settings import PrivacySettings
from tests.web.conftest import settings_in
from tests.web.reading import between, text_of
from tests.web.signing import PASSWORD, School, school, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
HERE = "/profile/data"
Signed = tuple[User, httpx2.AsyncClient]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[School]:
    async with school(settings_in(tmp_path_factory.mktemp("school"))) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def mina(place: School, request: pytest.FixtureRequest) -> AsyncIterator[Signed]:
    """Somebody who is signed in, new for each test."""
    email = f"{abs(hash(request.node.name))}@example.org"
    user = await place.add(email)
    async with place.browser() as browser:
        await sign_in(browser, email)
        yield user, browser


async def shown(browser: httpx2.AsyncClient, path: str = HERE) -> str:
    return text_of((await browser.get(path)).text)


class TestExport:
    async def test_is_asked_for_prepared_and_downloaded(self, place: School, mina: Signed) -> None:
        user, browser = mina
        before = await shown(browser)
        early = await browser.get(f"{HERE}/export")
        asked = await browser.post(f"{HERE}/export")
        await place.services.exports.round()
        ready = await shown(browser)
        archive = await browser.get(f"{HERE}/export")

        assert "Prepare the file" in before
        assert (early.status_code, early.headers["location"]) == (303, HERE)
        assert (asked.status_code, asked.headers["location"]) == (303, HERE)
        assert "The file is ready. You can download it until" in ready
        assert "Prepare the file" not in ready
        assert (archive.headers["content-type"], archive.headers["cache-control"]) == ("application/zip", "no-store")
        assert re.fullmatch(r'attachment; filename="ion-export-[\d-]+\.zip"', archive.headers["content-disposition"])
        assert user.email in zipfile.ZipFile(io.BytesIO(archive.content)).read("export.json").decode()

    async def test_says_how_far_it_is_until_then(self, place: School, mina: Signed) -> None:
        user, browser = mina
        store, now = place.services.exports.store, place.services.clock()
        # As another process prepares it.
        export = await store.add(Export("elsewhere", user.id, user.organisation, now, None, 0.0))
        await store.hold(export, progress=0.4, at=now)
        told, download = await shown(browser), await browser.get(f"{HERE}/export")

        assert "The file is being prepared: 40%." in told
        assert "See whether it is ready" in told
        assert download.headers["location"] == HERE

    async def test_that_is_too_old_is_none(self, place: School, mina: Signed) -> None:
        user, browser = mina
        exports = place.services.exports
        await exports.ask(user)
        await exports.round()
        found = await exports.of(user.id)
        assert found is not None
        await exports.store.finish(found, at=place.services.clock() - KEPT_FOR)

        assert await exports.of(user.id) is None
        assert (await browser.get(f"{HERE}/export")).headers["location"] == HERE


class TestErasure:
    async def test_takes_the_password_says_when_and_is_taken_back(self, mina: Signed) -> None:
        _, browser = mina
        wrong = await browser.post(f"{HERE}/erasure", data={"present": "wrong"})
        kept = await shown(browser)
        asked = await browser.post(f"{HERE}/erasure", data={"present": PASSWORD})
        receipt = between(asked.text, "<code>", "</code>")
        pending, profile = await shown(browser), await shown(browser, "/profile")
        looked_up = await browser.get(f"/api/v2/erasures/{receipt}")
        back = await browser.post(f"{HERE}/stay")
        again = await browser.post(f"{HERE}/stay")

        assert wrong.status_code == 422
        assert "This is not your present password." in text_of(wrong.text)
        assert "Delete my account" in kept
        assert asked.headers["cache-control"] == "no-store"
        assert all("will be erased on" in told for told in (text_of(asked.text), pending, profile))
        assert receipt in pending
        assert "Delete my account" not in pending
        assert looked_up.json()["done_at"] is None
        assert {(each.status_code, each.headers["location"]) for each in (back, again)} == {(303, HERE)}
        assert "will be erased on" not in await shown(browser, "/profile")

    async def test_that_has_begun_is_not_taken_back(self, place: School, mina: Signed) -> None:
        user, browser = mina
        erasures = place.services.erasures
        await erasures.ask(user.id, user.organisation)
        await erasures.store.hasten(user.id, to=place.services.clock())
        refused = await browser.post(f"{HERE}/stay")

        assert refused.status_code == 409
        assert "It is too late to take this back" in text_of(refused.text)

    async def test_is_confirmed_with_the_address_where_there_is_no_password(self, place: School) -> None:
        accounts = place.services.accounts
        user = await accounts.members.add(
            place.organisation, email="oidc@example.org", name="O", language="ko", role=Role.MENTEE
        )
        session = await accounts.sign_in.as_user(user, Proof.OIDC, Visit("203.0.113.7"))
        async with place.browser(Cookie=f"ion_session={session.session}") as browser:
            refused = await browser.post(f"{HERE}/erasure", data={"email": "another@example.org"})
            none = await place.services.erasures.of(user.id)
            asked = await browser.post(f"{HERE}/erasure", data={"email": " OIDC@example.org"})

        assert refused.status_code == 422
        assert "이 계정의 이메일 주소가 아니에요." in text_of(refused.text)
        assert none is None
        assert "계정 지우기 취소" in text_of(asked.text)

    async def test_cannot_be_asked_for_by_guessing_the_password(self, mina: Signed) -> None:
        _, browser = mina
        guesses = [await browser.post(f"{HERE}/erasure", data={"present": str(n)}) for n in range(6)]

        assert [each.status_code for each in guesses] == [422] * 5 + [429]

    async def test_without_grace_is_told_before_it_is_done(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        settings = settings_in(tmp_path_factory.mktemp("at-once"))
        async with school(settings.model_copy(update={"privacy": PrivacySettings(grace_days=0)})) as place:
            await place.add()
            async with place.browser() as browser:
                await sign_in(browser)
                told = await shown(browser)
                asked = await browser.post(f"{HERE}/erasure", data={"present": PASSWORD})
                await place.services.erasures.round()
                receipt = between(asked.text, "<code>", "</code>")
                done = (await browser.get(f"/api/v2/erasures/{receipt}")).json()
                after = await browser.get(HERE)

        assert "It happens at once." in told
        assert "Everything is being erased now" in text_of(asked.text)
        assert "Keep my account" not in text_of(asked.text)
        assert done["erased"]["accounts"] == 1
        assert after.headers["location"].startswith("/sign-in")


class TestProfile:
    async def test_lists_programs_and_ends_them_one_by_one(self, place: School, mina: Signed) -> None:
        user, browser = mina
        accounts = place.services.accounts
        for agent in ("notes/2.1 (a <script>)", "", "notes/2.1 (another)"):
            await accounts.tokens.issue(user, Proof.PASSWORD, Visit("198.51.100.7", agent))
        listed = (await browser.get("/profile")).text
        programs = re.findall('name="program" value="(.+?)"', listed)
        ended = await browser.post("/profile/sessions/end", data={"program": programs[0]})
        left = await accounts.tokens.of(user)
        await browser.post("/profile/sessions")

        assert len(programs) == 3
        assert listed.count("notes/2.1") >= 2
        assert "<script>)" not in listed
        assert ended.headers["location"] == "/profile#sessions"
        assert {each.id for each in left} == set(programs[1:])
        assert await accounts.tokens.of(user) == []
        assert (await browser.get("/profile")).status_code == 200

    async def test_ends_another_session_and_nobody_elses(self, place: School, mina: Signed) -> None:
        user, browser = mina
        stranger = await place.add(f"not-{user.email}")
        theirs = await place.services.accounts.sign_in.as_user(stranger, Proof.PASSWORD, Visit("203.0.113.7"))
        (of_theirs,) = await place.services.accounts.sessions.of(stranger.id)
        async with place.browser() as other:
            await sign_in(other, user.email)
            (digest,) = re.findall('name="session" value="(.+?)"', (await browser.get("/profile")).text)
            await browser.post("/profile/sessions/end", data={"session": of_theirs.digest})
            still = await place.services.accounts.caller_of_session(theirs.session)
            await browser.post("/profile/sessions/end", data={"session": digest})

            assert still.user == stranger.id
            assert (await other.get("/profile")).status_code == 303
            assert (await browser.get("/profile")).status_code == 200

    async def test_has_no_data_page_for_those_who_keep_none(self, place: School) -> None:
        await place.add("auditor@example.org", role=Role.AUDITOR)
        async with place.browser() as browser:
            await sign_in(browser, "auditor@example.org")

            assert HERE not in (await browser.get("/profile")).text
            assert (await browser.get(HERE)).status_code == 403

    async def test_draws_new_recovery_codes_for_the_password(self, place: School, mina: Signed) -> None:
        user, browser = mina
        off = await browser.post("/profile/second-factor/codes", data={"present": PASSWORD})
        _, earlier = await place.with_second_factor(user)
        refused = await browser.post("/profile/second-factor/codes", data={"present": "wrong"})
        renewed = await browser.post("/profile/second-factor/codes", data={"present": PASSWORD})
        codes = between(renewed.text, "<code>", "</code>").split()
        async with place.browser() as other:
            await sign_in(other, user.email)
            old = await other.post("/sign-in/code", data={"code": earlier[0]})
            new = await other.post("/sign-in/code", data={"code": codes[0]})

        assert (off.status_code, refused.status_code, renewed.status_code) == (409, 422, 200)
        assert "Your new recovery codes" in text_of(renewed.text)
        assert renewed.headers["cache-control"] == "no-store"
        assert (old.status_code, new.headers["location"]) == (401, "/")

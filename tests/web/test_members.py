"""Who is in the organisation, and what admins change about them."""

import re
from collections.abc import AsyncIterator, Mapping

import httpx2
import pytest
import pytest_asyncio

from ion.accounts import Role, User
from tests.web.conftest import settings_in
from tests.web.reading import between, text_of
from tests.web.signing import PASSWORD, School, school, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[School]:
    async with school(settings_in(tmp_path_factory.mktemp("school"))) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(place: School) -> Mapping[str, User]:
    return {role: await place.add(f"{role}@example.org", role=role, name=f"The {role}") for role in Role}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def admin(place: School, people: Mapping[str, User]) -> AsyncIterator[httpx2.AsyncClient]:
    async with place.browser() as browser:
        await sign_in(browser, people["admin"].email)
        yield browser


class TestMembers:
    async def test_are_shown_to_all_who_may_see_them_and_changed_by_admins_alone(
        self, place: School, people: Mapping[str, User], admin: httpx2.AsyncClient
    ) -> None:
        async with place.browser() as browser:
            await sign_in(browser, people["auditor"].email)
            seen = await browser.get("/members")
        changeable = (await admin.get("/members")).text

        assert "The mentee" in text_of(seen.text)
        assert "<form" not in between(seen.text, "<main", "</main>")
        assert f'action="/members/{people["mentee"].id}/role"' in changeable
        # Neither oneself nor who looks after every organisation.
        assert f'action="/members/{people["admin"].id}/role"' not in changeable
        assert f'action="/members/{people["operator"].id}/role"' not in changeable

    async def test_are_given_another_role_at_once(self, place: School, admin: httpx2.AsyncClient) -> None:
        user = await place.add("up@example.org")
        changed = await admin.post(f"/members/{user.id}/role", data={"role": "manager"})
        async with place.browser() as browser:
            await sign_in(browser, user.email)
            assert (await browser.get("/members")).status_code == 200

        assert changed.headers["location"] == f"/members#{user.id}"

    @pytest.mark.parametrize(("role", "status"), [("operator", 403), ("king", 422), ("", 422)])
    async def test_are_given_no_role_that_an_admin_may_not_give(
        self, people: Mapping[str, User], admin: httpx2.AsyncClient, role: str, status: int
    ) -> None:
        refused = await admin.post(f"/members/{people['mentee'].id}/role", data={"role": role})

        assert refused.status_code == status

    async def test_are_kept_out_and_let_in_again(self, place: School, admin: httpx2.AsyncClient) -> None:
        user = await place.add("out@example.org")
        async with place.browser() as browser:
            await sign_in(browser, user.email)
            await admin.post(f"/members/{user.id}/disable")
            kept_out = (await browser.get("/")).status_code, (await sign_in(browser, user.email)).status_code
            listed = text_of((await admin.get("/members")).text)
            await admin.post(f"/members/{user.id}/enable")
            let_in = await sign_in(browser, user.email)

        assert kept_out == (303, 401)
        assert "disabled" in listed
        assert let_in.headers["location"] == "/"

    async def test_lose_the_second_factor_they_have_lost(self, place: School, admin: httpx2.AsyncClient) -> None:
        user = await place.add("lost@example.org")
        await place.with_second_factor(user)
        assert f"/members/{user.id}/second-factor" in (await admin.get("/members")).text
        await admin.post(f"/members/{user.id}/second-factor")
        async with place.browser() as browser:
            assert (await sign_in(browser, user.email)).headers["location"] == "/"

    async def test_are_not_oneself_to_disable(self, people: Mapping[str, User], admin: httpx2.AsyncClient) -> None:
        refused = await admin.post(f"/members/{people['admin'].id}/disable")

        assert refused.status_code == 403
        assert "Your account may not do this." in text_of(refused.text)

    async def test_of_another_organisation_are_not_there(self, place: School, admin: httpx2.AsyncClient) -> None:
        members = place.services.accounts.members
        other = await members.add_organisation("Red School", "red-school")
        theirs = await members.add(other, email="red@example.org", name="Red", language="en", role=Role.MENTEE)
        invitation, _ = await members.invite(other.id, "red2@example.org", Role.MENTEE, by=None)
        key, _ = await place.services.accounts.keys.make(theirs, name="K", scopes=["conversations.own"])
        listed = (await admin.get("/members")).text

        assert "red@example.org" not in listed
        assert key.prefix not in listed
        for path in (
            f"/members/{theirs.id}/disable",
            f"/members/invitations/{invitation.id}/withdraw",
            f"/members/keys/{key.prefix}/revoke",
        ):
            assert (await admin.post(path)).status_code == 404


class TestInvitations:
    async def test_are_a_link_that_is_shown_once_and_works(self, place: School, admin: httpx2.AsyncClient) -> None:
        made = await admin.post("/members/invitations", data={"email": "Jun@Example.org", "role": "manager"})
        link = between(made.text, "<code>", "</code>")
        listed = (await admin.get("/members")).text
        async with place.browser() as browser:
            led = await browser.post(
                "/invitation", data={"secret": link, "name": "Jun", "password": PASSWORD, "consent-notice": "1"}
            )

        assert re.fullmatch(re.escape(place.address) + r"/invitation#[\w-]{43}", link)
        assert "jun@example.org" in listed
        assert link not in listed
        assert led.headers["location"] == "/"

    async def test_are_withdrawn(self, place: School, admin: httpx2.AsyncClient) -> None:
        made = await admin.post("/members/invitations", data={"email": "no@example.org", "role": "mentee"})
        (path,) = re.findall("/members/invitations/.+?/withdraw", (await admin.get("/members")).text)
        await admin.post(path)
        async with place.browser() as browser:
            fields = {
                "secret": between(made.text, "<code>", "</code>"),
                "name": "No",
                "password": PASSWORD,
                "consent-notice": "1",
            }
            refused = await browser.post("/invitation", data=fields)

        assert refused.status_code == 404

    @pytest.mark.parametrize(
        ("email", "status", "said"),
        [("mentee@example.org", 409, "There is an account with this address"), ("nobody", 422, "no e-mail address")],
    )
    async def test_that_cannot_be_are_refused_and_the_address_stays(
        self, admin: httpx2.AsyncClient, email: str, status: int, said: str
    ) -> None:
        refused = await admin.post("/members/invitations", data={"email": email, "role": "manager"})

        assert refused.status_code == status
        assert said in text_of(refused.text)
        assert f'value="{email}"' in refused.text
        assert '<option value="manager" selected>' in refused.text


class TestKeys:
    async def test_of_members_are_seen_and_revoked_by_admins(self, place: School, admin: httpx2.AsyncClient) -> None:
        user = await place.add("program@example.org", name="Program Owner")
        key, text = await place.services.accounts.keys.make(user, name="Theirs", scopes=["conversations.own"])
        listed = text_of((await admin.get("/members")).text)
        revoked = await admin.post(f"/members/keys/{key.prefix}/revoke")
        async with place.browser(Authorization=f"Bearer {text}") as program:
            refused = await program.get("/api/v2/conversations")

        assert f"Program Owner Theirs {key.prefix}" in listed
        assert (revoked.status_code, refused.status_code) == (303, 401)
        assert key.prefix not in (await admin.get("/members")).text

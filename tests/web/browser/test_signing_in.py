"""Somebody's whole way: invited, with a second factor, out and in again; and a session that ends in mid-sentence."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from ion.accounts import Role
from ion.services import open_services
from ion.settings import AccountsSettings, Settings
from tests.web.browser.conftest import Actor, Stage
from tests.web.browser.steps import ask, write
from tests.web.conftest import ENGLISH, Visit, serve, settings_in
from tests.web.signing import PASSWORD, code_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
ADMIN = "admin@example.org"
PEOPLE = {"mina@example.org": "Mina Park", "jun@example.org": "Jun Lee"}


def asking_in(folder: Path) -> Settings:
    return settings_in(folder).model_copy(update={"accounts": AccountsSettings(sign_in=True)})


async def people_in(settings: Settings) -> str:
    """Add people to an ION that is not running, and return the secret of an admin's invitation."""
    async with open_services(settings) as services:
        members = services.accounts.members
        organisation = await members.add_organisation("Blue School", "blue-school")
        for email, name in PEOPLE.items():
            await members.add(organisation, email=email, name=name, language="en", role=Role.MENTEE, password=PASSWORD)
        return (await members.invite(organisation.id, ADMIN, Role.ADMIN, by=None))[1]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return asking_in(tmp_path_factory.mktemp("school"))


@pytest.fixture(scope="module")
def secret(settings: Settings) -> str:
    return asyncio.run(people_in(settings))


@pytest.fixture(scope="module")
def school(settings: Settings, secret: str) -> Iterator[Stage]:
    actor = Actor([("Well then.",)])
    with serve(settings, model=actor) as running:
        yield Stage(running, actor)


async def sign_in(page: Page, email: str) -> None:
    await page.locator("#email").fill(email)
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#password").press("Enter")


async def sign_out(page: Page) -> None:
    await page.locator(".person summary").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator("#password")).to_be_visible()


async def signed_in(visit: Visit, school: Stage, email: str) -> Page:
    """Sign somebody in with a browser of their own."""
    page = await visit(school.address, color_scheme="light")
    await sign_in(page, email)
    # Its script has to be there before anything is sent.
    await expect(page.locator("html[data-person][data-script]")).to_be_visible()
    return page


async def become(page: Page, school: Stage, email: str) -> None:
    """Let a session end by itself, and somebody sign in with the same browser."""
    await page.context.clear_cookies(name="ion_session")
    await page.goto(f"{school.address}/sign-in")
    await sign_in(page, email)
    await expect(page.locator(".full-name")).to_have_text(PEOPLE[email])
    await expect(page.locator("html[data-script]")).to_be_visible()


async def unless_posted(route: Route) -> None:
    if route.request.method == "POST":
        await route.abort()
    else:
        await route.continue_()


class TestWalk:
    async def test_leads_from_an_invitation_to_the_members(self, visit: Visit, school: Stage, secret: str) -> None:
        page = await visit(f"{school.address}/invitation#{secret}", color_scheme="light")
        await expect(page.locator("#secret")).to_have_value(secret)
        assert secret not in page.url
        await page.locator("#name").fill("Ada Admin")
        await page.locator("#password").fill(PASSWORD)
        await page.get_by_role("checkbox", name="I have understood that AI writes all replies").check()
        await page.get_by_role("button", name="Make the account").click()
        await expect(page.locator(".full-name")).to_have_text("Ada Admin")

        await page.locator(".person summary").click()
        await page.get_by_role("link", name="Profile").click()
        await page.get_by_role("link", name="Second factor").click()
        await page.locator("#present").fill(PASSWORD)
        await page.get_by_role("button", name="Turn it on").click()
        await expect(page.locator(".qr svg path")).to_have_count(2)
        key = "".join((await page.locator(".secret code").inner_text()).split())
        await page.locator("#code").fill(code_of(key))
        await page.get_by_role("button", name="Turn it on").click()
        await expect(page.get_by_role("heading", name="The second factor is on")).to_be_visible()
        recovery = (await page.locator(".secret code").inner_text()).split()

        await sign_out(page)
        await page.goto(f"{school.address}/keys")
        await sign_in(page, ADMIN)
        await page.locator("#code").fill(recovery[0])
        await page.locator("#code").press("Enter")
        await page.locator("#name").fill("Night build")
        await page.get_by_role("button", name="Make the key").click()
        await expect(page.locator(".secret code")).to_have_text(re.compile("ion_live_"))
        await page.get_by_role("button", name="Copy").click()
        await expect(page.get_by_role("button", name="Copied")).to_be_visible()

        await page.locator(".person summary").click()
        await page.get_by_role("link", name="Members").click()
        await expect(page.locator(".kept > li")).to_have_count(4)
        await page.get_by_text("Change Jun Lee").click()
        await page.get_by_role("button", name="Disable the account").click()
        await expect(page.locator("li", has_text="Jun Lee").locator(".tag")).to_have_text("disabled")
        await page.get_by_text("Change Jun Lee").click()
        await page.get_by_role("button", name="Let in again").click()
        await expect(page.locator("li", has_text="Jun Lee").locator(".tag")).to_have_count(0)

    async def test_needs_no_script(self, visit: Visit, school: Stage) -> None:
        page = await visit(f"{school.address}/mentors", js=False)
        await sign_in(page, "mina@example.org")
        await expect(page.get_by_role("heading", name="Who answers?")).to_be_visible()
        await page.goto(f"{school.address}/profile")
        await page.locator(".person summary").click()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.locator("#password")).to_be_visible()


class TestSessionThatEnds:
    async def test_keeps_the_words_and_takes_them_after_signing_in_elsewhere(self, visit: Visit, school: Stage) -> None:
        page = await signed_in(visit, school, "mina@example.org")
        await ask(page, ENGLISH)
        await page.context.clear_cookies(name="ion_session")
        await write(page, "And then?")
        await expect(page.locator("#refused")).to_contain_text("You are signed out.")
        await expect(page.locator("#message")).to_have_value("And then?")
        await expect(page.locator("#days li")).to_have_count(1)
        await page.locator("#days .menu summary").click()
        await page.locator("#days [data-delete] button").click()
        await expect(page.locator("#days .refused")).to_contain_text("You are signed out.")

        other = await visit(f"{school.address}/sign-in", of=page)
        await sign_in(other, "mina@example.org")
        await expect(other.locator("#message")).to_be_visible()
        await page.locator("#message").press("Enter")
        await expect(page.locator("#turn-2[data-state=finished]")).to_be_visible()
        await expect(page.locator("#refused")).to_be_empty()

    async def test_in_the_middle_of_a_reply_leads_back_to_it(self, visit: Visit, school: Stage) -> None:
        cue = school.cue()
        school.play(("Slowly, ", cue, "but surely."))
        page = await signed_in(visit, school, "mina@example.org")
        # The end of the reply is asked for without a session.
        await write(page, ENGLISH)
        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("Slowly,")
        await page.context.clear_cookies(name="ion_session")
        cue.set()
        await expect(page.locator("#turn-1 .broken")).to_be_visible()
        await expect(page.get_by_label("Password")).to_have_count(0)
        await page.locator("#message").fill("Half a sentence")
        await page.locator("#turn-1 [data-reload]").click()
        await sign_in(page, "mina@example.org")

        await expect(page.locator("#turn-1 [data-reply]")).to_contain_text("Slowly, but surely.")
        await expect(page.locator("#message")).to_have_value("Half a sentence")


class TestSomebodyElse:
    async def test_is_not_given_what_waited_to_be_sent(self, visit: Visit, school: Stage) -> None:
        page = await signed_in(visit, school, "mina@example.org")
        await page.route(f"{school.address}/", unless_posted)
        await write(page, "From Mina alone")
        await expect(page.locator(".waiting")).to_be_visible()
        await become(page, school, "jun@example.org")
        await page.unroute(f"{school.address}/")
        await page.reload(wait_until="networkidle")
        await expect(page.locator(".waiting")).to_have_count(0)
        await expect(page.locator("#days li")).to_have_count(0)

        await become(page, school, "mina@example.org")
        await expect(page.locator("#days li").first).to_contain_text("From Mina alone")

    async def test_is_not_given_what_was_being_typed(self, visit: Visit, school: Stage) -> None:
        page = await signed_in(visit, school, "mina@example.org")
        await page.locator("#message").fill("Dear diary")
        await become(page, school, "jun@example.org")
        await expect(page.locator("#message")).to_have_value("")
        await become(page, school, "mina@example.org")

        await expect(page.locator("#message")).to_have_value("Dear diary")

    async def test_finds_nothing_after_signing_out(self, visit: Visit, school: Stage) -> None:
        page = await signed_in(visit, school, "mina@example.org")
        await page.context.set_offline(True)
        await write(page, "Never mind")
        await expect(page.locator(".waiting")).to_be_visible()
        await page.locator("#message").fill("A draft")
        await page.context.set_offline(False)
        await sign_out(page)

        assert await page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]

    async def test_in_another_tab_does_not_get_this_tabs_message(self, visit: Visit, school: Stage) -> None:
        page = await signed_in(visit, school, "mina@example.org")
        other = await visit(school.address, of=page)
        await other.context.clear_cookies(name="ion_session")
        await other.goto(f"{school.address}/sign-in")
        await sign_in(other, "jun@example.org")
        await expect(other.locator(".full-name")).to_have_text("Jun Lee")
        await write(page, "For my mentor")

        await expect(page.locator("#refused")).to_contain_text("Somebody else has signed in")
        await expect(page.locator("#message")).to_have_value("For my mentor")

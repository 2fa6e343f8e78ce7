"""The pages of signing in and of accounts, each in a state that people see, for whoever looks at them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import Page

from ion.accounts import Proof, Role, Visit
from ion.services import open_services
from ion.settings import AccountsSettings, Settings
from tests.web.conftest import serve, settings_in
from tests.web.signing import PASSWORD, code_of

ADMIN, TWO, LEAVING = "admin@example.org", "two@example.org", "leaving@example.org"
# Opens a path of the server with a reader's browser.
Open = Callable[[str], Awaitable[Page]]


@contextmanager
def serve_accounts(folder: Path) -> Iterator[str]:
    """Serve an ION that asks who everybody is, with an admin, somebody with a second factor, and what they have."""
    settings = settings_in(folder).model_copy(update={"accounts": AccountsSettings(sign_in=True)})
    asyncio.run(_people_in(settings))
    with serve(settings) as running:
        yield running


async def _people_in(settings: Settings) -> None:
    async with open_services(settings) as services:
        accounts = services.accounts
        school = await accounts.members.add_organisation("Blue School", "blue-school")
        made = [
            await accounts.members.add(school, email=email, name=name, language="en", role=role, password=PASSWORD)
            for email, name, role in (
                (ADMIN, "박민아", Role.ADMIN),
                (TWO, "Alexandra Konstantinopolous-Whitfield", Role.MENTEE),
                ("program@example.org", "Program Owner", Role.MENTEE),
                (LEAVING, "Lee Ving", Role.MENTEE),
                ("out@example.org", "Jun Lee", Role.MANAGER),
            )
        ]
        secret = (await accounts.second_factors.begin(made[1])).secret
        await accounts.second_factors.confirm(made[1], code_of(secret))
        await accounts.members.disable(made[4], by=None)
        await accounts.members.invite(school.id, "new@example.org", Role.MENTEE, by=None)
        await accounts.tokens.issue(made[0], Proof.PASSWORD, Visit("203.0.113.7", "notes/2.1 (Android 16)"))
        await accounts.keys.make(made[0], name="Night build", scopes=["conversations.own"])


async def _sign_in(open_page: Open, path: str, email: str = ADMIN, password: str = PASSWORD) -> Page:
    page = await open_page(path)
    # The accounts' language is English; the reader's is what is looked at.
    language = await page.locator("html").get_attribute("lang")
    await page.goto(f"{page.url}&lang={language}")
    await page.locator("#email").fill(email)
    await page.locator("#password").fill(password)
    await page.locator(".primary").click()
    return page


async def _refused(open_page: Open) -> Page:
    page = await _sign_in(open_page, "/mentors", "nobody@example.org")
    await page.locator("#refused:not(:empty)").wait_for()
    return page


async def _asked_for_code(open_page: Open) -> Page:
    page = await _sign_in(open_page, "/mentors", TWO)
    await page.locator("#code").wait_for()
    return page


async def _invited(open_page: Open) -> Page:
    return await open_page("/invitation#secret")


async def _menu(open_page: Open) -> Page:
    page = await _sign_in(open_page, "/mentors")
    await page.locator(".person summary").click()
    return page


async def _password_refused(open_page: Open) -> Page:
    page = await _sign_in(open_page, "/profile/password")
    await page.locator("#present").fill("wrong")
    await page.locator("#password").fill("too easy to guess")
    await page.locator(".primary").click()
    await page.locator("#refused:not(:empty)").wait_for()
    return page


async def _authenticator(open_page: Open) -> Page:
    page = await _sign_in(open_page, "/profile/second-factor")
    await page.locator("#present").fill(PASSWORD)
    await page.locator(".primary").click()
    await page.locator(".qr").wait_for()
    return page


async def _own_data_refused(open_page: Open) -> Page:
    page = await _sign_in(open_page, "/profile/data")
    await page.locator("#present").fill("wrong")
    await page.locator(".form .button").click()
    await page.locator("#refused:not(:empty)").wait_for()
    return page


async def _erasing(open_page: Open) -> Page:
    page = await _sign_in(open_page, "/profile/data", LEAVING)
    await page.locator("#erase").wait_for()
    if await page.locator(".primary").count():
        # Asked for by an earlier look at this page.
        await page.locator(".primary").click()
    await page.locator("#present").fill(PASSWORD)
    await page.locator(".form .button").click()
    await page.locator("[data-copy]:not([hidden])").wait_for()
    return page


async def _key_made(open_page: Open) -> Page:
    page = await _sign_in(open_page, "/keys")
    await page.locator("#name").fill("Notes")
    await page.locator(".primary").click()
    await page.locator("[data-copy]:not([hidden])").wait_for()
    return page


async def _members(open_page: Open) -> Page:
    page = await _sign_in(open_page, "/members")
    await page.locator("details > .change").first.click()
    return page


STATES: Mapping[str, Callable[[Open], Awaitable[Page]]] = {
    "sign in": lambda open_page: open_page("/sign-in"),
    "sign in refused": _refused,
    "asked for a code": _asked_for_code,
    "invitation": _invited,
    "who is signed in": _menu,
    "profile": lambda open_page: _sign_in(open_page, "/profile"),
    "password refused": _password_refused,
    "second factor": lambda open_page: _sign_in(open_page, "/profile/second-factor"),
    "own data": _own_data_refused,
    "erasing": _erasing,
    "authenticator": _authenticator,
    "keys": lambda open_page: _sign_in(open_page, "/keys"),
    "key made": _key_made,
    "members": _members,
}

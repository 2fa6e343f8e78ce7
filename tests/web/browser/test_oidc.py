"""To a real identity provider and back in a real browser, which holds forms to what their page lets them lead to."""

import asyncio
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, expect

from ion.app import create_app
from ion.settings import AccountsSettings
from tests.servers.ion import free_port
from tests.servers.oidc import oidc_provider
from tests.web.browser.test_signing_in import people_in
from tests.web.conftest import served, settings_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An ION whose people can sign in through a provider."""
    port, settings = free_port(), settings_in(tmp_path_factory.mktemp("school"))
    with oidc_provider() as provider:
        oidc = provider.registered(f"http://127.0.0.1:{port}")
        settings = settings.model_copy(update={"accounts": AccountsSettings(sign_in=True), "oidc": oidc})
        asyncio.run(people_in(settings))
        with served(create_app(settings), port=port) as running:
            yield running


@pytest.mark.parametrize(
    ("locale", "js", "button"),
    [("ko-KR", True, "Blue School ID(으)로 계속하기"), ("en-GB", False, "Continue with Blue School ID")],
)
async def test_somebody_goes_there_and_comes_back_signed_in(
    browser: Browser, address: str, locale: str, js: bool, button: str
) -> None:
    context = await browser.new_context(locale=locale, java_script_enabled=js)
    page = await context.new_page()
    stopped: list[str] = []
    page.on("console", lambda said: stopped.append(said.text) if "Content Security Policy" in said.text else None)

    await page.goto(f"{address}/sign-in?next=/mentors")
    await page.get_by_role("button", name=button).click()
    await page.locator("[name=login]").fill("mina@example.org")
    await page.locator("[name=password]").fill("any")
    await page.locator("[type=submit]").click()
    await page.locator("[name=prompt][value=consent] + [type=submit]").click()
    await expect(page).to_have_url(f"{address}/mentors")
    await expect(page.locator(".full-name")).to_have_text("Mina Park")

    # Once they are known there, nothing is asked any more on the way.
    await context.clear_cookies(name="ion_session")
    await page.goto(f"{address}/sign-in?next=/profile")
    await page.get_by_role("button", name=button).click()
    await expect(page).to_have_url(f"{address}/profile")
    assert stopped == []
    await context.close()

"""Signing in through a real identity provider, at the pages."""

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape

import httpx2
import pytest
import pytest_asyncio

from tests.servers.oidc import OidcProvider, oidc_provider, signed_in_there
from tests.web.conftest import settings_in
from tests.web.reading import text_of
from tests.web.signing import School, cookies_set, school

pytestmark = pytest.mark.asyncio(loop_scope="module")
CALLBACK = "http://127.0.0.1/sign-in/oidc/callback"
_REFRESH = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]+)">')


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    with oidc_provider() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(provider: OidcProvider, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[School]:
    settings = settings_in(tmp_path_factory.mktemp("school"))
    oidc = provider.registered("http://127.0.0.1", domains=("school.example.org",))
    async with school(settings.model_copy(update={"oidc": oidc})) as opened:
        await opened.add()
        yield opened


async def left(browser: httpx2.AsyncClient, **fields: str) -> str:
    """Leave for the provider; return its address."""
    page = await browser.post("/sign-in/oidc", data=fields)
    found = _REFRESH.search(page.text)
    assert page.status_code == 200
    assert found, page.text
    return unescape(found[1])


async def through(browser: httpx2.AsyncClient, who: str, **fields: str) -> httpx2.Response:
    """Go to the provider, sign in there as somebody, and come back."""
    address = await signed_in_there(await left(browser, **fields), who, until=CALLBACK)
    return await browser.get(address)


class TestWay:
    async def test_there_and_back_lets_somebody_in(self, place: School) -> None:
        async with place.browser() as browser:
            form = await browser.get("/sign-in?next=/mentors")
            led = await through(browser, "mina@example.org", next="/mentors")
            inside = await browser.get("/profile")

        assert "Continue with Blue School ID" in text_of(form.text)
        assert (led.status_code, led.headers["location"]) == (303, "/mentors")
        assert "Mina Park" in text_of(inside.text)
        assert "Max-Age=2592000; Path=/; SameSite=lax" in cookies_set(led)["ion_session"]
        assert "Max-Age=0" in cookies_set(led)["ion_session_oidc"]

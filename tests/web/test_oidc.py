"""Signing in through a real identity provider, at the pages."""

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape

import httpx2
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from ion.settings import OidcSettings, Settings
from tests.servers.oidc import OidcProvider, oidc_provider, signed_in_there
from tests.web.conftest import settings_in
from tests.web.reading import text_of
from tests.web.signing import School, code_of, cookies_set, school, sign_in

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

    async def test_makes_a_mentee_of_whoever_has_an_address_of_a_listed_domain(self, place: School) -> None:
        async with place.browser("ko") as browser:
            await through(browser, "jun@school.example.org")
            inside = await browser.get("/")

        user = await place.services.accounts.users.with_email("jun@school.example.org")
        assert (user.name, user.role, user.language) == ("jun of the school", "mentee", "ko")
        assert inside.status_code == 200
        assert not user.has_password

    async def test_leads_to_the_code_of_whoever_has_a_second_factor_here(self, place: School) -> None:
        secret, _ = await place.with_second_factor(await place.add("two@example.org"))
        async with place.browser() as browser:
            half = await through(browser, "two@example.org", next="/mentors")
            kept_out = await browser.get("/")
            led = await browser.post("/sign-in/code", data={"code": code_of(secret), "next": "/mentors"})

        assert half.headers["location"] == "/sign-in/code?next=%2Fmentors"
        assert "ion_session" not in cookies_set(half)
        assert kept_out.status_code == 303
        assert led.headers["location"] == "/mentors"

    async def test_leaves_no_code_in_what_is_shown_or_kept(self, place: School) -> None:
        async with place.browser() as browser:
            address = await signed_in_there(await left(browser), "mina@example.org", until=CALLBACK)
            code = httpx2.URL(address).params["code"]
            with capture_logs() as logs:
                led = await browser.get(address)

        assert code not in f"{led.headers} {led.text} {logs}"

    async def test_never_leads_to_another_site(self, place: School) -> None:
        async with place.browser() as browser:
            led = await through(browser, "mina@example.org", next="//evil.example")

        assert led.headers["location"] == "/"


class TestRefusal:
    async def told(self, browser: httpx2.AsyncClient, led: httpx2.Response, code: str) -> str:
        """Check that nobody is in and nothing of the answer is left in the address; return what the page says."""
        assert led.status_code == 303
        assert led.headers["location"].startswith(f"/sign-in?refused={code}")
        assert "code=" not in led.headers["location"]
        assert "ion_session" not in cookies_set(led)
        return text_of((await browser.get(led.headers["location"])).text)

    async def test_of_another_state(self, place: School) -> None:
        async with place.browser() as browser:
            address = await signed_in_there(await left(browser, next="/mentors"), "mina@example.org", until=CALLBACK)
            wrong = httpx2.URL(address).copy_set_param("state", "another")
            said = await self.told(browser, await browser.get(wrong), "oidc_not_begun&next=%2Fmentors")
            led = await browser.get(address)

        assert "began in another browser" in said
        assert led.headers["location"] == "/mentors"

    async def test_of_what_began_in_another_browser(self, place: School) -> None:
        async with place.browser() as browser, place.browser("ko") as other:
            address = await signed_in_there(await left(browser), "mina@example.org", until=CALLBACK)
            said = await self.told(other, await other.get(address), "oidc_not_begun")

        assert "다른 브라우저에서 시작하셨어요" in said

    async def test_of_a_code_that_was_used(self, place: School) -> None:
        async with place.browser() as browser:
            address = await signed_in_there(await left(browser), "mina@example.org", until=CALLBACK)
            flow = browser.cookies["ion_session_oidc"]
            await browser.get(address)
        async with place.browser(Cookie=f"ion_session_oidc={flow}") as again:
            said = await self.told(again, await again.get(address), "oidc_refused")

        assert "could not be verified" in said

    @pytest.mark.parametrize(
        ("who", "code", "why"),
        [
            ("unverified:mina@example.org", "email_unverified", "verified your address"),
            ("nobody@example.org", "not_admitted", "You have no account here"),
            ("2:mina@example.org", "not_admitted", "You have no account here"),
            ("out@example.org", "not_admitted", "You have no account here"),
        ],
    )
    async def test_of_somebody_who_is_not_let_in(self, place: School, who: str, code: str, why: str) -> None:
        members = place.services.accounts.members
        if who.startswith("out@"):
            await members.disable(await place.add(who), by=None)
        async with place.browser() as browser:
            if who.startswith("2:"):
                await through(browser, "mina@example.org")
                await browser.post("/sign-out")
            said = await self.told(browser, await through(browser, who), code)
            kept_out = await browser.get("/")

        assert why in said
        assert kept_out.headers["location"].startswith("/sign-in")

    async def test_of_whoever_turns_back_at_the_provider(self, place: School) -> None:
        async with place.browser() as browser:
            there = httpx2.URL(await left(browser))
            answer = {
                "error": "access_denied",
                "state": there.params["state"],
                "iss": f"{there.scheme}://{there.netloc.decode()}",
            }
            said = await self.told(browser, await browser.get(CALLBACK, params=answer), "oidc_denied")

        assert "You were not signed in at your organisation" in said

    async def test_says_nothing_that_an_address_makes_up(self, place: School) -> None:
        async with place.browser() as browser:
            page = await browser.get("/sign-in?refused=email_taken")

        assert '<p class="refused" id="refused" role="alert"></p>' in page.text

    async def test_is_not_begun_by_another_site(self, place: School) -> None:
        async with place.browser(Origin="https://evil.example") as browser:
            refused = await browser.post("/sign-in/oidc")

        assert refused.status_code == 403
        assert "set-cookie" not in refused.headers


class TestElsewhere:
    async def test_a_provider_that_is_away_leaves_the_password(self, settings: Settings) -> None:
        oidc = OidcSettings(issuer="http://127.0.0.1:1", client_id="ion", organisation="blue-school")
        async with school(settings.model_copy(update={"oidc": oidc})) as opened, opened.browser() as browser:
            await opened.add()
            away = await browser.post("/sign-in/oidc", data={"next": "/mentors"})
            led = await sign_in(browser)

        assert away.status_code == 503
        assert "does not answer" in text_of(away.text)
        assert 'name="next" value="/mentors"' in away.text
        assert "Continue with 127.0.0.1" in text_of(away.text)
        assert led.status_code == 303

    async def test_an_organisation_that_is_none_is_the_operators_to_mend(
        self, provider: OidcProvider, settings: Settings
    ) -> None:
        oidc = provider.registered("http://127.0.0.1", is_public=True, organisation="nowhere")
        async with school(settings.model_copy(update={"oidc": oidc})) as opened, opened.browser() as browser:
            led = await through(browser, "mina@example.org", next="/" + "가" * 400)

        # Too long a path to be kept: the way goes on without it.
        assert led.headers["location"] == "/sign-in?refused=oidc_misconfigured"

    async def test_without_a_provider_there_is_no_button_and_no_way(self, settings: Settings) -> None:
        async with school(settings) as opened, opened.browser() as browser:
            form = await browser.get("/sign-in")
            ways = [await browser.post("/sign-in/oidc"), await browser.get(CALLBACK)]

        assert 'action="/sign-in/oidc"' not in form.text
        assert [each.headers["location"] for each in ways] == ["/sign-in"] * 2

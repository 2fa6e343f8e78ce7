"""Signing in and out at the pages, without a script."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ion.accounts import Role
from ion.settings import Settings
from ion.web.landing import own_path
from tests.web.conftest import Site, settings_in
from tests.web.reading import text_of
from tests.web.signing import EMAIL, PASSWORD, School, code_of, cookies_set, school, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
ELSEWHERE = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "evil.example",
    " //evil.example",
    "/\x00",
    "/a\\b",
    "",
    "/" + "a" * 2000,
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[School]:
    async with school(settings_in(tmp_path_factory.mktemp("school"))) as opened:
        await opened.add()
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def factor(place: School) -> tuple[str, tuple[str, ...]]:
    """The secret and the recovery codes of somebody with a second factor."""
    return await place.with_second_factor(await place.add("two@example.org"))


class TestOwnPath:
    @pytest.mark.parametrize("address", ELSEWHERE)
    async def test_is_nothing_that_leads_elsewhere(self, address: str) -> None:
        assert own_path(address) is None

    @pytest.mark.parametrize("address", ["/sign-in", "/sign-in/code?next=/", "/sign-out", "/invitation"])
    async def test_is_no_page_of_signing_in_itself(self, address: str) -> None:
        assert own_path(address) is None

    @pytest.mark.parametrize("address", ["/", "/c/1?at=2#turn-2", "/history?before=a/b", "/sign-into", "/검색"])
    async def test_is_every_other_path(self, address: str) -> None:
        assert own_path(address) == address


class TestSignIn:
    async def test_lets_somebody_in_and_leads_to_the_page_that_was_asked_for(self, place: School) -> None:
        async with place.browser() as browser:
            asked = await browser.get("/history?at=1")
            form = await browser.get(asked.headers["location"])
            assert '<input type="hidden" name="next" value="/history?at=1">' in form.text
            led = await sign_in(browser, next="/history?at=1")
            there = await browser.get(led.headers["location"])

        assert (led.status_code, led.headers["location"]) == (303, "/history?at=1")
        assert there.status_code == 200
        assert "Mina Park" in text_of(there.text)

    @pytest.mark.parametrize("following", ELSEWHERE)
    async def test_never_leads_to_another_site(self, place: School, following: str) -> None:
        async with place.browser() as browser:
            shown = await browser.get("/sign-in", params={"next": following})
            led = await sign_in(browser, next=following)
            again = await browser.get("/sign-in", params={"next": following})

        assert '<input type="hidden" name="next" value="">' in shown.text
        assert led.headers["location"] == again.headers["location"] == "/"

    @pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@example.org", PASSWORD), ("", "")])
    async def test_refuses_in_the_same_words_and_keeps_the_address_but_no_password(
        self, place: School, email: str, password: str
    ) -> None:
        async with place.browser() as browser:
            refused = await sign_in(browser, email, password=password)

        assert refused.status_code == 401
        assert "the address, the password or the code is not right" in text_of(refused.text)
        assert (f'type="email" value="{email}"' in refused.text) is bool(email)
        assert PASSWORD not in refused.text
        assert "wrong" not in refused.text
        assert "set-cookie" not in refused.headers

    async def test_says_in_the_readers_language_when_to_come_back(self, place: School) -> None:
        async with place.browser("ko") as browser:
            for _ in range(5):
                await sign_in(browser, "locked@example.org")
            locked = await sign_in(browser, "locked@example.org")

        assert locked.status_code == 429
        assert 0 < int(locked.headers["retry-after"]) <= 60
        assert "1분 뒤에 다시 해 주세요" in text_of(locked.text)

    async def test_gives_a_new_session_each_time_and_ends_the_one_before(self, place: School) -> None:
        async with place.browser() as browser, place.browser() as stolen:
            await sign_in(browser)
            first = browser.cookies["ion_session"]
            await sign_in(browser)
            stolen.cookies.set("ion_session", first)

            assert browser.cookies["ion_session"] != first
            assert (await stolen.get("/")).status_code == 303
            assert (await browser.get("/")).status_code == 200

    async def test_takes_no_session_that_was_planted(self, place: School) -> None:
        async with place.browser() as browser:
            browser.cookies.set("ion_session", "planted", domain="127.0.0.1")
            led = await sign_in(browser)

        assert not cookies_set(led)["ion_session"].startswith("planted")

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
    async def test_is_not_done_for_another_site(self, place: School, origin: str) -> None:
        async with place.browser(Origin=origin) as browser:
            refused = await sign_in(browser)

        assert refused.status_code == 403
        assert "set-cookie" not in refused.headers

    @pytest.mark.parametrize(("role", "home"), [("mentee", "/"), ("auditor", "/members"), ("operator", "/profile")])
    async def test_leads_everybody_to_a_page_of_theirs(self, place: School, role: str, home: str) -> None:
        await place.add(f"{role}@example.org", role=Role(role))
        async with place.browser() as browser:
            assert (await sign_in(browser, f"{role}@example.org")).headers["location"] == home


class TestCookie:
    async def test_is_kept_from_scripts_and_other_sites(self, place: School) -> None:
        async with place.browser() as browser:
            (said,) = cookies_set(await sign_in(browser)).values()

        assert re.fullmatch(r"[\w-]{43}; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax", said)

    async def test_over_https_belongs_to_this_host_alone(self, settings: Settings) -> None:
        async with school(settings, public_url="https://mentor.example.org") as opened, opened.browser() as browser:
            await opened.add()
            led = await sign_in(browser)
            led_on = await browser.get("/")

        (name,) = cookies_set(led)
        assert name == "__Host-ion_session"
        assert cookies_set(led)[name].endswith("; Path=/; SameSite=lax; Secure")
        assert led_on.status_code == 200


class TestSecondFactor:
    async def test_is_asked_for_after_the_password(self, place: School, factor: tuple[str, tuple[str, ...]]) -> None:
        async with place.browser() as browser:
            half = await sign_in(browser, "two@example.org", next="/mentors")
            kept_out = await browser.get("/")
            form = await browser.get(half.headers["location"])
            wrong = await browser.post("/sign-in/code", data={"code": "000000", "next": "/mentors"})
            led = await browser.post("/sign-in/code", data={"code": code_of(factor[0]), "next": "/mentors"})
            inside = await browser.get("/")

        assert half.headers["location"] == "/sign-in/code?next=%2Fmentors"
        assert list(cookies_set(half)) == ["ion_session_half"]
        assert "Max-Age=300" in cookies_set(half)["ion_session_half"]
        assert kept_out.status_code == 303
        assert 'name="next" value="/mentors"' in form.text
        assert wrong.status_code == 401
        assert (led.status_code, led.headers["location"]) == (303, "/mentors")
        assert set(cookies_set(led)) == {"ion_session", "ion_session_half"}
        assert "Max-Age=0" in cookies_set(led)["ion_session_half"]
        assert inside.status_code == 200

    async def test_can_be_a_recovery_code_once(self, place: School, factor: tuple[str, tuple[str, ...]]) -> None:
        answers = []
        for _ in range(2):
            async with place.browser() as browser:
                await sign_in(browser, "two@example.org")
                answers.append(await browser.post("/sign-in/code", data={"code": factor[1][0].lower()}))

        assert [each.status_code for each in answers] == [303, 401]

    async def test_half_a_session_is_no_session(self, place: School, factor: tuple[str, tuple[str, ...]]) -> None:
        async with place.browser() as browser:
            await sign_in(browser, "two@example.org")
            browser.cookies.set("ion_session", browser.cookies["ion_session_half"])

            assert (await browser.get("/")).status_code == 303

    async def test_begins_anew_once_its_time_is_over(self, place: School) -> None:
        async with place.browser(Cookie="ion_session_half=over") as browser:
            over = await browser.post("/sign-in/code", data={"code": "123456"})

        assert over.status_code == 401
        assert "The five minutes are over" in text_of(over.text)
        assert 'action="/sign-in"' in over.text
        assert "Max-Age=0" in cookies_set(over)["ion_session_half"]

    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_without_a_password_before_leads_to_it(self, place: School, method: str) -> None:
        async with place.browser() as browser:
            led = await browser.request(
                method, "/sign-in/code", params={"next": "/mentors"} if method == "GET" else None
            )

        assert led.headers["location"] == ("/sign-in?next=%2Fmentors" if method == "GET" else "/sign-in")


class TestSignOut:
    async def test_ends_the_session_and_has_the_browser_forget(self, place: School) -> None:
        async with place.browser() as browser, place.browser() as stolen:
            await sign_in(browser)
            stolen.cookies.set("ion_session", browser.cookies["ion_session"])
            out = await browser.post("/sign-out")

            assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
            assert out.headers["clear-site-data"] == '"storage"'
            assert "Max-Age=0" in cookies_set(out)["ion_session"]
            assert (await stolen.get("/")).status_code == 303

    async def test_is_nothing_to_whoever_is_not_signed_in(self, place: School) -> None:
        async with place.browser() as browser:
            assert (await browser.post("/sign-out")).headers["location"] == "/sign-in"
            assert (await browser.get("/sign-out")).status_code == 405


class TestLanguage:
    async def test_is_the_accounts_unless_another_was_chosen(self, place: School) -> None:
        async with place.browser("ko") as browser:
            before = await browser.get("/sign-in")
            await sign_in(browser)
            after = await browser.get("/")
            await browser.get("/?lang=ko")
            chosen = await browser.get("/")

        assert [each.headers["content-language"] for each in (before, after, chosen)] == ["ko", "en", "ko"]


class TestInvitation:
    async def test_makes_an_account_that_is_signed_in(self, place: School) -> None:
        _, secret = await place.services.accounts.members.invite(
            place.organisation.id, "jun@example.org", Role.MENTEE, by=None
        )
        async with place.browser("ko") as browser:
            form = await browser.get("/invitation")
            fields = {"secret": secret, "name": "Jun", "password": PASSWORD, "consent-notice": "1"}
            weak = await browser.post("/invitation", data={**fields, "password": "password12"})
            led = await browser.post(
                "/invitation",
                data={**fields, "secret": f" {place.address}/invitation#{secret} "},
            )
            inside = await browser.get(led.headers["location"])
            used = await browser.post("/invitation", data=fields)

        assert form.status_code == 200
        assert weak.status_code == 422
        assert "많은 사람이 쓰는 단어" in text_of(weak.text)
        assert f'value="{secret}"' in weak.text
        assert "password12" not in weak.text
        assert led.status_code == 303
        assert "Jun" in text_of(inside.text)
        assert inside.headers["content-language"] == "ko"
        assert used.status_code == 404
        assert "쓸 수 없는 초대예요" in text_of(used.text)


class TestOnePersonsIon:
    @pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code", "/invitation"])
    async def test_asks_nobody_to_sign_in(self, site: Site, path: str) -> None:
        shown, sent = await site.client.get(path), await site.client.post(path, data={"email": EMAIL})

        assert shown.headers["location"] == sent.headers["location"] == "/"

    async def test_names_nobody(self, site: Site) -> None:
        page = (await site.client.get("/")).text

        assert "data-person" not in page
        assert "/sign-out" not in page


class TestScripts:
    async def test_are_told_that_nobody_is_signed_in_and_not_led_away(self, place: School) -> None:
        async with place.browser(**{"Sec-Fetch-Mode": "cors"}) as script:
            told = await script.get("/list")

        assert (told.status_code, told.headers["x-error-code"]) == (401, "sign_in_required")
        assert "You are signed out." in text_of(told.text)

    async def test_send_nothing_in_the_name_of_whoever_signed_in_meanwhile(self, place: School) -> None:
        mina, other = await place.add("before@example.org"), await place.add("after@example.org")
        async with place.browser() as browser:
            await sign_in(browser, "after@example.org")
            fields = {"message": "For my mentor alone"}
            refused = await browser.post("/", data={**fields, "person": mina.id}, headers={"Prefer": "respond-async"})
            sent = await browser.post("/", data={**fields, "person": other.id}, headers={"Prefer": "respond-async"})
            listed = (await browser.get("/api/v2/conversations")).json()["items"]

        assert (refused.status_code, refused.headers["x-error-code"]) == (403, "somebody_else")
        assert sent.status_code == 202
        assert len(listed) == 1

    async def test_are_told_whose_copies_pages_are(self, place: School) -> None:
        user = await place.add("copies@example.org")
        async with place.browser() as browser:
            await sign_in(browser, "copies@example.org")
            page = await browser.get("/")

        assert page.headers["ion-person"] == user.id
        assert f'data-person="{user.id}"' in page.text

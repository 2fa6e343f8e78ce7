"""What somebody changes about themselves: name, language, password, second factor, sessions, API keys."""

import html
import re
from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio

from ion.accounts import Proof, Role, User, Visit
from ion.web.browsers import browser_name
from tests.web.conftest import settings_in
from tests.web.reading import between, text_of
from tests.web.signing import PASSWORD, School, code_of, school, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
NEWER = "nine loud geese settle"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[School]:
    async with school(settings_in(tmp_path_factory.mktemp("school"))) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def mina(place: School, request: pytest.FixtureRequest) -> AsyncIterator[tuple[User, httpx2.AsyncClient]]:
    """Somebody who is signed in, new for each test."""
    email = f"{abs(hash(request.node.name))}@example.org"
    user = await place.add(email)
    async with place.browser() as browser:
        await sign_in(browser, email)
        yield user, browser


Signed = tuple[User, httpx2.AsyncClient]


class TestProfile:
    async def test_shows_who_and_where_somebody_is(self, mina: Signed) -> None:
        user, browser = mina
        shown = text_of((await browser.get("/profile")).text)

        assert f"{user.email} · Mentee · Blue School" in shown
        assert "The second factor is off." in shown
        assert "this one" in shown
        assert "Sign out everywhere else" not in shown

    async def test_changes_name_and_language_which_holds_over_the_switch(self, mina: Signed) -> None:
        _, browser = mina
        await browser.get("/?lang=en")
        changed = await browser.post("/profile", data={"name": " 박민아 ", "language": "ko"})
        shown = await browser.get(changed.headers["location"])

        assert changed.status_code == 303
        assert shown.headers["content-language"] == "ko"
        assert 'value="박민아"' in shown.text

    async def test_refuses_a_name_that_is_none_and_keeps_what_was_typed(self, mina: Signed) -> None:
        _, browser = mina
        refused = await browser.post("/profile", data={"name": "x" * 81, "language": "xx"})

        assert refused.status_code == 422
        assert "A name is one line of 1 to 80 characters." in text_of(refused.text)
        assert "x" * 81 in refused.text
        assert 'aria-invalid="true"' in refused.text

    async def test_escapes_a_name(self, mina: Signed) -> None:
        _, browser = mina
        await browser.post("/profile", data={"name": "<b>&'\"", "language": "en"})
        page = (await browser.get("/profile")).text

        assert "<b>&" not in page
        assert html.escape("<b>&'\"") in page.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")

    async def test_signs_out_everywhere_else(self, place: School, mina: Signed) -> None:
        user, browser = mina
        async with place.browser() as other:
            await sign_in(other, user.email)
            assert "Sign out everywhere else" in text_of((await browser.get("/profile")).text)
            await browser.post("/profile/sessions")

            assert (await other.get("/profile")).status_code == 303
            assert (await browser.get("/profile")).status_code == 200


class TestPassword:
    async def test_is_changed_with_the_present_one_and_signs_out_all_others(self, place: School, mina: Signed) -> None:
        user, browser = mina
        before = browser.cookies["ion_session"]
        async with place.browser() as other:
            await sign_in(other, user.email)
            changed = await browser.post("/profile/password", data={"present": PASSWORD, "password": NEWER})
            kept_out = await other.get("/")
            again = await sign_in(other, user.email, password=NEWER)

        assert (changed.status_code, kept_out.status_code, again.headers["location"]) == (303, 303, "/")
        assert browser.cookies["ion_session"] != before
        assert (await browser.get("/profile/password")).status_code == 200

    @pytest.mark.parametrize(
        ("present", "password", "said", "field"),
        [
            ("wrong", NEWER, "This is not your present password.", "present"),
            (PASSWORD, "short", "A password needs at least 10 characters.", "password"),
            (PASSWORD, "Mina Park Mina Park", "made of your name", "password"),
        ],
    )
    async def test_stays_where_something_is_wrong(
        self, mina: Signed, present: str, password: str, said: str, field: str
    ) -> None:
        _, browser = mina
        refused = await browser.post("/profile/password", data={"present": present, "password": password})

        assert refused.status_code == 422
        assert said in text_of(refused.text)
        assert f'id="{field}" name="{field}" type="password" aria-invalid="true"' in refused.text
        assert not {PASSWORD, NEWER, password} & set(re.findall('value="([^"]*)"', refused.text))
        assert (await browser.get("/")).status_code == 200

    async def test_cannot_be_guessed_by_whoever_has_the_session(self, mina: Signed) -> None:
        _, browser = mina
        guesses = [
            await browser.post("/profile/password", data={"present": str(n), "password": NEWER}) for n in range(6)
        ]

        assert [each.status_code for each in guesses] == [422] * 5 + [429]
        assert "Please come back in 1 min." in text_of(guesses[-1].text)

    async def test_is_none_of_somebody_who_signs_in_otherwise(self, place: School) -> None:
        members, accounts = place.services.accounts.members, place.services.accounts
        user = await members.add(place.organisation, email="o@example.org", name="O", language="en", role=Role.MENTEE)
        session = await accounts.sign_in.as_user(user, Proof.OIDC, Visit("203.0.113.7"))
        async with place.browser(Cookie=f"ion_session={session.session}") as browser:
            for path in ("/profile/password", "/profile/second-factor"):
                shown = (await browser.get(path)).text
                assert "Your account has no password." in text_of(shown)
                assert 'name="present"' not in shown


class TestSecondFactor:
    async def test_is_turned_on_and_off(self, place: School, mina: Signed) -> None:
        user, browser = mina
        begun = await browser.post("/profile/second-factor", data={"present": PASSWORD})
        app = (await browser.get(begun.headers["location"])).text
        secret = between(app, "<code>", "</code>").replace(" ", "")
        wrong = await browser.post(begun.headers["location"], data={"code": "000000"})
        on = await browser.post(begun.headers["location"], data={"code": code_of(secret)})
        codes = between(on.text, "<code>", "</code>").split()
        again = await browser.post(begun.headers["location"], data={"code": code_of(secret)})
        shown = text_of((await browser.get("/profile/second-factor")).text)
        async with place.browser() as other:
            await sign_in(other, user.email)
            led = await other.post("/sign-in/code", data={"code": codes[3]})
        before = browser.cookies["ion_session"]
        kept = await browser.post("/profile/second-factor/off", data={"present": "wrong"})
        off = await browser.post("/profile/second-factor/off", data={"present": PASSWORD})

        assert f"otpauth://totp/ION%20Blue%20School:{user.email.replace('@', '%40')}" in app
        assert re.search(r'<svg [^>]*viewBox="0 0 \d+ \d+">', app)
        assert "style" not in between(app, "<svg", "</svg>")
        assert wrong.status_code == 422
        assert "not the code that the app shows now" in text_of(wrong.text)
        assert between(wrong.text, "<code>", "</code>").replace(" ", "") == secret
        assert len(set(codes)) == 10
        assert on.headers["cache-control"] == "no-store"
        assert again.headers["location"] == "/profile/second-factor"
        assert "The second factor is on. 10 recovery codes are left." in shown
        assert led.headers["location"] == "/"
        assert (kept.status_code, off.status_code) == (422, 303)
        assert browser.cookies["ion_session"] != before
        assert "The second factor is off." in text_of((await browser.get("/profile")).text)

    async def test_takes_the_password_to_begin(self, mina: Signed) -> None:
        _, browser = mina
        refused = await browser.post("/profile/second-factor", data={"present": "wrong"})
        nothing = await browser.get("/profile/second-factor/app")

        assert refused.status_code == 422
        assert nothing.headers["location"] == "/profile/second-factor"

    async def test_that_is_on_is_not_drawn_anew(self, place: School, mina: Signed) -> None:
        user, browser = mina
        await place.with_second_factor(user)
        refused = await browser.post("/profile/second-factor", data={"present": PASSWORD})

        assert refused.status_code == 409
        assert "The second factor is on already." in text_of(refused.text)


class TestKeys:
    async def test_are_made_shown_once_used_and_revoked(self, place: School, mina: Signed) -> None:
        _, browser = mina
        fields = {"name": "Night <build>", "scope": "conversations.own", "days": "7"}
        made = await browser.post("/keys", data=fields)
        key = between(made.text, "<code>", "</code>")
        listed = (await browser.get("/keys")).text
        async with place.browser(Authorization=f"Bearer {key}") as program:
            used = await program.get("/api/v2/conversations")
            (prefix,) = re.findall("/keys/(.+?)/revoke", listed)
            gone = await browser.post(f"/keys/{prefix}/revoke")
            refused = await program.get("/api/v2/conversations")

        assert key.startswith("ion_live_")
        assert key not in listed
        assert prefix in key
        assert "Night &lt;build&gt;" in listed
        assert (used.status_code, gone.headers["location"], refused.status_code) == (200, "/keys", 401)
        assert "revoked" in text_of((await browser.get("/keys")).text)

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"name": "", "scope": "conversations.own", "days": "7"}, "A name is one line"),
            ({"name": "x", "days": "7"}, "at least one thing"),
            ({"name": "x", "scope": "members.manage", "days": "7"}, "at least one thing"),
            ({"name": "x", "scope": "conversations.own", "days": "367"}, "1 to 366 days"),
            ({"name": "x", "scope": "conversations.own", "days": "²"}, "1 to 366 days"),
            ({"name": "x", "scope": "conversations.own", "days": "9" * 5000}, "1 to 366 days"),
        ],
        ids=["name", "no scope", "scope", "days", "strange days", "many days"],
    )
    async def test_that_cannot_be_are_refused_and_what_was_typed_stays(
        self, mina: Signed, fields: dict[str, str], said: str
    ) -> None:
        _, browser = mina
        refused = await browser.post("/keys", data=fields)

        assert refused.status_code == 422
        assert said in text_of(refused.text)
        assert f'value="{fields["days"]}"' in refused.text
        assert "You have no keys." in text_of(refused.text)

    async def test_of_others_cannot_be_revoked(self, place: School, mina: Signed) -> None:
        _, browser = mina
        other = await place.add("keys@example.org")
        key, _ = await place.services.accounts.keys.make(other, name="Theirs", scopes=["conversations.own"])

        assert (await browser.post(f"/keys/{key.prefix}/revoke")).status_code == 404
        assert "Theirs" not in (await browser.get("/keys")).text


class TestBrowserName:
    @pytest.mark.parametrize(
        ("user_agent", "names"),
        [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
                "Safari/537.36 Edg/140.0.0.0",
                ("Edge", "Windows"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                "Version/18.0 Mobile/15E148 Safari/604.1",
                ("Safari", "iPhone"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-S921N) AppleWebKit/537.36 (KHTML, like Gecko) "
                "SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
                ("Samsung Internet", "Android"),
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
            ("curl/8", ("", "")),
        ],
        ids=["Edge", "iPhone", "Samsung", "Firefox", "none"],
    )
    async def test_is_what_its_user_calls_it(self, user_agent: str, names: tuple[str, str]) -> None:
        assert browser_name(user_agent) == names

"""What people are asked to agree to, in pages: nothing is ticked beforehand, and no text changes unnoticed."""

import hashlib
import re
from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio

from ion.accounts import Role
from ion.rights import VERSIONS, Purpose
from ion.web.texts import load_texts
from tests.conftest import client_of
from tests.web.conftest import settings_in
from tests.web.reading import text_of
from tests.web.signing import PASSWORD, School, school, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
# What each version says, in both languages. A text that changes gets a new version and a new line here.
DIGESTS = {
    (Purpose.NOTICE, 1): "26b8cc4603ff08e9e195681e9bfd1efd9413e2415989b7af392febf49a5b5bb4",
    (Purpose.EXPERIMENTS, 1): "4b77d6816654c5724366fd1cc958452cc7d4f97304bb954e4fe93d8407a984c6",
    (Purpose.IMPROVEMENT, 1): "865676f11a51ef26f264287f5e3e2b86cd50a8e776e85bfc92aae77237642975",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[School]:
    async with school(settings_in(tmp_path_factory.mktemp("school"))) as opened:
        yield opened


def ticked(page: str) -> dict[str, bool]:
    """Return each box, and whether it is ticked."""
    boxes = re.findall(r'<input type="checkbox" name="consent-(\w+)"([^>]*)>', page)
    return {name: " checked" in box for name, box in boxes}


@pytest.mark.parametrize("purpose", Purpose)
async def test_a_text_that_changes_has_another_version(purpose: Purpose) -> None:
    texts = load_texts()
    said = "\n".join(texts[language](f"consent.{purpose}") for language in ("ko", "en"))

    assert DIGESTS[purpose, VERSIONS[purpose]] == hashlib.sha256(said.encode()).hexdigest()


class TestInvitation:
    @pytest_asyncio.fixture(loop_scope="module")
    async def fields(self, place: School, request: pytest.FixtureRequest) -> dict[str, str]:
        email = f"{abs(hash(request.node.name))}@example.org"
        _, secret = await place.services.accounts.members.invite(place.organisation.id, email, Role.MENTEE, by=None)
        return {"secret": secret, "name": "Jun", "password": PASSWORD}

    async def test_takes_the_notice_and_ticks_nothing_beforehand(self, place: School, fields: dict[str, str]) -> None:
        async with place.browser() as browser:
            form = (await browser.get("/invitation")).text
            refused = await browser.post("/invitation", data={**fields, "consent-improvement": "1"})
            outdated = await browser.post("/invitation", data={**fields, "consent-notice": "99999"})

        assert ticked(form) == {"notice": False, "experiments": False, "improvement": False}
        assert len(re.findall("name=.consent-[^>]* required", form)) == 1
        assert refused.status_code == 422
        assert "Please tick the first box" in text_of(refused.text)
        assert ticked(refused.text) == {"notice": False, "experiments": False, "improvement": True}
        assert outdated.status_code == 409
        assert "The text has changed meanwhile" in text_of(outdated.text)

    async def test_keeps_what_was_agreed_to_and_nothing_else(self, place: School, fields: dict[str, str]) -> None:
        async with place.browser("ko") as browser:
            await browser.post("/invitation", data={**fields, "consent-notice": "1", "consent-experiments": "1"})
            said = (await browser.get("/api/v2/me/consents")).json()["items"]

        assert [(one["purpose"], one["given"], one["language"]) for one in said] == [
            ("notice", True, "ko"),
            ("experiments", True, "ko"),
            ("improvement", False, None),
        ]


class TestProfile:
    @pytest_asyncio.fixture(loop_scope="module")
    async def browser(self, place: School, request: pytest.FixtureRequest) -> AsyncIterator[httpx2.AsyncClient]:
        email = f"{abs(hash(request.node.name))}@example.org"
        await place.add(email)
        async with place.browser() as opened:
            await sign_in(opened, email)
            yield opened

    async def test_changes_what_is_agreed_to(self, browser: httpx2.AsyncClient) -> None:
        before = ticked((await browser.get("/profile")).text)
        both = {"consent-notice": "1", "consent-experiments": "1"}
        saved = await browser.post("/profile/consents", data=both)
        given = await browser.get("/profile")
        await browser.post("/profile/consents", data={"consent-improvement": "1"})
        changed = ticked((await browser.get("/profile")).text)

        assert before == {"notice": False, "experiments": False, "improvement": False}
        assert saved.headers["location"] == "/profile#consents"
        assert ticked(given.text) == {"experiments": True, "improvement": False}
        assert "You have acknowledged that AI writes the replies." in text_of(given.text)
        assert changed == {"experiments": False, "improvement": True}

    async def test_refuses_a_text_that_is_none_any_more(self, browser: httpx2.AsyncClient) -> None:
        for version in ("7", "x", "99999", "²"):
            refused = await browser.post("/profile/consents", data={"consent-experiments": version})

            assert refused.status_code == 409
            assert ticked(refused.text)["experiments"] is False


class TestApi:
    async def test_takes_choices_of_the_version_that_was_shown(self, place: School) -> None:
        await place.add("api@example.org")
        choice = {"purpose": "experiments", "version": 1, "given": True}
        async with place.browser() as browser:
            await sign_in(browser, "api@example.org")
            given = await browser.put("/api/v2/me/consents", json={"consents": [choice], "language": "en"})
            old = await browser.put(
                "/api/v2/me/consents", json={"consents": [{**choice, "version": 2}], "language": "en"}
            )
            unsaid = await browser.put(
                "/api/v2/me/consents",
                json={"consents": [{"purpose": "notice", "version": 1, "given": False}], "language": "en"},
            )

        assert [one["given"] for one in given.json()["items"]] == [False, True, False]
        assert [one["optional"] for one in given.json()["items"]] == [False, True, True]
        assert (old.status_code, old.json()["error"]["code"]) == (409, "consent_outdated")
        assert (unsaid.status_code, unsaid.json()["error"]["code"]) == (422, "notice_not_acknowledged")

    async def test_whoever_runs_ion_alone_is_asked_nothing(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        async with client_of(settings_in(tmp_path_factory.mktemp("alone"))) as client:
            home = await client.get("/")
            said = (await client.get("/api/v2/me/consents")).json()["items"]
            made = await client.post("/api/v2/conversations", json={"language": "en"})

        assert (home.status_code, made.status_code) == (200, 201)
        assert "consent-" not in home.text
        assert {one["given"] for one in said} == {False}

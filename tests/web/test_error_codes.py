"""`/errors` and `/errors/{code}`: where the `type` of a problem document leads."""

from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio

from ion.language import LANGUAGES
from ion.statuses import error_codes
from ion.web import load_texts
from tests.api.people import town
from tests.test_errors import every_error
from tests.web.conftest import settings_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nobody(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody who has not signed in, where people do."""
    async with town(settings_in(tmp_path_factory.mktemp("codes"))) as place:
        yield place.clients["nobody"]


async def test_every_error_that_a_program_can_get_has_a_page(nobody: httpx2.AsyncClient) -> None:
    refused = await nobody.get("/api/v2/me")
    shown = await nobody.get(refused.json()["type"], headers={"Accept-Language": "en"})

    assert refused.json()["type"] == "/errors/sign_in_required"
    assert shown.status_code == 200
    assert "<code>sign_in_required</code>" in shown.text
    assert load_texts()["en"]("means.sign_in_required") in shown.text
    assert "<dd>401</dd>" in shown.text
    assert "<dd>77</dd>" in shown.text
    assert "<code>Authorization: Bearer ...</code>" in shown.text
    assert "script-src 'self'" in shown.headers["Content-Security-Policy"]


async def test_is_in_the_readers_language_and_says_how_to_get_the_other(nobody: httpx2.AsyncClient) -> None:
    shown = await nobody.get("/errors/method_not_allowed", headers={"Accept-Language": "ko"})

    assert '<html lang="ko"' in shown.text
    assert load_texts()["ko"]("codes.none") in shown.text
    assert 'href="?lang=en"' in shown.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_all_of_them_are_listed(nobody: httpx2.AsyncClient, language: str) -> None:
    shown = await nobody.get("/errors", headers={"Accept-Language": language})

    assert shown.status_code == 200
    assert [each.code for each in error_codes() if f'href="/errors/{each.code}"' not in shown.text] == []
    assert ">4xx<" in shown.text


@pytest.mark.parametrize("code", ["no_such_code", "urn:ion:error:internal", "%00"])
async def test_another_code_is_not_found(nobody: httpx2.AsyncClient, code: str) -> None:
    assert (await nobody.get(f"/errors/{code}")).status_code == 404


async def test_every_error_of_every_module_is_among_them() -> None:
    assert {error.code for error in every_error()} - {each.code for each in error_codes()} == set()


async def test_status_and_exit_code_are_those_of_the_kind() -> None:
    known = {each.code: (each.status, each.exit) for each in error_codes()}

    assert known["empty_message"] == (422, 2)
    assert known["too_many_replies"] == (429, 75)
    assert known["bad_model"] == (500, 78)
    assert known["internal"] == (500, 70)
    assert known["bad_request"] == (400, None)
    assert known["http_error"] == (None, None)

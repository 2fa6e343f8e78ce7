import re

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ion.errors import Conflict, IonError, Misconfigured, TooMany, Unavailable
from ion.web import create_web
from tests.web.conftest import Site
from tests.web.reading import text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def page_after(error: Exception, **headers: str) -> httpx2.Response:
    """Return the page for an error that a page of the real site raises."""
    web = create_web()

    async def fail(request: Request) -> Response:
        raise error

    web.router.routes.append(Route("/fail", fail))
    transport = httpx2.ASGITransport(web, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.get("/fail", headers={"Accept-Language": "en", **headers})


class TestPages:
    async def test_a_missing_service_is_worth_another_try(self) -> None:
        response = await page_after(Unavailable("The database does not answer."))

        assert response.status_code == 503
        assert response.headers["retry-after"] == "5"
        assert "ION cannot answer right now." in text_of(response.text)

    async def test_too_much_is_a_page_that_says_when_to_come_back(self) -> None:
        response = await page_after(TooMany("Slowly.", 30))

        assert response.status_code == 429
        assert response.headers["retry-after"] == "30"

    @pytest.mark.parametrize(
        ("error", "status", "code", "seconds"),
        [
            (TooMany("Slowly.", 30), 429, "too_many", "30"),
            (Unavailable("The database does not answer."), 503, "unavailable", "5"),
            (Conflict("Somebody was faster."), 409, "conflict", None),
        ],
        ids=["too many", "unavailable", "conflict"],
    )
    async def test_the_pages_script_is_told_in_a_sentence(
        self, error: IonError, status: int, code: str, seconds: str | None
    ) -> None:
        response = await page_after(error, Prefer="respond-async")

        assert response.status_code == status
        assert response.headers["x-error-code"] == code
        assert response.headers.get("retry-after") == seconds
        assert re.fullmatch(r"<p>[^<>{}]+</p>", response.text)

    @pytest.mark.parametrize("error", [RuntimeError("secret"), Misconfigured("secret")], ids=["bug", "setting"])
    async def test_a_fault_of_ours_tells_no_details(self, error: Exception) -> None:
        response = await page_after(error)

        assert response.status_code == 500
        assert "Something went wrong on ION's side." in text_of(response.text)
        assert "secret" not in response.text

    async def test_an_error_without_a_text_of_its_own_gets_the_general_one(self) -> None:
        response = await page_after(Conflict("Somebody was faster."))

        assert response.status_code == 409
        assert "That could not be done." in text_of(response.text)

    @pytest.mark.parametrize(
        ("language", "said"), [("ko", "찾으시는 페이지가 없어요."), ("en", "There is no such page.")]
    )
    async def test_an_unknown_address(self, site: Site, language: str, said: str) -> None:
        response = await site.client.get("/nothing", headers={"Accept-Language": language})

        assert response.status_code == 404
        assert said in text_of(response.text)

    async def test_a_method_that_a_page_does_not_know(self, site: Site) -> None:
        response = await site.client.delete("/mentors")

        assert response.status_code == 405
        assert "GET" in response.headers["allow"]
        assert "cannot be done at this address" in text_of(response.text)

    async def test_the_request_is_named_to_whoever_has_to_look_for_it(self, site: Site) -> None:
        async with site.services.database.transaction() as session:
            connection = await session.connection()
            await connection.exec_driver_sql("ALTER TABLE turn RENAME TO elsewhere")
        try:
            response = await site.client.post("/", data={"message": "hello"}, headers={"X-Request-ID": "abc-123"})
        finally:
            async with site.services.database.transaction() as session:
                connection = await session.connection()
                await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO turn")

        assert response.status_code == 500
        assert "Request abc-123" in text_of(response.text)

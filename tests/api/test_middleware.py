from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from ion.api import CountRequests
from ion.monitoring import Recent, Tally

PROCESS = "/api/v2/process"
BODY = {"user_input": "How do I start a thesis?"}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; font-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types ion"
)


class TestRequestId:
    async def test_a_plain_one_is_kept(self, client: httpx2.AsyncClient) -> None:
        response = await client.get("/api/v2/health", headers={"X-Request-ID": "abc-123.4"})

        assert response.headers["X-Request-ID"] == "abc-123.4"

    @pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>", "naïve"])
    async def test_anything_else_is_replaced(self, client: httpx2.AsyncClient, given: str) -> None:
        response = await client.get("/api/v2/health", headers=[(b"X-Request-ID", given.encode("latin-1"))])

        assert response.headers["X-Request-ID"] != given
        assert len(response.headers["X-Request-ID"]) == 32

    async def test_every_response_carries_time_and_safe_headers(self, client: httpx2.AsyncClient) -> None:
        for path in ("/api/v2/health", "/nowhere", "/"):
            headers = (await client.get(path)).headers

            assert headers["Server-Timing"].startswith("app;dur=")
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY

    async def test_no_response_lets_a_page_use_what_mentoring_does_not_need(self, client: httpx2.AsyncClient) -> None:
        policy = (await client.get("/")).headers["Permissions-Policy"]
        allowed = dict(entry.split("=") for entry in policy.split(", "))

        assert allowed.pop("clipboard-write") == "(self)"
        assert {"camera", "microphone", "geolocation", "payment", "usb", "display-capture"} <= allowed.keys()
        assert set(allowed.values()) == {"()"}

    @pytest.mark.parametrize("path", ["/static/000000000000/app.js", "/sw.js", "/manifest.webmanifest", "/metrics"])
    async def test_files_carry_them_too(self, client: httpx2.AsyncClient, path: str) -> None:
        response = await client.get(path)

        assert response.status_code == 200
        assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"

    @pytest.mark.parametrize(
        ("headers", "status"), [({"Host": "evil.example"}, 403), ({"Content-Length": "9999999"}, 413)]
    )
    async def test_refusals_carry_them_too(
        self, client: httpx2.AsyncClient, headers: dict[str, str], status: int
    ) -> None:
        response = await client.post(PROCESS, content=b"{}", headers=headers)

        assert response.status_code == status
        assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


class TestCountRequests:
    async def test_counts_an_answer_once_even_where_it_breaks_off(self) -> None:
        async def breaks_off(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            raise RuntimeError

        recent = Recent(lambda: 0.0)
        transport = httpx2.ASGITransport(CountRequests(breaks_off, recent), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            await client.get("/")

        assert recent.tally() == Tally(1, 0)


class TestOriginGuard:
    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.0.5:8000", "", "[", "[::1"])
    async def test_other_host_names_are_refused(self, client: httpx2.AsyncClient, host: str) -> None:
        response = await client.get("/api/v2/conversations", headers={"Host": host})

        assert response.status_code == 403
        assert response.json()["error"]["code"] == "forbidden"

    @pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:18765", "[::1]:8000"])
    async def test_loopback_names_are_welcome(self, client: httpx2.AsyncClient, host: str) -> None:
        assert (await client.get("/api/v2/health", headers={"Host": host})).status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:9999"},
            {"Origin": "http://["},
            {"Sec-Fetch-Site": "cross-site"},
        ],
        ids=["other site", "opaque", "other port", "no address", "no origin but cross-site"],
    )
    async def test_other_sites_cannot_make_a_browser_write(
        self, client: httpx2.AsyncClient, headers: dict[str, str]
    ) -> None:
        response = await client.post(PROCESS, json=BODY, headers=headers)

        assert response.status_code == 403

    @pytest.mark.parametrize("headers", [{"Origin": "http://127.0.0.1"}, {}, {"Sec-Fetch-Site": "same-origin"}])
    async def test_the_page_and_programs_can(self, client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        assert (await client.post(PROCESS, json=BODY, headers=headers)).status_code == 200


class TestErrors:
    async def test_an_unknown_address_of_the_api_is_a_problem_document(self, client: httpx2.AsyncClient) -> None:
        response = await client.get("/api/v2/nowhere")

        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"

    async def test_a_wrong_method_says_which_are_right(self, client: httpx2.AsyncClient) -> None:
        response = await client.delete(PROCESS)

        assert response.status_code == 405
        assert response.headers["Allow"] == "POST"
        assert response.json()["error"]["code"] == "method_not_allowed"

    @pytest.mark.parametrize(
        ("path", "methods"),
        [
            ("/api/v2/conversations", "GET, POST"),
            ("/api/v2/conversations/search", "GET"),
            ("/api/v2/conversations/some-id", "DELETE, GET, PATCH"),
            ("/.well-known/jwks.json", "GET"),
        ],
    )
    async def test_a_wrong_method_is_told_all_that_the_address_takes(
        self, client: httpx2.AsyncClient, path: str, methods: str
    ) -> None:
        response = await client.request("TRACE", path)

        assert (response.status_code, response.headers["Allow"]) == (405, methods)


class TestBodyLimit:
    async def test_a_body_that_does_not_say_how_long_it_is_is_stopped_on_the_way(
        self, client: httpx2.AsyncClient
    ) -> None:
        sent = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal sent
            for _ in range(100):
                sent += 100_000
                yield b"a" * 100_000

        response = await client.post(PROCESS, content=endless(), headers={"Content-Type": "application/json"})

        assert response.status_code == 413
        assert response.json()["error"]["code"] == "too_large"

    async def test_a_stated_length_that_is_no_number_is_refused(self, client: httpx2.AsyncClient) -> None:
        response = await client.post(PROCESS, content=b"{}", headers={"Content-Length": "many"})

        assert response.status_code == 413

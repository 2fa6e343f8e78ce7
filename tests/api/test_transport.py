from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from ion.errors import Misconfigured
from ion.settings import ServerSettings, Settings, load_settings
from tests.conftest import client_of

PROCESS, CALM = "/api/v2/process", {"user_input": "How do I start a thesis?"}
PUBLIC = "https://mentor.example.org"
THERE = "https://app.example.org"
ASKING = {"Origin": THERE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


def with_server(settings: Settings, **server: Any) -> Settings:
    return settings.model_copy(update={"server": ServerSettings.model_validate(server)})


class TestSettings:
    def test_are_lists_with_commas(self) -> None:
        server = load_settings(
            {
                "ION_SERVER__CORS": f"{THERE}/, HTTP://Localhost:3000",
                "ION_SERVER__PROXIES": "127.0.0.1,10.0.0.0/8, ::1",
                "ION_SERVER__PUBLIC_URL": PUBLIC,
            }
        ).server

        assert server.cors == (THERE, "http://localhost:3000")
        assert [str(network) for network in server.proxies] == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]
        assert server.public_url == PUBLIC

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("CORS", "*"),
            ("CORS", "https://*.example.org"),
            ("CORS", "https://app.example.org/page"),
            ("CORS", "https://mina@app.example.org"),
            ("CORS", "app.example.org"),
            ("PROXIES", "proxy.example.org"),
            ("PROXIES", "10.0.0.1/8"),
            ("PUBLIC_URL", "ftp://mentor.example.org"),
        ],
    )
    def test_that_do_not_fit_are_refused(self, name: str, value: str) -> None:
        with pytest.raises(Misconfigured, match=f"ION_SERVER__{name}"):
            load_settings({f"ION_SERVER__{name}": value})


class TestHttps:
    @pytest.fixture
    async def client(self, settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
        async with client_of(with_server(settings, public_url=PUBLIC, proxies="127.0.0.1")) as opened:
            yield opened

    async def test_is_where_pages_are_sent_to(self, client: httpx2.AsyncClient) -> None:
        response = await client.get("/search?q=%EA%B0%80&a=b")

        assert response.status_code == 308
        assert response.headers["Location"] == f"{PUBLIC}/search?q=%EA%B0%80&a=b"
        assert "Strict-Transport-Security" not in response.headers

    async def test_is_required_of_everything_else(self, client: httpx2.AsyncClient) -> None:
        for response in (
            await client.post(PROCESS, json=CALM),
            await client.get("/v1/models"),
            await client.post("/", data={"message": "hello"}),
        ):
            assert response.status_code == 403
            assert "https_required" in response.text
            assert "Content-Security-Policy" in response.headers

    async def test_is_not_required_of_who_looks_after_the_process(self, client: httpx2.AsyncClient) -> None:
        for path in ("/api/v2/health", "/metrics"):
            assert (await client.get(path)).status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [{"Forwarded": "for=192.0.2.60;proto=https"}, {"X-Forwarded-For": "192.0.2.60", "X-Forwarded-Proto": "https"}],
    )
    async def test_is_what_a_declared_proxy_says(self, client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        response = await client.post(PROCESS, json=CALM, headers=headers)

        assert response.status_code == 200
        assert response.headers["Strict-Transport-Security"] == "max-age=31536000"

    async def test_is_not_what_anybody_else_says(self, settings: Settings) -> None:
        async with client_of(with_server(settings, public_url=PUBLIC, proxies="10.0.0.1")) as client:
            response = await client.post(PROCESS, json=CALM, headers={"Forwarded": "for=192.0.2.60;proto=https"})

        assert response.status_code == 403

    async def test_is_not_required_by_default(self, settings: Settings) -> None:
        async with client_of(settings) as client:
            response = await client.post(PROCESS, json=CALM, headers={"Forwarded": "proto=https"})

        assert response.status_code == 200
        assert "Strict-Transport-Security" not in response.headers


class TestCors:
    @pytest.fixture
    async def client(self, settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
        async with client_of(with_server(settings, cors=THERE)) as opened:
            yield opened

    async def test_lets_a_declared_origin_ask(self, client: httpx2.AsyncClient) -> None:
        before = await client.options(PROCESS, headers=ASKING)
        response = await client.post(PROCESS, json=CALM, headers={"Origin": THERE})

        assert before.status_code == response.status_code == 200
        assert before.headers["Access-Control-Allow-Origin"] == THERE
        assert "POST" in before.headers["Access-Control-Allow-Methods"]
        assert response.headers["Access-Control-Allow-Origin"] == THERE
        assert "RateLimit" in response.headers["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert "Origin" in response.headers["Vary"]

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", f"{THERE}.evil.example", "http://app.example.org"]
    )
    async def test_lets_no_other_origin_ask(self, client: httpx2.AsyncClient, origin: str) -> None:
        before = await client.options(PROCESS, headers={**ASKING, "Origin": origin})
        read = await client.get("/api/v2/personas", headers={"Origin": origin})

        assert before.status_code == 400
        assert (await client.post(PROCESS, json=CALM, headers={"Origin": origin})).status_code == 403
        assert "Access-Control-Allow-Origin" not in before.headers
        assert "Access-Control-Allow-Origin" not in read.headers
        assert "Origin" in read.headers["Vary"]

    async def test_is_for_the_apis_alone(self, client: httpx2.AsyncClient) -> None:
        posted = await client.post("/", data={"message": "hello"}, headers={"Origin": THERE})

        assert posted.status_code == 403
        assert "Access-Control-Allow-Origin" not in (await client.get("/", headers={"Origin": THERE})).headers

    async def test_is_closed_by_default(self, settings: Settings) -> None:
        async with client_of(settings) as client:
            before = await client.options(PROCESS, headers=ASKING)
            read = await client.get("/api/v2/personas", headers={"Origin": THERE})

        assert before.status_code == 405
        assert "Access-Control-Allow-Origin" not in before.headers
        assert "Access-Control-Allow-Origin" not in read.headers

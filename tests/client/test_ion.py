"""The clients themselves: what they keep to themselves, what they let go of, and what they stand on."""

import subprocess
import sys
import traceback

import httpx2
import pytest

from ion.client import AsyncIon, Ion, IonApiError, NotAuthenticated, Unreachable
from tests.client.both import ONE_TRY
from tests.client.conftest import Open
from tests.servers.ion import free_port
from tests.servers.misbehaving import Raw, misbehaving_server

KEY = "ion_live_abc_s3cret-of-mine"
WRONG_KEY = (
    '{"error": {"code": "not_authenticated", "message": "The key is not known.", "field": null}, "request_id": "r9"}'
)


class TestTheKey:
    def test_is_not_shown_by_the_client(self) -> None:
        with Ion("https://ion.example.org", api_key=KEY) as ion:
            shown = [repr(ion), str(ion), repr(ion.line), repr(ion.messages), repr(ion.personas.list)]

        assert repr(ion) == "Ion('https://ion.example.org')"
        assert [text for text in shown if KEY in text] == []

    async def test_is_not_shown_by_the_asynchronous_client(self) -> None:
        async with AsyncIon("https://ion.example.org", api_key=KEY) as ion:
            shown = [repr(ion), str(ion), repr(ion.line), repr(ion.messages)]

        assert repr(ion) == "AsyncIon('https://ion.example.org')"
        assert [text for text in shown if KEY in text] == []

    def test_is_not_shown_by_an_error(self, ask: Open) -> None:
        with misbehaving_server(Raw(401, WRONG_KEY)) as server:
            refused = ask(server.address, api_key=KEY)
            with pytest.raises(NotAuthenticated, match="not_authenticated, 401, request r9") as raised:
                refused.do(refused.ion.personas.list())
        alone = ask(f"http://127.0.0.1:{free_port()}", api_key=KEY, retries=ONE_TRY)
        with pytest.raises(Unreachable) as broken:
            alone.do(alone.ion.personas.list())

        assert isinstance(broken.value.__cause__, httpx2.ConnectError)
        for error in (raised.value, broken.value, broken.value.__cause__):
            told = [repr(error), str(error), repr(vars(error)), "".join(traceback.format_exception(error))]
            assert [text for text in told if KEY in text] == []

    @pytest.mark.parametrize("key", ["", "two words", "line\nend", "열쇠", f"{KEY}\u200b"])
    def test_that_no_header_can_hold_is_refused_unseen(self, key: str) -> None:
        with pytest.raises(ValueError, match="api_key has to be") as raised:
            Ion(api_key=key)

        assert str(raised.value) == "api_key has to be visible ASCII characters."


class TestARedirect:
    """It could lead the key to another address."""

    ELSEWHERE = Raw(307, "", {"Location": "http://127.0.0.1:9/api/v2/personas"})

    def test_is_not_followed(self) -> None:
        with (
            misbehaving_server(self.ELSEWHERE) as server,
            httpx2.Client(follow_redirects=True) as http,
            Ion(server.address, http=http, retries=ONE_TRY) as ion,
        ):
            for ask in (ion.personas.list, ion.messages.stream("c", "Well?").finished):
                with pytest.raises(IonApiError, match="unexpected_answer, 307"):
                    ask()

    async def test_is_not_followed_in_an_event_loop(self) -> None:
        with misbehaving_server(self.ELSEWHERE) as server:
            async with (
                httpx2.AsyncClient(follow_redirects=True) as http,
                AsyncIon(server.address, http=http, retries=ONE_TRY) as ion,
            ):
                for ask in (ion.personas.list, ion.messages.stream("c", "Well?").finished):
                    with pytest.raises(IonApiError, match="unexpected_answer, 307"):
                        await ask()


class TestTheAddress:
    @pytest.mark.parametrize(
        "address",
        [
            "",
            "ion.example.org",
            "ftp://ion.example.org",
            "https://",
            "https://user:secret@ion.example.org",
            "https://ion.example.org/?a=b",
            "https://ion.example.org/#a",
            "https://ion.example.org:port",
        ],
    )
    def test_has_to_be_one(self, address: str) -> None:
        with pytest.raises(ValueError, match="base_url has to be a plain web address") as raised:
            AsyncIon(address)

        assert "secret" not in str(raised.value)

    def test_is_this_machine_where_none_is_given(self) -> None:
        with Ion() as ion:
            assert repr(ion) == "Ion('http://127.0.0.1:8000')"


class TestClosing:
    def test_lets_go_of_what_it_opened(self) -> None:
        with Ion() as ion:
            pass

        assert ion.line.http.is_closed

    def test_leaves_what_it_was_given_open(self) -> None:
        with httpx2.Client() as http:
            with Ion(http=http) as ion:
                assert ion.line.http is http
            assert not http.is_closed

    async def test_is_the_same_in_an_event_loop(self) -> None:
        async with AsyncIon() as own:
            pass
        async with httpx2.AsyncClient() as http:
            async with AsyncIon(http=http):
                pass
            assert not http.is_closed

        assert own.line.http.is_closed


class TestImporting:
    def test_brings_nothing_of_the_server(self) -> None:
        script = "import sys, ion.client; print(*sorted(sys.modules))"
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
        loaded = set(run.stdout.split())

        assert "ion.client.lines" in loaded
        assert loaded.isdisjoint({"fastapi", "starlette", "sqlalchemy", "numpy", "uvicorn", "typer", "structlog"})
        assert [name for name in loaded if name.startswith("ion.") and not name.startswith("ion.client")] == []

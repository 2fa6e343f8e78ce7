"""`ion serve`: the page and the HTTP API, on this machine."""

import asyncio
import contextlib
import logging
import re
import signal
import socket
import sys
import webbrowser
from collections.abc import Generator
from typing import Annotated

import typer
import uvicorn

from ion.app import create_app
from ion.cli.command import Command, Json, Lang
from ion.cli.environment import has_display
from ion.cli.exposure import refuse_unsafe
from ion.cli.sockets import address_of, bound_socket
from ion.cli.speech import both, said
from ion.cli.terminal import console, print_json
from ion.language import Language
from ion.monitoring import MaskingFormatter, configure_logs
from ion.privacy import mask
from ion.services import Services
from ion.settings import Settings, load_settings

app = typer.Typer(add_completion=False)

# Seconds once ION is told to stop: for open streams to end by themselves, then for replies that nobody follows any
# more to be written. Together they stay below the ten that container engines wait before they kill.
_GRACE = 4
_LAST_WORDS = 2.0
# What comes with whoever comes back from an identity provider.
_CODE = re.compile(r"(?<=/sign-in/oidc/callback)\?.*")
_STOPPING = (signal.SIGINT, signal.SIGTERM)


@app.command(
    cls=Command,
    help=both(en="Open the page and the HTTP API on this machine.", ko="이 컴퓨터에서 웹 페이지와 HTTP API를 열어요."),
)
def serve(
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="HOST", help=both(en="Address to listen on.", ko="열 주소.")),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            metavar="PORT",
            min=0,
            max=65535,
            help=both(en="0 takes a free one.", ko="0이면 빈 포트를 골라요."),
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--open/--no-open", help=both(en="Open the page.", ko="웹 페이지를 열어요."))
    ] = False,
    access_log: Annotated[
        bool, typer.Option("--access-log", help=both(en="Print every request.", ko="요청마다 한 줄씩 출력해요."))
    ] = False,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Serve until told to stop."""
    settings = load_settings()
    configure_logs(settings.log.level, settings.log.format, mask)
    _configure_server_logs(is_debugging=settings.log.level == "debug", access_log=access_log)
    where = settings.server.host if host is None else host
    wanted = settings.server.port if port is None else port
    refuse_unsafe(settings, where, wanted, language)
    with bound_socket(where, wanted, language) as bound:
        announcement = Announcement(
            settings.server.public_url or address_of(bound), language, as_json=as_json, browser=browser
        )
        asyncio.run(_serve(settings, bound, announcement, access_log=access_log))


class Announcement:
    """Says where ION answers, as soon as it does."""

    def __init__(self, address: str, language: Language, *, as_json: bool, browser: bool) -> None:
        self._address = address
        self._language: Language = language
        self._as_json = as_json
        self._browser = browser

    def make(self) -> None:
        """Print the address, and open the page if that was asked for."""
        if self._as_json:
            print_json({"address": self._address})
        else:
            line = said(
                self._language,
                en=f"ION answers at {self._address} (Ctrl-C stops it)",
                ko=f"ION이 {self._address} 에서 답하고 있어요 (Ctrl-C로 끝내기)",
            )
            console().print(line, soft_wrap=True)
            sys.stdout.flush()
        if self._browser and (sys.stdout.isatty() or has_display()):
            # A browser that cannot be opened is no reason to stop; the address is on the screen.
            with contextlib.suppress(webbrowser.Error, OSError):
                webbrowser.open(self._address)


class Server(uvicorn.Server):
    """uvicorn, which says when it answers, and returns when it is told to stop.

    uvicorn itself raises the signal once more at its end, which would kill the process before ION's services close.
    """

    def __init__(self, config: uvicorn.Config, announcement: Announcement) -> None:
        super().__init__(config)
        self._announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        await asyncio.to_thread(self._announcement.make)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Take SIGINT and SIGTERM as the wish to stop, and a second SIGINT as the wish to stop at once."""
        before = {number: signal.signal(number, self.handle_exit) for number in _STOPPING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


async def _serve(settings: Settings, bound: socket.socket, announcement: Announcement, *, access_log: bool) -> None:
    """Serve until a signal comes.

    Raises:
        IonError: the services cannot be opened. They are opened here rather than by uvicorn, which would print a
            traceback and keep the error to itself.
    """
    asgi = create_app(settings)
    config = uvicorn.Config(
        asgi,
        lifespan="off",
        log_config=None,
        ws="none",
        access_log=access_log,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    async with asgi.router.lifespan_context(asgi):
        await Server(config, announcement).serve(sockets=[bound])
        services: Services = asgi.state.services
        await services.pipeline.close(patience=_LAST_WORDS)


def _configure_server_logs(*, is_debugging: bool, access_log: bool) -> None:
    """Keep uvicorn's tracebacks to those who asked for them; ION's own handlers have told what failed by then."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter(mask))
    for name, is_on in (("uvicorn.error", is_debugging), ("uvicorn.access", access_log)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO if is_on else logging.CRITICAL)
    logging.getLogger("uvicorn.access").addFilter(without_code)


def without_code(record: logging.LogRecord) -> bool:
    """Leave out of a line about a request what an identity provider sent with it: a code is in there."""
    if isinstance(record.args, tuple):
        record.args = tuple(_CODE.sub("", each) if isinstance(each, str) else each for each in record.args)
    return True

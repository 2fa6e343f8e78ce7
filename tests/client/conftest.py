from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest

from ion.client import Conversation, Ion, Turn
from tests.client.both import Asking, Kind, asking
from tests.servers.proxy import Proxy, proxy_to
from tests.web.conftest import ENGLISH, serve, settings_in

Open = Callable[..., Asking]


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server without a language model."""
    with serve(settings_in(tmp_path_factory.mktemp("served"))) as running:
        yield running


@pytest.fixture(params=["Ion", "AsyncIon"])
def kind(request: pytest.FixtureRequest) -> Kind:
    asked: Kind = request.param
    return asked


@pytest.fixture
def ask(kind: Kind) -> Iterator[Open]:
    """Open a client of the kind under test at an address."""
    with ExitStack() as stack:

        def opened(address: str, **options: Any) -> Asking:
            context: AbstractContextManager[Asking] = asking(kind, address, **options)
            return stack.enter_context(context)

        yield opened


@pytest.fixture
def asked(ask: Open, address: str) -> Asking:
    """A client of the server without a language model."""
    return ask(address)


@pytest.fixture
def ion(asked: Asking) -> Ion:
    return asked.ion


@pytest.fixture
def conversation(asked: Asking) -> Conversation:
    return asked.do(asked.ion.conversations.create())


@pytest.fixture
def turn(asked: Asking, conversation: Conversation) -> Turn:
    return asked.do(asked.ion.messages.send(conversation.id, ENGLISH))


@pytest.fixture
def proxy(address: str) -> Iterator[Proxy]:
    """A line to the server without a language model."""
    with proxy_to(address) as line:
        yield line

from collections.abc import Iterator

import pytest

from tests.servers.llama import LlamaServer, llama_server


@pytest.fixture(scope="session")
def llama() -> Iterator[LlamaServer]:
    with llama_server() as server:
        yield server

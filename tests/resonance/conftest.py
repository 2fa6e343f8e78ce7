import pytest

from ion.resonance import Embedder, LinearModel, Loading, Reader
from tests.resonance.readers import full_reader


@pytest.fixture(scope="session")
def model() -> LinearModel:
    return LinearModel.load()


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture(scope="session")
def reader(model: LinearModel) -> Reader:
    return full_reader(model)


@pytest.fixture(scope="session")
def fast(model: LinearModel) -> Reader:
    return Reader(model)


@pytest.fixture
def fresh(embedder: Embedder) -> Reader:
    return Reader(LinearModel.load(), Loading(lambda: embedder))

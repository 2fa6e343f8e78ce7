import pytest

from ion.resonance import LinearModel, Reader


@pytest.fixture(scope="session")
def model() -> LinearModel:
    return LinearModel.load()


@pytest.fixture(scope="session")
def reader(model: LinearModel) -> Reader:
    return Reader(model)


@pytest.fixture
def fresh() -> Reader:
    return Reader(LinearModel.load())

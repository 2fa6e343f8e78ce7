import pytest

from ion.personas import Catalogue, load_catalogue
from ion.routing import ResonanceRouter


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="session")
def router(catalogue: Catalogue) -> ResonanceRouter:
    return ResonanceRouter(catalogue)

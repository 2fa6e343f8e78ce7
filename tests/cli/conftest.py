import os
from pathlib import Path

import pytest

from tests.cli.running import database_in


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An English reader with a database of their own, in an empty folder."""
    for name in list(os.environ):
        if name.startswith(("ION_", "LC_")) or name in (
            "LANG",
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "NO_COLOR",
            "FORCE_COLOR",
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("ION_DATABASE__URL", database_in(tmp_path))
    monkeypatch.chdir(tmp_path)
    return monkeypatch

"""Modules that take long to import, or are not everywhere, loaded where they are needed."""

import contextlib
import importlib
from typing import Any


def documents() -> Any:
    """Return ion.cli.documents; a person who reads the reply need not wait for the web framework."""
    return importlib.import_module("ion.cli.documents")


def line_editing() -> None:
    """Let `input` edit its line and remember earlier ones, where Python can do that."""
    with contextlib.suppress(ImportError):
        importlib.import_module("readline")

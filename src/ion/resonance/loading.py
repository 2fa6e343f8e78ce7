"""Something that takes a moment to load, and loads in the background."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

_Loaded = TypeVar("_Loaded")

log = structlog.get_logger(__name__)


class Loading(Generic[_Loaded]):
    """Loads once, in a thread of its own, from the first time it is asked for."""

    def __init__(self, load: Callable[[], _Loaded]) -> None:
        self._load = load
        self._loaded: _Loaded | None = None
        self._over = threading.Event()
        self._started = threading.Lock()

    def start(self) -> None:
        """Begin to load, if nobody has yet."""
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._run, name="loading", daemon=True).start()

    def wait(self, seconds: float) -> _Loaded | None:
        """Return what was loaded; None where it takes longer than `seconds`, or cannot be loaded at all."""
        self.start()
        self._over.wait(seconds)
        return self._loaded

    def _run(self) -> None:
        try:
            self._loaded = self._load()
        except Exception as error:  # whatever is wrong with it, the caller has another way
            log.warning("loading.failed", error=type(error).__name__)
        finally:
            self._over.set()

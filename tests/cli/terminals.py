"""A real terminal with `ion` in it, as a person has it."""

import codecs
import os
import pty
import select
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

PATIENCE = 60.0


class Terminal:
    """The person's side of a pseudo-terminal."""

    def __init__(self, process: int, screen: int) -> None:
        self._process = process
        self._screen = screen
        # A character may come in two reads.
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._unread = ""
        self.shown = ""

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._screen, keys.encode())

    def wait_for(self, text: str) -> str:
        """Read until `text` has been shown, and return what was shown since the last wait."""
        deadline = time.monotonic() + PATIENCE
        while text not in self._unread:
            piece = self._read(deadline)
            assert piece is not None, f"{text!r} was not shown; this was: {self._unread!r}"
            self._unread += piece
        before, _, self._unread = self._unread.partition(text)
        self.shown += before + text
        return before + text

    def exit_code(self) -> int:
        """Read on until the program ends, and return how."""
        deadline = time.monotonic() + PATIENCE
        self.shown += self._unread
        while (piece := self._read(deadline)) is not None:
            self.shown += piece
        return os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])

    def _read(self, deadline: float) -> str | None:
        ready, _, _ = select.select([self._screen], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        try:
            return self._decoder.decode(os.read(self._screen, 65536))
        except OSError:
            # Linux says so where the other side is closed.
            return None


@contextmanager
def terminal(*words: str, env: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """Run `ion` in a terminal of its own."""
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **(env or {})}
    process, screen = pty.fork()
    if process == 0:
        os.execve(sys.executable, [sys.executable, "-m", "ion", *words], environment)  # noqa: S606 - a terminal needs no shell
    try:
        yield Terminal(process, screen)
    finally:
        os.close(screen)

"""A real terminal with `ion` in it, as a person has it."""

import codecs
import os
import pty
import select
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

PATIENCE = 60.0
# Seconds that a program has to end after Ctrl-C before it is pressed again: far more than ending takes, since a second
# one would find it while it cleans up.
ENDING = 10.0


class Terminal:
    """The person's side of a pseudo-terminal."""

    def __init__(self, process: int, screen: int) -> None:
        self._process = process
        self._screen = screen
        # A character may come in two reads.
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._unread = ""
        self._is_closed = False
        self._status: int | None = None
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

    def interrupt(self) -> int:
        """Press Ctrl-C until the program ends, and return how it does.

        A signal that comes after the prompt is shown and before the program waits for a key is heard with the next one.
        """
        deadline = time.monotonic() + PATIENCE
        while not self._is_closed and time.monotonic() < deadline:
            self.type("\x03")
            self._drain(time.monotonic() + ENDING)
        return self._code()

    def exit_code(self) -> int:
        """Read on until the program ends, and return how it does."""
        self._drain(time.monotonic() + PATIENCE)
        return self._code()

    def leave(self) -> None:
        """Close the window; whatever still runs in it is ended."""
        os.close(self._screen)
        if self._status is None:
            os.kill(self._process, signal.SIGKILL)
            self._wait()

    def _drain(self, deadline: float) -> None:
        """Read until the program's side is closed, or it is too late."""
        while (piece := self._read(deadline)) is not None:
            self.shown += piece

    def _code(self) -> int:
        assert self._is_closed, f"it goes on; this was shown: {self.shown!r}"
        return os.waitstatus_to_exitcode(self._wait())

    def _wait(self) -> int:
        _, self._status = os.waitpid(self._process, 0)
        return self._status

    def _read(self, deadline: float) -> str | None:
        ready, _, _ = select.select([self._screen], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        try:
            return self._decoder.decode(os.read(self._screen, 65536))
        except OSError:
            # Linux says so where the other side is closed.
            self._is_closed = True
            return None


@contextmanager
def terminal(*words: str, env: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """Run `ion` in a terminal of its own."""
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **(env or {})}
    process, screen = pty.fork()
    if process == 0:
        # A shell lets what it runs in the background, such as these tests, ignore Ctrl-C, and that would be inherited.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execve(sys.executable, [sys.executable, "-m", "ion", *words], environment)  # noqa: S606 - a terminal needs no shell
    window = Terminal(process, screen)
    try:
        yield window
    finally:
        window.leave()

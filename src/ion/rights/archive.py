"""A ZIP archive that is made piece by piece, so that no more than a piece of it is ever in memory."""

import io
import threading
import zipfile
from datetime import datetime
from typing import Any, Self


class _Written(io.RawIOBase):
    """Keeps what is written until it is taken; it cannot be gone back in, which ZIP does not need."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.content += data
        return len(data)


class Archive:
    """A ZIP archive in the making: files one after the other, each text by text; a context that ends it in any case.

    Its methods may be called in threads.
    """

    def __init__(self, at: datetime) -> None:
        self._written = _Written()
        self._zip = zipfile.ZipFile(self._written, "w", zipfile.ZIP_DEFLATED)
        self._at = at
        self._name = ""
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def add(self, name: str, text: str) -> None:
        """Write a text at the end of the file of this name; a new name begins a file, which ends the one before."""
        with self._lock:
            if name != self._name:
                self._end_file()
                self._name = name
                made = zipfile.ZipInfo(name, self._at.timetuple()[:6])
                made.compress_type = zipfile.ZIP_DEFLATED
                self._file = self._zip.open(made, "w")
            self._file.write(text.encode("utf-8", "replace"))

    def end(self) -> None:
        """Write what ends the archive; one that has ended stays so."""
        with self._lock:
            self._end_file()
            self._zip.close()

    @property
    def size(self) -> int:
        """How many bytes there are to take."""
        return len(self._written.content)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = bytes(self._written.content)
        self._written.content.clear()
        return taken

    def _end_file(self) -> None:
        if self._name:
            self._file.close()
            self._name = ""

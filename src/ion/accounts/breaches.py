"""A file of leaked passwords, searched where it lies."""

import asyncio
import hashlib
import re
from pathlib import Path
from typing import BinaryIO

from ion.accounts.passwords import normalised
from ion.errors import Misconfigured

_LINE = re.compile(rb"[0-9A-F]{40}(?::\d+)?\r?\n?")
_DIGITS = 40


class BadBreachList(Misconfigured):
    """The file of leaked passwords is not there, or is not sorted lines of SHA-1 hashes."""

    code = "bad_breach_list"


class BreachedPasswords:
    """A file in the format of Have I Been Pwned, ordered by hash: `SHA-1 in capitals:count`, a line each.

    It may have tens of gigabytes: it is never read whole, a search takes some thirty short reads. SHA-1 is what the
    file is made of, and guards nothing here.
    """

    def __init__(self, file: Path) -> None:
        """Look whether the file can be used.

        Raises:
            BadBreachList: it cannot.
        """
        self._file = file
        try:
            with file.open("rb") as lines:
                first, last = lines.readline(_DIGITS * 2), _last_line(lines)
        except OSError as fault:
            raise BadBreachList(f"{file}: this file cannot be read ({fault.strerror}).") from None
        if not (_LINE.fullmatch(first) and _LINE.fullmatch(last) and first[:_DIGITS] <= last[:_DIGITS]):
            raise BadBreachList(f"{file}: not lines of SHA-1 hashes in capitals, in their order.")

    async def hold(self, password: str) -> bool:
        """Tell whether a password is among them; as it was typed, or as it is kept.

        Raises:
            BadBreachList: the file has gone.
        """
        forms = {password.encode("utf-8", "surrogatepass"), normalised(password).encode("utf-8", "surrogatepass")}
        hashes = [hashlib.sha1(form, usedforsecurity=False).hexdigest().upper().encode() for form in forms]
        return await asyncio.to_thread(self._hold_any, hashes)

    def _hold_any(self, hashes: list[bytes]) -> bool:
        try:
            with self._file.open("rb") as lines:
                return any(_is_in(lines, wanted) for wanted in hashes)
        except OSError as fault:
            raise BadBreachList(f"{self._file}: this file cannot be read ({fault.strerror}).") from None


def _is_in(lines: BinaryIO, wanted: bytes) -> bool:
    """Search by halving: the line wanted begins at or behind `low` and before `high`, which are places in the file."""
    low, high = 0, lines.seek(0, 2)
    while low < high:
        middle = (low + high) // 2
        lines.seek(low)
        if middle > low:
            # The line that begins at the middle or behind it.
            lines.seek(middle - 1)
            lines.readline()
        begin = lines.tell()
        found = lines.readline()[:_DIGITS] if begin < high else b""
        if found == wanted:
            return True
        if found and found < wanted:
            low = lines.tell()
        else:
            # Nothing begins between the middle and the line found, or the end.
            high = middle
    return False


def _last_line(lines: BinaryIO) -> bytes:
    size = lines.seek(0, 2)
    lines.seek(max(0, size - 2 * _DIGITS))
    return (lines.read().splitlines(keepends=True) or [b""])[-1]

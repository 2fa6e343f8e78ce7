"""What is printed: for people in colour where a terminal shows it, for programs as one JSON document."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

# Columns. Longer lines are hard to read, however wide the window is.
_READABLE = 80
# Columns. Nothing is cut where a program or a file reads.
_UNLIMITED = 10_000
_PIECES = re.compile(r"\n|[^\S\n]+|\S+")
# What could move the cursor or recolour the screen in the middle of somebody's words.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LIST_MARK = re.compile(r"-|\d{1,2}\.")


def console(*, stderr: bool = False) -> Console:
    """Return where to print; without colours unless it is a terminal, and never with them under NO_COLOR."""
    file = sys.stderr if stderr else sys.stdout
    width = None if file.isatty() else _UNLIMITED
    return Console(file=file, highlight=False, markup=False, emoji=False, width=width)


def harmless(text: str) -> str:
    """Return somebody's words without what would steer the terminal."""
    return _CONTROL.sub("", text)


def print_json(document: Mapping[str, object] | Sequence[object]) -> None:
    """Print one JSON document to standard output."""
    write_utf8(json_text(document), sys.stdout)


def json_text(document: Mapping[str, object] | Sequence[object]) -> str:
    """Return a JSON document as it is printed."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def write_utf8(text: str, file: TextIO) -> None:
    """Write in UTF-8, whatever the locale says; half a surrogate pair becomes the escape that JSON has for it."""
    file.flush()
    file.buffer.write(text.encode("utf-8", "backslashreplace"))
    file.buffer.flush()


class ReplyText:
    """Writes a reply as it comes in: on a terminal wrapped between words with **bold** shown, elsewhere as it is."""

    def __init__(self, to: Console) -> None:
        self._to = to
        self._width = min(to.width, _READABLE)
        self._pending = ""
        self._column = 0
        self._indent = 0
        self._space = ""
        self._bold = False

    def write(self, text: str) -> None:
        """Write a piece; its last word is held back until it is known to be whole."""
        if not self._to.is_terminal:
            self._to.file.write(text)
            self._to.file.flush()
            return
        pieces = _PIECES.findall(self._pending + harmless(text))
        self._pending = pieces.pop() if pieces else ""
        for piece in pieces:
            self._put(piece)
        self._to.file.flush()

    def end(self) -> None:
        """Write what was held back, and end the line."""
        if self._pending:
            self._put(self._pending)
            self._pending = ""
        self._to.print()

    def _put(self, piece: str) -> None:
        if piece == "\n":
            self._break(indent=0)
        elif piece.isspace():
            # Kept until it is known whether a word follows on this line.
            self._space = " " if self._column > self._indent else ""
        else:
            self._put_word(piece)

    def _put_word(self, word: str) -> None:
        width = cell_len(word.replace("**", ""))
        if self._column + len(self._space) + width > self._width and self._column > self._indent:
            self._break(indent=self._indent)
        starts_item = self._column == 0 and _LIST_MARK.fullmatch(word)
        self._show(self._space)
        self._space = ""
        for number, part in enumerate(word.split("**")):
            self._bold ^= number > 0
            self._show(part)
        if starts_item:
            self._indent = width + 1
            self._show(" ")

    def _break(self, *, indent: int) -> None:
        self._to.print()
        self._column, self._indent, self._space = 0, indent, ""
        self._show(" " * indent)

    def _show(self, text: str) -> None:
        self._to.print(Text(text, style="bold" if self._bold else ""), end="", soft_wrap=True)
        self._column += cell_len(text)

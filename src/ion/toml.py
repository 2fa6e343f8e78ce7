"""Read a TOML file into a model; whatever is wrong is named by file, line and reason."""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources.abc import Traversable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ion.errors import IonError

_M = TypeVar("_M", bound=BaseModel)


def read_text(file: Traversable, *, error: type[IonError]) -> str:
    """Return the file's text.

    Raises:
        IonError: of the class `error`: the file is missing, cannot be read or is not UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise error(f"{file}: this file is missing.") from None
    except OSError as fault:
        raise error(f"{file}: this file cannot be read ({fault.strerror}).") from None
    except UnicodeDecodeError as fault:
        raise error(f"{file}: not UTF-8 (byte {fault.start + 1}).") from None


def read_toml(file: Traversable, model: type[_M], *, error: type[IonError]) -> _M:
    """Return the file's content as a `model`.

    Raises:
        IonError: of the class `error`; the message reads `FILE:LINE: reason`.
    """
    text = read_text(file, error=error)
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        reason, _, place = str(fault).partition(" (at line ")
        line = place.split(",")[0] if place else str(text.count("\n") + 1)
        raise error(f"{file}:{line}: {reason}.") from None
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise error(f"{file}:{line_of(text, first['loc'])}: {where}: {reason}.") from None


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the line, counted from 1, that holds the entry at `path`, or the nearest table above it."""
    lines = text.splitlines()
    best = 1
    start = 0
    names: list[str] = []
    for position, part in enumerate(path):
        if isinstance(part, int):
            continue
        names.append(part)
        number = path[position + 1] if position + 1 < len(path) else 0
        header = _header(lines, ".".join(names), number if isinstance(number, int) else 0)
        if header is not None:
            best, start = header + 1, header + 1
            continue
        key = _key(lines, part, start)
        if key is not None:
            best = key + 1
    return best


def _header(lines: Sequence[str], table: str, number: int) -> int | None:
    pattern = re.compile(rf"\s*(\[\[{re.escape(table)}\]\]|\[{re.escape(table)}\])")
    found = [index for index, line in enumerate(lines) if pattern.match(line)]
    return found[number] if number < len(found) else None


def _key(lines: Sequence[str], key: str, start: int) -> int | None:
    pattern = re.compile(rf'\s*"?{re.escape(key)}"?\s*=')
    for index in range(start, len(lines)):
        if pattern.match(lines[index]):
            return index
        if lines[index].lstrip().startswith("["):
            return None
    return None

"""Logs: an event's name and fields; never a sentence, and never a mentee's."""

import logging
import re
import sys
from collections.abc import Callable, Mapping
from typing import Literal

import structlog
from structlog.typing import EventDict

log: structlog.stdlib.BoundLogger = structlog.get_logger("ion")

# Returns a text without the personal data and secrets in it.
Mask = Callable[[str], str]

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
# What nearly all fields hold: names of ION's own, and ids. There is nothing to look for in them.
_OWN = re.compile(r"[A-Za-z_.]*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def configure_logs(
    level: Literal["debug", "info", "warning", "error"], form: Literal["console", "json"], mask: Mask
) -> None:
    """Print events from `level` up to standard error, every field through `mask`: the last line of defence."""
    renderer = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )

    def masked(_: object, __: str, event: EventDict) -> EventDict:
        return {name: _masked(name, value, mask) for name, value in event.items()}

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            masked,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _masked(name: str, value: object, mask: Mask) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            # The name tells what a value is: password=..., token=...
            return value if _OWN.fullmatch(value) else mask(f"{name}={value}").removeprefix(f"{name}=")
        case Mapping():
            return {str(key): _masked(str(key), each, mask) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(name, each, mask) for each in value]
        case _:
            return _masked(name, repr(value), mask)


class MaskingFormatter(logging.Formatter):
    """Prints the lines and tracebacks of other people's code, each through `mask`."""

    def __init__(self, mask: Mask) -> None:
        super().__init__("%(message)s")
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole line, its traceback included."""
        return self._mask(super().format(record))

"""What the environment says of the person at the terminal; ION's own settings are read in ion.settings."""

import getpass
import importlib
import os
from collections.abc import Sequence
from typing import cast

from ion.language import LANGUAGES, Language, language_of

# Where POSIX looks for the language of messages, in its order.
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY")


def wanted_language(words: Sequence[str]) -> Language:
    """Return the language to talk in: Korean to Korean words, else what `--lang` says, else the locale's."""
    given = words[: words.index("--")] if "--" in words else words
    if any(language_of(word) == "ko" for word in words):
        return "ko"
    for word, after in zip(given, [*given, ""][1:], strict=True):
        option, _, value = word.partition("=")
        if option == "--lang" and (value or after) in LANGUAGES:
            return cast(Language, value or after)
    return _locale_language()


def is_debugging() -> bool:
    """Tell whether the operator asked for everything, which has to work where no setting can be read."""
    return _variable("ION_LOG__LEVEL") == "debug"


def operator_name() -> str:
    """Return who is logged in on this machine, as the machine knows them and not as a variable says."""
    try:
        users = importlib.import_module("pwd")
        return str(users.getpwuid(os.getuid()).pw_name)
    except KeyError:
        # In containers there are users without a name.
        return f"uid-{os.getuid()}"
    except ImportError:
        return getpass.getuser()


def has_display() -> bool:
    """Tell whether a window could open."""
    return any(map(_variable, _DISPLAY))


def _locale_language() -> Language:
    locale = next((value for value in map(_variable, _LOCALE) if value), "")
    return "ko" if locale.lower().startswith("ko") else "en"


def _variable(name: str) -> str:
    return os.environ.get(name, "")  # noqa: TID251 - none of these is a setting to pass on

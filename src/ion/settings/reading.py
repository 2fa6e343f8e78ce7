"""Environment to settings, once; every name is `ION_` and sections nest with two underscores."""

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel, ValidationError

from ion.errors import Misconfigured
from ion.settings.sections import Settings

_PREFIX = "ION_"
_NEST = "__"


def setting_defaults() -> Iterator[tuple[str, str, str]]:
    """Yield every variable's name, its default and what it means, in the order of the sections."""
    for section, field in Settings.model_fields.items():
        model = field.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        for name, leaf in model.model_fields.items():
            default = "`ion.db` in the user's data folder" if leaf.default_factory else _shown(leaf.default)
            yield f"{_PREFIX}{section}{_NEST}{name}".upper(), default, leaf.description or ""


def _shown(default: object) -> str:
    return "none" if default in (None, ()) else f"`{str(default).lower() if isinstance(default, bool) else default}`"


def setting_names() -> Iterator[tuple[str, str]]:
    """Yield every variable's name and what it means, in the order of the sections."""
    for name, _, meaning in setting_defaults():
        yield name, meaning


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Raises:
        Misconfigured: a variable has an unknown name (the nearest known one is offered) or a value that does not fit.
    """
    given = os.environ if environ is None else environ  # noqa: TID251 - the one reader of the environment
    ours = {name: value for name, value in given.items() if name.upper().startswith(_PREFIX)}
    _refuse_unknown(ours)
    try:
        return Settings.model_validate(_nested(ours))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        # Section and name; what follows them is a place inside the value.
        name = _PREFIX + _NEST.join(str(part) for part in first["loc"][:2]).upper()
        raise Misconfigured(f"{name}: {first['msg'].removeprefix('Value error, ')}.", field=name) from None


def _refuse_unknown(names: Iterable[str]) -> None:
    known = [name for name, _ in setting_names()]
    for name in names:
        if name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f" Did you mean {near[0]}?" if near else " `ion doctor --settings` lists them all."
            raise Misconfigured(f"There is no setting {name!r}.{hint}", field=name)


def _nested(environ: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    """Return the values by section and name; an empty variable counts as one that is not set."""
    nested: dict[str, dict[str, str]] = {}
    for name, value in environ.items():
        section, _, leaf = name[len(_PREFIX) :].lower().partition(_NEST)
        if value:
            nested.setdefault(section, {})[leaf] = value
    return nested

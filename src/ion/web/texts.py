"""Every sentence of the pages, in both languages; the texts themselves are in texts/*.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from ion.language import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences in one language, by `section.name`; `{...}` in them stands for a value."""

    language: Language
    by_key: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence with its values filled in; an unknown key or a missing value is a KeyError."""
        return self.by_key[key].format(**values)

    def nearest(self, *keys: str) -> str:
        """Return the sentence of the first key that there is."""
        return next(self.by_key[key] for key in keys if key in self.by_key)


def load_texts() -> Mapping[Language, Texts]:
    """Read the texts of both languages."""
    return MappingProxyType({language: Texts(language, _read(language)) for language in LANGUAGES})


def _read(language: Language) -> Mapping[str, str]:
    sections = tomllib.loads((files("ion.web") / "texts" / f"{language}.toml").read_text(encoding="utf-8"))
    flat = {f"{section}.{name}": text for section, entries in sections.items() for name, text in entries.items()}
    return MappingProxyType(flat)

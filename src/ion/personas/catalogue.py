"""Read personas from folders; whatever is wrong is named by file, line and reason."""

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from pydantic import BaseModel

from ion.errors import Misconfigured, NotFound
from ion.language import LANGUAGES
from ion.personas.persona import Example, Persona, Phrases, Profile
from ion.toml import read_text, read_toml

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,30}")
_PROMPT_NAMES = {"name", "role"}
_BUILT_IN = files("ion.personas") / "catalogue"


class PersonaNotFound(NotFound):
    """No persona has this name."""

    code = "persona_not_found"


class BadPersona(Misconfigured):
    """A persona's folder cannot be used as it is."""

    code = "bad_persona"


class Catalogue(Mapping[str, Persona]):
    """Every persona by slug, in catalogue order (rank, then slug)."""

    def __init__(self, personas: Iterable[Persona]) -> None:
        ordered = sorted(personas, key=lambda persona: (persona.profile.rank, persona.slug))
        self._by_slug = {persona.slug: persona for persona in ordered}

    def __getitem__(self, slug: str) -> Persona:
        return self._by_slug[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_slug)

    def __len__(self) -> int:
        return len(self._by_slug)

    def name_of(self, slug: str) -> str:
        """Return the name of a persona, also of one that was removed since: what it once said is still there."""
        return self._by_slug[slug].name if slug in self._by_slug else slug.capitalize()

    def find(self, name: str) -> Persona:
        """Return the persona with this slug or name, in any case.

        Raises:
            PersonaNotFound: there is none; the message lists those there are.
        """
        wanted = name.strip().lower()
        for persona in self.values():
            if wanted in (persona.slug, persona.name.lower()):
                return persona
        known = ", ".join(persona.name for persona in self.values())
        raise PersonaNotFound(f"There is no mentor {name[:40]!r}; there are: {known}.", field="persona")


def load_catalogue(extra: Path | None = None) -> Catalogue:
    """Read the personas that come with ION, and those in the folder `extra`.

    Raises:
        BadPersona: a folder cannot be used; the message holds file, line and reason.
    """
    folders = list(_folders(_BUILT_IN))
    if extra is not None:
        if not extra.is_dir():
            raise BadPersona(f"{extra}: there is no such folder (ION_PERSONAS__PATH).", field="ION_PERSONAS__PATH")
        folders += _folders(extra)
    found: dict[str, Persona] = {}
    for folder in folders:
        persona = read_persona(folder)
        if persona.slug in found:
            raise BadPersona(f"{folder}: there is already a persona {persona.slug!r}; rename the folder.")
        found[persona.slug] = persona
    return Catalogue(found.values())


def _folders(parent: Traversable) -> Iterator[Traversable]:
    for entry in sorted(parent.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and not entry.name.startswith((".", "_")):
            yield entry


def read_persona(folder: Traversable) -> Persona:
    """Read one persona's folder.

    Raises:
        BadPersona: it cannot be used; the message holds file, line and reason.
    """
    if not _SLUG.fullmatch(folder.name):
        raise BadPersona(f"{folder}: a folder's name has small letters, digits and dashes, at most 31 of them.")
    prompts = {language: _prompt(folder / f"prompt.{language}.md") for language in LANGUAGES}
    return Persona(
        slug=folder.name,
        profile=read_toml(folder / "persona.toml", Profile, error=BadPersona),
        phrases={
            language: read_toml(folder / f"voice.{language}.toml", Phrases, error=BadPersona) for language in LANGUAGES
        },
        prompts=prompts,
        examples=read_toml(folder / "examples.toml", _ExampleFile, error=BadPersona).example,
    )


class _ExampleFile(BaseModel, extra="forbid"):
    example: tuple[Example, ...]


def _prompt(file: Traversable) -> str:
    text = read_text(file, error=BadPersona)
    if not text.strip():
        raise BadPersona(f"{file}:1: the prompt is empty.")
    for line, row in enumerate(text.splitlines(), start=1):
        template = Template(row)
        unknown = [f"${name}" for name in template.get_identifiers() if name not in _PROMPT_NAMES]
        if unknown or not template.is_valid():
            wrong = (unknown or ["$"])[0]
            raise BadPersona(f"{file}:{line}: {wrong} is not known here; a prompt may use $name and $role.")
    return text

"""Check mentors' folders: everything that is wrong with each, and how the mentor would do."""

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ion.language import LANGUAGES, Language
from ion.personas import BadPersona, Catalogue, Persona, read_persona
from ion.playbooks import Ask, Playbooks
from ion.resonance import ResonanceKey, every_key
from ion.routing import ResonanceRouter
from ion.toml import line_of, read_text, read_toml

_PROMPT_NAMES = frozenset({"name", "role"})


class _AnyToml(BaseModel):
    model_config = ConfigDict(extra="allow")


@dataclass(frozen=True, slots=True)
class ExampleRun:
    """An example of a mentor: who answers its key, and the mentor's own reply to it in each language."""

    language: Language
    key: str
    routed_to: str
    replies: Mapping[Language, str]


@dataclass(slots=True)
class Report:
    """What is known of one folder. `wins` are the keys, of 216, that choose this mentor."""

    folder: Path
    persona: Persona | None = None
    problems: list[str] = field(default_factory=list)
    wins: tuple[str, ...] = ()
    examples: list[ExampleRun] = field(default_factory=list)

    @property
    def is_never_chosen(self) -> bool:
        """Tell whether only those who ask for this mentor by name will meet them."""
        return self.persona is not None and not self.wins


def folders_in(folder: Path) -> list[Path]:
    """Return the mentors' folders: the folder itself where it is one, else those in it."""
    if (folder / "persona.toml").exists():
        return [folder]
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return [entry for entry in entries if entry.is_dir() and not entry.name.startswith((".", "_"))]


def check_folders(folders: Sequence[Path], built_in: Catalogue, playbooks: Playbooks) -> list[Report]:
    """Read every folder, then let the mentors that can be used take part in the routing and answer their examples."""
    reports = [_read(folder, built_in) for folder in folders]
    usable = [report.persona for report in reports if report.persona is not None]
    catalogue = Catalogue((dict(built_in) | {persona.slug: persona for persona in usable}).values())
    router = ResonanceRouter(catalogue)
    for report in reports:
        if report.persona is not None:
            _try_out(report, report.persona, router, catalogue, playbooks)
    return reports


def _read(folder: Path, built_in: Catalogue) -> Report:
    report = Report(folder)
    report.problems += _problems(folder)
    try:
        persona = read_persona(folder)
    except BadPersona as error:
        if error.message not in report.problems:
            report.problems.append(error.message)
        return report
    known = built_in.get(folder.name)
    if known is not None and known != persona:
        report.problems.append(f"{folder}: there is already a mentor {folder.name!r}; rename the folder.")
    if not report.problems:
        report.persona = persona
    return report


def _problems(folder: Path) -> Iterator[str]:
    """Yield what is wrong in any file, where reading a mentor would stop at the first."""
    files: dict[str, tuple[str, ...]] = {"persona.toml": ("profile",), "examples.toml": ("examples",)}
    files |= {f"voice.{language}.toml": ("phrases", language) for language in LANGUAGES}
    given: dict[str, Any] = {"slug": folder.name, "profile": {}, "phrases": {}, "prompts": {}, "examples": []}
    unread: set[tuple[str, ...]] = set()
    for name, place in files.items():
        try:
            _put(given, place, read_toml(folder / name, _AnyToml, error=BadPersona).model_extra or {})
        except BadPersona as error:
            unread.add(place)
            yield error.message
    for language in LANGUAGES:
        yield from _prompt_problems(folder / f"prompt.{language}.md", given["prompts"], language)
    for name, place in files.items():
        if place not in unread:
            yield from _model_problems(folder / name, place, given)


def _put(given: dict[str, Any], place: tuple[str, ...], content: Mapping[str, Any]) -> None:
    if place == ("examples",):
        given["examples"] = content.get("example", [])
    elif place == ("profile",):
        given["profile"] = content
    else:
        given["phrases"][place[1]] = content


def _model_problems(file: Path, place: tuple[str, ...], given: Mapping[str, Any]) -> Iterator[str]:
    """Yield every fault the model finds in what came from `file`."""
    try:
        Persona.model_validate(given)
    except ValidationError as fault:
        text = file.read_text(encoding="utf-8")
        for error in fault.errors(include_url=False):
            if error["loc"][: len(place)] != place:
                continue
            inside = error["loc"][len(place) :]
            path = ("example", *inside) if place == ("examples",) else inside
            where = ".".join(str(part) for part in path)
            yield f"{file}:{line_of(text, path)}: {where}: {error['msg'].removeprefix('Value error, ')}."


def _prompt_problems(file: Path, prompts: dict[str, str], language: Language) -> Iterator[str]:
    try:
        prompts[language] = read_text(file, error=BadPersona)
    except BadPersona as error:
        yield error.message
        return
    for number, line in enumerate(prompts[language].splitlines(), start=1):
        template = string.Template(line)
        wrong = [f"${name}" for name in template.get_identifiers() if name not in _PROMPT_NAMES]
        if not template.is_valid():
            wrong.append("$")
        for mark in wrong:
            yield f"{file}:{number}: {mark} is not known here; a prompt may use $name and $role."


def _try_out(
    report: Report, persona: Persona, router: ResonanceRouter, catalogue: Catalogue, playbooks: Playbooks
) -> None:
    report.wins = tuple(str(key) for key in every_key() if router.route(key).primary == persona.slug)
    for number, example in enumerate(persona.examples, start=1):
        key = ResonanceKey.parse(example.key)
        replies = {
            language: playbooks.reply(Ask(example.message, language, key, persona)).text for language in LANGUAGES
        }
        routed_to = catalogue[router.route(key).primary].name
        report.examples.append(ExampleRun(example.language, str(key), routed_to, replies))
        for language, reply in replies.items():
            if not reply.rstrip().endswith(("?", "？")):
                report.problems.append(
                    f"{report.folder}: example {number}: the reply ({language}) does not end in a question."
                )

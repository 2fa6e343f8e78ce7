"""`ion persona`: the mentors there are, and the making of new ones."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from ion.cli.check_persona import ExampleRun, Report, check_folders, folders_in
from ion.cli.command import Command, Group, Json, Lang
from ion.cli.new_persona import BUILT_IN, PersonaExists, contents_of, write_folder
from ion.cli.reasons import hue_of
from ion.cli.speech import both, said
from ion.cli.terminal import console, print_json
from ion.errors import NotFound
from ion.language import Language
from ion.personas import Persona, load_catalogue
from ion.playbooks import Playbooks, TopicFinder, load_topics
from ion.resonance import WORDS
from ion.settings import load_settings

app = typer.Typer(
    cls=Group,
    add_completion=False,
    help=both(en="List, show, make and check mentors.", ko="멘토를 보고, 만들고, 점검해요."),
)

_GOOD_AFFINITY = 0.8
# All of them are in the document that --json prints.
_SHOWN_KEYS = 4
_DEFAULT_FOLDER = Path("personas")
_WHERE = both(
    en="Where mentors are kept; else ION_PERSONAS__PATH or ./personas.",
    ko="멘토 폴더들이 있는 곳. 없으면 ION_PERSONAS__PATH나 ./personas.",
)
_ONE_OR_ALL = both(
    en="One mentor's folder, or the one they are in; else ION_PERSONAS__PATH or ./personas.",
    ko="멘토 한 명의 폴더, 또는 폴더들이 있는 곳. 없으면 ION_PERSONAS__PATH나 ./personas.",
)
_ID = both(en="The new mentor's id, e.g. mori.", ko="새 멘토의 id. 예: mori")
_SHOWN_NAME = both(en="The name people see.", ko="사람들이 보는 이름.")
_ORIGINAL = both(en="Begin with a copy of this mentor.", ko="이 멘토를 베껴서 시작해요.")

Name = Annotated[str, typer.Argument(metavar="NAME", help=both(en="A mentor's name or id.", ko="멘토의 이름이나 id."))]
Slug = Annotated[str, typer.Argument(metavar="SLUG", help=_ID)]
Into = Annotated[Path | None, typer.Option("--into", metavar="FOLDER", help=_WHERE)]
ShownName = Annotated[str | None, typer.Option("--name", metavar="NAME", help=_SHOWN_NAME)]
Original = Annotated[str | None, typer.Option("--copy-from", metavar="NAME", help=_ORIGINAL)]
Checked = Annotated[Path | None, typer.Argument(metavar="FOLDER", help=_ONE_OR_ALL)]


class NoFolder(NotFound):
    """There is no folder to check."""


@app.callback()
def persona(language: Lang = "en") -> None:
    """Mentors."""


@app.command("list", cls=Command, help=both(en="List the mentors.", ko="멘토를 모두 보여 줘요."))
def list_(language: Lang = "en", as_json: Json = False) -> None:
    """List the mentors."""
    catalogue = load_catalogue(load_settings().personas.path)
    if as_json:
        print_json([_document(mentor) for mentor in catalogue.values()])
        return
    to = console()
    for mentor in catalogue.values():
        to.print(
            Text.assemble((mentor.name, f"bold {hue_of(mentor.slug)}"), (f" · {mentor.profile.role[language]}", "dim"))
        )
        to.print(f"  {mentor.profile.description[language]}")


@app.command(cls=Command, help=both(en="Show a mentor.", ko="멘토 한 명을 보여 줘요."))
def show(name: Name, language: Lang = "en", as_json: Json = False) -> None:
    """Show a mentor."""
    mentor = load_catalogue(load_settings().personas.path).find(name)
    if as_json:
        print_json(_document(mentor))
        return
    to = console()
    profile = mentor.profile
    to.print(
        Text.assemble(
            (mentor.name, f"bold {hue_of(mentor.slug)}"),
            f" · {profile.role[language]}",
            (f"  {mentor.slug} {profile.version}", "dim"),
        )
    )
    to.print(f"{profile.description[language]}\n")
    for title, affinities in (
        (said(language, en="Tones", ko="말투"), profile.affinity.tone),
        (said(language, en="Paces", ko="호흡"), profile.affinity.pace),
        (said(language, en="Intents", ko="의도"), profile.affinity.intent),
    ):
        best = [WORDS[language][label] for label, points in affinities.items() if points >= _GOOD_AFFINITY]
        to.print(f"{title}: {', '.join(best)}")


@app.command(cls=Command, help=both(en="Write the folder of a new mentor.", ko="새 멘토의 폴더를 만들어요."))
def new(
    slug: Slug,
    into: Into = None,
    name: ShownName = None,
    copy_from: Original = None,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Write a folder that is accepted as it is."""
    configured = load_settings().personas.path
    parent = into or configured or _DEFAULT_FOLDER
    source = _source_of(slug, copy_from, configured, language)
    texts = contents_of(source, name or slug.replace("-", " ").title())
    folder = write_folder(parent, slug, texts, language)
    following = list(_next_commands(folder, is_configured=parent == configured, language=language))
    if as_json:
        print_json({"slug": slug, "folder": str(folder), "files": list(texts), "next": following})
        return
    made = said(language, en=f"Made {folder}: {', '.join(texts)}", ko=f"{folder} 폴더를 만들었어요: {', '.join(texts)}")
    for line in (made, said(language, en="Next:", ko="이어서:"), *(f"  {command}" for command in following)):
        console().print(line, soft_wrap=True)


def _source_of(slug: str, copy_from: str | None, configured: Path | None, language: Language) -> Traversable | None:
    """Return the folder to copy from, if any, once it is sure that the new mentor's name is free."""
    catalogue = load_catalogue(configured if configured is not None and configured.is_dir() else None)
    if slug in catalogue:
        raise PersonaExists(
            said(language, en=f"There is already a mentor {slug!r}.", ko=f"{slug!r} 멘토가 이미 있어요.")
        )
    return None if copy_from is None else _folder_of(catalogue.find(copy_from), configured)


@app.command(
    cls=Command,
    help=both(en="Check mentors' folders and run their examples.", ko="멘토 폴더를 점검하고 예시를 돌려 봐요."),
)
def check(folder: Checked = None, language: Lang = "en", as_json: Json = False) -> None:
    """Report everything that is wrong."""
    where = folder or load_settings().personas.path or _DEFAULT_FOLDER
    folders = folders_in(where) if where.is_dir() else []
    if not folders:
        raise NoFolder(
            said(
                language,
                en=f"There is no mentor in {where}. Make one: ion persona new SLUG",
                ko=f"{where} 에 멘토가 없어요. 만들기: ion persona new SLUG",
            )
        )
    reports = check_folders(folders, load_catalogue(), Playbooks(load_topics(), TopicFinder.load()))
    is_ok = not any(report.problems for report in reports)
    if as_json:
        print_json({"ok": is_ok, "personas": [_report_document(report) for report in reports]})
    else:
        _print_reports(reports, language)
    if not is_ok:
        raise typer.Exit(1)


def _next_commands(folder: Path, *, is_configured: bool, language: Language) -> Iterator[str]:
    """Yield what to type next; it works as it stands in the same folder."""
    yield f"ion persona check {shlex.quote(str(folder))}"
    question = said(language, en="Why does it work like that?", ko="이건 왜 이렇게 되는 걸까요?")
    setting = "" if is_configured else f"ION_PERSONAS__PATH={shlex.quote(str(folder.parent))} "
    yield f'{setting}ion ask --persona {folder.name} "{question}"'


def _folder_of(mentor: Persona, configured: Path | None) -> Traversable:
    built_in = BUILT_IN / mentor.slug
    return built_in if built_in.is_dir() or configured is None else configured / mentor.slug


def _print_reports(reports: Sequence[Report], language: Language) -> None:
    to = console()
    for report in reports:
        to.print(Text(str(report.folder), style="bold"), soft_wrap=True)
        for mark, style, line in _findings(report, language):
            to.print(Text.assemble("  ", (mark, style), " ", line), soft_wrap=True)


def _findings(report: Report, language: Language) -> Iterator[tuple[str, str, str]]:
    for problem in report.problems:
        yield "✗", "bold red", problem
    if report.persona is None:
        return
    yield "✓", "green", _said_of_wins(report.wins, language)
    for number, run in enumerate(report.examples, start=1):
        yield "✓", "green", _said_of_example(number, run, report.persona, language)
    if report.is_never_chosen:
        yield (
            "!",
            "bold yellow",
            said(
                language,
                en="No key chooses this mentor: another scores as high everywhere. Raise an affinity in persona.toml.",
                ko="골라지는 파동키가 없어요. 늘 다른 멘토의 점수가 높아요. persona.toml의 affinity를 높여 보세요.",
            ),
        )


def _said_of_wins(wins: Sequence[str], language: Language) -> str:
    some = ", ".join([*wins[:_SHOWN_KEYS], *(["…"] if len(wins) > _SHOWN_KEYS else [])])
    those = f": {some}" if some else ""
    return said(
        language,
        en=f"Read; chosen for {len(wins)} of 216 keys{those}",
        ko=f"읽었어요. 파동키 216개 가운데 {len(wins)}개에서 골라져요{those}",
    )


def _said_of_example(number: int, run: ExampleRun, mentor: Persona, language: Language) -> str:
    goes_to = run.routed_to
    if goes_to == mentor.name:
        who = said(language, en=f"{goes_to} answers", ko=f"{goes_to} 멘토가 답해요")
    else:
        who = said(language, en=f"{goes_to} would answer first", ko=f"{goes_to} 멘토가 먼저 답하게 돼요")
    replies = said(
        language, en="a reply in both languages ends in a question", ko="두 언어의 답이 모두 질문으로 끝나요"
    )
    return said(
        language,
        en=f"Example {number} ({run.key}): {who}; {replies}.",
        ko=f"예시 {number} ({run.key}): {who}. {replies}.",
    )


def _document(mentor: Persona) -> dict[str, object]:
    profile = mentor.profile.model_dump(mode="json", exclude={"voice"})
    return {
        "slug": mentor.slug,
        **profile,
        "examples": [example.model_dump(mode="json") for example in mentor.examples],
    }


def _report_document(report: Report) -> Mapping[str, object]:
    examples = [
        {"language": run.language, "key": run.key, "routed_to": run.routed_to, "replies": run.replies}
        for run in report.examples
    ]
    return {
        "slug": report.folder.name,
        "folder": str(report.folder),
        "problems": report.problems,
        "wins": report.wins,
        "never_chosen": report.is_never_chosen,
        "examples": examples,
    }

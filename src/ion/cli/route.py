"""`ion route`: which mentor answers a resonance key, and why."""

import csv
import io
import sys
from typing import Annotated, Literal

import typer

from ion.cli.command import Command, Json, Lang
from ion.cli.later import documents
from ion.cli.reasons import print_choice
from ion.cli.speech import both, said
from ion.cli.terminal import console, print_json, write_utf8
from ion.errors import Invalid
from ion.personas import Catalogue, load_catalogue
from ion.resonance import ResonanceKey, every_key
from ion.routing import Choice, ResonanceRouter
from ion.settings import load_settings

app = typer.Typer(add_completion=False)


class WhichKey(Invalid):
    """Neither one key nor all of them were asked for."""


@app.command(
    cls=Command,
    help=both(en="Show which mentor answers a resonance key.", ko="파동키에 어느 멘토가 답하는지 보여 줘요."),
)
def route(
    key: Annotated[
        str | None,
        typer.Argument(metavar="KEY", help=both(en="e.g. calm-medium-learning", ko="예: calm-medium-learning")),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help=both(en="All 216 keys.", ko="파동키 216개 모두."))] = False,
    form: Annotated[
        Literal["csv", "json"],
        typer.Option("--format", metavar="csv|json", help=both(en="How --all prints them.", ko="--all의 출력 형식.")),
    ] = "csv",
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Route one key, or all of them."""
    catalogue = load_catalogue(load_settings().personas.path)
    router = ResonanceRouter(catalogue)
    if every:
        choices = [router.route(each) for each in every_key()]
        if as_json or form == "json":
            print_json([documents().of_choice(choice, catalogue, language) for choice in choices])
        else:
            write_utf8(table_of(choices, catalogue), sys.stdout)
        return
    if key is None:
        raise WhichKey(
            said(
                language,
                en="Name a key (ion route calm-medium-learning) or give --all.",
                ko="파동키를 적거나(ion route calm-medium-learning) --all을 붙여 주세요.",
            ),
            field="key",
        )
    choice = router.route(ResonanceKey.parse(key))
    if as_json:
        print_json(documents().of_choice(choice, catalogue, language))
    else:
        print_choice(console(), choice, catalogue, language)


def table_of(choices: list[Choice], catalogue: Catalogue) -> str:
    """Return the choices as CSV: key, names of first and second, confidence, and the score of every mentor."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["resonance_key", "primary", "secondary", "confidence", *catalogue])
    for choice in choices:
        second = "" if choice.secondary is None else catalogue[choice.secondary].name
        figures = [choice.confidence, *(choice.scores[slug] for slug in catalogue)]
        writer.writerow(
            [str(choice.key), catalogue[choice.primary].name, second, *(f"{figure:.6f}" for figure in figures)]
        )
    return file.getvalue()

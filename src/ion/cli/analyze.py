"""`ion analyze`: how a message reads, or every message of a file."""

from collections.abc import Mapping

import typer

from ion.cli.command import Command, Json, Lang
from ion.cli.later import documents
from ion.cli.messages import read_argument, work_through
from ion.cli.opened import settings_for_a_person
from ion.cli.options import Input, Output, Text, one_source
from ion.cli.reasons import print_reading
from ion.cli.speech import both
from ion.cli.terminal import console, print_json
from ion.services import load_reader

app = typer.Typer(add_completion=False)
# Seconds; far more than loading takes on any machine.
_PATIENCE = 60.0


@app.command(
    cls=Command,
    help=both(
        en="Show how a message reads, or every message of a file.",
        ko="메시지 하나, 또는 파일의 메시지들이 어떻게 읽히는지 보여 줘요.",
    ),
)
def analyze(
    text: Text = None, source: Input = None, target: Output = None, language: Lang = "en", as_json: Json = False
) -> None:
    """Read a message or a file."""
    one_source(text, source, "analyze", language)
    # Whoever reads a file wants the same from its first line as from its last.
    reader = load_reader(settings_for_a_person().resonance.model_copy(update={"patience": _PATIENCE}))
    if source is not None:
        of_reading = documents().of_reading

        def work(message: str) -> Mapping[str, object]:
            reading: Mapping[str, object] = of_reading(reader.read(message, default_language=language), message)
            return reading

        raise typer.Exit(work_through(source, target, work, language, as_json=as_json).exit_code)
    message = read_argument(text or "", language)
    reading = reader.read(message, default_language=language)
    if as_json:
        print_json(documents().of_reading(reading, message))
    else:
        print_reading(console(), reading, message, "ko" if reading.language == "ko" else language)

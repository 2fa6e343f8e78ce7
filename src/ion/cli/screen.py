"""`ion screen`: what stands out in a message, or in every message of a file: danger, an attack, personal data."""

from collections.abc import Mapping

import typer

from ion.cli.command import Command, Json, Lang
from ion.cli.messages import read_argument, work_through
from ion.cli.options import Input, Output, Text, one_source
from ion.cli.speech import both, said
from ion.cli.terminal import console, harmless, print_json
from ion.language import Language, language_of
from ion.privacy import find_personal, hide
from ion.resonance import check_text
from ion.safety import Screener, load_screener

app = typer.Typer(add_completion=False)


@app.command(
    cls=Command,
    help=both(
        en="Look for crisis, prompt injection and personal data in a message, or in every message of a file.",
        ko="메시지 하나, 또는 파일의 메시지들에서 위기 신호, 프롬프트 주입, 개인정보를 찾아요.",
    ),
)
def screen(
    text: Text = None, source: Input = None, target: Output = None, language: Lang = "en", as_json: Json = False
) -> None:
    """Screen a message or a file."""
    one_source(text, source, "screen", language)
    screener = load_screener()
    if source is not None:

        def work(message: str) -> Mapping[str, object]:
            return screened(message, screener)

        raise typer.Exit(work_through(source, target, work, language, as_json=as_json).exit_code)
    message = read_argument(text or "", language)
    found = screened(message, screener)
    if as_json:
        print_json(found)
    else:
        _print(found, message, language_of(message, default=language) if language == "en" else language)


def screened(message: str, screener: Screener) -> dict[str, object]:
    """Return what stands out in a message, and the message as a language model would read it.

    `pii` repeats the personal data, so the result is as private as the message.

    Raises:
        EmptyMessage, BrokenText, MessageTooLong: the message cannot be read.
    """
    screening = screener.screen(check_text(message))
    return {
        "crisis": screening.crisis is not None,
        "crisis_reason": screening.crisis,
        "injection": screening.injection is not None,
        "injection_kind": screening.injection,
        "pii": [
            {"type": one.kind, "value": message[one.start : one.end], "start": one.start, "end": one.end}
            for one in find_personal(message)
        ],
        "masked": hide(message).text,
    }


def _print(found: Mapping[str, object], message: str, language: Language) -> None:
    to = console()
    nothing = said(language, en="nothing found", ko="찾지 못함")
    personal = find_personal(message)
    kinds = ", ".join(dict.fromkeys(one.kind for one in personal))
    to.print(f"{said(language, en='crisis', ko='위기 신호')}: {found['crisis_reason'] or nothing}")
    to.print(f"{said(language, en='prompt injection', ko='프롬프트 주입')}: {found['injection_kind'] or nothing}")
    to.print(f"{said(language, en='personal data', ko='개인정보')}: {kinds or nothing}")
    for one in personal:
        to.print(f"  {one.start}-{one.end}  {one.kind}  {harmless(message[one.start : one.end])}")
    if personal:
        to.print(f"{said(language, en='masked', ko='가린 글')}: {harmless(str(found['masked']))}")

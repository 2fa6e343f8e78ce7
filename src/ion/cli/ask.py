"""`ion ask`: one question, one reply; nothing is kept."""

import asyncio
import time
from typing import Annotated

import typer

from ion.cli.command import Command, Json, Lang
from ion.cli.later import documents
from ion.cli.messages import read_argument
from ion.cli.opened import settings_for_a_person
from ion.cli.replying import show_reply
from ion.cli.speech import both
from ion.cli.terminal import console, print_json
from ion.language import Language
from ion.mentoring import Ask
from ion.resonance import ResonanceKey
from ion.services import open_services
from ion.settings import Settings

app = typer.Typer(add_completion=False)


@app.command(cls=Command, help=both(en="Ask one question; nothing is kept.", ko="한 가지를 물어요. 보관하지 않아요."))
def ask(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT", help=both(en="The message; - reads standard input.", ko="메시지. -는 표준 입력을 읽어요.")
        ),
    ],
    persona: Annotated[
        str | None,
        typer.Option("--persona", metavar="NAME", help=both(en="The mentor who should answer.", ko="답할 멘토.")),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            metavar="KEY",
            help=both(en="A resonance key to use instead of reading one.", ko="읽는 대신 쓸 파동키."),
        ),
    ] = None,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Answer one message."""
    message = read_argument(text, language)
    question = Ask(
        text=message, persona=persona, key=None if key is None else ResonanceKey.parse(key), language=language
    )
    settings = settings_for_a_person()
    asyncio.run(_print_document(question, settings) if as_json else _print_reply(question, settings, language))


async def _print_reply(question: Ask, settings: Settings, language: Language) -> None:
    async with open_services(settings) as services:
        run = await services.pipeline.begin(question)
        await show_reply(console(), run, services.pipeline, language)


async def _print_document(question: Ask, settings: Settings) -> None:
    async with open_services(settings) as services:
        started = time.perf_counter()
        turn = await services.pipeline.process(question)
        taken = time.perf_counter() - started
    print_json(documents().of_reply(turn, services.pipeline, milliseconds=taken * 1000))

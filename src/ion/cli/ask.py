"""`ion ask`: one question, one reply of one mentor or several; nothing is kept."""

import asyncio
import time
from typing import Annotated

import typer

from ion.cli.command import Command, Json, Lang
from ion.cli.later import documents
from ion.cli.messages import read_argument
from ion.cli.opened import settings_for_a_person
from ion.cli.replying import print_counsel, show_reply
from ion.cli.speech import both, said
from ion.cli.terminal import console, print_json
from ion.errors import Invalid
from ion.language import Language
from ion.mentoring import Ask, Question
from ion.resonance import ResonanceKey
from ion.services import open_services
from ion.settings import Settings

app = typer.Typer(add_completion=False)

_AUTO, _SEVERAL = "auto", "several"
Mentors = Annotated[
    str | None,
    typer.Option(
        "--mentors",
        metavar="NAMES",
        help=both(
            en="Let several answer together: lua,nana; several; or auto, as the message asks for it.",
            ko="여러 멘토가 함께 답해요: lua,nana 또는 several. auto는 글에 따라 정해요.",
        ),
    ),
]
InTurn = Annotated[
    bool,
    typer.Option(
        "--in-turn",
        help=both(en="With --mentors: each knows what was said before.", ko="--mentors와 함께: 앞의 답을 듣고 답해요."),
    ),
]


class OneOrSeveral(Invalid):
    """One mentor and several were asked for at once."""


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
    mentors: Mentors = None,
    in_turn: InTurn = False,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Answer one message."""
    one_or_several(persona, mentors, language, in_turn=in_turn)
    message = read_argument(text, language)
    question = Ask(
        text=message, persona=persona, key=None if key is None else ResonanceKey.parse(key), language=language
    )
    settings = settings_for_a_person()
    if mentors is not None:
        asyncio.run(_ask_several(_question(question, mentors, in_turn=in_turn), settings, language, as_json=as_json))
    else:
        asyncio.run(_print_document(question, settings) if as_json else _print_reply(question, settings, language))


def one_or_several(persona: str | None, mentors: str | None, language: Language, *, in_turn: bool) -> None:
    """Check that the options go together.

    Raises:
        OneOrSeveral: they do not.
    """
    if persona is not None and mentors is not None:
        raise OneOrSeveral(
            said(language, en="Give --persona or --mentors, not both.", ko="--persona와 --mentors 중 하나만 주세요.")
        )
    if in_turn and mentors is None:
        raise OneOrSeveral(said(language, en="--in-turn needs --mentors.", ko="--in-turn에는 --mentors가 필요해요."))


def _question(asked: Ask, mentors: str, *, in_turn: bool) -> Question:
    named = () if mentors in (_AUTO, _SEVERAL) else tuple(mentors.split(","))
    return Question(asked, named, forced=mentors == _SEVERAL, mode="in_turn" if in_turn else "side_by_side")


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


async def _ask_several(question: Question, settings: Settings, language: Language, *, as_json: bool) -> None:
    async with open_services(settings) as services:
        started = time.perf_counter()
        counsel = await services.council.answer(question)
        taken = time.perf_counter() - started
        if as_json:
            print_json(documents().of_counsel(counsel, services.pipeline, milliseconds=taken * 1000))
        else:
            print_counsel(console(), counsel, services.pipeline, language)

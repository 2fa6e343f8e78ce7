"""The options of commands that take one message or a file of them."""

from pathlib import Path
from typing import Annotated

import typer

from ion.cli.speech import both, said
from ion.errors import Invalid
from ion.language import Language

Text = Annotated[
    str | None,
    typer.Argument(
        metavar="TEXT", help=both(en="A message; - reads standard input.", ko="메시지. -는 표준 입력을 읽어요.")
    ),
]
Input = Annotated[
    Path | None,
    typer.Option(
        "--input",
        metavar="FILE",
        help=both(en='Lines {"id","text"}; - is standard input.', ko='{"id","text"} 줄로 된 파일. -는 표준 입력.'),
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="FILE",
        help=both(en="Where the lines go; else standard output.", ko="결과 파일. 없으면 표준 출력."),
    ),
]


class NothingToRead(Invalid):
    """Not exactly one of a message and a file was given."""


def one_source(text: str | None, file: Path | None, command: str, language: Language) -> None:
    """Check that there is one thing to read.

    Raises:
        NothingToRead: there is none, or there are two.
    """
    if (text is None) == (file is None):
        raise NothingToRead(
            said(
                language,
                en=f'Give a message (ion {command} "...") or a file (ion {command} --input FILE.jsonl).',
                ko=f'메시지(ion {command} "...")나 파일(ion {command} --input FILE.jsonl) 하나를 주세요.',
            )
        )

"""Files of messages: one JSON object a line goes in and comes out, and a bad line stops nothing."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from ion.cli.errors import sentence_of, tell
from ion.cli.speech import said
from ion.cli.terminal import console
from ion.errors import Conflict, Invalid, IonError, NotFound
from ion.language import Language

STDIN = Path("-")
Work = Callable[[str], Mapping[str, object]]


class BadLine(Invalid):
    """What was read is not a message."""


class CannotOpen(NotFound):
    """A file cannot be read or written."""


class SameFile(Conflict):
    """The output would overwrite the input."""


@dataclass(slots=True)
class Done:
    """What became of the lines; `errors` holds the number of each bad one and what is wrong with it."""

    items: int = 0
    errors: list[dict[str, object]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """1 where a line could not be used."""
        return 1 if self.errors else 0


def read_argument(text: str, language: Language) -> str:
    """Return the message given on the command line; `-` is all of standard input.

    Raises:
        BadLine: standard input is not UTF-8.
    """
    if text != str(STDIN):
        return text
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise BadLine(said(language, en="Standard input is not UTF-8.", ko="표준 입력이 UTF-8이 아니에요.")) from None


def work_through(source: Path, target: Path | None, work: Work, language: Language, *, as_json: bool) -> Done:
    """Do `work` on the text of every line of `source` (`-` is standard input), into `target` or standard output.

    The results are lines, or with `as_json` one document that holds the bad lines, too.

    Raises:
        CannotOpen: a file cannot be opened.
        SameFile: source and target are one file.
    """
    if target is not None and target.exists() and source.exists() and source.samefile(target):
        raise SameFile(said(language, en="Input and output are the same file.", ko="입력과 출력이 같은 파일이에요."))
    sys.stdout.flush()
    done = Done()
    size = source.stat().st_size if source.is_file() else None
    with (
        _opened(source, "rb", sys.stdin.buffer, language) as lines,
        _opened(target or STDIN, "wb", sys.stdout.buffer, language) as out,
    ):
        results = _results(_watched(lines, size, language), work, done, language)
        write = _write_document if as_json else _write_lines
        write(results, done, out)
    return done


def _opened(
    file: Path, mode: Literal["rb", "wb"], standard: BinaryIO, language: Language
) -> AbstractContextManager[BinaryIO]:
    if file == STDIN:
        return nullcontext(standard)
    try:
        return file.open(mode)
    except OSError as error:
        reason = f"{file}: {error.strerror}."
        raise CannotOpen(said(language, en=reason, ko=f"파일을 열 수 없어요. ({reason})")) from None


def _watched(lines: Iterable[bytes], size: int | None, language: Language) -> Iterator[bytes]:
    """Pass lines on, with a progress bar where a terminal shows it."""
    columns = (TextColumn(said(language, en="reading", ko="읽는 중")), BarColumn(), TaskProgressColumn())
    to = console(stderr=True)
    with Progress(*columns, console=to, transient=True, disable=not to.is_terminal) as progress:
        task = progress.add_task("", total=size)
        for line in lines:
            yield line
            progress.advance(task, len(line))


def _results(lines: Iterable[bytes], work: Work, done: Done, language: Language) -> Iterator[Mapping[str, object]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            name, text = _message(line.removeprefix(b"\xef\xbb\xbf"), language)
            result = {"id": name, **work(text)}
        except IonError as error:
            reason = sentence_of(error, language)
            done.errors.append({"line": number, "code": error.code, "message": reason})
            tell(said(language, en=f"line {number}: {reason}", ko=f"{number}번째 줄: {reason}"))
            continue
        yield result


def _message(line: bytes, language: Language) -> tuple[str | int, str]:
    """Return the id and the text of a line.

    Raises:
        BadLine: it is not `{"id", "text"}`.
    """
    try:
        given = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        reason = said(
            language, en=f"not UTF-8 (byte {error.start + 1}).", ko=f"UTF-8이 아니에요 ({error.start + 1}번째 바이트)."
        )
        raise BadLine(reason) from None
    except (ValueError, RecursionError):
        # The decoder's own message would repeat a piece of someone's text.
        raise BadLine(said(language, en="not JSON.", ko="JSON이 아니에요.")) from None
    if not isinstance(given, dict):
        raise BadLine(said(language, en="not a JSON object.", ko="JSON 객체가 아니에요."))
    name, text = given.get("id"), given.get("text")
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise BadLine(said(language, en='no "id" (a string or a whole number).', ko='"id"가 없어요 (문자열이나 정수).'))
    if not isinstance(text, str):
        raise BadLine(said(language, en='no "text" (a string).', ko='"text"가 없어요 (문자열).'))
    return name, text


def _write_lines(results: Iterator[Mapping[str, object]], done: Done, out: BinaryIO) -> None:
    for result in results:
        out.write(_encoded(result) + b"\n")
        # Whatever was worked out stays, also when the next line never comes.
        out.flush()
        done.items += 1


def _write_document(results: Iterator[Mapping[str, object]], done: Done, out: BinaryIO) -> None:
    out.write(b'{"items": [')
    for result in results:
        out.write((b",\n" if done.items else b"\n") + _encoded(result))
        done.items += 1
    out.write(b'\n], "errors": ' + _encoded(done.errors) + b"}\n")
    out.flush()


def _encoded(value: object) -> bytes:
    # Half a surrogate pair becomes the escape that JSON has for it.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")

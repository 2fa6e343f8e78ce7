"""`ion bench`: how long reading a message takes, next to scikit-learn's own pipeline in the same run."""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from ion.cli.command import Command, Group, Json, Lang
from ion.cli.opened import settings_for_a_person
from ion.cli.speech import both, said
from ion.cli.terminal import console, print_json
from ion.errors import NotFound
from ion.evaluation import (
    LEARNED,
    MOST_REPEATS,
    TRAINING,
    Begin,
    Benchmark,
    Contender,
    Measurement,
    Measurements,
    fixed_messages,
    measured,
    read_labelled,
    trained,
)
from ion.language import Language, language_of

# Beneath the folder that the command is given in: the corpus is not part of the package.
CORPUS = Path("training/corpus")

_ABOUT = both(en="Measure how long things take on this machine.", ko="이 컴퓨터에서 얼마나 걸리는지 재요.")
app = typer.Typer(cls=Group, add_completion=False, help=_ABOUT)


_LABELLED = both(
    en='Judge {"id","text","tone","intent"} lines, too.', ko='{"id","text","tone","intent"} 줄의 정확도도 재요.'
)
Labels = Annotated[Path | None, typer.Option("--messages", metavar="FILE", help=_LABELLED)]
_READINGS = both(en="Readings of each message (300).", ko="메시지마다 읽는 횟수 (300).")
Repeat = Annotated[int, typer.Option("--repeat", metavar="N", min=1, max=MOST_REPEATS, help=_READINGS)]
_WHAT = both(
    en="Time the reading of messages, next to scikit-learn.", ko="메시지를 읽는 시간을 scikit-learn과 나란히 재요."
)


@app.callback()
def bench(language: Lang = "en") -> None:
    """How long things take."""


@app.command(cls=Command, help=_WHAT)
def resonance(messages: Labels = None, repeat: Repeat = 300, language: Lang = "en", as_json: Json = False) -> None:
    """Measure, in this process and on one thread."""
    settings_for_a_person()
    rows = () if messages is None else read_labelled([messages])
    fixed = fixed_messages()
    with _progress(language, 3 * len(fixed) + 1 + len(LEARNED)) as begin:
        found = measured(Benchmark(fixed, rows, repeat, begin), lambda: _baseline(language, begin))
    if as_json:
        print_json(_document(found))
    else:
        _print(found, language)


@contextmanager
def _progress(language: Language, steps: int) -> Iterator[Begin]:
    """Show a bar where there is a terminal; drawn between measurements alone, so that it takes no time from any."""
    to = console(stderr=True)
    columns = (TextColumn(said(language, en="measuring", ko="재는 중")), BarColumn(), TextColumn("{task.description}"))
    training = said(language, en=TRAINING, ko="scikit-learn 학습 중")
    with Progress(*columns, console=to, transient=True, auto_refresh=False, disable=not to.is_terminal) as bar:
        task = bar.add_task("", total=steps)
        yield lambda stage: bar.update(task, description=stage.replace(TRAINING, training), advance=1, refresh=True)


def _baseline(language: Language, begin: Begin) -> Contender:
    """Train what scikit-learn offers for the same features.

    Raises:
        NotFound: scikit-learn or the corpus is not here.
        BadData: the corpus cannot be read.
    """
    try:
        learned = importlib.import_module("ion.evaluation.learned")
    except ImportError:
        raise NotFound(said(language, en="it is not installed.", ko="설치되어 있지 않아요.")) from None
    found = sorted(CORPUS.glob("messages.*.jsonl"))
    if not found:
        raise NotFound(said(language, en=f"no messages in {CORPUS}.", ko=f"{CORPUS} 폴더에 메시지가 없어요."))
    return trained(learned.Pipeline(), read_labelled(found), begin)


def _document(found: Measurements) -> Mapping[str, object]:
    readers = [_reader_document(each, found) for each in found.each]
    left_out = _known(left_out=found.left_out)
    return {"threads": 1, "repeat": found.benchmark.repeat, "readers": readers, **left_out}


def _reader_document(one: Measurement, found: Measurements) -> Mapping[str, object]:
    reader = one.contender
    speed = [
        {"language": language_of(text), "characters": len(text)}
        | _known(median_ms=median, p95_ms=late, ratio=found.ratio(one, place))
        for place, (text, (median, late)) in enumerate(zip(found.benchmark.fixed, one.times, strict=True))
    ]
    costs = _known(loading_s=reader.loading, training_s=reader.training, memory_mb=reader.memory)
    accuracy = [{"language": each.language, "messages": each.messages, **each.right} for each in one.accuracy]
    return {"name": reader.name, **costs, "speed": speed, **({"accuracy": accuracy} if accuracy else {})}


def _known(**values: float | str | None) -> dict[str, object]:
    given = {name: value for name, value in values.items() if value is not None}
    return {name: value if isinstance(value, str) else round(value, 4) for name, value in given.items()}


def _print(found: Measurements, language: Language) -> None:
    to, repeat = console(), found.benchmark.repeat
    notes = said(
        language,
        en=f"One process, one thread, {repeat} readings of each message. Loading and memory of full include fast's.",
        ko=f"프로세스와 스레드 하나로 메시지마다 {repeat}번. full의 불러오기와 메모리에는 fast의 것도 들어 있어요.",
    )
    to.print(_speeds(found, language), _costs(found.each, language), notes, sep="\n")
    if found.left_out is not None:
        to.print(said(language, en="scikit-learn is left out:", ko="scikit-learn은 뺐어요:"), found.left_out)


def _speeds(found: Measurements, language: Language) -> Table:
    names = said(language, en="message,reader", ko="메시지,읽는 쪽").split(",")
    table = _table(names, [said(language, en="median ms", ko="중앙값 ms"), "95 % ms", "× scikit-learn"])
    for place, text in enumerate(found.benchmark.fixed):
        size = f"{language_of(text)}, {len(text):,} {said(language, en='characters', ko='자')}"
        for one in found.each:
            figures = (*one.times[place], found.ratio(one, place))
            table.add_row(size, one.contender.name, *(_figure(each, ".2f") for each in figures))
        table.add_section()
    return table


def _costs(found: Sequence[Measurement], language: Language) -> Table:
    titles = said(language, en="loading s,training s,memory MB", ko="불러오기 초,학습 초,메모리 MB").split(",")
    for each in found[0].accuracy:
        titles += [f"{axis} {said(language, en='right', ko='정확도')}, {each.language}" for axis in LEARNED]
    table = _table([said(language, en="reader", ko="읽는 쪽")], titles)
    for one in found:
        reader = one.contender
        costs = (_figure(reader.loading, ".2f"), _figure(reader.training, ".1f"), _figure(reader.memory, ".0f"))
        table.add_row(reader.name, *costs, *(f"{each.right[axis]:.3f}" for each in one.accuracy for axis in LEARNED))
    return table


def _table(names: Sequence[str], figures: Sequence[str]) -> Table:
    table = Table(*names)
    for title in figures:
        table.add_column(title, justify="right")
    return table


def _figure(value: float | None, form: str) -> str:
    return "-" if value is None else f"{value:{form}}"

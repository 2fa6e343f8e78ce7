"""`ion bench`: how long reading a message takes, next to scikit-learn's own pipeline in the same run."""

import importlib
import re
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from threadpoolctl import threadpool_limits

from ion.cli.command import Command, Group, Json, Lang
from ion.cli.messages import CannotOpen
from ion.cli.opened import settings_for_a_person
from ion.cli.speech import both, said
from ion.cli.terminal import console, print_json
from ion.errors import Invalid, IonError, NotFound, Unavailable
from ion.language import LANGUAGES, Language, language_of
from ion.resonance import Embedder, Intent, LinearModel, Loading, Reader, Tone, check_text

AXES = ("tone", "intent")
# Beneath the folder that the command is given in: the corpus is not part of the package.
CORPUS = Path("training/corpus")
# What stands in a message for the number that is counted up; as many digits as it has.
_COUNTED = "0" * 5
# Readings of each message before the clock runs.
_WARMING = 2
_MOST_REPEATS = 10 ** len(_COUNTED) - _WARMING
# Seconds; far more than loading takes on any machine.
_PATIENCE = 60.0
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)

_ABOUT = both(en="Measure how long things take on this machine.", ko="이 컴퓨터에서 얼마나 걸리는지 재요.")
app = typer.Typer(cls=Group, add_completion=False, help=_ABOUT)
# Told what begins now.
_Step = Callable[[str], None]


class BadMessages(Invalid):
    """A line of a file is not a labelled message, or there is none."""


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


# A second label where it fits as well; either is right.
_Some = (BeforeValidator(_as_list), Field(min_length=1))


class Labelled(BaseModel):
    """A message and the labels of which any is right, best first."""

    id: str | int
    text: Annotated[str, AfterValidator(check_text)]
    tone: Annotated[tuple[Tone, ...], *_Some]
    intent: Annotated[tuple[Intent, ...], *_Some]


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that reads messages.

    `labels` gives its best label on each axis, however unsure. Loading and training are in seconds, memory is what the
    process gained in MB until the first readings were over.
    """

    name: str
    read: Callable[[str], object]
    labels: Callable[[str], Mapping[str, str]]
    loading: float | None = None
    training: float | None = None
    memory: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """Median and 95th percentile in milliseconds for each message in turn; accuracy for each language."""

    contender: Contender
    times: Sequence[tuple[float, float]]
    accuracy: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Run:
    """What is measured with: messages to time, messages to judge (perhaps none), readings of each that is timed."""

    fixed: Sequence[str]
    labelled: Sequence[Labelled]
    repeat: int
    language: Language
    step: _Step

    def result(self, contender: Contender) -> Result:
        """Measure one contender."""
        times = []
        for text in self.fixed:
            self.step(contender.name)
            times.append(_timed(contender.read, text, self.repeat))
        return Result(contender, times, accuracy(contender, self.labelled))


@dataclass(frozen=True, slots=True)
class Results:
    """What all contenders showed, scikit-learn's pipeline last; without it `left_out` says why."""

    run: Run
    each: Sequence[Result]
    left_out: str | None

    def ratio(self, result: Result, place: int) -> float | None:
        """Return the median on one message as a multiple of scikit-learn's."""
        return None if self.left_out else result.times[place][0] / self.each[-1].times[place][0]


_LABELLED = both(
    en='Judge {"id","text","tone","intent"} lines, too.', ko='{"id","text","tone","intent"} 줄의 정확도도 재요.'
)
Labels = Annotated[Path | None, typer.Option("--messages", metavar="FILE", help=_LABELLED)]
_READINGS = both(en="Readings of each message (300).", ko="메시지마다 읽는 횟수 (300).")
Repeat = Annotated[int, typer.Option("--repeat", metavar="N", min=1, max=_MOST_REPEATS, help=_READINGS)]
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
    rows = [] if messages is None else labelled(messages, language)
    fixed = fixed_messages()
    with threadpool_limits(1), _progress(language, 3 * len(fixed) + 1 + len(AXES)) as step:
        results = _measured(Run(fixed, rows, repeat, language, step))
    if as_json:
        print_json(_document(results))
    else:
        _print(results)


def fixed_messages() -> list[str]:
    """Return the messages that are timed, the same in every run; two lengths in either language."""
    return list(tomllib.loads(files("ion.cli").joinpath("bench.toml").read_text(encoding="utf-8"))["texts"])


def varied(text: str, number: int) -> str:
    """Return the message with another number in it, as long as it was.

    Embeddings are remembered by text: of one text, all readings but the first would measure that memory.
    """
    return text.replace(_COUNTED, f"{number:0{len(_COUNTED)}}")


def labelled(file: Path, language: Language) -> list[Labelled]:
    """Read labelled messages; of what is wrong the file, the line and the key are told, never the text.

    Raises:
        CannotOpen: the file cannot be read.
        BadMessages: a line is not a labelled message, or there is none.
    """
    try:
        lines = file.read_bytes().decode("utf-8-sig").split("\n")
    except OSError as fault:
        raise CannotOpen(f"{file}: {fault.strerror}.") from None
    except UnicodeDecodeError:
        raise BadMessages(said(language, en=f"{file}: not UTF-8.", ko=f"{file}: UTF-8이 아니에요.")) from None
    rows = [_row(line, f"{file}:{number}", language) for number, line in enumerate(lines, start=1) if line.strip()]
    if not rows:
        raise BadMessages(said(language, en=f"{file}: no messages.", ko=f"{file}: 메시지가 없어요."))
    return rows


def _row(line: str, where: str, language: Language) -> Labelled:
    try:
        return Labelled.model_validate_json(line)
    except ValidationError as fault:
        fields = "".join(map(str, fault.errors(include_url=False)[0]["loc"][:1])) or "id, text, tone, intent"
    except IonError:
        fields = "text"
    reason = said(language, en=f"{fields} missing or not usable.", ko=f"{fields} 값이 없거나 쓸 수 없어요.")
    raise BadMessages(f"{where}: {reason}")


def resident_memory(status: Path = Path("/proc/self/status")) -> float | None:
    """Return the memory this process holds, in MB; None where the system keeps no such file."""
    try:
        found = _RESIDENT.search(status.read_text(encoding="ascii", errors="replace"))
    except OSError:
        return None
    return int(found[1]) * 1024 / 1e6 if found else None


@contextmanager
def _progress(language: Language, steps: int) -> Iterator[_Step]:
    """Show a bar where there is a terminal; drawn between measurements alone, so that it takes no time from any."""
    to = console(stderr=True)
    columns = (TextColumn(said(language, en="measuring", ko="재는 중")), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=to, transient=True, auto_refresh=False, disable=not to.is_terminal) as bar:
        task = bar.add_task("", total=steps)
        yield lambda name: bar.update(task, description=name, advance=1, refresh=True)


def _measured(run: Run) -> Results:
    results = [run.result(reader) for reader in _readers(run)]
    try:
        results.append(run.result(_pipeline(run)))
    except (NotFound, BadMessages) as fault:
        return Results(run, results, fault.message)
    return Results(run, results, None)


def _timed(read: Callable[[str], object], text: str, repeat: int) -> tuple[float, float]:
    """Return the median and the 95th percentile in milliseconds."""
    _warm(read, text)
    times = []
    for number in range(_WARMING, _WARMING + repeat):
        another = varied(text, number)
        start = time.perf_counter()
        read(another)
        times.append(time.perf_counter() - start)
    median, late = np.percentile(times, [50, 95]) * 1000
    return float(median), float(late)


def _warm(read: Callable[[str], object], text: str) -> None:
    for number in range(_WARMING):
        read(varied(text, number))


def _readers(run: Run) -> Iterator[Contender]:
    """Yield both readers, each loaded when it is its turn; the full one's figures include what it shares with the fast.

    Raises:
        Unavailable: the sentence embeddings cannot be loaded.
    """
    before, start = resident_memory(), time.perf_counter()
    model = LinearModel.load()
    loading = time.perf_counter() - start
    yield _loaded("fast", Reader(model), loading, before, run.fixed)
    start = time.perf_counter()
    meaning = Loading(Embedder)
    if meaning.wait(_PATIENCE) is None:
        raise Unavailable("Sentence embeddings cannot be loaded.")
    loading += time.perf_counter() - start
    yield _loaded("full", Reader(model, meaning), loading, before, run.fixed)


def _loaded(name: str, reader: Reader, loading: float, before: float | None, fixed: Sequence[str]) -> Contender:
    for text in fixed:
        _warm(reader.read, text)
    after = resident_memory()

    def labels(text: str) -> Mapping[str, str]:
        reading = reader.read(text)
        shares = {"tone": reading.tone.scores, "intent": reading.intent.scores}
        return {axis: max(share, key=share.__getitem__) for axis, share in shares.items()}

    memory = None if before is None or after is None else after - before
    return Contender(name, reader.read, labels, loading=loading, memory=memory)


def _pipeline(run: Run) -> Contender:
    """Train what scikit-learn offers for the same features; both axes share one pass over the text.

    Raises:
        NotFound: scikit-learn or the corpus is not here.
        BadMessages: the corpus cannot be read.
    """
    try:
        text = importlib.import_module("sklearn.feature_extraction.text")
        linear, pipeline = (importlib.import_module(f"sklearn.{name}") for name in ("linear_model", "pipeline"))
    except ImportError:
        raise NotFound(said(run.language, en="it is not installed.", ko="설치되어 있지 않아요.")) from None
    rows = _corpus(run.language)
    start = time.perf_counter()
    title = said(run.language, en="training scikit-learn", ko="scikit-learn 학습 중")
    run.step(title)
    features = pipeline.make_union(
        text.TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=3, sublinear_tf=True),
        text.TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
    )
    vectors = features.fit_transform([row.text for row in rows])
    models: dict[str, Any] = {}
    for axis in AXES:
        run.step(f"{title}: {axis}")
        truth = [str(getattr(row, axis)[0]) for row in rows]
        models[axis] = linear.LogisticRegression(C=10, max_iter=200, tol=1e-3).fit(vectors, truth)

    def labels(text: str) -> Mapping[str, str]:
        vector = features.transform([text])
        return {axis: str(model.classes_[model.predict_proba(vector).argmax()]) for axis, model in models.items()}

    return Contender("scikit-learn", labels, labels, training=time.perf_counter() - start)


def _corpus(language: Language) -> list[Labelled]:
    found = sorted(CORPUS.glob("messages.*.jsonl"))
    if not found:
        raise NotFound(said(language, en=f"no messages in {CORPUS}.", ko=f"{CORPUS} 폴더에 메시지가 없어요."))
    return [row for file in found for row in labelled(file, language)]


def accuracy(contender: Contender, rows: Sequence[Labelled]) -> list[Mapping[str, Any]]:
    """Return for each language how many messages there are, and the share read right on each axis.

    Every message counts, also where a reader would say that it does not know.
    """
    shares: list[Mapping[str, Any]] = []
    for language in LANGUAGES:
        mine = [(contender.labels(row.text), row) for row in rows if language_of(row.text) == language]
        if mine:
            right = {axis: sum(given[axis] in getattr(row, axis) for given, row in mine) / len(mine) for axis in AXES}
            shares.append({"language": language, "messages": len(mine)} | right)
    return shares


def _document(results: Results) -> Mapping[str, object]:
    readers = [_reader_document(result, results) for result in results.each]
    left_out = _known(left_out=results.left_out)
    return {"threads": 1, "repeat": results.run.repeat, "readers": readers, **left_out}


def _reader_document(result: Result, results: Results) -> Mapping[str, object]:
    one = result.contender
    speed = [
        {"language": language_of(text), "characters": len(text)}
        | _known(median_ms=median, p95_ms=late, ratio=results.ratio(result, place))
        for place, (text, (median, late)) in enumerate(zip(results.run.fixed, result.times, strict=True))
    ]
    costs = _known(loading_s=one.loading, training_s=one.training, memory_mb=one.memory)
    return {"name": one.name, **costs, "speed": speed, **({"accuracy": result.accuracy} if result.accuracy else {})}


def _known(**values: float | str | None) -> dict[str, object]:
    given = {name: value for name, value in values.items() if value is not None}
    return {name: value if isinstance(value, str) else round(value, 4) for name, value in given.items()}


def _print(results: Results) -> None:
    to, repeat, language = console(), results.run.repeat, results.run.language
    notes = said(
        language,
        en=f"One process, one thread, {repeat} readings of each message. Loading and memory of full include fast's.",
        ko=f"프로세스와 스레드 하나로 메시지마다 {repeat}번. full의 불러오기와 메모리에는 fast의 것도 들어 있어요.",
    )
    to.print(_speeds(results), _costs(results), notes, sep="\n")
    if results.left_out is not None:
        to.print(said(language, en="scikit-learn is left out:", ko="scikit-learn은 뺐어요:"), results.left_out)


def _speeds(results: Results) -> Table:
    language = results.run.language
    names = said(language, en="message,reader", ko="메시지,읽는 쪽").split(",")
    table = _table(names, [said(language, en="median ms", ko="중앙값 ms"), "95 % ms", "× scikit-learn"])
    for place, text in enumerate(results.run.fixed):
        size = f"{language_of(text)}, {len(text):,} {said(language, en='characters', ko='자')}"
        for result in results.each:
            figures = (*result.times[place], results.ratio(result, place))
            table.add_row(size, result.contender.name, *(_figure(each, ".2f") for each in figures))
        table.add_section()
    return table


def _costs(results: Results) -> Table:
    language = results.run.language
    titles = said(language, en="loading s,training s,memory MB", ko="불러오기 초,학습 초,메모리 MB").split(",")
    for share in results.each[0].accuracy:
        titles += [f"{axis} {said(language, en='right', ko='정확도')}, {share['language']}" for axis in AXES]
    table = _table([said(language, en="reader", ko="읽는 쪽")], titles)
    for result in results.each:
        one = result.contender
        costs = (_figure(one.loading, ".2f"), _figure(one.training, ".1f"), _figure(one.memory, ".0f"))
        table.add_row(one.name, *costs, *(f"{share[axis]:.3f}" for share in result.accuracy for axis in AXES))
    return table


def _table(names: Sequence[str], figures: Sequence[str]) -> Table:
    table = Table(*names)
    for title in figures:
        table.add_column(title, justify="right")
    return table


def _figure(value: float | None, form: str) -> str:
    return "-" if value is None else f"{value:{form}}"

"""How long reading a message takes and what it costs to begin, in one process and on one thread."""

import re
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np
from threadpoolctl import threadpool_limits

from ion.errors import Invalid, NotFound, Unavailable
from ion.evaluation.labelled import Message
from ion.language import LANGUAGES, Language
from ion.resonance import Axis, Embedder, LinearModel, Loading, Reader, Reading

# What is learned from the corpus; pace is read by rules.
LEARNED: tuple[Axis, ...] = ("tone", "intent")
# What progress is told while the baseline learns; ": " and an axis may follow.
TRAINING = "training scikit-learn"
# What stands in a message for the number that is counted up; as many digits as it has.
_COUNTED = "0" * 5
# Readings of each message before the clock runs.
_WARMING = 2
MOST_REPEATS = 10 ** len(_COUNTED) - _WARMING
# Seconds; far more than loading takes on any machine.
_PATIENCE = 60.0
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)

# Told what begins now.
Begin = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that reads messages.

    `labels` gives its best label on each axis, however unsure. Loading and training are in seconds, memory is what the
    process gained in MB until the first readings were over.
    """

    name: str
    read: Callable[[str], object]
    labels: Callable[[str], Mapping[Axis, str]]
    loading: float | None = None
    training: float | None = None
    memory: float | None = None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many messages there are in a language, and the share of them that is read right on each axis, 0 to 1.

    Every message counts, also where a reader would say that it does not know.
    """

    language: Language
    messages: int
    right: Mapping[Axis, float]


@dataclass(frozen=True, slots=True)
class Measurement:
    """Median and 95th percentile in milliseconds for each message in turn; accuracy for each language."""

    contender: Contender
    times: Sequence[tuple[float, float]]
    accuracy: Sequence[Accuracy]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What is measured with: messages to time, messages to judge (perhaps none), readings of each that is timed."""

    fixed: Sequence[str]
    labelled: Sequence[Message]
    repeat: int
    begin: Begin

    def measure(self, contender: Contender) -> Measurement:
        """Measure one contender."""
        times = []
        for text in self.fixed:
            self.begin(contender.name)
            times.append(_timed(contender.read, text, self.repeat))
        return Measurement(contender, times, _accuracy(contender, self.labelled))


@dataclass(frozen=True, slots=True)
class Measurements:
    """What all contenders showed, the baseline last; without it `left_out` says why."""

    benchmark: Benchmark
    each: Sequence[Measurement]
    left_out: str | None

    def ratio(self, measurement: Measurement, place: int) -> float | None:
        """Return the median on one message as a multiple of the baseline's."""
        return None if self.left_out else measurement.times[place][0] / self.each[-1].times[place][0]


class Learner(Protocol):
    """What becomes a contender by learning."""

    @property
    def name(self) -> str:
        """What it is called."""

    def fit(self, rows: Sequence[Message], begin: Begin) -> None:
        """Learn from labelled messages, of which the first label counts."""

    def labels(self, text: str) -> Mapping[Axis, str]:
        """Return the best label on each axis."""


def measured(benchmark: Benchmark, baseline: Callable[[], Contender]) -> Measurements:
    """Measure both of ION's readers, and the baseline if it can be had.

    Raises:
        Unavailable: the sentence embeddings cannot be loaded.
    """
    with threadpool_limits(1):
        each = [benchmark.measure(reader) for reader in _readers(benchmark.fixed)]
        try:
            each.append(benchmark.measure(baseline()))
        except (NotFound, Invalid) as fault:
            return Measurements(benchmark, each, fault.message)
    return Measurements(benchmark, each, None)


def trained(learner: Learner, rows: Sequence[Message], begin: Begin) -> Contender:
    """Let a baseline learn, by the clock."""
    start = time.perf_counter()
    learner.fit(rows, begin)
    return Contender(learner.name, learner.labels, learner.labels, training=time.perf_counter() - start)


def fixed_messages() -> list[str]:
    """Return the messages that are timed, the same in every run; two lengths in either language."""
    return list(tomllib.loads(files("ion.evaluation").joinpath("speed.toml").read_text(encoding="utf-8"))["texts"])


def varied(text: str, number: int) -> str:
    """Return the message with another number in it, as long as it was.

    Embeddings are remembered by text: of one text, all readings but the first would measure that memory.
    """
    return text.replace(_COUNTED, f"{number:0{len(_COUNTED)}}")


def resident_memory(status: Path = Path("/proc/self/status")) -> float | None:
    """Return the memory this process holds, in MB; None where the system keeps no such file."""
    try:
        found = _RESIDENT.search(status.read_text(encoding="ascii", errors="replace"))
    except OSError:
        return None
    return int(found[1]) * 1024 / 1e6 if found else None


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


def _accuracy(contender: Contender, rows: Sequence[Message]) -> list[Accuracy]:
    found = []
    for language in LANGUAGES:
        mine = [(contender.labels(row.text), row) for row in rows if row.language == language]
        if mine:
            right = {
                axis: sum(given[axis] in row.accepted[axis] for given, row in mine) / len(mine) for axis in LEARNED
            }
            found.append(Accuracy(language, len(mine), right))
    return found


def _readers(fixed: Sequence[str]) -> Iterator[Contender]:
    """Yield both readers, each loaded when it is its turn; the full one's figures include what it shares with the fast.

    Raises:
        Unavailable: the sentence embeddings cannot be loaded.
    """
    before, start = resident_memory(), time.perf_counter()
    model = LinearModel.load()
    loading = time.perf_counter() - start
    yield _loaded("fast", Reader(model), loading, before, fixed)
    start = time.perf_counter()
    meaning = Loading(Embedder)
    if meaning.wait(_PATIENCE) is None:
        raise Unavailable("Sentence embeddings cannot be loaded.")
    loading += time.perf_counter() - start
    yield _loaded("full", Reader(model, meaning), loading, before, fixed)


def _loaded(name: str, reader: Reader, loading: float, before: float | None, fixed: Sequence[str]) -> Contender:
    for text in fixed:
        _warm(reader.read, text)
    after = resident_memory()

    def labels(text: str) -> Mapping[Axis, str]:
        reading = reader.read(text)
        return {axis: max(share, key=share.__getitem__) for axis, share in _shares(reading).items()}

    memory = None if before is None or after is None else after - before
    return Contender(name, reader.read, labels, loading=loading, memory=memory)


def _shares(reading: Reading) -> Mapping[Axis, Mapping[str, float]]:
    return {"tone": reading.tone.scores, "intent": reading.intent.scores}

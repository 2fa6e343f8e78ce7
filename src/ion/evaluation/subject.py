"""The whole evaluation: everything that is read, routed, screened and answered, measured once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ion.evaluation.guessing import Guesser, Guesses
from ion.evaluation.holdouts import holdout_tables
from ion.evaluation.labelled import Data, Span
from ion.evaluation.masking import masking_tables
from ion.evaluation.personal import personal_tables
from ion.evaluation.pictures import pictures_of
from ion.evaluation.reading import reading_tables, scores_of
from ion.evaluation.replies import answer, replies_tables, replies_to, worst
from ion.evaluation.report import Report
from ion.evaluation.routing import routing_tables
from ion.evaluation.safety import safety_tables
from ion.evaluation.tables import Table
from ion.privacy import find_personal
from ion.resonance import Axis, ResonanceKey
from ion.services import Mind

# What comes after the models, in order, by the names that progress is told by.
STAGES = ("figures", "routing", "safety", "personal", "replies")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged: ION's mind, and the models whose readings are compared, ION's own first."""

    mind: Mind
    models: Sequence[Guesser]

    def stages(self) -> list[str]:
        """Return the names that progress will be told by, in order."""
        return [*(model.name for model in self.models), *STAGES]


def evaluate(subject: Subject, data: Data, begin: Callable[[str], None]) -> Report:
    """Measure everything; `begin` is told each stage as it begins."""
    found = {}
    for model in subject.models:
        begin(model.name)
        found[model.name] = _guesses(model, data)
    begin("figures")
    scores = [each for name, guesses in found.items() for each in scores_of(name, data.messages, guesses)]
    tables = [*reading_tables(scores), *holdout_tables(data.holdouts)]
    tables += _of_mind(subject.mind, data, begin)
    begin("replies")
    replies = replies_to(data.messages, lambda message: answer(subject.mind, message))
    tables += replies_tables(replies)
    return Report(tuple(tables), pictures_of(scores), worst(replies))


def _guesses(model: Guesser, data: Data) -> Mapping[Axis, Guesses]:
    model.fit(data.corpus)
    return model.predict([message.text for message in data.messages])


def _of_mind(mind: Mind, data: Data, begin: Callable[[str], None]) -> Iterator[Table]:
    begin("routing")
    yield from routing_tables(data.cases, data.messages, lambda text: _key(mind, text), mind.router)
    begin("safety")
    yield from safety_tables(data.dangers, data.attacks, data.corpus, mind.screener)
    begin("personal")
    yield from personal_tables(data.private, _personal)
    yield from masking_tables(data.marked, spans_of)


def _key(mind: Mind, text: str) -> ResonanceKey:
    return mind.reader.read(text).key


def _personal(text: str) -> list[tuple[str, str]]:
    return [(str(each.kind), text[each.start : each.end]) for each in find_personal(text)]


def spans_of(text: str) -> list[Span]:
    """Return where personal data stands in a text."""
    return [Span(str(each.kind), each.start, each.end) for each in find_personal(text)]

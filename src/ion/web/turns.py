"""What a page shows of a turn: decided here, so that the template only lays it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from markdown_it import MarkdownIt
from markupsafe import Markup

from ion.language import Language
from ion.llm import Reason
from ion.mentoring import Draft, EngineUsed, PersonaPipeline, Run, Turn
from ion.personas import Catalogue
from ion.resonance import WORDS, Axis, AxisReading, Reading, ResonanceKey
from ion.routing import Choice, reason_for
from ion.safety import HelpLine
from ion.web.evidence import Segment, segments
from ion.web.markdown import to_html
from ion.web.rereading import Rereading, rereading_of
from ion.web.streaming import Step, Unfolding

_LONG_MESSAGE = 1_200
_REASONS: tuple[str, ...] = get_args(Reason)
_AXES: tuple[Axis, ...] = ("tone", "pace", "intent")

State = Literal["finished", "writing", "interrupted"]


@dataclass(frozen=True, slots=True)
class Mentor:
    """Who speaks; `slug` also picks the hue. `role` is empty where the persona is no longer in the catalogue."""

    slug: str
    name: str
    role: str

    @property
    def letter(self) -> str:
        """The letter that stands for this mentor."""
        return self.name[:1].upper()


@dataclass(frozen=True, slots=True)
class AxisView:
    """How one axis reads, in words; `confidence` is None where the key was given and not read."""

    axis: Axis
    words: str
    confidence: float | None
    unsure: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How well a mentor suits the message, 0 to 1."""

    mentor: Mentor
    points: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class Why:
    """Why this mentor.

    `reason` is empty where a persona it would name is no longer in the catalogue. `reread` is None where there is no
    reading to correct. `is_open` says whether the reader has just been at it.
    """

    reason: str
    axes: tuple[AxisView, ...]
    scores: tuple[Score, ...]
    key: ResonanceKey
    confidence: float
    reread: Rereading | None
    is_open: bool

    @property
    def others(self) -> tuple[Score, ...]:
        """The mentors who were not chosen, the best first."""
        return tuple(score for score in self.scores if not score.chosen)


@dataclass(frozen=True, slots=True)
class EngineView:
    """What wrote the reply; where it was not what had been wanted, `notice` and `reason` name the texts."""

    model: str | None
    notice: Literal["playbooks", "continued", "model"] | None
    reason: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """What a turn was before it was redone; `message` is empty where it was the same."""

    mentor: Mentor | None
    message: str
    reply: Markup
    at: datetime


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn as a page shows it; `help_lines` are the crisis path's, where there is no mentor.

    `so_far` is what there is of a reply that is being written. `others` are the mentors who could be asked too, the
    best first. `is_last` says that no turn follows, so that it can be edited and tried again.
    """

    turn: Turn
    state: State
    is_last: bool
    so_far: Step | None
    others: tuple[Score, ...]
    drafts: tuple[DraftView, ...]
    message: tuple[Segment, ...]
    is_long: bool
    reply: Markup
    mentor: Mentor | None
    why: Why | None
    engine: EngineView | None
    help_lines: tuple[HelpLine, ...]


@dataclass(frozen=True, slots=True)
class TurnViews:
    """Makes the views of turns, for a reader of `language` at the moment `now`.

    `opened` is the position of the turn whose why is open, and `refused` what was wrong with the form in it.
    """

    pipeline: PersonaPipeline
    language: Language
    now: datetime
    markdown: MarkdownIt
    opened: int | None = None
    refused: str | None = None

    def of(self, turn: Turn, *, is_last: bool) -> TurnView:
        """Return what a page shows of this turn."""
        reading = _reading_used(turn)
        help_ = None if turn.crisis is None else self.pipeline.help_for(turn.crisis, turn.language)
        run = self.pipeline.writer.running(turn.id)
        why = None if turn.choice is None else self._why(turn, turn.choice, reading)
        return TurnView(
            turn=turn,
            state=_state(turn, run),
            is_last=is_last,
            so_far=None if run is None else Unfolding(self.markdown).add(run.so_far)[0].since(0),
            others=() if why is None else why.others,
            drafts=tuple(self._draft(draft, turn) for draft in reversed(turn.earlier)),
            message=segments(turn.message, () if reading is None else reading.evidence),
            is_long=len(turn.message) > _LONG_MESSAGE,
            reply=to_html(self.markdown, turn.reply if help_ is None else "\n\n".join(help_.said)),
            mentor=self._mentor(None if turn.choice is None else turn.choice.primary),
            why=why,
            engine=_engine(turn.engine),
            help_lines=() if help_ is None else help_.lines,
        )

    def _mentor(self, slug: str | None) -> Mentor | None:
        return None if slug is None else mentor_of(slug, self.pipeline.catalogue, self.language)

    def _draft(self, draft: Draft, turn: Turn) -> DraftView:
        return DraftView(
            mentor=self._mentor(draft.persona),
            message="" if draft.message == turn.message else draft.message,
            reply=to_html(self.markdown, draft.reply),
            at=draft.at.astimezone(self.now.tzinfo),
        )

    def _why(self, turn: Turn, choice: Choice, reading: Reading | None) -> Why:
        catalogue, language = self.pipeline.catalogue, self.language
        scores = sorted(choice.scores.items(), key=lambda entry: -entry[1])
        is_open = turn.position == self.opened
        refused = self.refused if is_open else None
        return Why(
            reason=reason_for(choice, catalogue, language),
            axes=tuple(_axis(axis, choice.key, reading, turn.message, language) for axis in _AXES),
            scores=tuple(
                Score(mentor_of(slug, catalogue, language), points, chosen=slug == choice.primary)
                for slug, points in scores
            ),
            key=choice.key,
            confidence=choice.confidence,
            reread=None if turn.reading is None else rereading_of(turn, self.pipeline, language, refused=refused),
            is_open=is_open,
        )


def mentor_of(slug: str, catalogue: Catalogue, language: Language) -> Mentor:
    """Return who speaks; a conversation outlives a persona that was removed."""
    if slug not in catalogue:
        return Mentor(slug, catalogue.name_of(slug), "")
    persona = catalogue[slug]
    return Mentor(slug, persona.name, persona.profile.role[language])


def _state(turn: Turn, run: Run | None) -> State:
    if turn.finished_at is not None:
        return "finished"
    return "interrupted" if run is None else "writing"


def _reading_used(turn: Turn) -> Reading | None:
    """Return the reading if it decided; a key that the caller gave has no evidence in the message."""
    return turn.reading if turn.reading is not None and turn.reading.key == turn.key else None


def _axis(axis: Axis, key: ResonanceKey, reading: Reading | None, message: str, language: Language) -> AxisView:
    words = WORDS[language][getattr(key, axis)]
    if reading is None:
        return AxisView(axis, words, None, unsure=False, evidence=())
    read = cast(AxisReading, getattr(reading, axis))
    return AxisView(
        axis, words, read.confidence, unsure=axis in reading.abstained, evidence=_quotes(axis, reading, message)
    )


def _quotes(axis: Axis, reading: Reading, message: str) -> tuple[str, ...]:
    quotes: Sequence[str] = [message[span.start : span.end].strip() for span in reading.evidence if span.axis == axis]
    return tuple(dict.fromkeys(quote for quote in quotes if quote))


def _engine(engine: EngineUsed | None) -> EngineView | None:
    if engine is None:
        return None
    reason = next((reason for reason in _REASONS if reason == engine.reason), "unknown")
    if not engine.degraded:
        return EngineView(engine.model, None, reason)
    if engine.name == "model":
        return EngineView(engine.model, "model", reason)
    # Where the playbooks name a model, it had begun to answer.
    return EngineView(engine.model, "continued" if engine.model else "playbooks", reason)

"""What API v2 says: the shapes its resources share."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from ion.language import Language
from ion.mentoring import EngineUsed, FeedbackReason, PersonaPipeline, Thumb, Turn
from ion.personas import Catalogue
from ion.resonance import AxisReading, Reading
from ion.routing import Choice, reason_for

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d")


class Schema(BaseModel):
    """A value in a request or response; unknown fields in requests are refused, so that a typo is noticed."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


def _written(value: object) -> object:
    """Refuse what is no date-time of RFC 3339, such as seconds since 1970, as the API's description rules it out."""
    if isinstance(value, str) and _DATE_TIME.match(value):
        return value
    raise ValueError("Input should be a date and a time as in RFC 3339")


# A moment that a request names.
Moment = Annotated[datetime, BeforeValidator(_written)]


class AxisOut(Schema):
    """One part of the key: the label used, its probability, and the probability of every label."""

    label: str = Field(examples=["urgent"])
    confidence: float = Field(ge=0, le=1)
    scores: Mapping[str, float]

    @classmethod
    def of(cls, axis: AxisReading) -> Self:
        """Return the axis as the API says it."""
        return cls(label=axis.label, confidence=axis.confidence, scores=axis.scores)


class SpanOut(Schema):
    """Words that decided: characters `start` to `end` (exclusive) of the message."""

    axis: str
    start: int
    end: int
    text: str
    weight: float


class ReadingOut(Schema):
    """How a message reads. `abstained` lists the axes on which ION was not sure enough and used the default."""

    resonance_key: str = Field(examples=["urgent-medium-problem_solving"])
    language: Language
    tone: AxisOut
    pace: AxisOut
    intent: AxisOut
    evidence: list[SpanOut]
    abstained: list[str]

    @classmethod
    def of(cls, reading: Reading, text: str) -> Self:
        """Return the reading of `text` as the API says it."""
        return cls(
            resonance_key=str(reading.key),
            language=reading.language,
            tone=AxisOut.of(reading.tone),
            pace=AxisOut.of(reading.pace),
            intent=AxisOut.of(reading.intent),
            evidence=[
                SpanOut(
                    axis=span.axis, start=span.start, end=span.end, text=text[span.start : span.end], weight=span.weight
                )
                for span in reading.evidence
            ],
            abstained=list(reading.abstained),
        )


class CorrectionOut(Schema):
    """What the mentee says of a reading: the parts that they read otherwise, and whether it may train ION."""

    tone: str | None
    intent: str | None
    pace: str | None
    share: bool
    created_at: datetime


class RoutingOut(Schema):
    """Who was chosen and why. `turning_key` is the nearest key that would have chosen the runner-up."""

    primary_persona: str = Field(examples=["Nana"])
    secondary_persona: str | None
    confidence: float = Field(ge=0, le=1)
    scores: Mapping[str, float] = Field(examples=[{"lua": 0.69, "elro": 0.9, "riri": 0.78, "nana": 0.96}])
    reasoning: str
    turning_key: str | None
    override: bool

    @classmethod
    def of(cls, choice: Choice, catalogue: Catalogue, language: Language) -> Self:
        """Return the choice as the API says it, with its reason in `language`."""
        return cls(
            primary_persona=catalogue.name_of(choice.primary),
            secondary_persona=None if choice.secondary is None else catalogue.name_of(choice.secondary),
            confidence=choice.confidence,
            scores=dict(choice.scores),
            reasoning=reason_for(choice, catalogue, language),
            turning_key=None if choice.turning_key is None else str(choice.turning_key),
            override=choice.override,
        )


class EngineOut(Schema):
    """What wrote the reply. `degraded` is true where a better engine failed, for the short `reason` given.

    `stopped` is true where the mentee had it end before it was complete.
    """

    name: str = Field(examples=["playbooks"])
    model: str | None
    degraded: bool
    reason: str | None
    topic: str | None
    input_tokens: int | None
    output_tokens: int | None
    stopped: bool

    @classmethod
    def of(cls, engine: EngineUsed) -> Self:
        """Return the engine as the API says it."""
        return cls.model_validate(engine)


class HelpLineOut(Schema):
    """A public help line, or the organisation's own contact."""

    name: str
    number: str
    about: str
    href: str


class CrisisOut(Schema):
    """The crisis path answered: what it heard, and whom to turn to."""

    reason: str
    lines: list[HelpLineOut]

    @classmethod
    def of(cls, reason: str, language: Language, pipeline: PersonaPipeline) -> Self:
        """Return whom to turn to for this reason."""
        lines = pipeline.help_for(reason, language).lines
        return cls(reason=reason, lines=[HelpLineOut.model_validate(line) for line in lines])


class FeedbackOut(Schema):
    """What the mentee thinks of the reply; `outdated` where it was redone since."""

    thumb: Thumb
    reasons: list[FeedbackReason]
    text: str | None
    given_at: datetime
    outdated: bool


class DraftOut(Schema):
    """What a turn was before it was redone."""

    message: str
    reply: str
    persona: str | None
    at: datetime


class TurnOut(Schema):
    """One message and its reply; `finished_at` is null while the reply is being written, or if it never was.

    `again_of` is the id of the turn whose message another mentor answers here. `earlier` is what the turn was before it
    was redone, oldest first. `feedback` is told where turns are listed.
    """

    id: str
    position: int
    created_at: datetime
    finished_at: datetime | None
    message: str
    language: Language
    content: str
    persona_used: str | None
    resonance_key: str | None
    confidence: float | None
    reading: ReadingOut | None
    correction: CorrectionOut | None
    routing: RoutingOut | None
    engine: EngineOut | None
    crisis: CrisisOut | None
    again_of: str | None
    earlier: list[DraftOut]
    feedback: FeedbackOut | None


def turn_out(turn: Turn, pipeline: PersonaPipeline) -> TurnOut:
    """Return a turn as the API says it."""
    routing = None if turn.choice is None else RoutingOut.of(turn.choice, pipeline.catalogue, turn.language)
    return TurnOut(
        id=turn.id,
        position=turn.position,
        created_at=turn.created_at,
        finished_at=turn.finished_at,
        message=turn.message,
        language=turn.language,
        content=turn.reply,
        persona_used=None if routing is None else routing.primary_persona,
        resonance_key=None if turn.key is None else str(turn.key),
        confidence=None if routing is None else routing.confidence,
        reading=None if turn.reading is None else ReadingOut.of(turn.reading, turn.message),
        correction=None if turn.correction is None else CorrectionOut.model_validate(turn.correction),
        routing=routing,
        engine=None if turn.engine is None else EngineOut.of(turn.engine),
        crisis=crisis_out(turn, pipeline),
        again_of=turn.again_of,
        earlier=[DraftOut.model_validate(draft) for draft in turn.earlier],
        feedback=None if turn.feedback is None else FeedbackOut.model_validate(turn.feedback),
    )


def crisis_out(turn: Turn, pipeline: PersonaPipeline) -> CrisisOut | None:
    """Return whom to turn to, if the crisis path answered this turn."""
    return None if turn.crisis is None else CrisisOut.of(turn.crisis, turn.language, pipeline)

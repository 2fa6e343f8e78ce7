"""What ION answers, as values; a field that a newer ION adds is passed over."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """A part of an answer; it cannot be changed."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Axis(Value):
    """One part of the resonance key: the label used, its probability, and the probability of every label."""

    label: str
    confidence: float
    scores: Mapping[str, float]


class Span(Value):
    """Words that decided: characters `start` to `end` (exclusive) of the message."""

    axis: str
    start: int
    end: int
    text: str
    weight: float


class Reading(Value):
    """How a message reads; on the axes in `abstained` ION was not sure enough and used the default."""

    resonance_key: str
    language: str
    tone: Axis
    pace: Axis
    intent: Axis
    evidence: tuple[Span, ...]
    abstained: tuple[str, ...]


class Correction(Value):
    """What the mentee says of a reading; parts that they left as they were are None."""

    tone: str | None
    intent: str | None
    pace: str | None
    share: bool
    created_at: datetime


class Routing(Value):
    """Which mentor was chosen and why; `turning_key` is the nearest key that would have chosen the runner-up."""

    primary_persona: str
    secondary_persona: str | None
    confidence: float
    scores: Mapping[str, float]
    reasoning: str
    turning_key: str | None
    override: bool


class Engine(Value):
    """What wrote the reply; `degraded` where a better engine failed, for `reason`."""

    name: str
    model: str | None
    degraded: bool
    reason: str | None
    topic: str | None
    input_tokens: int | None
    output_tokens: int | None
    stopped: bool


class HelpLine(Value):
    """A public help line, or the organisation's own contact."""

    name: str
    number: str
    about: str
    href: str


class Crisis(Value):
    """The crisis path answered: what it heard, and whom to turn to."""

    reason: str
    lines: tuple[HelpLine, ...]


class Feedback(Value):
    """What the mentee thinks of a reply; `outdated` where it was redone since."""

    thumb: str
    reasons: tuple[str, ...]
    text: str | None
    given_at: datetime
    outdated: bool


class TurnFeedback(Feedback):
    """What the mentee thinks of the reply of this turn."""

    conversation_id: str
    turn_id: str


class FeedbackList(Value):
    """What was said of the turns of a conversation, in their order."""

    items: tuple[TurnFeedback, ...]


class KeptFeedback(TurnFeedback):
    """What is kept from now on; where the text speaks of danger, `crisis` says whom to turn to."""

    success: bool
    crisis: Crisis | None
    timestamp: datetime
    request_id: str


class Draft(Value):
    """What a turn was before it was redone."""

    message: str
    reply: str
    persona: str | None
    at: datetime


class Turn(Value):
    """One message and its reply, `content`; `finished_at` is None while the reply is being written.

    `feedback` is told where turns are listed.
    """

    id: str
    position: int
    created_at: datetime
    finished_at: datetime | None
    message: str
    language: str
    content: str
    persona_used: str | None
    resonance_key: str | None
    confidence: float | None
    reading: Reading | None
    correction: Correction | None
    routing: Routing | None
    engine: Engine | None
    crisis: Crisis | None
    again_of: str | None
    earlier: tuple[Draft, ...]
    feedback: Feedback | None


class TurnList(Value):
    """The turns of a conversation, oldest first."""

    items: tuple[Turn, ...]


class Conversation(Value):
    """A conversation without its turns."""

    id: str
    created_at: datetime
    updated_at: datetime
    language: str
    title: str
    persona: str | None
    goals: tuple[str, ...]


class WholeConversation(Conversation):
    """A conversation and its last turns, oldest first; `next`, given as `before`, leads to those before them."""

    turns: tuple[Turn, ...]
    next: int | None


class ConversationPage(Value):
    """Conversations, the one added to last first; `next`, given as `before`, leads to those that follow."""

    items: tuple[Conversation, ...]
    next: str | None


class MarkedSpan(Value):
    """Words that were searched for: characters `start` to `end` (exclusive)."""

    start: int
    end: int


class Marked(Value):
    """A text, and where in it the words are."""

    text: str
    spans: tuple[MarkedSpan, ...]


class Found(Value):
    """A turn in which the words are, and what was said around the first of them."""

    conversation_id: str
    position: int
    title: Marked
    said_by: str
    excerpt: Marked


class FoundList(Value):
    """Where the words are, the newest first."""

    items: tuple[Found, ...]


class Analysis(Reading):
    """How a message reads, and who would answer."""

    routing: Routing


class CorrectedReading(Value):
    """A reading, what the mentee said of it, the key that follows, and the mentor whom that key would choose."""

    reading: Reading
    correction: Correction
    corrected_key: str
    persona: str


class Performance(Value):
    """How long a reply took, in milliseconds, and whether it was remembered."""

    execution_time_ms: float
    cache_hit: bool
    cache_key: str | None


class Processed(Value):
    """A reply, who gave it and why; on the crisis path there is no persona, key or routing, and `crisis` is set."""

    success: bool
    content: str
    persona_used: str | None
    resonance_key: str | None
    routing: Routing | None
    confidence: float | None
    engine: Engine
    reading: Reading | None
    crisis: Crisis | None
    performance: Performance
    metadata: Mapping[str, object] | None
    timestamp: datetime
    request_id: str


class ErrorDetail(Value):
    """What is wrong: a stable name, one sentence, and the input at fault."""

    code: str
    message: str
    field: str | None = None


class BulkResult(Processed):
    """The reply to the message at `index`, counted from 0."""

    index: int


class BulkError(Value):
    """Why the message at `index`, counted from 0, got no reply; `status` is what it would be on its own."""

    index: int
    request_id: str
    status: int
    error: ErrorDetail


class BulkProcessed(Value):
    """What became of each of many messages; `success` says that all were answered."""

    success: bool
    total: int
    successful: int
    failed: int
    results: tuple[BulkResult, ...]
    errors: tuple[BulkError, ...]
    timestamp: datetime
    request_id: str

    @property
    def outcomes(self) -> tuple[BulkResult | BulkError, ...]:
        """What became of each message, in the order in which they were given."""
        return tuple(sorted((*self.results, *self.errors), key=lambda outcome: outcome.index))


class Contribution(Value):
    """What one mentor gave to a reply, and why they were there."""

    persona: str
    slug: str
    content: str
    reason: str
    engine: Engine


class Counsel(Value):
    """One reply, and who gave what to it.

    `together_because` says why several answered, or `alone_because` why one did; on the crisis path nobody contributes,
    and `crisis` is set.
    """

    success: bool
    content: str
    persona_used: str | None
    resonance_key: str | None
    contributions: tuple[Contribution, ...]
    together_because: str | None
    alone_because: str | None
    routing: Routing | None
    confidence: float | None
    engine: Engine
    reading: Reading | None
    crisis: Crisis | None
    performance: Performance
    metadata: Mapping[str, object] | None
    timestamp: datetime
    request_id: str


class Persona(Value):
    """A mentor; `role` and `description` by language."""

    slug: str
    name: str
    version: str
    role: Mapping[str, str]
    description: Mapping[str, str]
    traits: tuple[str, ...]
    strengths: tuple[str, ...]
    style: str
    best_for_tones: tuple[str, ...]
    best_for_paces: tuple[str, ...]
    best_for_intents: tuple[str, ...]


class PersonaList(Value):
    """Every mentor, in catalogue order."""

    total: int
    personas: tuple[Persona, ...]
    timestamp: datetime


class Recommendation(Value):
    """Who suits a situation and why; on the crisis path nobody is recommended, and `crisis` is set."""

    success: bool
    recommended_persona: str | None
    runner_up: str | None
    confidence: float | None
    scores: Mapping[str, float] | None
    capabilities: Persona | None
    reasoning: str
    resonance_key: str | None
    turning_key: str | None
    reading: Reading | None
    crisis: Crisis | None
    timestamp: datetime
    request_id: str


class Tokens(Value):
    """Tokens that say who asks; `expires_in` are the seconds that the access token holds. Neither is shown by repr."""

    access_token: str = Field(repr=False)
    token_type: str
    expires_in: int
    refresh_token: str = Field(repr=False)
    scope: str

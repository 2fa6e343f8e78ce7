"""A piece of mentoring knowledge in one language, read from `topics/<slug>/<language>.toml`."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from ion.errors import Misconfigured
from ion.personas import Stage
from ion.resonance import Intent

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# A full sentence, shown as it stands.
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"[.?][\"'”’]?$")]
# A clause that composition closes with a full stop.
Clause = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"[^.]$")]
Question = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"\?$")]


class BadTopic(Misconfigured):
    """A playbook topic cannot be used as it is written."""

    code = "bad_topic"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Part):
    """One of an ordered set of things to do, and how to read what comes out of it."""

    do: Clause
    check: Clause


class Criterion(_Part):
    """What to judge by, and the evidence that tells."""

    judge: Text
    measure: Clause


class Errand(_Part):
    """Who does what, by when; in the order of time."""

    when: Text
    do: Clause


class Topic(_Part):
    """What ION knows about one subject, for readers of one language.

    `cues` and `examples` only serve to find the topic; `least` is the probability it takes where a wrong guess would
    hurt, as good cheer does whoever jokes bitterly. `triage` is what to do, in order, when the clock is running;
    each of `firsts` could stand at its head. `ends` says where the advice ends and whom to see then; it comes into the
    first answer already where `ends_early`, a regular expression, is found in the message. `at_once` is for danger: the
    answer is what to do now and whom to call, and nothing else.
    """

    slug: str = ""
    title: Text
    applies: Text
    cues: tuple[Text, ...] = Field(min_length=5)
    examples: tuple[Text, ...] = Field(min_length=8)
    least: float = Field(default=0.0, ge=0, le=1)
    small: tuple[Clause, ...] = Field(min_length=3)
    triage: tuple[Clause, ...] = Field(min_length=2)
    firsts: tuple[Clause, ...] = ()
    pitfalls: tuple[Sentence, ...] = Field(min_length=3)
    followups: tuple[Clause, ...] = Field(min_length=3)
    ends: Sentence
    ends_early: re.Pattern[str] | None = None
    at_once: bool = False
    frames: Mapping[Intent, tuple[Sentence, ...]]
    questions: Mapping[Stage, tuple[Question, ...]]
    steps: tuple[Step, ...] = Field(min_length=5)
    criteria: tuple[Criterion, ...] = Field(min_length=4)
    people: tuple[Errand, ...] = Field(min_length=4)

    @field_validator("frames")
    @classmethod
    def _every_intent(cls, given: Mapping[Intent, tuple[str, ...]]) -> Mapping[Intent, tuple[str, ...]]:
        missing = [intent for intent in Intent if len(given.get(intent, ())) < 2]
        if missing:
            raise ValueError(f"fewer than two frames for {', '.join(missing)}")
        return given

    @field_validator("questions")
    @classmethod
    def _every_stage(cls, given: Mapping[Stage, tuple[str, ...]]) -> Mapping[Stage, tuple[str, ...]]:
        missing = [stage for stage in ("goal", "reality", "options", "will") if stage not in given]
        if missing:
            raise ValueError(f"no questions for {', '.join(missing)}")
        return given

    def texts(self) -> Iterator[str]:
        """Yield everything the topic says or is known by."""
        yield from (self.title, self.applies, *self.cues, *self.examples)
        yield from (*self.small, *self.triage, *self.firsts, *self.pitfalls, *self.followups)
        for group in (*self.frames.values(), *self.questions.values()):
            yield from group
        yield from (f"{step.do} {step.check}" for step in self.steps)
        yield from (f"{criterion.judge} {criterion.measure}" for criterion in self.criteria)
        yield from (errand.do for errand in self.people)

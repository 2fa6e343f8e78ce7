"""A mentor, read from a folder of plain files."""

from collections.abc import Mapping
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from ion.language import LANGUAGES, Language
from ion.resonance import BadResonanceKey, Intent, Pace, ResonanceKey, Tone


def _slots(*known: str) -> AfterValidator:
    """Refuse a template that holds a slot which nothing fills."""

    def check(template: str) -> str:
        slots = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
        if unknown := sorted(slots - {*known}):
            allowed = " and ".join(f"{{{name}}}" for name in known)
            raise ValueError(f"{{{unknown[0]}}} is not known here; this sentence may use {allowed}")
        return template

    return AfterValidator(check)


def _resonance_key(text: str) -> str:
    try:
        ResonanceKey.parse(text)
    except BadResonanceKey as error:
        raise ValueError(error.message.rstrip(".")) from None
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Opening = Annotated[Text, _slots("quote", "question", "numbers", "deadline")]
Lead = Annotated[Text, _slots("item")]
Statement = Annotated[Text, _slots("about")]
Share = Annotated[float, Field(ge=0, le=1)]
# What of a mentee's message an opening can take up.
Hook = Literal["quote", "question", "numbers", "deadline"]
# Which part of a playbook topic a persona works with.
Body = Literal["small", "steps", "criteria", "people"]
Stage = Literal["goal", "reality", "options", "will"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Affinity(_Part):
    """How well this persona suits each tone, pace and intent, 0 to 1; every one of them has to be given."""

    tone: Mapping[Tone, Share]
    pace: Mapping[Pace, Share]
    intent: Mapping[Intent, Share]

    @field_validator("tone", "pace", "intent")
    @classmethod
    def _complete(cls, given: Mapping[str, float], info: ValidationInfo) -> Mapping[str, float]:
        axes: dict[str | None, tuple[str, ...]] = {"tone": tuple(Tone), "pace": tuple(Pace), "intent": tuple(Intent)}
        missing = [name for name in axes[info.field_name] if name not in given]
        if missing:
            raise ValueError(f"no affinity for {', '.join(missing)}")
        return given


class Voice(_Part):
    """How this persona puts a playbook reply together."""

    prefers: tuple[Hook, ...] = Field(min_length=1)
    body: Body
    layout: Literal["prose", "numbered", "bullets"]
    items: int = Field(ge=1, le=5)
    stages: tuple[Stage, ...] = Field(min_length=1)


class Openings(_Part):
    """First sentences; `{quote}`, `{question}`, `{numbers}` and `{deadline}` stand for the mentee's own words."""

    quote: tuple[Opening, ...] = Field(min_length=1)
    question: tuple[Opening, ...] = Field(min_length=1)
    numbers: tuple[Opening, ...] = Field(min_length=1)
    deadline: tuple[Opening, ...] = Field(min_length=1)
    continuing: tuple[Opening, ...] = Field(min_length=1)


class Narrow(_Part):
    """What to say when no topic fits; `{about}` stands for the mentee's own words."""

    known: tuple[Statement, ...] = Field(min_length=1)
    unknown: tuple[Statement, ...] = Field(min_length=1)


class Phrases(_Part):
    """The persona's own sentences in one language."""

    openings: Openings
    leads: Mapping[Intent, tuple[Lead, ...]]
    narrow: Narrow

    @field_validator("leads")
    @classmethod
    def _every_intent(cls, given: Mapping[Intent, tuple[str, ...]]) -> Mapping[Intent, tuple[str, ...]]:
        missing = [intent for intent in Intent if not given.get(intent)]
        if missing:
            raise ValueError(f"no leads for {', '.join(missing)}")
        return given


class Example(_Part):
    """A message, how it reads, and what a good reply to it does; kept so that a change can be judged."""

    language: Language
    message: Text
    key: Annotated[Text, AfterValidator(_resonance_key)]
    good: Text


class Profile(_Part):
    """What persona.toml holds."""

    name: Text
    rank: int = Field(100, ge=1)
    version: Text = "1.0"
    traits: tuple[Text, ...] = Field(min_length=1)
    strengths: tuple[Text, ...] = Field(min_length=1)
    style: Text
    preferred_tones: tuple[Tone, ...] = ()
    role: Mapping[Language, Text]
    description: Mapping[Language, Text]
    affinity: Affinity
    voice: Voice

    @field_validator("role", "description")
    @classmethod
    def _both_languages(cls, given: Mapping[Language, str]) -> Mapping[Language, str]:
        missing = [language for language in LANGUAGES if language not in given]
        if missing:
            raise ValueError(f"nothing given for {', '.join(missing)}")
        return given


class Persona(_Part):
    """A mentor: who speaks, whom they suit, and in which words.

    `slug` is the folder's name and the persona's id everywhere. `prompts` are `string.Template` texts that know
    `$name` and `$role`.
    """

    slug: str
    profile: Profile
    phrases: Mapping[Language, Phrases]
    prompts: Mapping[Language, Text]
    examples: tuple[Example, ...]

    @property
    def name(self) -> str:
        """The name a mentee sees."""
        return self.profile.name

    def affinity(self, tone: Tone, pace: Pace, intent: Intent) -> tuple[float, float, float]:
        """Return the three affinities for one key."""
        table = self.profile.affinity
        return table.tone[tone], table.pace[pace], table.intent[intent]

"""The mentee's own word on a reading: what the page shows of it, and what its form sends."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from starlette.datastructures import FormData

from ion.language import Language
from ion.mentoring import Correction, PersonaPipeline, Turn, correction_of
from ion.resonance import WORDS, Intent, Tone

_SHARED = "yes"


@dataclass(frozen=True, slots=True)
class Option:
    """A label to choose, in words."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A part of the reading that can be corrected."""

    name: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """The corrected reading in words, the name of the mentor it suits best, and whether it may train ION."""

    words: tuple[tuple[str, str], ...]
    mentor: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Rereading:
    """The form, and what was said with it before; `refused` is a text where it was just sent in vain."""

    fields: tuple[Field, ...]
    corrected: Corrected | None
    refused: str | None


def rereading_of(turn: Turn, pipeline: PersonaPipeline, language: Language, *, refused: str | None) -> Rereading:
    """Return what a page shows to a reader of `language`."""
    said = turn.correction
    return Rereading(
        fields=(
            _field("tone", Tone, said.tone if said else None, language),
            _field("intent", Intent, said.intent if said else None, language),
        ),
        corrected=_corrected(turn, pipeline, language),
        refused=refused,
    )


def correction_in(form: FormData, *, at: datetime) -> Correction:
    """Return what was said with the form. Raises what `correction_of` raises."""
    tone, intent = (str(form.get(name, "")) for name in ("tone", "intent"))
    return correction_of(tone=tone, pace=None, intent=intent, share=form.get("share") == _SHARED, at=at)


def _field(name: str, labels: type[Tone] | type[Intent], chosen: StrEnum | None, language: Language) -> Field:
    options = tuple(Option(label.value, WORDS[language][label], chosen=label == chosen) for label in labels)
    return Field(name, options)


def _corrected(turn: Turn, pipeline: PersonaPipeline, language: Language) -> Corrected | None:
    key = turn.corrected_key
    if key is None or turn.correction is None:
        return None
    return Corrected(
        words=tuple((axis, WORDS[language][getattr(key, axis)]) for axis in ("tone", "pace", "intent")),
        mentor=pipeline.catalogue.name_of(pipeline.router.route(key).primary),
        shared=turn.correction.share,
    )

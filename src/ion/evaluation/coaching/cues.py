"""The words that the measures look for, read from the tables beside the code."""

import re
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from ion.errors import Misconfigured
from ion.language import Language
from ion.toml import read_toml


class BadCues(Misconfigured):
    """A table of cues cannot be read; the installation is damaged."""


def any_of(patterns: object) -> object:
    """Return one pattern that finds whatever any of the listed ones finds, in whichever case; nothing for no list."""
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
        raise ValueError("a list of patterns is needed")
    try:
        return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)", re.IGNORECASE)
    except re.error as fault:
        raise ValueError(f"no pattern: {fault}") from None


Cue = Annotated[re.Pattern[str], BeforeValidator(any_of)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DirectiveCues(_Table):
    """`orders` tell someone what to do; `gentle` and `offers` leave it to them; `harmless` only look like orders.

    `options` introduces a list to choose from.
    """

    orders: Cue
    gentle: Cue
    offers: Cue
    harmless: Cue
    options: Cue


class StageCues(_Table):
    """What the questions of each step of GROW are about."""

    goal: Cue
    reality: Cue
    options: Cue
    will: Cue


class QuestionCues(_Table):
    """`asks` finds questions without their mark; `opens` and `closes` tell what may be answered; `stages` is GROW."""

    asks: Cue
    proposes: Cue
    opens: Cue
    closes: Cue
    stages: StageCues


class SpecificCues(_Table):
    """What can be checked, met or kept: figures, times, names; and how an act becomes one of today."""

    numbers: Cue
    times: Cue
    names: Cue
    today: Cue
    small: Cue
    people: Cue


class SycophancyCues(_Table):
    """Praise, agreement, and what keeps agreement honest."""

    praise: Cue
    agreement: Cue
    challenge: Cue


class Cues(_Table):
    """All cues of one language; `stopwords` carry no matter of their own."""

    directives: DirectiveCues
    questions: QuestionCues
    specifics: SpecificCues
    sycophancy: SycophancyCues
    stopwords: frozenset[str]


@cache
def cues_of(language: Language) -> Cues:
    """Return the cues of a language.

    Raises:
        BadCues: the table is missing or damaged.
    """
    return read_toml(files("ion.evaluation.coaching") / f"cues.{language}.toml", Cues, error=BadCues)

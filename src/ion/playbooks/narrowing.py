"""What to say when no topic fits: one thing that helps whatever the matter is, and one question."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from ion.errors import Misconfigured
from ion.language import Language
from ion.resonance import Intent
from ion.toml import read_toml

_Sentence = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"\.$")]
_Question = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^?]+\?$")]


def _every_intent(given: Mapping[Intent, tuple[str, ...]]) -> Mapping[Intent, tuple[str, ...]]:
    missing = [intent for intent in Intent if not given.get(intent)]
    if missing:
        raise ValueError(f"nothing given for {', '.join(missing)}")
    return given


class Narrowing(BaseModel):
    """What narrowing.<language>.toml holds.

    `meanwhile` is true of any matter of its kind, so that an honest "I don't know" still leaves something to do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    questions: Annotated[Mapping[Intent, tuple[_Question, ...]], AfterValidator(_every_intent)]
    meanwhile: Annotated[Mapping[Intent, tuple[_Sentence, ...]], AfterValidator(_every_intent)]


@cache
def narrowing_texts(language: Language) -> Narrowing:
    """Return what to say in a language; read the first time it is needed."""
    return read_toml(files("ion.playbooks") / f"narrowing.{language}.toml", Narrowing, error=Misconfigured)

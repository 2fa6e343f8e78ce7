"""Do the measures agree with teachers? Tutors' replies and experts' revisions of them (Bridge, Wang et al. 2024).

Each line of the gzipped file is one tutoring moment: {"id", "turns", "mentor_original", "mentor_expert", ...}, all
but the first lists of {"role", "text"}. Lines with the same id are revisions of one moment by several experts. The
moments are in English, about mathematics and with children, and the expert wrote one short message where the tutor may
have written several; what the measures show there need not hold for mentoring adults.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from ion.errors import Invalid
from ion.evaluation.coaching.report import measure

# Of these, less is better; of all others, more.
LESS_IS_BETTER = frozenset(
    {
        "directive_share",
        "sycophancy",
        "empty_praise",
        "unchallenged",
        "words_per_sentence",
        "long_sentences",
        "foreign_share",
    }
)
_INTERVAL = (2.5, 97.5)

Values = NDArray[np.float64]


class BadDialogues(Invalid):
    """The file holds no tutoring moments of this form."""


class _Utterance(BaseModel):
    role: str
    text: str


class _Moment(BaseModel):
    id: str
    turns: list[_Utterance]
    mentor_original: list[_Utterance]
    mentor_expert: list[_Utterance]


@dataclass(frozen=True, slots=True)
class Revision:
    """What a learner said, what the tutor answered, and what an expert would have answered."""

    moment: str
    message: str
    original: str
    expert: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure over all revisions.

    `original` and `expert` are means. `better` is the share of pairs where the expert's figure is the better one,
    `equal` where both are the same. `auc` is the chance that an expert's reply is better than any tutor's, ties
    counted half; 0.5 says nothing, below 0.5 the measure points the wrong way. `low` and `high` bound it at 95 %.
    """

    measure: str
    original: float
    expert: float
    better: float
    equal: float
    auc: float
    low: float
    high: float


def read_revisions(file: Path) -> tuple[Revision, ...]:
    """Return the revisions in a file.

    Raises:
        BadDialogues: the file cannot be read, or a line of it is no tutoring moment.
    """
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            return tuple(_revision(json.loads(line)) for line in lines)
    except (OSError, EOFError, UnicodeDecodeError, json.JSONDecodeError, ValidationError):
        raise BadDialogues(f"{file.name}: this is no gzipped file of tutoring moments.", field="file") from None


def _revision(row: object) -> Revision:
    moment = _Moment.model_validate(row)
    heard = " ".join(turn.text for turn in moment.turns if turn.role == "learner")
    # Every message is a line, so that none runs into the next for want of a full stop.
    original, expert = (
        "\n".join(turn.text for turn in turns) for turns in (moment.mentor_original, moment.mentor_expert)
    )
    return Revision(moment.id, heard, original, expert)


def compare(revisions: Sequence[Revision], *, seed: int, rounds: int = 1000) -> tuple[Comparison, ...]:
    """Return what each measure makes of tutors' replies and experts' revisions.

    The interval comes from `rounds` bootstrap samples of whole moments, drawn by `seed`: revisions of one moment are
    no independent evidence.
    """
    originals = [measure(each.message, each.original, "en").figures() for each in revisions]
    experts = [measure(each.message, each.expert, "en").figures() for each in revisions]
    if not revisions:
        return ()
    picks = _samples(revisions, seed, rounds)
    return tuple(_comparison(name, originals, experts, picks) for name in originals[0])


def _samples(revisions: Sequence[Revision], seed: int, rounds: int) -> Sequence[NDArray[np.int64]]:
    """Return the places of the revisions in each bootstrap sample of moments."""
    places: dict[str, list[int]] = {}
    for place, revision in enumerate(revisions):
        places.setdefault(revision.moment, []).append(place)
    moments = [np.array(each, dtype=np.int64) for each in places.values()]
    draws = np.random.default_rng(seed).integers(len(moments), size=(rounds, len(moments)))
    return [np.concatenate([moments[each] for each in draw]) for draw in draws]


def _comparison(
    name: str,
    originals: Sequence[Mapping[str, float]],
    experts: Sequence[Mapping[str, float]],
    picks: Sequence[NDArray[np.int64]],
) -> Comparison:
    before, after = (np.array([figures[name] for figures in each]) for each in (originals, experts))
    sign = -1.0 if name in LESS_IS_BETTER else 1.0
    drawn = [auc(sign * before[pick], sign * after[pick]) for pick in picks]
    low, high = np.percentile(drawn, _INTERVAL)
    return Comparison(
        name,
        original=float(before.mean()),
        expert=float(after.mean()),
        better=float((sign * after > sign * before).mean()),
        equal=float((after == before).mean()),
        auc=auc(sign * before, sign * after),
        low=float(low),
        high=float(high),
    )


def auc(lower: Values, higher: Values) -> float:
    """Return the chance that a value of `higher` exceeds one of `lower`, ties counted half (Mann-Whitney), 0 to 1."""
    values, places = np.unique(np.concatenate([lower, higher]), return_inverse=True)
    below = np.bincount(places[: len(lower)], minlength=len(values))
    above = np.bincount(places[len(lower) :], minlength=len(values))
    won = above @ (np.cumsum(below) - below / 2)
    return float(won / (len(lower) * len(higher)))

"""A judge's scores of playbook replies, and whether the judge deserves to be believed.

It is first asked about pairs of Bridge, where experts revised what tutors wrote, so that one who breaks off has not
left scores without their agreement. What it says of the replies is then compared with the offline measures.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ion.evaluation.coaching import Revision, read_revisions
from ion.evaluation.judge import Unusable, Verdict, is_hopeless, prompt_for, verdict_of
from ion.evaluation.labelled import Message
from ion.evaluation.replies import Reply, answer, replies_to
from ion.language import Language
from ion.llm import Delta, Model, ModelError, Reason
from ion.services import Mind

SEED = 1

Opinion = Verdict | Unusable


@dataclass(frozen=True, slots=True)
class Case:
    """A message and the reply to be judged."""

    message: str
    reply: str
    language: Language


@dataclass(frozen=True, slots=True)
class Docket:
    """What a judge is asked about, in this order."""

    pairs: tuple[Revision, ...]
    replies: tuple[Reply, ...]

    def cases(self) -> list[Case]:
        """Return all there is to judge: original and revision of each pair, then the replies."""
        pairs = [Case(each.message, text, "en") for each in self.pairs for text in (each.original, each.expert)]
        return [*pairs, *(Case(each.message.text, each.text, each.message.language) for each in self.replies)]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge of this name said, case by case; `failure` is why it did not come to the end of the docket."""

    judge: str
    docket: Docket
    opinions: tuple[Opinion, ...]
    failure: Reason | None

    @property
    def of_originals(self) -> Sequence[Opinion]:
        """The opinions on what tutors wrote, in the docket's order."""
        return self.opinions[: 2 * len(self.docket.pairs) : 2]

    @property
    def of_experts(self) -> Sequence[Opinion]:
        """The opinions on the experts' revisions."""
        return self.opinions[1 : 2 * len(self.docket.pairs) : 2]

    @property
    def of_replies(self) -> Sequence[Opinion]:
        """The opinions on the playbooks' replies."""
        return self.opinions[2 * len(self.docket.pairs) :]

    def pairs(self) -> list[tuple[Verdict, Verdict]]:
        """Return the verdicts on original and revision of each pair of which both can be used."""
        both = zip(self.of_originals, self.of_experts, strict=False)
        return [(one, other) for one, other in both if isinstance(one, Verdict) and isinstance(other, Verdict)]

    def replies(self) -> list[tuple[Reply, Verdict]]:
        """Return the replies with a verdict that can be used."""
        both = zip(self.docket.replies, self.of_replies, strict=False)
        return [(reply, opinion) for reply, opinion in both if isinstance(opinion, Verdict)]


def docket_of(mind: Mind, messages: Sequence[Message], pairs: Sequence[Revision], *, sample: int) -> Docket:
    """Return the pairs, and the playbooks' replies to `sample` of the messages."""
    drawn = draw_messages(messages, sample)
    return Docket(tuple(pairs), tuple(replies_to(drawn, lambda message: answer(mind, message))))


def draw_messages(messages: Sequence[Message], count: int) -> list[Message]:
    """Return `count` messages, always the same, of both languages alike as far as they go, and none of them twice."""
    unique = list({each.text: each for each in messages}.values())
    drawn = [unique[place] for place in _shuffled(len(unique))]
    seen: Counter[Language] = Counter()
    turns = []
    for message in drawn:
        turns.append(seen[message.language])
        seen[message.language] += 1
    return [drawn[place] for place in np.argsort(turns, kind="stable")[:count]]


def read_pairs(file: Path, count: int) -> list[Revision]:
    """Return `count` revisions of a file, always the same; one of each moment, so that each is evidence of its own.

    Raises:
        BadDialogues: the file cannot be read, or a line of it is no tutoring moment.
    """
    revisions = read_revisions(file)
    by_moment = {revisions[place].moment: revisions[place] for place in _shuffled(len(revisions))}
    return list(by_moment.values())[:count]


def _shuffled(count: int) -> NDArray[np.int64]:
    return np.random.default_rng(SEED).permutation(count)


async def judged(model: Model, docket: Docket, tell: Callable[[int], None]) -> Judgement:
    """Ask the model about every case, one after the other; `tell` is given how many are done.

    A failure of the model ends it, and what was said until then is kept. An answer that is broken or empty is one that
    cannot be used, and no failure.
    """
    opinions: list[Opinion] = []
    failure: Reason | None = None
    for case in docket.cases():
        try:
            opinions.append(await _opinion(model, case))
        except ModelError as error:
            failure = error.reason
            break
        tell(len(opinions))
    return Judgement(model.name, docket, tuple(opinions), failure)


async def _opinion(model: Model, case: Case) -> Opinion:
    try:
        return verdict_of(await _answer_of(model, case))
    except ModelError as error:
        if error.reason == "bad_answer":
            return "no_answer"
        raise


async def _answer_of(model: Model, case: Case) -> str:
    said = ""
    async with aclosing(model.stream(prompt_for(case.message, case.reply, case.language))) as answer:
        async for chunk in answer:
            said += chunk.text if isinstance(chunk, Delta) else ""
            if is_hopeless(said):
                break
    return said

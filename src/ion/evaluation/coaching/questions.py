"""What a reply asks: openly or for a yes, and about which step of GROW."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ion.evaluation.coaching.cues import QuestionCues, cues_of
from ion.evaluation.coaching.sentences import Sentence, sentences_of
from ion.language import Language

Stage = Literal["goal", "reality", "options", "will"]
STAGES: tuple[Stage, ...] = ("goal", "reality", "options", "will")
# "What did you want?" is about the goal and "What could you do tonight?" about the will: on a tie, the more particular.
_PARTICULAR_FIRST: tuple[Stage, ...] = ("will", "goal", "options", "reality")

_MARKED = re.compile(r"[?？][\"'”’)\]!.?？]*\Z")
_CLOSING = " .!?？。！…~\"'”’)]"
# Questions about the talk itself belong to no step: "Does that make sense?", "Any questions so far?"
_ABOUT_THE_TALK = re.compile(
    r"make sense|any (?:other )?questions|are you (?:ready|there|done)|(?:do you|did you) (?:understand|follow)"
    r"|(?:이해|말이)\s?(?:되|됐|가)|질문(?:이)?\s?있|준비\s?(?:됐|되)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was asked; `stage` is None where it belongs to no step of GROW."""

    text: str
    is_open: bool
    stage: Stage | None


@dataclass(frozen=True, slots=True)
class GrowCoverage:
    """Which steps of GROW a conversation has asked about; `first` holds the reply, from 0, that asked first."""

    first: Mapping[Stage, int]

    @property
    def share(self) -> float:
        """The share of the four steps that were asked about, 0 to 1; a whole session should reach 1."""
        return len(self.first) / len(STAGES)


def is_question(sentence: Sentence, language: Language) -> bool:
    """Tell whether the mentor asks something; questions that are only quoted do not count."""
    asks = cues_of(language).questions.asks
    return _MARKED.search(sentence.said) is not None or asks.search(sentence.said.rstrip(_CLOSING)) is not None


def questions_of(reply: str, language: Language) -> tuple[Question, ...]:
    """Return the questions of a reply in order; one or two are good, and an open one leaves more room.

    An English question is open where a clause begins with what, why, how, who, which, when or where, or where the
    mentee is asked to tell or explain; it is closed where it begins with an auxiliary. A Korean one is open where it
    holds 어떤, 무엇, 왜, 어떻게, 언제, 누구, 어디, 얼마 or 몇, and closed where it only proposes (-은 어떨까요?).

    A plain pattern finds questions with F1 0.81 on AnnoMI's therapist turns. A ratio of reflections to questions is
    not offered: made from cheap labels, its AUC for good sessions falls from 0.85 to 0.62 and below.
    """
    cues = cues_of(language).questions
    asked = (sentence for sentence in sentences_of(reply) if is_question(sentence, language))
    return tuple(Question(one.text, _is_open(one.said, cues), stage_of(one.said, language)) for one in asked)


def stage_of(question: str, language: Language) -> Stage | None:
    """Return the step of GROW (Whitmore 1992) a question belongs to, by its cues; None where it has none of them.

    The step with most cues wins. Cues are coarse: of the four steps they find the one the topics' authors meant for
    6 in 10 of their English questions and 7 in 10 of their Korean ones (chance: 1 in 4), so they tell how many steps a
    conversation covers better than which step a single question is.
    """
    if _ABOUT_THE_TALK.search(question):
        return None
    cues = cues_of(language).questions.stages
    found = {stage: len(getattr(cues, stage).findall(question)) for stage in STAGES}
    best = max(_PARTICULAR_FIRST, key=lambda stage: found[stage])
    return best if found[best] else None


def grow_coverage(replies: Sequence[str], language: Language) -> GrowCoverage:
    """Return which steps of GROW the replies of one conversation ask about, and which reply asked first.

    Coverage, order and the time until will is asked about are what Whitmore's model lets one count without a judge.
    """
    first: dict[Stage, int] = {}
    for place, reply in enumerate(replies):
        for question in questions_of(reply, language):
            if question.stage is not None:
                first.setdefault(question.stage, place)
    return GrowCoverage(first)


def _is_open(said: str, cues: QuestionCues) -> bool:
    plain = said.rstrip(_CLOSING)
    if cues.closes.search(plain):
        return False
    # "How about Tuesday?" and "그렇게 해 보는 건 어떨까요?" can be answered with yes.
    rest = cues.proposes.sub(" ", plain)
    return cues.opens.search(rest) is not None

"""Is there one thing in a reply that the mentee can do within a day?"""

from dataclasses import dataclass

from ion.evaluation.coaching.cues import cues_of
from ion.evaluation.coaching.directives import act_of
from ion.evaluation.coaching.sentences import Sentence, quotations_of, sentences_of
from ion.language import Language

# What the first step is worth; then being possible within a day, and saying with whom and how much.
_ACT, _SOON, _WHO, _WHAT = 0.4, 0.3, 0.15, 0.15


@dataclass(frozen=True, slots=True)
class Actionability:
    """What the most actionable sentence of a reply has; all False where nothing is to be done."""

    act: bool = False
    soon: bool = False
    who: bool = False
    what: bool = False

    @property
    def score(self) -> float:
        """0 to 1; 0 where there is nothing to do, from 0.7 where it can be done within a day."""
        if not self.act:
            return 0.0
        return _ACT + _SOON * self.soon + _WHO * self.who + _WHAT * self.what

    @property
    def is_for_today(self) -> bool:
        """Whether one thing can be done within a day; every reply should have one."""
        return self.act and self.soon


def actionability_of(reply: str, language: Language) -> Actionability:
    """Return how actionable the most actionable sentence of a reply is.

    An order, an offer and a step of a list are acts. One is soon where a time within a day stands with it or it is
    small (one line, two sentences). Who is anybody to do it with; what is a figure or the words to use. That a goal
    leads to an agreed action is the one effect shown for a coaching chatbot in a controlled trial (Terblanche et al.
    2022: goal attainment up by 55 % against 24 %).
    """
    found = [_judge(sentence, language) for sentence in sentences_of(reply)]
    return max(found, key=lambda one: one.score, default=Actionability())


def _judge(sentence: Sentence, language: Language) -> Actionability:
    if act_of(sentence, language) == "none" and not _is_step(sentence):
        return Actionability()
    cues = cues_of(language).specifics
    return Actionability(
        act=True,
        soon=cues.today.search(sentence.said) is not None or cues.small.search(sentence.said) is not None,
        who=cues.people.search(sentence.said) is not None,
        what=cues.numbers.search(sentence.said) is not None or bool(quotations_of(sentence.text)),
    )


def _is_step(sentence: Sentence) -> bool:
    """Tell whether a sentence is a step of a list; what is asked there is not one."""
    return sentence.list_number > 0 and not sentence.said.endswith(("?", "？"))

"""How much of a reply tells the mentee what to do."""

from dataclasses import dataclass
from typing import Literal

from ion.evaluation.coaching.cues import DirectiveCues, cues_of
from ion.evaluation.coaching.questions import is_question
from ion.evaluation.coaching.sentences import Sentence, sentences_of
from ion.language import Language

Act = Literal["order", "offer", "none"]
# What may stand after the last word of a sentence; the cues speak of its end.
_CLOSING = " .!?。！…~\"'”’)]"


@dataclass(frozen=True, slots=True)
class Directives:
    """How many of the sentences are orders and how many are offers, suggestions included."""

    orders: int
    offers: int
    sentences: int

    @property
    def share(self) -> float:
        """The share of sentences that are orders, 0 to 1; 0 is best, and 0 for a reply without sentences."""
        return self.orders / self.sentences if self.sentences else 0.0


def directives_of(reply: str, language: Language) -> Directives:
    """Return how directive a reply is.

    Orders are "you should / must / need to / have to" and bare imperatives, in Korean -하세요, -하십시오 and -해야
    해요. What leaves the choice is an offer and no order: "you could", "one option is", "try", -해 보세요, -해 볼까요,
    -해 보는 것도 방법이에요. Encouragement ("keep going", 걱정 마세요) and invitations to say more ("tell me",
    말씀해 주세요) are neither, as in MITI 4.2, where they are no persuasion.

    An imperative in a list is an offer where the line before the list says that it is a list of options: naming what
    can be done is giving information, and the mentee chooses. In any other list it is an order like elsewhere, because
    a number in front of an instruction gives nobody a choice.

    Of AnnoMI's 133 transcripts (English, 23 of them poor), the share of what therapists put in, rather than reflect,
    tells good motivational interviewing from poor at an AUC of 0.90, the rate of "you should / need to" at 0.82.
    """
    cues = cues_of(language).directives
    sentences = sentences_of(reply)
    acts = [
        act_of(sentence, language, offered=_offered(sentences, place, cues)) for place, sentence in enumerate(sentences)
    ]
    return Directives(acts.count("order"), acts.count("offer"), len(sentences))


def act_of(sentence: Sentence, language: Language, *, offered: bool = False) -> Act:
    """Tell what a sentence wants done; `offered` says that it stands in a list of options."""
    cues = cues_of(language).directives
    said = sentence.said.rstrip(_CLOSING)
    if cues.gentle.search(said) or cues.offers.search(said):
        return "offer"
    if is_question(sentence, language) or cues.harmless.search(said) or not cues.orders.search(said):
        return "none"
    return "offer" if offered else "order"


def _offered(sentences: tuple[Sentence, ...], place: int, cues: DirectiveCues) -> bool:
    """Tell whether a sentence stands in a list which the sentence before it introduced as options."""
    number = sentences[place].list_number
    while place >= 0 and sentences[place].list_number == number:
        place -= 1
    return number > 0 and place >= 0 and cues.options.search(sentences[place].said) is not None

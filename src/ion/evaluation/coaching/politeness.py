"""Does a Korean reply keep to 존댓말?"""

import re
from dataclasses import dataclass

from ion.evaluation.coaching.sentences import sentences_of
from ion.language import Language

_CLOSING = " .!?？。！…~,\"'”’)]ㅎㅋㅠㅜ^"
# 해요체 and 하십시오체: 해요, 하죠, 할까요, 합니다, 예요.
_POLITE = re.compile(r"(?:요|죠|니다|니까|시오)$")
# 해라체 and 해체. Endings that are as often the end of a noun (편지, 분야, 이해) are left alone.
_PLAIN = re.compile(
    r"(?:[한된는간온난른인진킨린쓴준본둔]다|[있없했었았였겠같싶좋않갔왔됐봤]다|이다|아니다|[었았였했겠있없같싶않]어|[했었았였겠없있]지"
    r"|(?:[거이]|아니)야|(?<=\s)[하되가보]지|잖아|[해어아내]라|(?<=\s)[하보가]자|[느하되]냐|[하되]니|[할볼줄갈]까|[할볼줄갈]래|[할볼줄갈]게"
    r"|(?<!동)네|구나|[봐줘]|몰라|같아|좋아|싫어|괜찮아|(?<![이오방올피손양실])해)$"
)
_FAMILIAR = re.compile(
    r"(?:^|\s)(?:당신(?:은|이|을|의|도|에게|께서)?|너(?:는|도|를|의|한테)?|넌|널|네가|니가|자네)(?=\s)"
)


@dataclass(frozen=True, slots=True)
class Politeness:
    """How many sentences end politely, end plainly, and address the mentee as 당신 or 너."""

    polite: int
    plain: int
    familiar: int

    @property
    def share(self) -> float | None:
        """The share of sentences that are polite in ending and in address, 0 to 1; 1 is good; None without endings."""
        judged = self.polite + self.plain
        return max(0.0, (self.polite - self.familiar) / judged) if judged else None


def politeness_of(reply: str, language: Language) -> Politeness | None:
    """Return how far a Korean reply keeps to 존댓말; None for English, which has no such endings.

    Names of things in a list, and whatever else ends in no verb, are neither polite nor impolite. 당신 is polite in no
    service; a polite sentence that says it counts as impolite.
    """
    if language == "en":
        return None
    polite = plain = familiar = 0
    for sentence in sentences_of(reply):
        said = sentence.said.rstrip(_CLOSING)
        is_polite = _POLITE.search(said) is not None
        polite += is_polite
        plain += not is_polite and _PLAIN.search(said) is not None
        familiar += is_polite and _FAMILIAR.search(said) is not None
    return Politeness(polite, plain, familiar)

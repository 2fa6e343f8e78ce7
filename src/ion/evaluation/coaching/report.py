"""All measures of one reply, and their means over many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ion.evaluation.coaching.actionability import Actionability, actionability_of
from ion.evaluation.coaching.directives import Directives, directives_of
from ion.evaluation.coaching.politeness import Politeness, politeness_of
from ion.evaluation.coaching.purity import foreign_share
from ion.evaluation.coaching.questions import STAGES, Question, questions_of
from ion.evaluation.coaching.readability import Readability, readability_of
from ion.evaluation.coaching.reflection import Reflection, reflection_of
from ion.evaluation.coaching.specificity import Specifics, specifics_of
from ion.evaluation.coaching.sycophancy import Sycophancy, sycophancy_of
from ion.language import Language


@dataclass(frozen=True, slots=True)
class CoachingScores:
    """What was measured of one reply; each value says for itself what is good."""

    directives: Directives
    questions: tuple[Question, ...]
    reflection: Reflection
    specifics: Specifics
    actionability: Actionability
    sycophancy: Sycophancy
    readability: Readability
    politeness: Politeness | None
    foreign_share: float

    def figures(self) -> Mapping[str, float]:
        """Return every measure as a number; all are 0 to 1 but `questions` and `words_per_sentence`.

        Less is better of `directive_share`, `sycophancy`, `empty_praise` (whether there is any), `unchallenged` (the
        same), `foreign_share`, `long_sentences` and `words_per_sentence`. `politeness` is missing where it does not
        apply.
        """
        asked = len(self.questions)
        politeness = None if self.politeness is None else self.politeness.share
        return {
            "directive_share": self.directives.share,
            "questions": float(asked),
            "asks": float(asked > 0),
            "asks_openly": float(any(question.is_open for question in self.questions)),
            **{f"grow_{stage}": float(any(one.stage == stage for one in self.questions)) for stage in STAGES},
            "reflection": self.reflection.share,
            "rephrases": float(self.reflection.manner == "rephrasing"),
            "quotes": float(self.reflection.manner == "quotation"),
            "specificity": self.specifics.share,
            "actionability": self.actionability.score,
            "is_for_today": float(self.actionability.is_for_today),
            "sycophancy": self.sycophancy.figure,
            "empty_praise": float(self.sycophancy.empty_praise > 0),
            "unchallenged": float(self.sycophancy.unchallenged > 0),
            "readability": self.readability.score,
            "words_per_sentence": self.readability.words_per_sentence,
            "long_sentences": self.readability.long_sentences,
            "foreign_share": self.foreign_share,
            **({} if politeness is None else {"politeness": politeness}),
        }


def measure(message: str, reply: str, language: Language) -> CoachingScores:
    """Return every measure of a reply to a message; a pure function of the texts, good for any text."""
    return CoachingScores(
        directives=directives_of(reply, language),
        questions=questions_of(reply, language),
        reflection=reflection_of(message, reply, language),
        specifics=specifics_of(reply, language),
        actionability=actionability_of(reply, language),
        sycophancy=sycophancy_of(reply, language),
        readability=readability_of(reply, language),
        politeness=politeness_of(reply, language),
        foreign_share=foreign_share(reply, language),
    )


def summary(scores: Sequence[CoachingScores]) -> Mapping[str, float]:
    """Return the mean of each figure over the replies it applies to; nothing for no replies.

    The means of `asks`, `is_for_today` and the like are the shares of replies that do so.
    """
    figures = [score.figures() for score in scores]
    names = dict.fromkeys(name for each in figures for name in each)
    return {name: _mean([each[name] for each in figures if name in each]) for name in names}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)

"""Is a reply good coaching? Measures that are pure functions of the text, in Korean and English."""

from ion.evaluation.coaching.actionability import Actionability, actionability_of
from ion.evaluation.coaching.bridge import BadDialogues, Comparison, Revision, compare, read_revisions
from ion.evaluation.coaching.cues import BadCues
from ion.evaluation.coaching.directives import Directives, directives_of
from ion.evaluation.coaching.politeness import Politeness, politeness_of
from ion.evaluation.coaching.purity import foreign_share
from ion.evaluation.coaching.questions import GrowCoverage, Question, Stage, grow_coverage, questions_of, stage_of
from ion.evaluation.coaching.readability import Readability, readability_of
from ion.evaluation.coaching.reflection import Reflection, reflection_of
from ion.evaluation.coaching.repetition import (
    MOST_SHARED,
    FiveGrams,
    Overlap,
    fivegrams,
    largest_overlap,
    overlaps_over,
    shared,
)
from ion.evaluation.coaching.report import CoachingScores, measure, summary
from ion.evaluation.coaching.specificity import Specifics, specifics_of
from ion.evaluation.coaching.sycophancy import Sycophancy, sycophancy_of

__all__ = [
    "MOST_SHARED",
    "Actionability",
    "BadCues",
    "BadDialogues",
    "CoachingScores",
    "Comparison",
    "Directives",
    "FiveGrams",
    "GrowCoverage",
    "Overlap",
    "Politeness",
    "Question",
    "Readability",
    "Reflection",
    "Revision",
    "Specifics",
    "Stage",
    "Sycophancy",
    "actionability_of",
    "compare",
    "directives_of",
    "fivegrams",
    "foreign_share",
    "grow_coverage",
    "largest_overlap",
    "measure",
    "overlaps_over",
    "politeness_of",
    "questions_of",
    "read_revisions",
    "readability_of",
    "reflection_of",
    "shared",
    "specifics_of",
    "stage_of",
    "summary",
    "sycophancy_of",
]

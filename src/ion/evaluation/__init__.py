"""How well ION reads, routes, protects and replies, measured on texts that it never learned from."""

from ion.evaluation.baselines import Keywords, Majority
from ion.evaluation.check import BadReport, Regression, regressions
from ion.evaluation.coaching import Revision, largest_overlap, overlaps_over
from ion.evaluation.diversity import Figures, measure
from ion.evaluation.duplicates import near_duplicates, overlaps
from ion.evaluation.guessing import Guesser, Ion
from ion.evaluation.judge_tables import with_judge
from ion.evaluation.judging import Docket, Judgement, docket_of, judged, read_pairs
from ion.evaluation.labelled import BadData, Data, Message, NoData, read_data, read_json, read_labelled
from ion.evaluation.lines import Defect, Fault
from ion.evaluation.replies import Reply, answer, replies_tables, replies_to
from ion.evaluation.report import Report, as_document, as_json, as_markdown
from ion.evaluation.rows import Row, Sheet, check_topics, read_messages, read_routing, read_texts, repeated_ids
from ion.evaluation.speed import (
    LEARNED,
    MOST_REPEATS,
    TRAINING,
    Begin,
    Benchmark,
    Contender,
    Measurement,
    Measurements,
    fixed_messages,
    measured,
    trained,
)
from ion.evaluation.subject import STAGES, Subject, evaluate

__all__ = [
    "LEARNED",
    "MOST_REPEATS",
    "STAGES",
    "TRAINING",
    "BadData",
    "BadReport",
    "Begin",
    "Benchmark",
    "Contender",
    "Data",
    "Defect",
    "Docket",
    "Fault",
    "Figures",
    "Guesser",
    "Ion",
    "Judgement",
    "Keywords",
    "Majority",
    "Measurement",
    "Measurements",
    "Message",
    "NoData",
    "Regression",
    "Reply",
    "Report",
    "Revision",
    "Row",
    "Sheet",
    "Subject",
    "answer",
    "as_document",
    "as_json",
    "as_markdown",
    "check_topics",
    "docket_of",
    "evaluate",
    "fixed_messages",
    "judged",
    "largest_overlap",
    "measure",
    "measured",
    "near_duplicates",
    "overlaps",
    "overlaps_over",
    "read_data",
    "read_json",
    "read_labelled",
    "read_messages",
    "read_pairs",
    "read_routing",
    "read_texts",
    "regressions",
    "repeated_ids",
    "replies_tables",
    "replies_to",
    "trained",
    "with_judge",
]

"""How well ION reads, routes, protects and replies, measured on texts that it never learned from."""

from ion.evaluation.baselines import Keywords, Majority
from ion.evaluation.check import BadReport, Regression, regressions
from ion.evaluation.corpus import (
    Defect,
    Fault,
    Figures,
    Row,
    Sheet,
    check_topics,
    measure,
    near_duplicates,
    overlaps,
    read_messages,
    read_routing,
    read_texts,
    repeated_ids,
)
from ion.evaluation.guessing import Guesser, Ion
from ion.evaluation.labelled import BadData, Data, NoData, read_data, read_json
from ion.evaluation.report import Report, as_document, as_json, as_markdown
from ion.evaluation.subject import STAGES, Subject, evaluate

__all__ = [
    "STAGES",
    "BadData",
    "BadReport",
    "Data",
    "Defect",
    "Fault",
    "Figures",
    "Guesser",
    "Ion",
    "Keywords",
    "Majority",
    "NoData",
    "Regression",
    "Report",
    "Row",
    "Sheet",
    "Subject",
    "as_document",
    "as_json",
    "as_markdown",
    "check_topics",
    "evaluate",
    "measure",
    "near_duplicates",
    "overlaps",
    "read_data",
    "read_json",
    "read_messages",
    "read_routing",
    "read_texts",
    "regressions",
    "repeated_ids",
]

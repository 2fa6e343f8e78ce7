"""How well the reader does on what it has never seen: another writer, register, domain or language.

Training alone can leave something out and learn the rest, so `make train` measures and writes held_out.json; here its
figures are only told.
"""

from collections.abc import Sequence

from ion.evaluation.guessing import OURS
from ion.evaluation.labelled import Holdout
from ion.evaluation.tables import Column, Table, table


def holdout_tables(holdouts: Sequence[Holdout]) -> list[Table]:
    """Return the figures as `make train` measured them."""
    rows = [
        (
            each.kind,
            each.left_out,
            each.language,
            each.axis,
            f"{OURS} {each.model}",
            each.n,
            each.accuracy,
            each.macro_f1,
            each.ece,
            each.coverage,
            each.accuracy_covered,
        )
        for each in holdouts
    ]
    return [
        table(
            "holdouts",
            "Hold-outs: trained without it, tested on it",
            "By `make train`: the part of the corpus that is named was left out and read by a model trained on all the "
            "rest; for a language, on the other language alone.",
            ("kind", "left out", "language", "axis", "model"),
            (
                Column("n"),
                Column("accuracy", "more"),
                Column("macro-F1", "more"),
                Column("ECE", "less"),
                Column("coverage"),
                Column("accuracy covered", "more"),
            ),
            rows,
        )
    ]

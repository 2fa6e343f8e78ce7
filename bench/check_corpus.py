"""Check the corpus and measure it: `python -m bench.check_corpus [--held-out FILE_OR_FOLDER ...]`.

Prints how varied and how even each file is, in Markdown, then every defect by file and line: a row that cannot be
used, a label outside the guide, an id that stands twice, two messages that are nearly the same, and a message that is
nearly the same as one that is held out (evaluation/dev, or files of lines {"text", ...}). Exit code 1 where there is a
defect, 2 where a file is missing.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ion.errors import Invalid
from ion.evaluation import (
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
from ion.language import LANGUAGES, language_of
from ion.personas import load_catalogue
from ion.playbooks import load_topics
from ion.resonance import Intent, Pace, Tone
from ion.toml import read_text

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "training" / "corpus"
HELD_OUT = ROOT / "evaluation" / "dev"
ROUTING = ROOT / "evaluation" / "routing"
NONE = "–"
ALL = "all messages"


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a folder holds; the sheets by the name of their file."""

    messages: Mapping[str, Sheet]
    routing: Mapping[str, Sheet]
    topics: Sequence[Defect]

    def rows(self) -> list[Row]:
        """Return every text with its labels, in the order of the files."""
        return [row for sheet in (*self.messages.values(), *self.routing.values()) for row in sheet.rows]


def read_corpus(folder: Path, routing_folder: Path = ROUTING) -> Corpus:
    """Read messages.* and topics.* of a folder, and routing.* of another.

    Raises:
        Invalid: there are no messages, or a file cannot be read.
    """
    messages = {file.name: read_messages(file.name, content(file)) for file in found(folder, "messages")}
    if not messages:
        raise Invalid(f"{folder}: no messages.*.jsonl is here.")
    mentors, topics = load_catalogue(), load_topics()[LANGUAGES[0]]
    routing = {
        file.name: read_routing(file.name, content(file), mentors=mentors.keys())
        for file in found(routing_folder, "routing")
    }
    defects: list[Defect] = []
    for file in found(folder, "topics"):
        sheet = messages.get(file.name.replace("topics", "messages", 1), Sheet((), ()))
        ids = {row.id for row in sheet.rows}
        defects += check_topics(file.name, content(file), ids=ids, topics=topics.keys())
    return Corpus(messages, routing, defects)


def found(folder: Path, kind: str) -> list[Path]:
    """Return the files of a kind in the order of their names."""
    return sorted(folder.glob(f"{kind}.*.jsonl"))


def files_of(file: Path) -> list[Path]:
    """Return the files of messages in a folder; a file is itself."""
    return sorted(file.glob("*.jsonl")) if file.is_dir() else [file]


def content(file: Path) -> str:
    """Return a file's text."""
    return read_text(file, error=Invalid)


def defects_of(corpus: Corpus, held_out: Sequence[Row]) -> list[Defect]:
    """Return everything that is wrong, by file and line."""
    rows = corpus.rows()
    sheets = (*corpus.messages.values(), *corpus.routing.values())
    defects = [*corpus.topics, *repeated_ids(rows), *(defect for sheet in sheets for defect in sheet.defects)]
    for fault, pairs in (
        (Fault.NEAR_DUPLICATE, near_duplicates(rows)),
        (Fault.HELD_OUT, overlaps(rows, held_out)),
    ):
        for pair in pairs:
            reason = f"{pair.similarity:.2f} the same as {pair.earlier.file}:{pair.earlier.line}"
            defects.append(Defect(pair.later.file, pair.later.line, fault, reason))
    return sorted(defects)


def tables(corpus: Corpus) -> str:
    """Return the figures as Markdown."""
    files = {file: sheet.rows for file, sheet in (*corpus.messages.items(), *corpus.routing.items())}
    every = {ALL: tuple(row for sheet in corpus.messages.values() for row in sheet.rows)}
    figures = [(file, language, measure(rows)) for file, language, rows in by_language({**files, **every})]
    parts = [
        table(VARIETY, [(file, language, *variety(own)) for file, language, own in figures]),
        table(SHAPE, [(file, language, *shape(own)) for file, language, own in figures]),
        *(pairs_table(language, own) for file, language, own in figures if file == ALL),
        mentors_table(corpus.routing),
    ]
    return "\n\n".join(filter(None, parts))


def by_language(files: Mapping[str, Sequence[Row]]) -> Iterator[tuple[str, str, list[Row]]]:
    """Yield file, language and its rows, for each language that a file has."""
    for file, rows in files.items():
        for language in LANGUAGES:
            own = [row for row in rows if language_of(row.text) == language]
            if own:
                yield file, language, own


VARIETY = (
    *("file", "language", "rows", "words a row", "distinct-1", "distinct-2", "MATTR 500"),
    *("same opening", "registers", "domains"),
)
SHAPE = ("file", "language", "second label", "code", "digits", "bare jamo", "rows a pair", *Pace)


def variety(own: Figures) -> tuple[str, ...]:
    """Return the cells about words and writers."""
    return (
        f"{own.rows:,}",
        f"{own.words_per_row:.1f}",
        f"{own.distinct_1:.2f}",
        f"{own.distinct_2:.2f}",
        NONE if own.varied_words is None else f"{own.varied_words:.2f}",
        f"{own.shared_openings:.1%}",
        f"{own.registers:,}" if own.registers else NONE,
        f"{own.domains:,}" if own.domains else NONE,
    )


def shape(own: Figures) -> tuple[str, ...]:
    """Return the cells about labels and what stands in the texts."""
    shares = (own.second_labels, own.code, own.digits, own.bare_jamo)
    fewest, most = min(own.pairs.values()), max(own.pairs.values())
    spread = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    labelled = (spread, *(f"{count:,}" for count in own.paces.values())) if most else (NONE,) * 5
    return (*(f"{share:.1%}" for share in shares), *labelled)


def pairs_table(language: str, own: Figures) -> str:
    """Return the messages of each tone by intent."""
    rows = [(tone, *(f"{own.pairs[tone, intent]}" for intent in Intent)) for tone in Tone]
    return table((f"{language}: tone", *Intent), rows)


def mentors_table(routing: Mapping[str, Sheet]) -> str:
    """Return the messages of each file by the mentor who should answer first; nothing where there are none."""
    first = {file: Counter(row.mentors[0] for row in sheet.rows) for file, sheet in routing.items()}
    mentors = sorted({name for counts in first.values() for name in counts})
    rows = [(file, *(f"{counts[name]}" for name in mentors)) for file, counts in first.items()]
    return table(("answered first by", *mentors), rows) if rows else ""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose columns stand under one another in a terminal too."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    lines.insert(1, "-|-".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" if place != 1 else f"|-{line}-|" for place, line in enumerate(lines))


def main(arguments: Sequence[str]) -> int:
    """Print the figures and the defects; return 0 where there is none."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.check_corpus", description="Check the corpus and measure it."
    )
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="FOLDER", help="default: training/corpus")
    parser.add_argument("--routing", type=Path, default=ROUTING, metavar="FOLDER", help="default: evaluation/routing")
    parser.add_argument(
        "--held-out",
        type=Path,
        nargs="*",
        default=[HELD_OUT],
        metavar="FILE",
        help="no message may be in these files and folders; default: evaluation/dev",
    )
    options = parser.parse_args(arguments)
    try:
        corpus = read_corpus(options.corpus, options.routing)
        held_out = [read_texts(str(file), content(file)) for each in options.held_out for file in files_of(each)]
    except Invalid as fault:
        print(fault.message, file=sys.stderr)
        return 2
    print(tables(corpus))
    kept_out = [row for sheet in held_out for row in sheet.rows]
    defects = [*defects_of(corpus, kept_out), *(defect for sheet in held_out for defect in sheet.defects)]
    print(f"\n{len(corpus.rows()):,} texts, {len(kept_out):,} held out, {len(defects)} defects")
    for defect in defects:
        print(defect)
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Answer any messages and show whose replies are most alike: `make replies MESSAGES="a.jsonl b.jsonl"`.

Each line of a file is {"id", "text", ...}. The figures are those of `ion eval`, which asks for labelled messages and
tells more; this is for whoever edits a topic. Exit code 1 where a bound is missed, 2 where a file cannot be used.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ion.errors import Invalid
from ion.evaluation import (
    Message,
    Reply,
    answer,
    largest_overlap,
    overlaps_over,
    read_texts,
    replies_tables,
    replies_to,
)
from ion.language import LANGUAGES, language_of
from ion.services import load_mind
from ion.settings import ResonanceSettings, Settings
from ion.toml import read_text

LEAST_FROM_TOPICS = 0.6
MOST_SHOWN = 5
# Seconds; far more than loading takes on any machine.
PATIENCE = 60.0


def messages_in(files: Sequence[str]) -> list[Message]:
    """Return the messages in some files.

    Raises:
        Invalid: a file cannot be read, a line holds no text, or there is none at all.
    """
    sheets = [read_texts(file, read_text(Path(file), error=Invalid)) for file in files]
    defects = [defect for sheet in sheets for defect in sheet.defects]
    if defects:
        raise Invalid(f"{defects[0]}.")
    rows = [row for sheet in sheets for row in sheet.rows]
    if not rows:
        raise Invalid("There are no messages: give files of lines {id, text}.")
    return [Message(row.file, row.text, language_of(row.text), {}) for row in rows]


def most_alike(replies: Sequence[Reply]) -> list[str]:
    """Return lines that name the messages whose replies have too much in common; else those of the two most alike."""
    texts = [reply.text for reply in replies]
    largest = largest_overlap(texts)
    pairs = overlaps_over(texts) or ([largest] if largest else [])
    lines = []
    for pair in pairs[:MOST_SHOWN]:
        lines.append(f"  {pair.share:.2f} in common:")
        both = (replies[pair.first], replies[pair.second])
        lines += [f"    {reply.topic or 'no topic'}: {reply.message.text[:60]!r}" for reply in both]
    return lines


def main(files: Sequence[str]) -> int:
    """Print the figures and the most alike replies of each language; return 0 where all is well."""
    try:
        messages = messages_in(files)
    except Invalid as fault:
        print(fault.message, file=sys.stderr)
        return 2
    settings = Settings()
    reading = ResonanceSettings.model_validate({"model": settings.resonance.model, "patience": PATIENCE})
    mind = load_mind(settings.model_copy(update={"resonance": reading}))
    replies = replies_to(messages, lambda message: answer(mind, message))
    table = replies_tables(replies)[0]
    figures = {row[0]: dict(zip(table.heads, row, strict=True)) for row in table.rows}
    for language in filter(figures.__contains__, LANGUAGES):
        print(", ".join(f"{name} {figure}" for name, figure in figures[language].items()))
        for line in most_alike([reply for reply in replies if reply.message.language == language]):
            print(line)
    return int(not all(map(is_good, figures.values())))


def is_good(figures: Mapping[str, object]) -> bool:
    """Tell whether the figures of a language are within bounds."""
    share = figures["from a topic"]
    bound = (figures["right language"], figures["ends in a question"], figures["pairs over half"]) == (1.0, 1.0, 0)
    return bound and isinstance(share, float) and share >= LEAST_FROM_TOPICS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

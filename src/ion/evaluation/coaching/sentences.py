"""What a reply says, sentence by sentence, with the mentor's own words told apart from what it quotes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Letters, or the digits of a number: what is counted as a word in either language.
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
# Code between fences is nobody's sentence.
_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
# The lengths are bounded so that a stray mark cannot swallow a reply, nor a text of marks alone take long.
_QUOTED = re.compile(
    r"“[^”\n]{1,300}”|\"[^\"\n]{1,300}\"|「[^」\n]{1,300}」|『[^』\n]{1,300}』|`[^`\n]{1,300}`|‘[^’\n]{1,300}’(?![A-Za-z])"
    r"|(?<!\w)'(?=\S)(?:[^'\n]|(?<=\w)'(?=[A-Za-z])){1,300}'(?![A-Za-z])"
)
_MARKER = re.compile(r"[ \t]*(?:[-*•][ \t]+|\d{1,2}[.)][ \t]+|(?P<plain>#{1,6}[ \t]+|>[ \t]?))")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)")
# A full stop after a title or an abbreviation ends nothing.
_END = re.compile(
    r"(?:[.!?。？！…]+[\"'”’)\]]*(?<!\b[DM]r\.)(?<!\bMrs\.)(?<!\b[ei]\.[ge]\.)(?<!\bvs\.)(?<!\b[ap]\.m\.))(?=\s|\Z)"
    # A quotation that ends like a sentence ends the mentor's too where a capital follows.
    r"|\x01[\"'”’](?=\s+[A-Z])"
)
# What stands for quoted characters while a line is taken apart, and for the mark a quotation ends with.
_HIDDEN, _HIDDEN_END = "\0", "\1"
_NO_TEXT = str.maketrans(_HIDDEN + _HIDDEN_END, "  ")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` as written, without Markdown; `said` is the same with what stands in quotation marks left out.

    `list_number` counts the lists of a reply from 1; 0 for a sentence in no list.
    """

    text: str
    said: str
    list_number: int = 0


def sentences_of(reply: str) -> tuple[Sentence, ...]:
    """Return the sentences of a reply in order; lines of a list are sentences, fenced code and quoted ones are not."""
    reply = _FENCE.sub("\n", reply.translate(_NO_TEXT))
    found: list[Sentence] = []
    lists, in_list = 0, False
    for line in reply.splitlines():
        if not line.strip():
            continue
        marker = _MARKER.match(line)
        listed = marker is not None and marker["plain"] is None
        lists += listed and not in_list
        in_list = listed
        rest = line[marker.end() :] if marker else line
        found += [Sentence(text, said, lists if listed else 0) for text, said in _split(_EMPHASIS.sub("", rest))]
    return tuple(found)


def _split(line: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence of a line, as written and as said."""
    hidden = _QUOTED.sub(_hide, line)
    start = 0
    for end in [*(match.end() for match in _END.finditer(hidden)), len(line)]:
        text, said = line[start:end].strip(), hidden[start:end].replace(_HIDDEN, "").replace(_HIDDEN_END, "").strip()
        if _WORD.search(text):
            yield text, said
        start = end


def _hide(match: re.Match[str]) -> str:
    """Return a quotation of the same length that shows its marks and nothing else."""
    text = match[0]
    return text[0] + _HIDDEN * (len(text) - 3) + (_HIDDEN_END if text[-2] in ".!?" else _HIDDEN) + text[-1]


def quotations_of(text: str) -> tuple[str, ...]:
    """Return what stands in quotation marks or in backticks, without the marks."""
    return tuple(match[0][1:-1] for match in _QUOTED.finditer(_FENCE.sub("\n", text)))


def without_quotations(text: str) -> str:
    """Return a text without its code and without what stands in quotation marks."""
    return _QUOTED.sub(" ", _FENCE.sub("\n", text))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words and numbers of a text, in lower case."""
    return tuple(word.lower() for word in _WORD.findall(text))

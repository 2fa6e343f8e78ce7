"""Put together what several mentors said, and tell whether a model did it well; pure functions."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ion.language import Language, language_of
from ion.mentoring.conversation import EngineUsed
from ion.personas import Persona
from ion.playbooks import sentences_of

# Fewer are no advice that could be repeated: the number of a list, a "Then".
_FEWEST_WORDS = 3
_ENDED = re.compile(r"[.!?。？！…][\"'”’)*]*$")
_LISTED = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one of several mentors said, and what wrote it."""

    persona: Persona
    text: str
    engine: EngineUsed


def tidied(text: str, persona: Persona) -> str:
    """Return what a model wrote for a mentor: no name in front, no half sentence and no question at its end."""
    name = rf"^[\s*_]*{re.escape(persona.name)}[\s*_]*(?:\([^)\n]*\))?[\s*_]*[:：][*_]*\s*"
    text = re.sub(name, "", text.strip(), flags=re.IGNORECASE)
    sentences = sentences_of(text)
    while len(sentences) > 1 and (_is_cut(sentences[-1]) or sentences[-1].rstrip().endswith(("?", "？"))):
        # Sentences come without what lies between their lines; one that is not found so is left where it is.
        if (end := text.rfind(sentences.pop())) < 0:
            break
        text = text[:end].rstrip()
    return text


def _is_cut(sentence: str) -> bool:
    """Tell whether a sentence stops before its end; what stands in a list may do without a full stop."""
    return not _LISTED.match(sentence) and _ENDED.search(sentence.rstrip()) is None


def joined(spoken: Sequence[Spoken], *, head: str, closing: str) -> str:
    """Return one reply that names who says what, ends with `closing`, and says nothing twice."""
    said: set[str] = set()
    paragraphs = [head]
    for voice in spoken:
        text = _without(voice.text, said)
        said.update(_plain(sentence) for sentence in sentences_of(voice.text))
        paragraphs.append(f"**{voice.persona.name}**: {text}" if text else "")
    return "\n\n".join(text for text in (*paragraphs, closing) if text)


def is_well_merged(text: str, spoken: Sequence[Spoken], language: Language) -> bool:
    """Tell whether a model's reply names every mentor, each with something said, and is in the mentee's language."""
    found = [re.search(rf"\*\*\W*{re.escape(voice.persona.name)}\b[^\n]*?:\W*\w", text) for voice in spoken]
    return all(found) and language_of(text, default=language) == language


def merged_engine(spoken: Sequence[Spoken], merging: EngineUsed | None) -> EngineUsed:
    """Return what wrote a reply of several mentors; `merging` is what put it together, None where nothing had to."""
    used = [voice.engine for voice in spoken] + ([merging] if merging is not None else [])
    failed = next((engine for engine in used if engine.degraded), None)
    whole = replace(
        _writer(used),
        input_tokens=_sum(engine.input_tokens for engine in used),
        output_tokens=_sum(engine.output_tokens for engine in used),
    )
    return whole if failed is None else replace(whole, degraded=True, reason=failed.reason)


def _writer(used: Sequence[EngineUsed]) -> EngineUsed:
    """Return the model, if one wrote anything; else the playbooks with the first topic they spoke about."""
    for engine in reversed(used):
        if engine.name == "model":
            return EngineUsed("model", model=engine.model)
    return EngineUsed("playbooks", topic=next((engine.topic for engine in used if engine.topic is not None), None))


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _without(text: str, said: set[str]) -> str:
    """Return a text without the sentences that were said before."""
    for sentence in sentences_of(text):
        if len(sentence.split()) >= _FEWEST_WORDS and _plain(sentence) in said:
            text = text.replace(sentence, "", 1)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _plain(sentence: str) -> str:
    return " ".join(re.findall(r"\w+", sentence.lower()))

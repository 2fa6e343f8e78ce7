"""Put together what several mentors said, and tell whether a model did it well; pure functions."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ion.language import Language, language_of
from ion.mentoring.conversation import EngineUsed
from ion.personas import Persona
from ion.playbooks import sentences_of


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one of several mentors said, and what wrote it."""

    persona: Persona
    text: str
    engine: EngineUsed


def tidied(text: str, persona: Persona) -> str:
    """Return what a model wrote for a mentor without their name in front and without questions at its end."""
    name = rf"^\W*{re.escape(persona.name)}(?:\s*\([^)\n]*\))?\W*[:：]\W*"
    text = re.sub(name, "", text.strip(), flags=re.IGNORECASE)
    sentences = sentences_of(text)
    asked = 0
    while asked < len(sentences) - 1 and sentences[-1 - asked].rstrip().endswith(("?", "？")):
        asked += 1
    for question in reversed(sentences[len(sentences) - asked :]):
        text = text[: text.rindex(question)].rstrip()
    return text


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
    models = [engine for engine in used if engine.name == "model"]
    failed = next((engine for engine in used if engine.degraded), None)
    return EngineUsed(
        "model" if models else "playbooks",
        model=models[-1].model if models else None,
        degraded=failed is not None,
        reason=None if failed is None else failed.reason,
        topic=None if models else next((engine.topic for engine in used if engine.topic is not None), None),
        input_tokens=_sum(engine.input_tokens for engine in used),
        output_tokens=_sum(engine.output_tokens for engine in used),
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _without(text: str, said: set[str]) -> str:
    """Return a text without the sentences that were said before."""
    for sentence in sentences_of(text):
        if _plain(sentence) in said:
            text = text.replace(sentence, "", 1)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _plain(sentence: str) -> str:
    return " ".join(re.findall(r"\w+", sentence.lower()))

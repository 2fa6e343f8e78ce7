"""Judge the offline mentor's replies to a file of messages: `make replies MESSAGES="a.jsonl b.jsonl"`.

Each line of a file is {"id", "text", ...}. Prints, per language: replies in the language of the message, replies from
a topic, narrowing questions that name what the message was about, replies that end in a question, and the largest
share of five-word sequences that replies to two different messages have in common. Exit code 1 where a bound is missed.
"""

import itertools
import json
import sys
from collections import Counter
from pathlib import Path

from ion.language import Language, is_hangul, language_of
from ion.playbooks import Ask, PlaybookReply
from ion.services import Mind, load_mind
from ion.settings import Settings

LEAST_FROM_TOPICS = 0.6
MOST_SHARED = 0.5


def fivegrams(text: str) -> set[tuple[str, ...]]:
    """Return the sequences of five words."""
    words = text.split()
    return set(zip(*(words[start:] for start in range(5)), strict=False))


def shared(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    """Return the larger share that the common sequences have of either reply."""
    return len(one & other) / max(min(len(one), len(other)), 1)


def in_language(text: str, language: Language) -> bool:
    """Tell whether a reply is in a language; quoted words and names in the other one are fine."""
    hangul = sum(map(is_hangul, text))
    letters = hangul + sum(char.isascii() and char.isalpha() for char in text)
    share = hangul / max(letters, 1)
    return share > 0.6 if language == "ko" else share < 0.02


def answer(mind: Mind, text: str) -> tuple[PlaybookReply, Language, str]:
    """Return the reply to a message, the message's language and who answered."""
    language = language_of(text)
    key = mind.reader.read(text).key
    persona = mind.catalogue[mind.router.route(key).primary]
    return mind.playbooks.reply(Ask(text, language, key, persona)), language, f"{persona.name} {key}"


def main(files: list[str]) -> int:
    """Print the figures; return 1 where one is out of bounds."""
    mind = load_mind(Settings())
    texts = {json.loads(line)["text"] for file in files for line in Path(file).read_text(encoding="utf-8").splitlines()}
    replies: dict[Language, list[tuple[str, PlaybookReply, str]]] = {"ko": [], "en": []}
    for text in sorted(texts):
        reply, language, who = answer(mind, text)
        replies[language].append((text, reply, who))
    if not texts:
        print("no messages: give files of lines {id, text}", file=sys.stderr)
        return 2
    return max(judge(language, rows) for language, rows in replies.items() if rows)


def judge(language: Language, rows: list[tuple[str, PlaybookReply, str]]) -> int:
    """Print one language's figures; return 1 where one is out of bounds."""
    right_language = sum(in_language(reply.text, language) for _, reply, _ in rows) / len(rows)
    from_topics = sum(reply.topic is not None for _, reply, _ in rows) / len(rows)
    narrowing = [reply for _, reply, _ in rows if reply.topic is None]
    naming = sum("'" in reply.text or '"' in reply.text for reply in narrowing)
    ending = sum(reply.text.rstrip().endswith("?") for _, reply, _ in rows) / len(rows)
    topics = len({reply.topic for _, reply, _ in rows})
    grams = [fivegrams(reply.text) for _, reply, _ in rows]
    pairs = sorted(
        ((shared(a, b), i, j) for (i, a), (j, b) in itertools.combinations(enumerate(grams), 2)), reverse=True
    )
    over = sum(share > MOST_SHARED for share, _, _ in pairs)
    print(f"{language}: {len(rows)} messages")
    print(f"  language of the reply is that of the message  {right_language:.1%}")
    print(f"  reply from a topic                            {from_topics:.1%}  ({topics} topics)")
    print(f"  narrowing questions that name the matter      {naming} of {len(narrowing)}")
    print(f"  reply ends in a question                      {ending:.1%}")
    largest = pairs[0][0] if pairs else 0.0
    print(
        f"  largest share of five-word sequences in common {largest:.2f}; "
        f"pairs over {MOST_SHARED}: {over} of {len(pairs)}"
    )
    print(f"  answered by {dict(Counter(who.split()[0] for _, _, who in rows).most_common())}")
    for _, i, j in pairs[: min(over, 3)]:
        print(f"    {rows[i][0][:60]!r}\n    {rows[j][0][:60]!r}")
    good = right_language == 1 and ending == 1 and from_topics >= LEAST_FROM_TOPICS and over == 0
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the playbooks answer to each message, judged as coaching."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ion.evaluation.coaching import CoachingScores, largest_overlap, measure, overlaps_over, summary
from ion.evaluation.labelled import Message
from ion.evaluation.tables import Better, Cell, Column, Table, table
from ion.language import LANGUAGES, Language
from ion.playbooks import Ask, PlaybookReply
from ion.services import Mind

Answer = Callable[[Message], PlaybookReply]
# Of each language.
WORST = 50
# The share of letters outside quotations that may be of the other language: Korean is full of English terms.
_MOST_FOREIGN: Mapping[Language, float] = {"ko": 0.4, "en": 0.02}
_BETTER: Mapping[str, Better] = {
    **dict.fromkeys(("directive_share", "sycophancy", "empty_praise", "unchallenged", "foreign_share"), "less"),
    **dict.fromkeys(("long_sentences",), "less"),
    **dict.fromkeys(("asks", "asks_openly", "reflection", "specificity", "actionability"), "more"),
    **dict.fromkeys(("is_for_today", "readability", "politeness"), "more"),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply and what was measured of it."""

    message: Message
    text: str
    topic: str | None
    scores: CoachingScores

    @property
    def is_in_language(self) -> bool:
        """Whether it is in the language of the message."""
        return self.scores.foreign_share <= _MOST_FOREIGN[self.message.language]

    @property
    def ends_in_a_question(self) -> bool:
        """Whether the mentee is asked something last."""
        return self.text.rstrip().endswith("?")

    @property
    def badness(self) -> float:
        """How bad the reply is, 0 to 3.5; the worst are read by a person.

        The mean of six measures (directive share, sycophancy, and what is missing to the full reflection, specificity,
        actionability and readability), 1 more for the wrong language, 1 more for no question at the end, and 0.5 more
        for no topic.
        """
        figures = self.scores.figures()
        bad = figures["directive_share"] + figures["sycophancy"]
        missing = sum(1 - figures[name] for name in ("reflection", "specificity", "actionability", "readability"))
        faults = (not self.is_in_language) + (not self.ends_in_a_question) + 0.5 * (self.topic is None)
        return (bad + missing) / 6 + faults


def answer(mind: Mind, message: Message) -> PlaybookReply:
    """Return what the playbooks answer at the beginning of a conversation."""
    key = mind.reader.read(message.text).key
    persona = mind.catalogue[mind.router.route(key).primary]
    quotable = mind.screener.screen(message.text).injection is None
    return mind.playbooks.reply(Ask(message.text, message.language, key, persona, quotable=quotable))


def replies_to(messages: Sequence[Message], reply_to: Answer) -> list[Reply]:
    """Return the reply to each message; a text that stands there twice is answered once."""
    replies = []
    for message in {each.text: each for each in reversed(messages)}.values():
        reply = reply_to(message)
        scores = measure(message.text, reply.text, message.language)
        replies.append(Reply(message, reply.text, reply.topic, scores))
    return replies[::-1]


def replies_tables(replies: Sequence[Reply]) -> list[Table]:
    """Return what holds for the replies in each language, and the means of the coaching measures."""
    by_language = {language: [each for each in replies if each.message.language == language] for language in LANGUAGES}
    there = {language: own for language, own in by_language.items() if own}
    figures = table(
        "replies",
        "Replies: the playbooks' answers",
        "`largest overlap` is the share of five-word sequences that the two most similar replies to different messages "
        "have in common, `pairs over half` counts the pairs of replies for which it is more than 0.5.",
        ("language",),
        (
            Column("n"),
            Column("right language", "more", tolerance=0.0),
            Column("from a topic", "more"),
            Column("topics"),
            Column("ends in a question", "more"),
            Column("largest overlap", "less"),
            Column("pairs over half", "less", tolerance=0.0),
        ),
        [(language, *_figures(own)) for language, own in there.items()],
    )
    return [figures, _coaching(there)]


def worst(replies: Sequence[Reply], count: int = WORST) -> list[dict[str, object]]:
    """Return the `count` replies of most badness in each language with their messages and measures, the worst first."""
    ranked = sorted(replies, key=lambda reply: (-reply.badness, reply.message.text))
    by_language = [[reply for reply in ranked if reply.message.language == language] for language in LANGUAGES]
    return [_told(reply) for own in by_language for reply in own[:count]]


def _told(reply: Reply) -> dict[str, object]:
    return {
        "badness": round(reply.badness, 3),
        "source": reply.message.source,
        "language": reply.message.language,
        "message": reply.message.text,
        "reply": reply.text,
        "topic": reply.topic,
        "figures": {name: round(figure, 3) for name, figure in reply.scores.figures().items()},
    }


def _figures(own: Sequence[Reply]) -> tuple[Cell, ...]:
    texts = [reply.text for reply in own]
    overlap = largest_overlap(texts)
    return (
        len(own),
        sum(reply.is_in_language for reply in own) / len(own),
        sum(reply.topic is not None for reply in own) / len(own),
        len({reply.topic for reply in own} - {None}),
        sum(reply.ends_in_a_question for reply in own) / len(own),
        None if overlap is None else overlap.share,
        len(overlaps_over(texts)),
    )


def _coaching(there: Mapping[Language, Sequence[Reply]]) -> Table:
    means = {language: summary([reply.scores for reply in own]) for language, own in there.items()}
    names = list(dict.fromkeys(name for each in means.values() for name in each))
    # One row for each language keeps the measures as columns, each with its direction; the report turns it on its side.
    return table(
        "replies coaching",
        "Replies: coaching measures",
        "Means over the replies; src/ion/evaluation/coaching says what each is and what is good.",
        ("language",),
        [Column(name, _BETTER.get(name, "")) for name in names],
        [(language, *(each.get(name) for name in names)) for language, each in means.items()],
    )

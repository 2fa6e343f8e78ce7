"""The embedded mentor: finds what a message is about and composes the answer, with no model and no network."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ion.language import Language
from ion.personas import Persona
from ion.playbooks.composition import Brief, compose, compose_narrowing
from ion.playbooks.courtesies import courtesy_frame, courtesy_of, courtesy_reply
from ion.playbooks.finder import Found, TopicFinder
from ion.playbooks.hooks import NO_HOOKS, Hooks, hooks_of
from ion.playbooks.library import Library
from ion.playbooks.matters import Matter, matters_of
from ion.playbooks.parts import Part, compose_closing, compose_part, narrow_part
from ion.playbooks.quoting import MOST_CHARS
from ion.playbooks.topic import Topic
from ion.resonance import ResonanceKey

# A short message after an answer usually goes on with the same matter: "스무 번 돌렸더니 세 번 깨졌어요".
_STAY_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier message of the conversation and what the mentor answered."""

    message: str
    reply: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What the embedded mentor is asked.

    `quotable` is False where the message should not be repeated. `earlier` are replies that this message got before;
    the answer is then another one.
    """

    message: str
    language: Language
    key: ResonanceKey
    persona: Persona
    history: tuple[Exchange, ...] = ()
    goals: tuple[str, ...] = ()
    conversation: str = ""
    quotable: bool = True
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaybookReply:
    """The answer as light Markdown. `topic` is the slug it came from; None for a narrowing question or a courtesy."""

    text: str
    topic: str | None


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands before and after the parts of several mentors; `head` may be empty."""

    head: str
    closing: str


class Playbooks:
    """Answers from the topics in its library."""

    def __init__(self, library: Library, finder: TopicFinder) -> None:
        self._library = library
        self._finder = finder

    def reply(self, ask: Ask) -> PlaybookReply:
        """Return the answer; the same conversation and message always get the same one."""
        courtesy = courtesy_of(ask.message, ask.language)
        if courtesy is not None:
            return PlaybookReply(courtesy_reply(courtesy, name=ask.persona.name, language=ask.language), None)
        topic, turn = self._topic_and_turn(ask)
        brief = self._brief(ask, turn)
        if topic is None:
            return PlaybookReply(compose_narrowing(brief), None)
        return PlaybookReply(compose(topic, brief), topic.slug)

    def part(self, ask: Ask, part: Part) -> PlaybookReply:
        """Return what one of several mentors adds to a reply; it ends without a question."""
        if courtesy_of(ask.message, ask.language) is not None:
            return PlaybookReply(ask.persona.profile.description[ask.language], None)
        topic, turn = self._topic_and_turn(ask)
        if part.topic is not None:
            topic = self._library[ask.language][part.topic]
        brief = self._brief(ask, turn)
        if part.clause is not None:
            hooks = self._taken_up(part, brief) if ask.quotable else NO_HOOKS
            brief = replace(brief, relevance=self._finder.nearness(part.clause), hooks=hooks)
        if topic is None:
            return PlaybookReply(narrow_part(brief, part), None)
        return PlaybookReply(compose_part(topic, brief, part), topic.slug)

    def _taken_up(self, part: Part, brief: Brief) -> Hooks:
        """Return what a mentor takes up who answers one clause; the time that is left is spoken of once."""
        assert part.clause is not None
        own = hooks_of(part.clause, brief.language, self._finder.telling)
        quote = part.words or own.quote
        # What nobody would quote may still say which part is meant.
        asked = part.clause if quote is None and len(part.clause) <= MOST_CHARS else None
        return replace(
            own, quote=quote, question=own.question or asked, deadline=brief.hooks.deadline if part.first else None
        )

    def frame(self, ask: Ask, names: Sequence[str], topics: Sequence[str]) -> Frame:
        """Return what begins and ends a reply of several mentors that is about these topics; it ends in a question."""
        courtesy = courtesy_of(ask.message, ask.language)
        if courtesy is not None:
            return Frame(*courtesy_frame(courtesy, names=names, language=ask.language))
        _, turn = self._topic_and_turn(ask)
        found = [self._library[ask.language][slug] for slug in dict.fromkeys(topics)]
        return Frame("", compose_closing(found, self._brief(ask, turn)))

    def is_courtesy(self, message: str, language: Language) -> bool:
        """Tell whether a message is a greeting, thanks or the question who is there, and nothing more."""
        return courtesy_of(message, language) is not None

    def matters(self, message: str, language: Language, key: ResonanceKey) -> tuple[Matter, ...]:
        """Return the separate matters of a message, in the order they come; none where it has only one."""
        return matters_of(self._finder, message, language, key)

    def topic(self, slug: str, language: Language) -> Topic:
        """Return the topic with this slug."""
        return self._library[language][slug]

    def topic_of(self, message: str, language: Language, key: ResonanceKey) -> Topic | None:
        """Return the topic a single message is about, if any fits well enough."""
        found = self._found(message, language, key)
        return None if found is None else self._library[language][found.slug]

    def _found(self, message: str, language: Language, key: ResonanceKey | None) -> Found | None:
        """Return the most likely topic; the next one where that is a topic which has to be surer."""
        found = self._finder.find(message, key)
        if found is None or found.confidence >= self._library[language][found.slug].least:
            return found
        return self._finder.find(message, key, without=found.slug)

    def _topic_and_turn(self, ask: Ask) -> tuple[Topic | None, int]:
        """Return the topic to answer from and how many turns it has been on, counted from 1.

        Every message moves the conversation to the topic it names clearly; one that names none, or only faintly,
        goes on with the topic that was there.
        """
        current: str | None = None
        turn = 1
        said: list[tuple[str, ResonanceKey | None]] = [(exchange.message, None) for exchange in ask.history]
        for message, key in [*said, (ask.message, ask.key)]:
            found = self._found(message, ask.language, key)
            if found is not None and found.slug != current and (current is None or found.confidence >= _STAY_BELOW):
                current, turn = found.slug, 1
            elif current is not None:
                turn += 1
        if current is None:
            return None, len(ask.history) + 1
        return self._library[ask.language][current], turn

    def _brief(self, ask: Ask, turn: int) -> Brief:
        relevance = self._finder.nearness(ask.message)
        brief = Brief(
            message=ask.message,
            persona=ask.persona,
            language=ask.language,
            key=ask.key,
            hooks=NO_HOOKS,
            turn=turn,
            spoken="\n".join([*(exchange.reply for exchange in ask.history), *ask.earlier]),
            goals=ask.goals,
            relevance=relevance,
            seed="|".join([ask.conversation, str(len(ask.history)), ask.message, *("again" for _ in ask.earlier)]),
        )
        if not ask.quotable:
            return brief
        return replace(brief, hooks=hooks_of(ask.message, ask.language, self._finder.telling))


def grounding(topic: Topic, key: ResonanceKey) -> Sequence[str]:
    """Return what a language model should know of a topic before it answers."""
    return [
        *topic.frames[key.intent][:2],
        *(f"{step.do} ({step.check})" for step in topic.steps[:3]),
        *topic.pitfalls[:2],
        topic.ends,
    ]

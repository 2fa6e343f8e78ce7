"""What the embedded mentor knows, and how it answers from it."""

from ion.playbooks.finder import TopicFinder
from ion.playbooks.playbooks import Ask, Exchange, PlaybookReply, Playbooks, grounding
from ion.playbooks.topic import BadTopic, Library, Topic, load_topics

__all__ = [
    "Ask",
    "BadTopic",
    "Exchange",
    "Library",
    "PlaybookReply",
    "Playbooks",
    "Topic",
    "TopicFinder",
    "grounding",
    "load_topics",
]

"""What the embedded mentor knows, and how it answers from it."""

from ion.playbooks.finder import TopicFinder
from ion.playbooks.library import Library, load_topics
from ion.playbooks.playbooks import Ask, Exchange, PlaybookReply, Playbooks, grounding
from ion.playbooks.topic import BadTopic, Topic

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

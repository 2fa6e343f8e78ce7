"""What the embedded mentor knows, and how it answers from it."""

from ion.playbooks.finder import TopicFinder
from ion.playbooks.library import Library, load_topics
from ion.playbooks.matters import MOST_MATTERS, Matter, readable_clauses
from ion.playbooks.parts import Part
from ion.playbooks.playbooks import Ask, Exchange, Frame, PlaybookReply, Playbooks, grounding
from ion.playbooks.quoting import sentences_of
from ion.playbooks.topic import BadTopic, Topic

__all__ = [
    "MOST_MATTERS",
    "Ask",
    "BadTopic",
    "Exchange",
    "Frame",
    "Library",
    "Matter",
    "Part",
    "PlaybookReply",
    "Playbooks",
    "Topic",
    "TopicFinder",
    "grounding",
    "load_topics",
    "readable_clauses",
    "sentences_of",
]

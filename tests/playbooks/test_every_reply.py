"""Every topic in every voice, for a spread of keys: does the reply read as if one person had written it?"""

import itertools
import re
from functools import cache

import pytest

from ion.language import LANGUAGES, Language, is_hangul
from ion.playbooks.composition import compose
from ion.playbooks.hooks import NO_HOOKS
from tests.playbooks.factories import KEYS, catalogue, hooks_for, library, make_brief, sentences_of, without_quotations
from tests.playbooks.speech import impolite

SHORTEST, LONGEST = 40, 1600
TOPICS = [
    pytest.param(language, slug, id=f"{language}-{slug}") for language in LANGUAGES for slug in library()[language]
]
# Four or more Latin words in a row are a sentence; "git blame" and "SELECT COUNT(*)" are names.
LATIN_SENTENCE = re.compile(r"(?:[A-Za-z]{2,}[ ,]+){3,}[A-Za-z]{2,}")


@cache
def replies_about(slug: str, language: Language) -> tuple[str, ...]:
    """Return the replies of every persona to a spread of keys, early and late in a conversation."""
    replies = []
    for persona, (number, key), turn in itertools.product(catalogue(), enumerate(KEYS), (1, 2, 3)):
        # Every other message has nothing that could be quoted.
        hooks = hooks_for(language) if number % 2 else NO_HOOKS
        brief = make_brief(persona, language, key, hooks=hooks, turn=turn, seed=f"{persona}{number}")
        replies.append(compose(library()[language][slug], brief))
    return tuple(replies)


@pytest.mark.parametrize(("language", "slug"), TOPICS)
class TestEveryReply:
    def test_is_in_the_language_of_the_message(self, language: Language, slug: str) -> None:
        for reply in replies_about(slug, language):
            own = without_quotations(reply, language)

            assert LATIN_SENTENCE.search(own) is None if language == "ko" else not any(map(is_hangul, own))

    def test_ends_in_its_one_closing_question(self, language: Language, slug: str) -> None:
        for reply in replies_about(slug, language):
            closing = without_quotations(reply.split("\n\n")[-1], language)

            assert reply.endswith("?")
            assert closing.count("?") == 1

    def test_holds_no_trace_of_how_it_was_put_together(self, language: Language, slug: str) -> None:
        for reply in replies_about(slug, language):
            own = without_quotations(reply, language)

            assert re.search(r"[{}]|(?<!\.)\.\.(?!\.)|  | [.,;?]|[,;:?!]\.|을\(를\)|은\(는\)|이\(가\)", own) is None
            assert reply.count("**") % 2 == 0
            assert "\n\n\n" not in reply

    def test_closes_every_sentence(self, language: Language, slug: str) -> None:
        for reply in replies_about(slug, language):
            for line in filter(None, without_quotations(reply, language).splitlines()):
                assert [part for part in sentences_of(line) if not re.search(r"[.?:][)”]?$|Q$", part)] == []

    def test_is_of_a_length_to_be_read(self, language: Language, slug: str) -> None:
        lengths = [len(reply) for reply in replies_about(slug, language)]

        assert min(lengths) >= SHORTEST
        assert max(lengths) <= LONGEST


@pytest.mark.parametrize("slug", library()["ko"])
class TestEveryKoreanReply:
    def test_is_polite_in_every_sentence(self, slug: str) -> None:
        for reply in replies_about(slug, "ko"):
            for line in filter(None, without_quotations(reply, "ko").splitlines()):
                assert impolite(line, list(sentences_of(line))) == []

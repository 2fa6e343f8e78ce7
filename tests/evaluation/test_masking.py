import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from ion.evaluation.labelled import Marked, Span, read_marked
from ion.evaluation.masking import counts_of, masking_tables
from ion.evaluation.subject import spans_of
from ion.language import LANGUAGES, Language
from ion.privacy import PersonalKind

FOLDER = Path(__file__).parents[2] / "evaluation"
TEXTS = read_marked(FOLDER)
PARTS = ("dev", "held_out", "fresh")
# Kinds that there are in every language, and those of one.
KINDS = {"phone", "email", "bank_account", "passport", "address", "card", "ip_address", "api_key", "bearer_token"} | {
    "password",
    "url_token",
}
OWN = {"ko": {"mobile_phone", "rrn", "business_number"}, "en": {"ssn", "iban"}}


def said(text: str) -> list[Span]:
    """Find what the made-up texts below say is found: kind, start and end in each line."""
    return [Span(kind, int(start), int(end)) for kind, start, end in map(str.split, text.splitlines())]


def marked(text: str, *spans: Span, look_alikes: tuple[Span, ...] = ()) -> Marked:
    return Marked("dev", "en", text, spans, look_alikes)


def of(part: str, language: Language) -> list[Marked]:
    return [text for text in TEXTS if (text.part, text.language) == (part, language)]


class TestTheSet:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_has_enough_of_everything(self, language: Language) -> None:
        texts = [text for text in TEXTS if text.language == language]
        kinds = Counter(span.type for text in texts for span in text.spans)

        assert len(texts) >= 350
        assert sum(not text.spans for text in texts) * 3 >= len(texts)
        assert {kind: kinds[kind] for kind in KINDS | OWN[language] if kinds[kind] < 20} == {}

    def test_its_places_are_real(self) -> None:
        for text in TEXTS:
            spans = sorted((*text.spans, *text.look_alikes), key=lambda span: span.start)
            assert all(0 <= span.start < span.end <= len(text.text) for span in spans)
            assert not any(before.touches(after) for before, after in pairwise(spans))
            assert {span.type for span in text.spans} <= set(PersonalKind)

    def test_no_text_is_in_it_twice(self) -> None:
        files = [file.read_text(encoding="utf-8") for file in (FOLDER / "masking").glob("*.jsonl")]
        lines = [json.loads(line) for file in files for line in file.splitlines()]

        assert len(lines) == len(TEXTS) == len({line["text"] for line in lines}) == len({line["id"] for line in lines})


class TestMasking:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("part", PARTS)
    def test_takes_what_is_personal_and_nothing_else(self, part: str, language: Language) -> None:
        counts = counts_of(of(part, language), spans_of)

        assert counts.recall is not None
        assert counts.look_alike_rate is not None
        assert counts.precision is not None
        assert counts.recall >= 0.98
        assert counts.look_alike_rate <= 0.01
        assert counts.precision >= 0.99


class TestTables:
    def test_tell_what_was_found_and_what_was_taken_for_it(self) -> None:
        texts = [
            marked("mobile_phone 0 5", Span("phone", 0, 4)),
            marked("email 0 3", Span("email", 0, 4)),
            marked("card 0 9", Span("ssn", 0, 4)),
            marked("address 0 4\naddress 4 8", Span("address", 0, 8), look_alikes=(Span("", 9, 12),)),
            marked("card 2 4", look_alikes=(Span("", 3, 9), Span("", 10, 12))),
        ]

        figures, kinds = masking_tables(texts, said)

        assert figures.rows == (("dev", "en", 5, 1, 4, 0.5, 0.833, 3, 0.333, 1),)
        assert kinds.rows == (
            ("address", "dev", "en", 1, 1, 1.0),
            ("email", "dev", "en", 1, 0, 0.0),
            ("phone", "dev", "en", 1, 1, 1.0),
            ("ssn", "dev", "en", 1, 0, 0.0),
        )

    def test_without_texts_there_are_none(self) -> None:
        assert masking_tables([], said) == []
        assert counts_of([], said).recall is None

from collections.abc import Sequence

import pytest

from ion.evaluation.lines import Defect, Fault
from ion.evaluation.rows import Row, check_topics, read_messages, read_routing, read_texts, repeated_ids
from ion.resonance import Intent, Pace, Tone
from tests.evaluation.rows import line, rows_of

MENTORS = ("lua", "elro")


def faults(defects: Sequence[Defect]) -> list[tuple[int, Fault]]:
    return [(defect.line, defect.fault) for defect in defects]


class TestReadMessages:
    def test_reads_every_label(self) -> None:
        sheet = read_messages("m", line(tone=["frustrated", "urgent"]))

        assert sheet.defects == ()
        assert sheet.rows == (
            Row(
                "m",
                1,
                "a-1",
                "The kiln tripped the fuse again.",
                tones=(Tone.FRUSTRATED, Tone.URGENT),
                intents=(Intent.PROBLEM_SOLVING,),
                pace=Pace.MEDIUM,
                register="dry",
                domain="pottery",
            ),
        )

    def test_register_and_domain_may_be_left_out(self) -> None:
        sheet = read_messages("m", line(register=None, domain=None))

        assert sheet.defects == ()
        assert (sheet.rows[0].register, sheet.rows[0].domain) == ("", "")

    @pytest.mark.parametrize(
        ("changes", "fault", "reason"),
        [
            ({"tone": "angry"}, Fault.UNKNOWN_LABEL, "tone: 'angry' is none of 'frustrated', 'playful'"),
            ({"tone": ["calm", "angry"]}, Fault.UNKNOWN_LABEL, "tone: 'angry' is none of"),
            ({"intent": "seeking_advice"}, Fault.UNKNOWN_LABEL, "intent: 'seeking_advice' is none of"),
            ({"pace": "fast"}, Fault.UNKNOWN_LABEL, "pace: 'fast' is none of"),
            ({"tone": None}, Fault.MISSING, "tone is missing"),
            ({"tone": []}, Fault.MISSING, "tone is missing"),
            ({"text": None}, Fault.MISSING, "text is missing"),
            ({"id": ""}, Fault.MISSING, "id is missing"),
            ({"text": " \n"}, Fault.BROKEN_LINE, "text: The message is empty"),
            ({"text": "\u200b"}, Fault.BROKEN_LINE, "text: The message is empty"),
            ({"text": 7}, Fault.BROKEN_LINE, "text: Input should be a valid string"),
            ({"tone": ["calm", "calm"]}, Fault.BROKEN_LINE, "tone: a label stands there twice"),
            ({"tone": ["calm", "urgent", "curious"]}, Fault.BROKEN_LINE, "tone: "),
            ({"pace": ["burst", "medium"]}, Fault.UNKNOWN_LABEL, "pace: "),
            ({"tones": "calm"}, Fault.BROKEN_LINE, "tones: Extra inputs are not permitted"),
        ],
    )
    def test_names_a_fault_by_file_and_line(self, changes: dict[str, object], fault: Fault, reason: str) -> None:
        sheet = read_messages("m.jsonl", "\n".join([line(), line(**{"id": "a-2", **changes}), line(id="a-3")]))

        assert [row.id for row in sheet.rows] == ["a-1", "a-3"]
        assert faults(sheet.defects) == [(2, fault)]
        assert str(sheet.defects[0]).startswith(f"m.jsonl:2: {fault}: {reason}")

    @pytest.mark.parametrize("broken", ["", "{", "[]", '"text"', '{"id": "a-1"', '{"id": "\\ud800"}'])
    def test_a_line_that_is_no_object_is_broken(self, broken: str) -> None:
        sheet = read_messages("m", f"{line()}\n{broken}\n{line(id='a-3')}")

        assert [row.line for row in sheet.rows] == [1, 3]
        assert {(defect.line, defect.fault) for defect in sheet.defects} == {(2, Fault.BROKEN_LINE)}

    def test_every_fault_of_a_line_is_named(self) -> None:
        sheet = read_messages("m", line(tone="angry", intent="win", pace=None))

        assert sheet.rows == ()
        assert [defect.reason.split(":")[0] for defect in sheet.defects] == ["tone", "intent", "pace is missing"]

    def test_no_message_is_quoted(self) -> None:
        sheet = read_messages("m", line(text="my secret \0", tone="angry"))

        assert len(sheet.defects) == 2
        assert not any("secret" in str(defect) for defect in sheet.defects)

    def test_an_empty_file_has_nothing(self) -> None:
        sheet = read_messages("m", "")

        assert (sheet.rows, sheet.defects) == ((), ())


class TestReadRouting:
    def test_reads_one_mentor_or_two(self) -> None:
        lines = (
            '{"id": "r-1", "text": "one", "personas": ["lua"]}',
            '{"id": "r-2", "text": "two", "personas": ["elro", "lua"]}',
        )
        sheet = read_routing("r", "\n".join(lines), mentors=MENTORS)

        assert sheet.defects == ()
        assert [row.mentors for row in sheet.rows] == [("lua",), ("elro", "lua")]

    def test_names_a_mentor_there_is_not(self) -> None:
        sheet = read_routing("r", '{"id": "r-1", "text": "one", "personas": ["lua", "bob"]}', mentors=MENTORS)

        assert [str(defect) for defect in sheet.defects] == ["r:1: unknown label: personas: 'bob' is none of elro, lua"]

    def test_a_row_for_no_one_is_at_fault(self) -> None:
        sheet = read_routing("r", '{"id": "r-1", "text": "one", "personas": []}', mentors=MENTORS)

        assert faults(sheet.defects) == [(1, Fault.MISSING)]


class TestReadTexts:
    def test_other_keys_do_not_matter(self) -> None:
        sheet = read_texts("t", '{"text": "one", "tone": "angry"}\n{"id": "t-2", "text": "two"}')

        assert sheet.defects == ()
        assert [(row.id, row.text) for row in sheet.rows] == [("", "one"), ("t-2", "two")]

    def test_a_text_has_to_be_there(self) -> None:
        assert faults(read_texts("t", '{"id": "t-1"}').defects) == [(1, Fault.MISSING)]


class TestCheckTopics:
    @staticmethod
    def check(content: str) -> list[Defect]:
        return check_topics("t", content, ids={"a-1", "a-2"}, topics={"focus", "exams"})

    def test_a_message_may_have_topics_or_none(self) -> None:
        assert self.check('{"id": "a-1", "topics": ["focus", "exams"]}\n{"id": "a-2", "topics": []}') == []

    @pytest.mark.parametrize(
        ("second", "fault"),
        [
            ('{"id": "a-9", "topics": []}', Fault.UNKNOWN_ID),
            ('{"id": "a-1", "topics": []}', Fault.REPEATED_ID),
            ('{"id": "a-2", "topics": ["focus", "luck"]}', Fault.UNKNOWN_LABEL),
            ('{"id": "a-2", "topics": ["focus", "focus"]}', Fault.BROKEN_LINE),
            ('{"id": "a-2"}', Fault.MISSING),
            ("no", Fault.BROKEN_LINE),
        ],
    )
    def test_names_a_fault_by_line(self, second: str, fault: Fault) -> None:
        assert faults(self.check(f'{{"id": "a-1", "topics": []}}\n{second}')) == [(2, fault)]


class TestRepeatedIds:
    def test_are_found_across_files(self) -> None:
        rows = [Row("a", 1, "x", "one"), Row("a", 2, "y", "two"), Row("b", 7, "x", "three")]

        assert [str(defect) for defect in repeated_ids(rows)] == ["b:7: repeated id: 'x' is in a:1 already"]

    def test_different_ids_are_fine(self) -> None:
        assert repeated_ids(rows_of(["one", "two"])) == []

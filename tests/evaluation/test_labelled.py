import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from ion.evaluation.labelled import (
    Attack,
    BadData,
    Case,
    Danger,
    Holdout,
    NoData,
    Private,
    Span,
    read_data,
    read_holdouts,
    read_json,
    read_labelled,
)
from tests.evaluation.messages import MESSAGES, write, write_data

GOOD: Mapping[str, object] = {"text": "Fine.", "tone": "calm", "intent": "learning", "pace": "medium"}
FIGURE: Mapping[str, object] = {
    "kind": "writer",
    "left_out": "messages.ko-d.jsonl",
    "model": "full",
    "language": "ko",
    "axis": "tone",
    "n": 864,
    "accuracy": 0.8,
    "macro_f1": 0.79,
}


class TestReadData:
    def test_reads_every_file(self, tmp_path: Path) -> None:
        folder, corpus = write_data(tmp_path)
        found = read_data(folder, corpus)

        assert [message.source for message in found.messages] == ["messages_en"] * 2 + ["messages_ko"] * 2
        assert found.messages[1].accepted["pace"] == ("medium", "flowing")
        assert found.messages[3].accepted["tone"] == ("confused", "anxious")
        assert found.messages[3].language == "ko"
        assert [type(each[0]) for each in (found.cases, found.dangers, found.attacks, found.private)] == [
            Case,
            Danger,
            Attack,
            Private,
        ]
        assert found.cases[0].mentors == ("nana", "elro")
        assert [danger.is_crisis for danger in found.dangers] == [True, False]
        assert found.private[0].values == (("email", "jane.doe@example.com"),)
        assert [(text.part, text.language, text.spans) for text in found.marked] == [
            ("held_out", "ko", (Span("mobile_phone", 0, 13),))
        ]
        assert (len(found.corpus), found.holdouts) == (4, ())

    def test_more_messages_come_last_under_the_name_of_their_file(self, tmp_path: Path) -> None:
        more = write(tmp_path / "unseen.jsonl", [GOOD])

        assert read_data(*write_data(tmp_path), [more]).messages[-1].source == "unseen"

    def test_a_text_without_letters_is_in_the_language_of_its_file(self, tmp_path: Path) -> None:
        folder, corpus = write_data(tmp_path)
        write(folder / "dev" / "safety_ko.jsonl", [{"text": "😀😀", "label": "safe"}])

        assert [each.language for each in read_data(folder, corpus).dangers] == ["en", "en", "ko"]

    @pytest.mark.parametrize(
        ("name", "line", "reason"),
        [
            ("dev/messages_en.jsonl", {**GOOD, "tone": "angry"}, "unknown label: tone: 'angry' is none of"),
            ("dev/messages_en.jsonl", {**GOOD, "pace": []}, "missing: pace is missing"),
            ("dev/messages_en.jsonl", {**GOOD, "text": " "}, "broken line: text: "),
            ("dev/safety_ko.jsonl", {"text": "Fine."}, "missing: label is missing"),
            ("dev/injection_more.jsonl", {"text": "Fine.", "lang": "fr", "kind": "benign"}, "broken line: lang: "),
            ("dev/pii_ko.jsonl", {"text": "Fine."}, "missing: spans is missing"),
            ("routing/routing.ko.jsonl", {"text": "Fine."}, "missing: personas is missing"),
        ],
    )
    def test_a_bad_row_is_named_by_file_and_line(
        self, tmp_path: Path, name: str, line: Mapping[str, object], reason: str
    ) -> None:
        folder, corpus = write_data(tmp_path)
        good = MESSAGES.get(name, [])
        write(folder / name, [*good, line])

        with pytest.raises(BadData) as caught:
            read_data(folder, corpus)

        assert caught.value.message.startswith(f"{folder / name}:{len(good) + 1}: {reason}")
        assert "Fine" not in caught.value.message

    def test_many_bad_rows_are_counted(self, tmp_path: Path) -> None:
        folder, corpus = write_data(tmp_path)
        write(folder / "dev" / "messages_en.jsonl", [{}] * 2)

        with pytest.raises(BadData, match=r"text is missing; .*tone is missing; .*; and 5 more\.$"):
            read_data(folder, corpus)

    def test_an_empty_file_is_refused(self, tmp_path: Path) -> None:
        folder, corpus = write_data(tmp_path)
        empty = write(folder / "dev" / "pii_ko.jsonl", [])

        with pytest.raises(BadData, match="this file is empty") as caught:
            read_data(folder, corpus)

        assert str(empty) in caught.value.message

    @pytest.mark.parametrize("missing", ["evaluation", "training/corpus"])
    def test_a_missing_folder_is_named(self, tmp_path: Path, missing: str) -> None:
        folder, corpus = write_data(tmp_path)
        (tmp_path / missing).rename(tmp_path / "elsewhere")

        with pytest.raises(NoData, match="there is no such folder") as caught:
            read_data(folder, corpus)

        assert caught.value.message.startswith(str(tmp_path / missing))

    @pytest.mark.parametrize("name", ["evaluation/dev", "training/corpus"])
    def test_a_folder_without_messages_is_named(self, tmp_path: Path, name: str) -> None:
        folder, corpus = write_data(tmp_path)
        for file in (tmp_path / name).glob("messages*"):
            file.unlink()

        with pytest.raises(NoData, match="is here") as caught:
            read_data(folder, corpus)

        assert caught.value.message.startswith(str(tmp_path / name))

    def test_a_missing_file_of_messages_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(NoData, match="this file is missing"):
            read_data(*write_data(tmp_path), [tmp_path / "nothing.jsonl"])


class TestReadLabelled:
    def test_asks_for_tone_and_intent_alone(self, tmp_path: Path) -> None:
        file = write(tmp_path / "a.jsonl", [{"text": "Fine.", "tone": ["calm", "playful"], "intent": "learning"}, GOOD])

        assert [message.accepted for message in read_labelled([file])] == [
            {"tone": ("calm", "playful"), "intent": ("learning",)},
            {"tone": ("calm",), "intent": ("learning",)},
        ]

    def test_passes_over_what_editors_leave_behind(self, tmp_path: Path) -> None:
        file = write(tmp_path / "a.jsonl", [GOOD, GOOD])
        lines = file.read_text(encoding="utf-8").splitlines()
        file.write_text("\ufeff\n" + "\r\n \r\n".join(lines) + "\n\n", encoding="utf-8", newline="")

        assert [message.text for message in read_labelled([file])] == ["Fine.", "Fine."]

    def test_takes_a_line_to_end_where_json_does(self, tmp_path: Path) -> None:
        file = write(tmp_path / "a.jsonl", [{**GOOD, "text": "One line\u2028and another."}])

        assert [message.text for message in read_labelled([file])] == ["One line\u2028and another."]

    def test_counts_every_line_of_the_file(self, tmp_path: Path) -> None:
        file = tmp_path / "a.jsonl"
        file.write_text("\n\n{}\n", encoding="utf-8")

        with pytest.raises(BadData, match=r"a\.jsonl:3: missing: text is missing"):
            read_labelled([file])


class TestReadHoldouts:
    def test_reads_what_training_wrote(self, tmp_path: Path) -> None:
        folder, corpus = write_data(tmp_path)
        (tmp_path / "training" / "held_out.json").write_text(json.dumps({"holdouts": [FIGURE]}), encoding="utf-8")

        assert read_data(folder, corpus).holdouts == (
            Holdout("writer", "messages.ko-d.jsonl", "full", "ko", "tone", 864, 0.8, 0.79),
        )

    @pytest.mark.parametrize("content", ["", "[]", "{}", '{"holdouts": 3}', '{"holdouts": [{"kind": "mood"}]}'])
    def test_anything_else_is_refused(self, tmp_path: Path, content: str) -> None:
        file = tmp_path / "held_out.json"
        file.write_text(content, encoding="utf-8")

        with pytest.raises(BadData, match="these are no held-out figures"):
            read_holdouts(file)


class TestReadJson:
    def test_reads_a_document(self, tmp_path: Path) -> None:
        file = tmp_path / "a.json"
        file.write_text('{"a": 1}', encoding="utf-8")

        assert read_json(file) == {"a": 1}

    def test_says_what_is_wrong(self, tmp_path: Path) -> None:
        file = tmp_path / "a.json"
        with pytest.raises(NoData, match="this file is missing"):
            read_json(file)
        file.write_text("{", encoding="utf-8")
        with pytest.raises(BadData, match="this is not JSON"):
            read_json(file)

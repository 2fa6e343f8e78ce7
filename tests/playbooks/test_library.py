import re
import shutil
from pathlib import Path

import pytest

from ion.errors import Misconfigured
from ion.language import LANGUAGES
from ion.playbooks import BadTopic, load_topics
from tests.personas.factories import line_with, replaced

TOPICS = Path(__file__).parents[2] / "src/ion/playbooks/topics"


def read_all(folder: Path) -> None:
    for shelf in load_topics(folder).values():
        dict(shelf)


# (what is replaced, by what, a part of the line to be named, the reason)
BROKEN = {
    "toml-string-left-open": ('applies = "', "applies = ", "applies", "Invalid value."),
    "toml-table-without-end": ("[frames]", "[frames", "[frames", "Expected ']' at the end of a table declaration."),
    "key-misspelt": ("applies = ", "aplies = ", "title", "applies: Field required."),
    "a-key-too-many": ("[frames]", 'colour = "red"\n\n[frames]', "colour", "colour: Extra inputs are not permitted."),
    "empty-title": (
        'title = "이유 없이 깨졌다 붙었다 하는 테스트"',
        'title = ""',
        "title",
        "title: String should have at least 1 character.",
    ),
    "small-with-full-stop": (
        "커피 한 잔 하고 오는 거예요",
        "커피 한 잔 하고 오는 거예요.",
        "small",
        "small.2: String should match pattern",
    ),
    "pitfall-not-closed": ("결함도 같이 숨어요.", "결함도 같이 숨어요", "pitfalls", "pitfalls.0: String should match"),
    "question-without-mark": ("몇 번 깨지나요?", "몇 번 깨지나요", "reality", "questions.reality.0: String should"),
    "frames-of-no-intent": ("planning = [", "plans = [", "plans", "frames.plans.[key]: Input should be"),
    "questions-of-no-stage": ("options = [", "choices = [", "choices", "questions.choices.[key]: Input should be"),
    "too-few-triage": (
        "triage = [",
        'triage = ["하나만 해요"]\nearlier = [',
        "triage",
        "triage: Tuple should have at least 2 items",
    ),
}
# (what is replaced, by what, the first line of the piece whose head is to be named, the reason)
BROKEN_PIECES = {
    "step-without-check": (
        'check = "혼자서는 늘',
        'chekc = "혼자서는 늘',
        'do = "그 테스트만 따로',
        r"steps\.\d+\.check: Field required\.",
    ),
    "errand-without-time": ('when = "이번 주"', 'wenn = "이번 주"', "wenn", r"people\.\d+\.when: Field required\."),
    "criterion-without-measure": (
        'measure = "실패의 80',
        'meazure = "실패의 80',
        "쏠림",
        r"criteria\.\d+\.measure: Field",
    ),
}


class TestLoadTopics:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        shutil.copytree(TOPICS / "flaky-tests", tmp_path / "flaky-tests")
        return tmp_path / "flaky-tests/ko.toml"

    def test_reads_another_folder(self, file: Path) -> None:
        library = load_topics(file.parents[1])

        assert [list(library[language]) for language in LANGUAGES] == [["flaky-tests"], ["flaky-tests"]]
        assert library["ko"]["flaky-tests"].slug == "flaky-tests"

    def test_leaves_out_what_is_put_aside(self, file: Path) -> None:
        for name in ("_draft", ".trash"):
            shutil.copytree(file.parent, file.parents[1] / name)
        (file.parents[1] / "README.md").write_text("topics", encoding="utf-8")

        assert list(load_topics(file.parents[1])["ko"]) == ["flaky-tests"]

    def test_a_file_is_read_when_its_topic_is_first_asked_for_and_once(self, file: Path) -> None:
        shelf = load_topics(file.parents[1])["ko"]
        written = file.read_bytes()
        file.write_text("broken", encoding="utf-8")
        assert len(shelf) == 1
        assert "flaky-tests" in shelf
        with pytest.raises(BadTopic):
            shelf["flaky-tests"]

        file.write_bytes(written)

        assert shelf["flaky-tests"] is shelf["flaky-tests"]

    def test_another_topic_is_not_there(self, file: Path) -> None:
        shelf = load_topics(file.parents[1])["ko"]

        assert "gardening" not in shelf
        assert shelf.get("gardening") is None

    @pytest.mark.parametrize(("old", "new", "part", "reason"), BROKEN.values(), ids=BROKEN)
    def test_a_fault_is_named_by_file_line_and_reason(
        self, file: Path, old: str, new: str, part: str, reason: str
    ) -> None:
        replaced(file, old, new)

        with pytest.raises(BadTopic) as caught:
            read_all(file.parents[1])

        assert caught.value.message.startswith(f"{file}:{line_with(file, part)}: {reason}")
        assert caught.value.code == "bad_topic"
        assert isinstance(caught.value, Misconfigured)

    @pytest.mark.parametrize(("old", "new", "part", "reason"), BROKEN_PIECES.values(), ids=BROKEN_PIECES)
    def test_what_a_piece_lacks_is_named_by_its_head(
        self, file: Path, old: str, new: str, part: str, reason: str
    ) -> None:
        replaced(file, old, new)

        with pytest.raises(BadTopic) as caught:
            read_all(file.parents[1])

        place = f"{file}:{line_with(file, part) - 1}: "
        assert re.match(re.escape(place) + reason, caught.value.message)

    def test_too_few_frames_are_refused(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        start = text.index("validation = [")
        end = text.index("]\n", start)
        file.write_text(text[:start] + 'validation = ["하나뿐이에요."' + text[end:], encoding="utf-8")

        with pytest.raises(BadTopic) as caught:
            read_all(file.parents[1])

        line = line_with(file, "[frames]")
        assert caught.value.message == f"{file}:{line}: frames: fewer than two frames for validation."

    def test_a_missing_stage_is_refused(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        start = text.index("options = [")
        end = text.index("]\n", start) + 2
        file.write_text(text[:start] + text[end:], encoding="utf-8")

        with pytest.raises(BadTopic) as caught:
            read_all(file.parents[1])

        line = line_with(file, "[questions]")
        assert caught.value.message == f"{file}:{line}: questions: no questions for options."

    def test_a_language_that_is_missing_is_named(self, file: Path) -> None:
        english = file.with_name("en.toml")
        english.unlink()

        with pytest.raises(BadTopic) as caught:
            read_all(file.parents[1])

        assert caught.value.message == f"{english}: this file is missing."

    def test_another_encoding_is_refused(self, file: Path) -> None:
        file.write_bytes("# 설명\n".encode("cp949") + file.read_bytes())

        with pytest.raises(BadTopic) as caught:
            read_all(file.parents[1])

        assert caught.value.message == f"{file}: not UTF-8 (byte 3)."

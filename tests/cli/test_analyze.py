import pytest

from tests.cli.running import document, ion

KOREAN = "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"
ENGLISH = "We have a release tomorrow and the tests fail at random. Where do I start?"


class TestOneMessage:
    @pytest.mark.parametrize(
        ("text", "axes"), [(KOREAN, ("말투", "호흡", "의도")), (ENGLISH, ("tone", "pace", "intent"))]
    )
    def test_shows_the_key_and_the_words_that_decided(self, text: str, axes: tuple[str, ...]) -> None:
        result = ion("analyze", text)

        lines = result.stdout.splitlines()
        assert result.exit_code == 0
        assert lines[0] == "urgent-medium-problem_solving"
        assert tuple(line.split()[0] for line in lines[1:4]) == axes
        assert "“" in lines[1]

    def test_says_where_it_is_not_sure(self) -> None:
        assert ion("analyze", "???").stdout.count("not sure") == 3
        assert ion("analyze", "???", "--lang", "ko").stdout.count("확실하지 않음") == 3

    def test_as_a_document(self) -> None:
        found = document("analyze", KOREAN)

        assert found["resonance_key"] == "urgent-medium-problem_solving"
        assert found["language"] == "ko"
        assert sum(found["tone"]["scores"].values()) == pytest.approx(1, abs=1e-4)
        assert found["abstained"] == []
        assert {span["axis"] for span in found["evidence"]} == {"tone", "intent"}
        assert all(KOREAN[span["start"] : span["end"]] == span["text"] for span in found["evidence"])

    def test_a_dash_reads_standard_input(self) -> None:
        given = document("analyze", "-", stdin=f"﻿{KOREAN}\n")

        assert given == document("analyze", KOREAN)

    @pytest.mark.parametrize(
        ("stdin", "told"), [(b"\xff\xfe", "Standard input is not UTF-8."), (b"  \n", "The message is empty.")]
    )
    def test_what_is_no_message_is_refused(self, stdin: bytes, told: str) -> None:
        result = ion("analyze", "-", stdin=stdin)

        assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"ion: {told}\n")

    def test_control_characters_in_evidence_do_not_reach_the_terminal(self) -> None:
        assert "\x1b" not in ion("analyze", "release \x1b[2Jtomorrow and tests fail, where do I start?").stdout


class TestWhatToRead:
    @pytest.mark.parametrize("words", [(), ("text", "--input", "file")])
    def test_is_one_thing(self, words: tuple[str, ...]) -> None:
        result = ion("analyze", *words)

        assert result.exit_code == 2
        assert "ion analyze --input FILE.jsonl" in result.stderr

from pathlib import Path

import pytest
from bench.replies import main

from tests.evaluation.messages import write

TEXTS = [
    "We have a release tomorrow and the tests fail at random. Where do I start?",
    "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?",
    "발표가 내일인데 너무 떨려요. 어떻게 준비할까요?",
]


class TestReplies:
    def test_are_counted_and_the_most_alike_are_named(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = write(
            tmp_path / "messages.jsonl", [{"id": str(place), "text": text} for place, text in enumerate(TEXTS)]
        )

        assert main([str(file)]) == 0

        korean, share, first, second, english, *rest = capsys.readouterr().out.splitlines()
        assert korean.startswith("language ko, n 2, right language 1.0, from a topic 1.0, topics 2,")
        assert share.endswith(" in common:")
        assert {line.split(": ", 1)[1] for line in (first, second)} == {repr(text) for text in TEXTS[1:]}
        assert english.startswith("language en, n 1,")
        # One reply alone has nothing in common with another.
        assert rest == []

    def test_that_miss_a_bound_are_1(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = write(tmp_path / "messages.jsonl", [{"text": "zxqv"}, {"text": "12"}])

        assert main([str(file)]) == 1
        assert "from a topic 0.0" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("content", "told"),
        [("", "There are no messages"), ('{"id": "1"}\n', ":1: missing: text is missing."), (None, "is missing")],
    )
    def test_to_nothing_are_2(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, told: str
    ) -> None:
        file = tmp_path / "messages.jsonl"
        if content is not None:
            file.write_text(content, encoding="utf-8")

        assert main([str(file)]) == 2

        printed = capsys.readouterr()
        assert printed.out == ""
        assert told in printed.err

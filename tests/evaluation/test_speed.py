from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ion.evaluation.labelled import Message
from ion.evaluation.learned import Pipeline
from ion.evaluation.speed import Accuracy, Begin, Benchmark, Contender, fixed_messages, resident_memory, trained, varied
from ion.language import language_of
from ion.resonance import Axis, Embedder
from tests.evaluation.messages import message


class TestMessages:
    def test_are_of_two_lengths_in_either_language(self) -> None:
        kinds = [(language_of(text), len(text)) for text in fixed_messages()]

        assert sorted(kinds) == [("en", 150), ("en", 2000), ("ko", 150), ("ko", 2000)]

    def test_differ_from_reading_to_reading_but_not_in_length(self) -> None:
        for text in fixed_messages():
            several = [varied(text, number) for number in (0, 1, 299, 99_999)]

            assert len(set(several)) == len(several)
            assert {len(each) for each in several} == {len(text)}

    def test_differ_in_what_is_embedded(self) -> None:
        embedder = Embedder()

        for text in fixed_messages():
            one, other = (embedder.embed(varied(text, number)) for number in (1, 2))
            half = len(one) // 2
            assert (one[:half] != other[:half]).any()
            assert (one[half:] != other[half:]).any()


class TestMemory:
    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells")
    def test_is_what_the_process_holds(self) -> None:
        held = resident_memory()

        assert held is not None
        assert 10 < held < 10_000

    def test_is_read_from_the_status_of_the_process(self, tmp_path: Path) -> None:
        status = tmp_path / "status"
        status.write_text("VmPeak:\t 900000 kB\nVmRSS:\t  250000 kB\n")

        assert resident_memory(status) == 256

    def test_is_not_known_elsewhere(self, tmp_path: Path) -> None:
        empty = tmp_path / "status"
        empty.touch()

        assert resident_memory(tmp_path / "missing") is None
        assert resident_memory(empty) is None


def calm(text: str) -> Mapping[Axis, str]:
    return {"tone": "calm", "intent": "learning"}


class Slow:
    """Learns nothing, and says when."""

    name = "slow"

    def fit(self, rows: Sequence[Message], begin: Begin) -> None:
        begin(f"{len(rows)} rows")

    def labels(self, text: str) -> Mapping[Axis, str]:
        return calm(text)


class TestBenchmark:
    def test_reads_each_message_as_often_as_it_is_told_and_never_the_same_text_twice(self) -> None:
        texts: list[str] = []
        found = Benchmark(["a 00000", "b 00000"], (), 3, lambda _: None).measure(Contender("one", texts.append, calm))

        assert [text[0] for text in texts] == ["a"] * 5 + ["b"] * 5
        assert len(set(texts)) == 10
        assert all(0 < median <= late for median, late in found.times)
        assert found.accuracy == []

    def test_tells_whose_turn_it_is_once_a_message(self) -> None:
        told: list[str] = []
        Benchmark(["a", "b"], (), 1, told.append).measure(Contender("one", len, calm))

        assert told == ["one", "one"]

    def test_counts_what_is_read_right_in_each_language(self) -> None:
        rows = [
            message("발표가 내일이에요."),
            message("The talk is tomorrow.", tone=("urgent", "calm"), intent=("planning",)),
            message("And now?", tone=("urgent",)),
        ]
        found = Benchmark((), rows, 1, lambda _: None).measure(Contender("one", len, calm))

        assert found.accuracy == [
            Accuracy("ko", 1, {"tone": 1.0, "intent": 1.0}),
            Accuracy("en", 2, {"tone": 0.5, "intent": 0.5}),
        ]


class TestTrained:
    def test_is_a_contender_that_learned_by_the_clock(self) -> None:
        told: list[str] = []
        found = trained(Slow(), [message("one")], told.append)

        assert (found.name, found.read("a"), told) == ("slow", calm("a"), ["1 rows"])
        assert found.training is not None
        assert found.training > 0

    def test_the_pipeline_learns_the_first_labels(self) -> None:
        rows = [message(f"why does it {word}", ("curious",), ("learning",)) for word in ("rain", "rust", "rise")]
        rows += [
            message(f"help me, it {word} now", ("urgent",), ("planning",)) for word in ("burns", "breaks", "bends")
        ]
        told: list[str] = []
        found = trained(Pipeline(), rows, told.append)

        assert found.labels("why does it rain") == {"tone": "curious", "intent": "learning"}
        assert told == ["training scikit-learn", "training scikit-learn: tone", "training scikit-learn: intent"]

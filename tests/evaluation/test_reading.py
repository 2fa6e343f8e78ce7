from collections.abc import Mapping

from ion.evaluation.guessing import Guesses, Ion
from ion.evaluation.reading import reading_tables, scores_of
from ion.evaluation.tables import Cell, Table
from ion.resonance import Axis, LinearModel, Reader
from tests.evaluation.messages import message

MESSAGES = [
    message("One", ["calm"], source="a"),
    message("Two", ["urgent", "anxious"], source="a"),
    message("셋", ["playful"], source="a"),
    message("Four", ["calm"], source="b"),
]
TONES = Guesses(["calm", "anxious", "calm", "urgent"], [0.9, 0.8, 0.3, 0.6], [True, True, False, True])
FOUND: Mapping[Axis, Guesses] = {"tone": TONES}


def rows(table: Table) -> list[dict[str, Cell]]:
    return [dict(zip(table.heads, row, strict=True)) for row in table.rows]


class TestScoresOf:
    def test_one_for_each_source_and_language(self) -> None:
        scores = list(scores_of("m", MESSAGES, FOUND))

        assert [(score.source, score.language, score.axis, len(score.guesses)) for score in scores] == [
            ("a", "ko", "tone", 1),
            ("a", "en", "tone", 2),
            ("b", "en", "tone", 1),
        ]
        assert [guess.is_right for guess in scores[1].guesses] == [True, True]


class TestReadingTables:
    def test_figures_stand_by_source_and_language_models_in_their_order(self) -> None:
        scores = [each for name in ("ION fast", "a baseline") for each in scores_of(name, MESSAGES, FOUND)]
        tone, intent, pace, labels, confusions = reading_tables(scores)

        assert [row[:3] for row in tone.rows[:4]] == [
            ("a", "en", "ION fast"),
            ("a", "en", "a baseline"),
            ("a", "ko", "ION fast"),
            ("a", "ko", "a baseline"),
        ]
        korean = rows(tone)[2]
        assert {
            name: korean[name] for name in ("n", "accuracy", "macro-F1", "ECE", "coverage", "accuracy covered")
        } == {
            "n": 1,
            "accuracy": 0.0,
            "macro-F1": 0.0,
            "ECE": 0.3,
            "coverage": 0.0,
            "accuracy covered": None,
        }
        assert intent.rows == pace.rows == ()
        # Baselines are compared and not looked into.
        assert {row["model"] for row in [*rows(labels), *rows(confusions)]} == {"ION fast"}
        assert ("a", "en", "tone", "anxious", "ION fast", 1, 1.0) in labels.rows
        assert confusions.rows == (
            ("a", "ko", "tone", "ION fast", "playful", "calm", 1),
            ("b", "en", "tone", "ION fast", "calm", "urgent", 1),
        )


class TestIon:
    def test_says_what_its_reader_says(self) -> None:
        reader = Reader(LinearModel.load())
        ion = Ion(reader)
        texts = ["We have a release tomorrow and the tests fail at random. Where do I start?", "???"]
        ion.fit(MESSAGES)
        found = ion.predict(texts)

        assert ion.name == "ION fast"
        for axis in ("tone", "intent", "pace"):
            readings = [getattr(reader.read(text), axis) for text in texts]
            assert found[axis] == Guesses(
                [each.label for each in readings], [each.confidence for each in readings], [True, False]
            )

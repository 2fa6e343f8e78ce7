from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ion.language import LANGUAGES
from ion.resonance import Embedder, Intent, LinearModel, Tone, grams_of
from ion.resonance.embedding import DIMENSIONS
from ion.resonance.model import CLASSES, COLUMNS, WEIGHTS_FILE, Judgement

TEXTS = ["배포가 내일인데 테스트가 깨져요", "What should I learn first?", "🙂", "ㅋㅋㅋㅋ 웃겨", "x" * 500]


def judged(model: LinearModel, text: str, axis: str = "tone") -> Judgement:
    return model.judge(model.vocabulary.vector(grams_of(text)), "ko")[axis]


class TestShippedWeights:
    def test_are_in_one_small_file_beside_the_code(self) -> None:
        assert WEIGHTS_FILE.parent.name == "resonance"
        assert WEIGHTS_FILE.stat().st_size < 6_000_000

    def test_have_a_row_for_every_n_gram_and_a_column_for_every_tone_and_intent(self, model: LinearModel) -> None:
        size = len(model.vocabulary.hashes)

        assert len(Tone) + len(Intent) == CLASSES
        assert model.weights.shape == (size, CLASSES)
        assert model.vocabulary.idf.shape == (size,)
        assert model.meaning.shape == (DIMENSIONS, CLASSES)
        assert model.scale.shape == model.biases.shape == model.shift.shape == (CLASSES,)
        assert {*model.certainty} == {(language, full) for language in LANGUAGES for full in (False, True)}

    def test_are_numbers(self, model: LinearModel) -> None:
        arrays = (
            model.vocabulary.idf,
            model.scale,
            model.biases,
            model.meaning,
            model.shift,
            *model.certainty.values(),
        )
        for array in arrays:
            assert array.dtype == np.float32
            assert np.isfinite(array).all()
        assert (model.vocabulary.idf > 0).all()
        assert (model.scale > 0).all()

    def test_the_classes_of_an_axis_share_a_scale(self, model: LinearModel) -> None:
        for columns in COLUMNS.values():
            assert len(np.unique(model.scale[columns])) == 1

    def test_differ_from_class_to_class(self, model: LinearModel) -> None:
        assert len(np.unique(model.weights, axis=1).T) == CLASSES

    def test_load_from_a_named_file_too(self, model: LinearModel, tmp_path: Path) -> None:
        copy = tmp_path / "copy.npz"
        copy.write_bytes(WEIGHTS_FILE.read_bytes())

        assert np.array_equal(LinearModel.load(copy).weights, model.weights)


class TestMeaning:
    def test_changes_the_scores_by_what_it_says(self, model: LinearModel, embedder: Embedder) -> None:
        text = model.vocabulary.vector(grams_of("I have no idea where to start."))
        certain = {key: np.ones(CLASSES, dtype=np.float32) for key in model.certainty}
        plain = replace(model, certainty=certain)
        meaning = embedder.embed("I have no idea where to start.")
        without, with_it = plain.judge(text, "en"), plain.judge(text, "en", meaning)

        for axis, columns in COLUMNS.items():
            added = (meaning @ model.meaning + model.shift)[columns]
            assert with_it[axis].scores == pytest.approx(without[axis].scores + added, abs=1e-4)
            assert np.abs(added).max() > 0.1

    def test_has_its_own_certainty(self, model: LinearModel) -> None:
        text, nothing = model.vocabulary.vector(grams_of("ok")), np.zeros(DIMENSIONS, dtype=np.float32)
        plain = replace(model, shift=np.zeros(CLASSES, dtype=np.float32))
        fast, full = plain.judge(text, "ko")["tone"], plain.judge(text, "ko", nothing)["tone"]

        ratio = (model.certainty["ko", True] / model.certainty["ko", False])[COLUMNS["tone"]]
        assert full.scores == pytest.approx(fast.scores * ratio, rel=1e-4)
        assert not np.allclose(ratio, 1)


class TestJudgement:
    @pytest.mark.parametrize("axis", ["tone", "intent"])
    @pytest.mark.parametrize("text", TEXTS)
    def test_probabilities_sum_to_one(self, model: LinearModel, text: str, axis: str) -> None:
        judgement = judged(model, text, axis)

        assert float(judgement.probabilities.sum()) == pytest.approx(1, abs=1e-5)
        assert (judgement.probabilities > 0).all()
        assert judgement.probabilities.argmax() == judgement.scores.argmax()

    @pytest.mark.parametrize("text", TEXTS)
    def test_support_is_the_best_score_beyond_the_others_shared_out(self, model: LinearModel, text: str) -> None:
        judgement = judged(model, text)
        support = judgement.support(len(text))
        columns = COLUMNS["tone"]
        by_ngrams = judgement.scores / model.certainty["ko", False][columns] - model.biases[columns]
        best = int(judgement.scores.argmax())
        beyond = (by_ngrams[best] - np.delete(by_ngrams, best).mean()) / model.scale[columns][0]

        assert support.shape == (len(text),)
        assert float(support.sum()) == pytest.approx(float(beyond), rel=1e-3, abs=0.05)

    def test_probabilities_of_enormous_scores_are_still_numbers(self, model: LinearModel) -> None:
        loud = replace(model, scale=model.scale * 10_000)

        assert float(judged(loud, "hello").probabilities.sum()) == pytest.approx(1, abs=1e-5)

    def test_of_a_text_of_unknown_n_grams_is_what_the_biases_say(self, model: LinearModel) -> None:
        scores = judged(model, "\U00012000").scores
        columns = COLUMNS["tone"]

        assert scores.argmax() == judged(model, "\U00012001").scores.argmax()
        assert np.abs(scores - (model.biases * model.certainty["ko", False])[columns]).max() < 3

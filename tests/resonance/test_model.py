from pathlib import Path

import numpy as np
import pytest

from ion.resonance import Intent, LinearModel, Tone, grams_of, vector_of
from ion.resonance.features import BUCKETS
from ion.resonance.model import WEIGHTS_FILE, idf_of

TEXTS = ["배포가 내일인데 테스트가 깨져요", "What should I learn first?", "🙂", "ㅋㅋㅋㅋ 웃겨", "x" * 500]


class TestShippedWeights:
    def test_are_in_one_small_file_beside_the_code(self) -> None:
        assert WEIGHTS_FILE.parent.name == "resonance"
        assert WEIGHTS_FILE.stat().st_size < 4_000_000

    def test_have_a_row_for_every_tone_and_intent(self, model: LinearModel) -> None:
        assert model.idf.shape == (BUCKETS,)
        assert model.tone.shape == (len(Tone), BUCKETS)
        assert model.tone_biases.shape == (len(Tone),)
        assert model.intent.shape == (len(Intent), BUCKETS)
        assert model.intent_biases.shape == (len(Intent),)

    def test_are_numbers(self, model: LinearModel) -> None:
        for array in (model.idf, model.tone, model.tone_biases, model.intent, model.intent_biases):
            assert array.dtype == np.float32
            assert np.isfinite(array).all()
        assert (model.idf > 0).all()

    def test_differ_from_row_to_row(self, model: LinearModel) -> None:
        assert len(np.unique(model.tone, axis=0)) == len(Tone)
        assert len(np.unique(model.intent, axis=0)) == len(Intent)

    def test_load_from_a_named_file_too(self, model: LinearModel, tmp_path: Path) -> None:
        copy = tmp_path / "copy.npz"
        copy.write_bytes(WEIGHTS_FILE.read_bytes())

        assert np.array_equal(LinearModel.load(copy).tone, model.tone)


class TestVector:
    @pytest.mark.parametrize("text", TEXTS)
    def test_has_unit_length_and_each_bucket_once(self, model: LinearModel, text: str) -> None:
        buckets, values = vector_of(grams_of(text), model.idf)

        assert np.linalg.norm(values) == pytest.approx(1, abs=1e-6)
        assert len(np.unique(buckets)) == len(buckets) == len(values)

    def test_counts_by_their_logarithm(self) -> None:
        grams = grams_of("ab ab ab")
        buckets, values = vector_of(grams, np.ones(BUCKETS, dtype=np.float32))
        counts = np.array([(grams.buckets == bucket).sum() for bucket in buckets])

        expected = 1 + np.log(counts)
        assert values == pytest.approx(expected / np.linalg.norm(expected), abs=1e-6)
        assert counts.max() > 1

    def test_of_nothing_known_is_zero(self) -> None:
        _, values = vector_of(grams_of("ab"), np.zeros(BUCKETS, dtype=np.float32))

        assert not values.any()


class TestIdf:
    def test_is_low_for_what_every_text_has(self) -> None:
        texts = [grams_of(text) for text in ("aa", "ab", "ac")]
        idf = idf_of(texts)
        in_all = set(texts[0].buckets) & set(texts[1].buckets) & set(texts[2].buckets)
        in_one = set(texts[1].buckets) - set(texts[0].buckets) - set(texts[2].buckets)

        assert idf.shape == (BUCKETS,)
        assert {float(idf[bucket]) for bucket in in_all} == {1.0}
        assert [float(idf[bucket]) for bucket in in_one] == pytest.approx([1 + np.log(2)] * len(in_one))
        assert float(idf.max()) == pytest.approx(1 + np.log(4))


class TestJudgement:
    @pytest.mark.parametrize("text", TEXTS)
    def test_probabilities_sum_to_one(self, model: LinearModel, text: str) -> None:
        for judgement in (model.tone_of(grams_of(text)), model.intent_of(grams_of(text))):
            assert float(judgement.probabilities.sum()) == pytest.approx(1, abs=1e-5)
            assert (judgement.probabilities > 0).all()
            assert judgement.probabilities.argmax() == judgement.scores.argmax()

    @pytest.mark.parametrize("text", TEXTS)
    def test_support_is_the_best_score_beyond_the_others_shared_out(self, model: LinearModel, text: str) -> None:
        judgement = model.tone_of(grams_of(text))
        support = judgement.support(len(text))
        best = int(judgement.scores.argmax())
        without_bias = judgement.scores - model.tone_biases
        beyond = without_bias[best] - np.delete(without_bias, best).mean()

        assert support.shape == (len(text),)
        assert float(support.sum()) == pytest.approx(float(beyond), abs=1e-3)

    def test_probabilities_of_enormous_scores_are_still_numbers(self, model: LinearModel) -> None:
        loud = LinearModel(model.idf, model.tone * 10_000, model.tone_biases, model.intent, model.intent_biases)

        assert float(loud.tone_of(grams_of("hello")).probabilities.sum()) == pytest.approx(1, abs=1e-5)

import numpy as np
import pytest

from ion.resonance import LinearModel, Vocabulary, grams_of
from ion.resonance.features import WORD_BIT

TEXTS = ["배포가 내일인데 테스트가 깨져요", "What should I learn first?", "ㅋㅋㅋㅋ 웃겨", "x" * 500]


def vocabulary_of(*texts: str) -> Vocabulary:
    return Vocabulary.learned([grams_of(text) for text in texts], least_chars=1, least_words=1)


class TestLearned:
    def test_idf_is_low_for_what_every_text_has(self) -> None:
        vocabulary = vocabulary_of("aa", "ab", "ac")
        edge = set(grams_of("aa").hashes) & set(grams_of("ab").hashes) & set(grams_of("ac").hashes)
        by_hash = dict(zip(vocabulary.hashes.tolist(), vocabulary.idf.tolist(), strict=True))

        assert {by_hash[int(code)] for code in edge} == {1.0}
        assert max(by_hash.values()) == pytest.approx(1 + np.log(2), abs=1e-3)

    def test_what_is_rare_is_left_out(self) -> None:
        texts = [grams_of(text) for text in ("one two", "one three", "one four")]
        kept = Vocabulary.learned(texts, least_chars=3, least_words=2)
        everywhere = set(texts[0].hashes) & set(texts[1].hashes) & set(texts[2].hashes)

        assert set(kept.hashes) == everywhere
        assert len(kept.hashes) > kept.words > 0

    def test_hashes_ascend_and_words_stand_last(self) -> None:
        vocabulary = vocabulary_of(*TEXTS)

        assert (np.diff(vocabulary.hashes.astype(np.int64)) > 0).all()
        assert (vocabulary.hashes[: vocabulary.words] < WORD_BIT).all()
        assert (vocabulary.hashes[vocabulary.words :] >= WORD_BIT).all()

    def test_a_rarer_part_keeps_its_idf(self) -> None:
        vocabulary = vocabulary_of("aa", "ab", "ac")
        rare = vocabulary.rarer_than(1.5)

        assert 0 < len(rare.hashes) < len(vocabulary.hashes)
        assert (rare.idf >= 1.5).all()


class TestVector:
    @pytest.mark.parametrize("text", TEXTS)
    def test_has_two_halves_of_unit_length_and_each_n_gram_once(self, model: LinearModel, text: str) -> None:
        vocabulary = model.vocabulary
        vector = vocabulary.vector(grams_of(text))
        words = vector.rows >= vocabulary.words

        assert np.linalg.norm(vector.values[~words]) == pytest.approx(1, abs=1e-5)
        assert np.linalg.norm(vector.values[words]) == pytest.approx(1 if words.any() else 0, abs=1e-5)
        assert len(np.unique(vector.rows)) == len(vector.rows) == len(vector.values) == len(vector.counts)

    def test_counts_by_their_logarithm(self) -> None:
        vocabulary = vocabulary_of("ab ab ab")
        vector = vocabulary.vector(grams_of("ab ab ab"))
        chars = vector.rows < vocabulary.words
        expected = 1 + np.log(vector.counts[chars])

        assert vector.values[chars] == pytest.approx(expected / np.linalg.norm(expected), abs=1e-3)
        assert vector.counts.max() > 1

    def test_leaves_out_what_is_not_known(self) -> None:
        vector = vocabulary_of("ab").vector(grams_of("xyz"))

        assert len(vector.places) == len(vector.starts) == len(vector.ends)
        assert (vector.ends - vector.starts <= 1).all()

    def test_of_nothing_known_is_empty(self) -> None:
        # Without its edges, which every text has, nothing of the one is in the other.
        edges = set(grams_of("").hashes)
        known = vocabulary_of("가나다")
        own = np.array([code not in edges for code in known.hashes])
        vector = Vocabulary(known.hashes[own], known.idf[own]).vector(grams_of("ab"))

        assert len(vector.rows) == len(vector.values) == len(vector.places) == 0

    def test_places_lead_from_each_n_gram_to_its_entry(self) -> None:
        vocabulary = vocabulary_of("ab ab")
        grams = grams_of("ab ab")
        vector = vocabulary.vector(grams)

        known = zip(vocabulary.hashes[vector.rows[vector.places]], vector.starts, vector.ends, strict=True)
        assert sorted(known) == sorted(zip(grams.hashes, grams.starts, grams.ends, strict=True))
        assert (np.bincount(vector.places) == vector.counts).all()

import numpy as np
import pytest

from ion.resonance import Embedder
from ion.resonance.embedding import DIMENSIONS


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


class TestEmbedder:
    def test_texts_of_one_meaning_are_near_in_both_languages(self, embedder: Embedder) -> None:
        korean = embedder.embed("이직을 할지 말지 결정을 못 하겠어요.")
        english = embedder.embed("I cannot decide whether to change jobs.")
        other = embedder.embed("The oven at the bakery is broken again.")

        assert likeness(korean, english) > likeness(korean, other) + 0.2

    def test_holds_the_whole_text_and_its_last_sentence(self, embedder: Embedder) -> None:
        embedding = embedder.embed("It rained all day. What should I learn first?")
        last = embedder.embed("What should I learn first?")

        assert embedding.shape == (DIMENSIONS,)
        assert embedding[DIMENSIONS // 2 :] == pytest.approx(last[DIMENSIONS // 2 :], abs=1e-4)
        assert likeness(embedding[: DIMENSIONS // 2], last[: DIMENSIONS // 2]) < 0.95

    def test_the_middle_of_a_long_text_is_left_out(self, embedder: Embedder) -> None:
        begin, end = "We met in May. " * 60, "And now it is over. " * 60

        assert np.array_equal(
            embedder.embed(begin + "Nobody came. " * 200 + end)[: DIMENSIONS // 2],
            embedder.embed(begin + "All were there. " * 300 + end)[: DIMENSIONS // 2],
        )

    def test_the_same_text_gives_the_same_numbers_again_and_after_many_others(self) -> None:
        embedder = Embedder()
        first = embedder.embed("ok")
        again = embedder.embed("ok")
        for number in range(300):
            embedder.embed(f"a {number}")

        assert again is first
        assert np.array_equal(embedder.embed("ok"), first)

    @pytest.mark.parametrize("text", ["...", "🙂", "\ud800 x", "ㅋ" * 5000])
    def test_odd_texts_have_an_embedding_too(self, embedder: Embedder, text: str) -> None:
        assert np.isfinite(embedder.embed(text)).all()

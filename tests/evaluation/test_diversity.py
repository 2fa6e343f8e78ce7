import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.evaluation.diversity import measure, varied_words, words_of
from ion.evaluation.rows import Row
from ion.resonance import Intent, Pace, Tone
from tests.evaluation.rows import rows_of, text_row


class TestWords:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Don't panic -- it's 3.5 p.m.!", ["don't", "panic", "it's", "3.5", "p.m"]),
            ("‘순서’를 정했어요… (아직)", ["순서’를", "정했어요", "아직"]),
            ("ㅋㅋ ?! 네ㅠㅠ", ["ㅋㅋ", "네ㅠㅠ"]),
            (" ", []),
        ],
    )
    def test_stand_between_spaces_without_marks(self, text: str, words: list[str]) -> None:
        assert words_of(text) == words

    @pytest.mark.parametrize(
        ("words", "varied"),
        [("a b a a", 2 / 3), ("a b c", 1.0), ("a a a a a", 1 / 3), ("a b c c c", (1 + 2 / 3 + 1 / 3) / 3)],
    )
    def test_vary_by_the_mean_of_all_runs(self, words: str, varied: float) -> None:
        assert varied_words(words.split(), window=3) == pytest.approx(varied)

    def test_too_few_words_have_no_figure(self) -> None:
        assert varied_words(["a", "b"], window=3) is None


class TestMeasure:
    def test_a_corpus_counted_by_hand(self) -> None:
        rows = [
            Row("m", 1, "1", "Can we fix it?", (Tone.CALM,), (Intent.PLANNING,), Pace.BURST, (), "dry", "home"),
            Row(
                "m",
                2,
                "2",
                "Can we fix this today, please?",
                (Tone.CALM, Tone.URGENT),
                (Intent.PLANNING,),
                Pace.BURST,
                (),
                "polite",
                "home",
            ),
            Row("m", 3, "3", "Why not", (Tone.CURIOUS,), (Intent.LEARNING,), Pace.MEDIUM, (), "dry", ""),
        ]
        figures = measure(rows)

        assert (figures.rows, figures.words_per_row) == (3, 4)
        assert figures.distinct_1 == pytest.approx(9 / 12)
        assert figures.distinct_2 == pytest.approx(7 / 9)
        assert figures.varied_words is None
        assert figures.shared_openings == pytest.approx(2 / 3)
        assert (figures.registers, figures.domains) == (2, 1)
        assert figures.second_labels == pytest.approx(1 / 3)
        assert (figures.code, figures.digits, figures.bare_jamo) == (0, 0, 0)
        assert {pair: count for pair, count in figures.pairs.items() if count} == {
            (Tone.CALM, Intent.PLANNING): 2,
            (Tone.CURIOUS, Intent.LEARNING): 1,
        }
        assert len(figures.pairs) == 54
        assert figures.paces == {Pace.BURST: 2, Pace.FLOWING: 0, Pace.CONTEMPLATIVE: 0, Pace.MEDIUM: 1}

    def test_a_second_mentor_is_a_second_label(self) -> None:
        rows = [Row("r", 1, "1", "one", mentors=("lua", "elro")), Row("r", 2, "2", "two", mentors=("lua",))]

        assert measure(rows).second_labels == 0.5

    def test_long_texts_have_a_share_of_varied_words(self) -> None:
        assert measure([text_row("so it goes on and on " * 100)]).varied_words == pytest.approx(5 / 500)

    @pytest.mark.parametrize(
        ("text", "code", "digits", "jamo"),
        [
            ("`git log` shows nothing", True, False, False),
            ("main() 에서 죽어요", True, False, False),
            ("user_id가 비어 있어요", True, False, False),
            ("useEffect runs twice", True, False, False),
            ("a KeyError in main.py", True, False, False),
            ("if a == b", True, False, False),
            ("My iPhone, eBay (and rent) ...", False, False, False),
            ("3층에서 만나요", False, True, False),
            ("됐어요 ㅋㅋㅋ", False, False, True),
            ("어떡하죠ㅠㅠ", False, False, True),
            ("ㅇㅋ 두시", False, False, True),
            ("ㄱ부터 하나씩", False, False, False),
        ],
    )
    def test_code_digits_and_bare_jamo_are_seen(self, text: str, code: bool, digits: bool, jamo: bool) -> None:
        figures = measure([text_row(text)])

        assert (figures.code, figures.digits, figures.bare_jamo) == (code, digits, jamo)

    def test_nothing_has_figures_of_0(self) -> None:
        figures = measure([])

        assert (figures.rows, figures.words_per_row, figures.distinct_1, figures.second_labels) == (0, 0, 0, 0)

    @given(st.lists(st.text(max_size=60), max_size=6))
    def test_shares_are_from_0_to_1_for_any_text(self, texts: list[str]) -> None:
        figures = measure(rows_of(texts))
        shares = (figures.distinct_1, figures.distinct_2, figures.shared_openings, figures.code, figures.bare_jamo)

        assert all(0 <= share <= 1 for share in shares)

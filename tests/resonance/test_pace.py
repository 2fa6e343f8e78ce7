import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from ion.language import LANGUAGES, Language, language_of
from ion.resonance import Pace, Rhythm
from ion.resonance.pace import judge_pace, rhythm_of
from tests.resonance.corpus import labelled


def pace_of(rhythm: Rhythm, language: Language) -> Pace:
    shares = judge_pace(rhythm, language)
    return max(shares, key=shares.__getitem__)


def rhythm(words: int, sentences: int, *, pauses: int = 0, dense: bool = False) -> Rhythm:
    return Rhythm(words, tuple((place, place + 1) for place in range(sentences)), pauses, dense)


class TestRules:
    @pytest.mark.parametrize(
        ("language", "measured", "pace"),
        [
            # short sentences: three make fragments, two need dense marks
            ("ko", rhythm(15, 3), Pace.BURST),
            ("ko", rhythm(16, 3), Pace.MEDIUM),
            ("ko", rhythm(10, 2), Pace.MEDIUM),
            ("ko", rhythm(10, 2, dense=True), Pace.BURST),
            ("ko", rhythm(11, 2, dense=True), Pace.MEDIUM),
            ("ko", rhythm(1, 1), Pace.MEDIUM),
            ("ko", rhythm(1, 1, dense=True), Pace.BURST),
            ("en", rhythm(21, 3), Pace.BURST),
            ("en", rhythm(22, 3), Pace.MEDIUM),
            ("en", rhythm(14, 2), Pace.MEDIUM),
            ("en", rhythm(14, 2, dense=True), Pace.BURST),
            ("en", rhythm(15, 2, dense=True), Pace.MEDIUM),
            # many short sentences are fragments even where the words would do for flowing
            ("ko", rhythm(40, 8), Pace.BURST),
            ("en", rhythm(70, 10), Pace.BURST),
            # long sentences
            ("ko", rhythm(22, 1), Pace.CONTEMPLATIVE),
            ("ko", rhythm(21, 1), Pace.MEDIUM),
            ("ko", rhythm(44, 2), Pace.CONTEMPLATIVE),
            ("en", rhythm(24, 1), Pace.CONTEMPLATIVE),
            ("en", rhythm(23, 1), Pace.MEDIUM),
            ("en", rhythm(72, 3), Pace.CONTEMPLATIVE),
            # a pause for thought makes shorter ones do
            ("ko", rhythm(15, 1, pauses=1), Pace.CONTEMPLATIVE),
            ("ko", rhythm(14, 1, pauses=1), Pace.MEDIUM),
            ("en", rhythm(14, 1, pauses=1), Pace.CONTEMPLATIVE),
            ("en", rhythm(13, 1, pauses=3), Pace.MEDIUM),
            # enough words, in sentences that can run on from one another
            ("ko", rhythm(26, 2), Pace.FLOWING),
            ("ko", rhythm(25, 2), Pace.MEDIUM),
            ("ko", rhythm(43, 2), Pace.FLOWING),
            ("en", rhythm(36, 2), Pace.FLOWING),
            ("en", rhythm(35, 2), Pace.MEDIUM),
            ("en", rhythm(47, 2), Pace.FLOWING),
            # dense marks alone do not make a burst
            ("ko", rhythm(30, 3, dense=True), Pace.FLOWING),
            ("en", rhythm(40, 3, dense=True), Pace.FLOWING),
            # the same figures in the other language
            ("en", rhythm(26, 2), Pace.MEDIUM),
            ("ko", rhythm(21, 3), Pace.MEDIUM),
            # no words at all
            ("ko", rhythm(0, 0), Pace.MEDIUM),
            ("en", rhythm(0, 0, dense=True), Pace.MEDIUM),
        ],
    )
    def test_boundaries(self, language: Language, measured: Rhythm, pace: Pace) -> None:
        assert pace_of(measured, language) is pace

    @pytest.mark.parametrize(
        ("text", "pace"),
        [
            ("망했다. 서버 죽음. 어떡하지?", Pace.BURST),
            ("급해요!! 로그인이 안 돼요ㅠㅠ", Pace.BURST),
            ("테스트가 깨져요. 뭐부터 볼까요?", Pace.MEDIUM),
            ("이력서를 새로 쓰고 있는데 어떤 순서로 정리하면 좋을지 알려 주세요.", Pace.MEDIUM),
            (
                "지난주에 팀을 옮겼는데 아직 분위기를 잘 모르겠어요. 그래서 이번 주에는 한 사람씩 점심을 먹어 "
                "보려고 하고, 다음 주부터는 회의록도 제가 써 볼까 해요. 이 순서가 괜찮을지 궁금해서 여쭤봐요.",
                Pace.FLOWING,
            ),
            (
                "오래 하던 일을 내려놓고 나니, 그동안 무엇을 위해 그렇게 달려왔는지… 그리고 앞으로 무엇을 하고 "
                "싶은지 스스로에게 천천히 물어보게 되는 밤이 이어지고 있습니다.",
                Pace.CONTEMPLATIVE,
            ),
            ("Help! Prod is down. No idea why!!", Pace.BURST),
            ("It broke. Again. Why??", Pace.BURST),
            ("Could you check my plan for the interview on Thursday?", Pace.MEDIUM),
            ("I passed. What comes next?", Pace.MEDIUM),
            (
                "I moved to a new team last week and I am still learning how they work. So far I have had lunch "
                "with two of them, and next week I want to take the notes in our meetings. "
                "Does that sound like a good start?",
                Pace.FLOWING,
            ),
            (
                "After all these years of saying yes to every project that came along, I find myself wondering... "
                "whether the work I was proud of was ever really mine to begin with.",
                Pace.CONTEMPLATIVE,
            ),
        ],
    )
    def test_messages(self, text: str, pace: Pace) -> None:
        assert pace_of(rhythm_of(text), language_of(text)) is pace


class TestShares:
    @settings(deadline=None)
    @given(
        words=st.integers(0, 5_000),
        sentences=st.integers(1, 200),
        pauses=st.integers(0, 3),
        dense=st.booleans(),
        language=st.sampled_from(LANGUAGES),
    )
    def test_are_probabilities_with_a_most_likely_pace(
        self, words: int, sentences: int, pauses: int, dense: bool, language: Language
    ) -> None:
        shares = judge_pace(rhythm(max(words, sentences), sentences, pauses=pauses, dense=dense), language)

        assert list(shares) == list(Pace)
        assert math.isclose(sum(shares.values()), 1)
        assert all(0 < share < 1 for share in shares.values())
        assert max(shares.values()) >= 0.5

    @pytest.mark.parametrize(
        ("language", "near", "far", "pace"),
        [
            ("ko", rhythm(15, 3), rhythm(6, 3), Pace.BURST),
            ("en", rhythm(24, 1), rhythm(60, 1), Pace.CONTEMPLATIVE),
            ("en", rhythm(36, 3), rhythm(57, 4), Pace.FLOWING),
            ("ko", rhythm(25, 2), rhythm(16, 2), Pace.MEDIUM),
        ],
    )
    def test_grow_with_the_distance_from_the_threshold(
        self, language: Language, near: Rhythm, far: Rhythm, pace: Pace
    ) -> None:
        assert 0.5 <= judge_pace(near, language)[pace] < 0.9 < judge_pace(far, language)[pace]

    @pytest.mark.parametrize(
        ("measured", "runner_up"),
        [
            (rhythm(15, 3), Pace.MEDIUM),
            (rhythm(10, 2), Pace.BURST),
            (rhythm(22, 1), Pace.FLOWING),
            (rhythm(26, 2), Pace.MEDIUM),
            (rhythm(43, 2), Pace.CONTEMPLATIVE),
            (rhythm(25, 2), Pace.FLOWING),
            (rhythm(16, 3), Pace.BURST),
            (rhythm(21, 1), Pace.CONTEMPLATIVE),
        ],
    )
    def test_the_runner_up_is_the_pace_across_the_nearest_threshold(self, measured: Rhythm, runner_up: Pace) -> None:
        shares = judge_pace(measured, "ko")

        assert sorted(shares, key=shares.__getitem__)[-2] is runner_up

    def test_two_short_plain_sentences_are_medium_with_little_doubt(self) -> None:
        assert 0.8 < judge_pace(rhythm(4, 2), "ko")[Pace.MEDIUM] < 0.9

    def test_without_words_are_the_same_in_both_languages(self) -> None:
        assert judge_pace(rhythm(0, 0), "ko") == judge_pace(rhythm(0, 0), "en")
        assert judge_pace(rhythm(0, 0), "ko") == pytest.approx(
            {pace: 0.7 if pace == "medium" else 0.1 for pace in Pace}
        )


class TestSentences:
    @pytest.mark.parametrize(
        ("text", "sentences"),
        [
            ("One. Two! Three?", ["One.", "Two!", "Three?"]),
            ("하나예요. 둘인가요?! 셋", ["하나예요.", "둘인가요?!", "셋"]),
            ("no end at all", ["no end at all"]),
            ("It costs 3.5 euro at example.com today", ["It costs 3.5 euro at example.com today"]),
            ("버전 3.11.7에서 a.b.c를 호출하면 멈춰요. 왜죠?", ["버전 3.11.7에서 a.b.c를 호출하면 멈춰요.", "왜죠?"]),
            ("`x = foo.bar(1.0); y != z` fails. Why?", ["`x = foo.bar(1.0); y != z` fails.", "Why?"]),
            ("He said “stop.” Then left.", ["He said “stop.”", "Then left."]),
            ('"Done." (Really?) Yes', ['"Done."', "(Really?)", "Yes"]),
            ("'그만해.'라고 했어요. 왜죠?", ["'그만해.'라고 했어요.", "왜죠?"]),
            ("First line\n\nSecond line", ["First line", "Second line"]),
            ("one line\nthe same sentence", ["one line\nthe same sentence"]),
            ("Wait... what is this… again", ["Wait... what is this… again"]),
            ("글쎄... 모르겠어요. 끝", ["글쎄... 모르겠어요.", "끝"]),
            ("전각。 문장！ 셋？", ["전각。", "문장！", "셋？"]),
            ("Fine. 🙂 !!! Next.", ["Fine.", "Next."]),
            ("...", []),
            ("🙂 !!", []),
            ("  padded.  both  ", ["padded.", "both"]),
        ],
    )
    def test_end_where_a_reader_would_end_them(self, text: str, sentences: list[str]) -> None:
        assert [text[start:end] for start, end in rhythm_of(text).sentences] == sentences

    @settings(deadline=None)
    @given(text=st.text() | st.text(alphabet=".!?…\n a가ㅋ1\"'"))
    def test_lie_in_the_text_one_after_the_other_and_hold_words(self, text: str) -> None:
        measured = rhythm_of(text)
        before = 0

        for start, end in measured.sentences:
            assert before <= start < end <= len(text)
            assert text[start:end] == text[start:end].strip()
            before = end
        assert measured.words >= len(measured.sentences)

    @pytest.mark.timeout(10)
    @pytest.mark.parametrize("run", ["!?" * 50_000, "." * 100_000, "!)" * 50_000, "!" * 50_000 + ")" * 50_000])
    def test_a_long_run_of_marks_takes_no_longer_than_its_length(self, run: str) -> None:
        measured = rhythm_of(f"{run}a")

        assert (measured.words, len(measured.sentences)) == (1, 1)


class TestWords:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("one two  three\nfour", 4),
            ("뭐부터 봐야 할까요?", 3),
            ("so…what now", 3),
            ("so...what now", 3),
            ("one. ... !!! two.", 2),
            ("🙂 🙂", 0),
            ("ㅠㅠ", 1),
        ],
    )
    def test_stand_between_spaces_and_pauses(self, text: str, words: int) -> None:
        assert rhythm_of(text).words == words

    def test_a_sentence_are_their_mean(self) -> None:
        assert rhythm_of("One two three. Four.").words_per_sentence == 2

    def test_a_sentence_are_none_where_nothing_is_said(self) -> None:
        assert rhythm_of("?").words_per_sentence == 0


class TestPauses:
    @pytest.mark.parametrize(
        ("text", "pauses"),
        [
            ("I wonder... whether", 1),
            ("그때… 그리고.. 지금", 2),
            ("…starts with one", 1),
            ("one full stop. only", 0),
            ("the end closes...", 0),
            ("the end closes…  ", 0),
            ("한 번… 그리고 끝…", 1),
        ],
    )
    def test_are_counted_but_for_one_that_closes_the_message(self, text: str, pauses: int) -> None:
        assert rhythm_of(text).pauses == pauses


class TestDenseMarks:
    @pytest.mark.parametrize("text", ["go!", "what??", "망했다ㅠㅠ", "웃겨ㅋㅋ", "ㅎㅎ 네", "네~~", "ㅜㅜ"])
    def test_are_seen(self, text: str) -> None:
        assert rhythm_of(text).dense

    @pytest.mark.parametrize("text", ["go.", "what?", "슬퍼ㅠ", "ㅋ", "네~", "a - b", "x..."])
    def test_single_plain_ones_are_not(self, text: str) -> None:
        assert not rhythm_of(text).dense


class TestAgreement:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_with_labelled_messages(self, language: Language) -> None:
        messages = labelled(language)
        judged = [str(pace_of(rhythm_of(message.text), language_of(message.text))) for message in messages]

        assert f1_score([message.pace for message in messages], judged, average="macro") >= 0.93

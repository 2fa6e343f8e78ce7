import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from string import ascii_letters

import pytest
from bench.check_corpus import CORPUS, defects_of, main, read_corpus
from hypothesis import given
from hypothesis import strategies as st

from ion.evaluation.corpus import (
    Defect,
    Fault,
    Row,
    check_topics,
    measure,
    near_duplicates,
    overlaps,
    read_messages,
    read_routing,
    read_texts,
    repeated_ids,
    shingles,
    varied_words,
    words_of,
)
from ion.language import language_of
from ion.resonance import Intent, Pace, Tone

GOOD: dict[str, object] = {
    "id": "a-1",
    "text": "The kiln tripped the fuse again.",
    "tone": "frustrated",
    "intent": "problem_solving",
    "pace": "medium",
    "register": "dry",
    "domain": "pottery",
}
MENTORS = ("lua", "elro")


def line(**changes: object) -> str:
    return json.dumps({name: value for name, value in {**GOOD, **changes}.items() if value is not None})


def options(folder: Path) -> list[str]:
    return ["--corpus", str(folder), "--routing", str(folder)]


def text_row(text: str, number: int = 1, file: str = "a") -> Row:
    return Row(file, number, f"{file}-{number}", text)


def rows_of(texts: Sequence[str]) -> list[Row]:
    return [text_row(text, number) for number, text in enumerate(texts, start=1)]


def faults(defects: Sequence[Defect]) -> list[tuple[int, Fault]]:
    return [(defect.line, defect.fault) for defect in defects]


class TestReadMessages:
    def test_reads_every_label(self) -> None:
        sheet = read_messages("m", line(tone=["frustrated", "urgent"]))

        assert sheet.defects == ()
        assert sheet.rows == (
            Row(
                "m",
                1,
                "a-1",
                "The kiln tripped the fuse again.",
                tones=(Tone.FRUSTRATED, Tone.URGENT),
                intents=(Intent.PROBLEM_SOLVING,),
                pace=Pace.MEDIUM,
                register="dry",
                domain="pottery",
            ),
        )

    def test_register_and_domain_may_be_left_out(self) -> None:
        sheet = read_messages("m", line(register=None, domain=None))

        assert sheet.defects == ()
        assert (sheet.rows[0].register, sheet.rows[0].domain) == ("", "")

    @pytest.mark.parametrize(
        ("changes", "fault", "reason"),
        [
            ({"tone": "angry"}, Fault.UNKNOWN_LABEL, "tone: 'angry' is none of 'frustrated', 'playful'"),
            ({"tone": ["calm", "angry"]}, Fault.UNKNOWN_LABEL, "tone: 'angry' is none of"),
            ({"intent": "seeking_advice"}, Fault.UNKNOWN_LABEL, "intent: 'seeking_advice' is none of"),
            ({"pace": "fast"}, Fault.UNKNOWN_LABEL, "pace: 'fast' is none of"),
            ({"tone": None}, Fault.MISSING, "tone is missing"),
            ({"tone": []}, Fault.MISSING, "tone is missing"),
            ({"text": None}, Fault.MISSING, "text is missing"),
            ({"id": ""}, Fault.MISSING, "id is missing"),
            ({"text": " \n"}, Fault.BROKEN_LINE, "text: The message is empty"),
            ({"text": "\u200b"}, Fault.BROKEN_LINE, "text: The message is empty"),
            ({"text": 7}, Fault.BROKEN_LINE, "text: Input should be a valid string"),
            ({"tone": ["calm", "calm"]}, Fault.BROKEN_LINE, "tone: a label stands there twice"),
            ({"tone": ["calm", "urgent", "curious"]}, Fault.BROKEN_LINE, "tone: "),
            ({"pace": ["burst", "medium"]}, Fault.UNKNOWN_LABEL, "pace: "),
            ({"tones": "calm"}, Fault.BROKEN_LINE, "tones: Extra inputs are not permitted"),
        ],
    )
    def test_names_a_fault_by_file_and_line(self, changes: dict[str, object], fault: Fault, reason: str) -> None:
        sheet = read_messages("m.jsonl", "\n".join([line(), line(**{"id": "a-2", **changes}), line(id="a-3")]))

        assert [row.id for row in sheet.rows] == ["a-1", "a-3"]
        assert faults(sheet.defects) == [(2, fault)]
        assert str(sheet.defects[0]).startswith(f"m.jsonl:2: {fault}: {reason}")

    @pytest.mark.parametrize("broken", ["", "{", "[]", '"text"', '{"id": "a-1"', '{"id": "\\ud800"}'])
    def test_a_line_that_is_no_object_is_broken(self, broken: str) -> None:
        sheet = read_messages("m", f"{line()}\n{broken}\n{line(id='a-3')}")

        assert [row.line for row in sheet.rows] == [1, 3]
        assert {(defect.line, defect.fault) for defect in sheet.defects} == {(2, Fault.BROKEN_LINE)}

    def test_every_fault_of_a_line_is_named(self) -> None:
        sheet = read_messages("m", line(tone="angry", intent="win", pace=None))

        assert sheet.rows == ()
        assert [defect.reason.split(":")[0] for defect in sheet.defects] == ["tone", "intent", "pace is missing"]

    def test_no_message_is_quoted(self) -> None:
        sheet = read_messages("m", line(text="my secret \0", tone="angry"))

        assert len(sheet.defects) == 2
        assert not any("secret" in str(defect) for defect in sheet.defects)

    def test_an_empty_file_has_nothing(self) -> None:
        sheet = read_messages("m", "")

        assert (sheet.rows, sheet.defects) == ((), ())


class TestReadRouting:
    def test_reads_one_mentor_or_two(self) -> None:
        lines = (
            '{"id": "r-1", "text": "one", "personas": ["lua"]}',
            '{"id": "r-2", "text": "two", "personas": ["elro", "lua"]}',
        )
        sheet = read_routing("r", "\n".join(lines), mentors=MENTORS)

        assert sheet.defects == ()
        assert [row.mentors for row in sheet.rows] == [("lua",), ("elro", "lua")]

    def test_names_a_mentor_there_is_not(self) -> None:
        sheet = read_routing("r", '{"id": "r-1", "text": "one", "personas": ["lua", "bob"]}', mentors=MENTORS)

        assert [str(defect) for defect in sheet.defects] == ["r:1: unknown label: personas: 'bob' is none of elro, lua"]

    def test_a_row_for_no_one_is_at_fault(self) -> None:
        sheet = read_routing("r", '{"id": "r-1", "text": "one", "personas": []}', mentors=MENTORS)

        assert faults(sheet.defects) == [(1, Fault.MISSING)]


class TestReadTexts:
    def test_other_keys_do_not_matter(self) -> None:
        sheet = read_texts("t", '{"text": "one", "tone": "angry"}\n{"id": "t-2", "text": "two"}')

        assert sheet.defects == ()
        assert [(row.id, row.text) for row in sheet.rows] == [("", "one"), ("t-2", "two")]

    def test_a_text_has_to_be_there(self) -> None:
        assert faults(read_texts("t", '{"id": "t-1"}').defects) == [(1, Fault.MISSING)]


class TestCheckTopics:
    @staticmethod
    def check(content: str) -> list[Defect]:
        return check_topics("t", content, ids={"a-1", "a-2"}, topics={"focus", "exams"})

    def test_a_message_may_have_topics_or_none(self) -> None:
        assert self.check('{"id": "a-1", "topics": ["focus", "exams"]}\n{"id": "a-2", "topics": []}') == []

    @pytest.mark.parametrize(
        ("second", "fault"),
        [
            ('{"id": "a-9", "topics": []}', Fault.UNKNOWN_ID),
            ('{"id": "a-1", "topics": []}', Fault.REPEATED_ID),
            ('{"id": "a-2", "topics": ["focus", "luck"]}', Fault.UNKNOWN_LABEL),
            ('{"id": "a-2", "topics": ["focus", "focus"]}', Fault.BROKEN_LINE),
            ('{"id": "a-2"}', Fault.MISSING),
            ("no", Fault.BROKEN_LINE),
        ],
    )
    def test_names_a_fault_by_line(self, second: str, fault: Fault) -> None:
        assert faults(self.check(f'{{"id": "a-1", "topics": []}}\n{second}')) == [(2, fault)]


class TestRepeatedIds:
    def test_are_found_across_files(self) -> None:
        rows = [Row("a", 1, "x", "one"), Row("a", 2, "y", "two"), Row("b", 7, "x", "three")]

        assert [str(defect) for defect in repeated_ids(rows)] == ["b:7: repeated id: 'x' is in a:1 already"]

    def test_different_ids_are_fine(self) -> None:
        assert repeated_ids(rows_of(["one", "two"])) == []


class TestShingles:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("abcdef", {"abcde", "bcdef"}),
            ("ABC  def", {"abc d", "bc de", "c def"}),
            ("네", {"네"}),
            ("aaaaaaaa", {"aaaaa"}),
        ],
    )
    def test_are_five_characters_in_a_row(self, text: str, found: set[str]) -> None:
        assert shingles(text) == found


# Pairs that one person could have made from the other by changing a word, a name, a number or the marks.
SAME = [
    (
        "Oren cancelled our one to one for the third week and I have stopped preparing anything for it.",
        "Mira cancelled our one to one for the fourth week and I have stopped preparing anything for it!!",
    ),
    ("how do i get a branch back after git reset --hard", "How do I get a branch back after   git reset --hard??"),
    (
        "지난주부터 아침마다 공방 문을 열기가 싫어져요. 손님이 없는 것도 아닌데 왜 이런지 모르겠어요.",
        "지난달부터 아침마다 공방 문을 열기가 싫어져요. 손님이 없는 것도 아닌데 왜 이런지 모르겠네요ㅠㅠ",
    ),
    ("발표가 내일인데 슬라이드 순서를 아직 못 정했어요.", "발표가 내일인데 슬라이드 순서를 아직도 못 정했어요"),
]
# The same situation in other words, the same frame around something else, or one language beside the other.
DIFFERENT = [
    (
        "Oren cancelled our one to one for the third week and I have stopped preparing anything for it.",
        "My lead keeps moving our weekly talk. By now I turn up empty-handed, if it takes place at all.",
    ),
    ("What is the difference between a fugue and a canon?", "What is the difference between a mutex and a semaphore?"),
    ("how do i get a branch back after git reset --hard", "I reset too hard and lost a branch, can it be recovered"),
    (
        "지난주부터 아침마다 공방 문을 열기가 싫어져요. 손님이 없는 것도 아닌데 왜 이런지 모르겠어요.",
        "요즘 출근길에 가게가 가까워질수록 걸음이 느려집니다. 장사는 그럭저럭 되는데 이유를 못 찾겠네요.",
    ),
    ("발표가 내일인데 슬라이드 순서를 아직 못 정했어요.", "내일 발표 자료, 뭘 먼저 보여줄지 아직 고민 중입니다."),
    ("발표가 내일이에요.", "The talk is tomorrow."),
]


class TestNearDuplicates:
    @pytest.mark.parametrize(("one", "other"), SAME)
    def test_a_message_slightly_changed_is_found(self, one: str, other: str) -> None:
        pairs = near_duplicates(rows_of([one, "Something else entirely lies between.", other]))

        assert [(pair.earlier.line, pair.later.line) for pair in pairs] == [(1, 3)]
        assert 0.6 <= pairs[0].similarity < 1

    @pytest.mark.parametrize(("one", "other"), DIFFERENT)
    def test_the_same_in_other_words_stays(self, one: str, other: str) -> None:
        assert near_duplicates(rows_of([one, other])) == []

    def test_the_same_text_has_a_similarity_of_1(self) -> None:
        pairs = near_duplicates([text_row("Wat?", 1, "a"), text_row("wat?", 1, "b")])

        assert [(pair.earlier.file, pair.later.file, pair.similarity) for pair in pairs] == [("a", "b", 1.0)]

    def test_a_copy_of_a_copy_makes_a_pair_with_each(self) -> None:
        pairs = near_duplicates(rows_of(["the same text"] * 3))

        assert [(pair.earlier.line, pair.later.line) for pair in pairs] == [(1, 2), (1, 3), (2, 3)]

    @pytest.mark.parametrize(("shared", "found"), [(3, True), (2, False)])
    def test_the_threshold_itself_is_near(self, shared: int, found: bool) -> None:
        # Five shingles in all, of which three are 0.6.
        one, other = ("abcdefg", "abcdefgh!") if shared == 3 else ("abcdef", "abcdefgh!")

        assert len(shingles(one) & shingles(other)) == shared
        assert len(shingles(one) | shingles(other)) == 5
        assert bool(near_duplicates(rows_of([one, other]))) is found

    def test_languages_are_not_compared(self) -> None:
        korean, english = (f"가나다라마바사아자차 {ascii_letters[:letters]}" for letters in (40, 41))

        assert (language_of(korean), language_of(english)) == ("ko", "en")
        assert near_duplicates(rows_of([korean, english])) == []
        assert len(near_duplicates(rows_of([english, f"{english}!"]))) == 1

    @given(
        st.lists(st.text("abc ㅋ", min_size=1, max_size=40), max_size=12),
        st.sampled_from([0.05, 0.3, 0.5, 0.6, 0.9, 1.0]),
    )
    def test_no_pair_is_lost_or_added(self, texts: list[str], threshold: float) -> None:
        expected = []
        for (place, one), (later, other) in combinations(enumerate(texts, start=1), 2):
            similarity = len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))
            if language_of(one) == language_of(other) and similarity >= threshold:
                expected.append((later, place, similarity))

        pairs = near_duplicates(rows_of(texts), threshold=threshold)

        assert [(pair.later.line, pair.earlier.line, pair.similarity) for pair in pairs] == sorted(expected)


class TestOverlaps:
    def test_a_row_that_is_held_out_is_found(self) -> None:
        kept = [text_row(text, number, "held") for number, text in enumerate([SAME[0][1], "alone, as it should be"], 1)]
        pairs = overlaps(rows_of([DIFFERENT[0][1], SAME[0][0]]), kept)

        assert [(pair.earlier.file, pair.earlier.line, pair.later.line) for pair in pairs] == [("held", 1, 2)]

    def test_pairs_on_one_side_do_not_count(self) -> None:
        twice = "the same text twice"

        assert overlaps(rows_of([twice, twice]), []) == []
        assert overlaps([], [text_row(twice, 1, "held"), text_row(twice, 2, "held")]) == []


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


class TestTheShippedCorpus:
    def test_has_no_defect(self) -> None:
        corpus = read_corpus(CORPUS)

        assert len(corpus.rows()) > 6000
        assert [str(defect) for defect in defects_of(corpus, [])] == []


class TestCheckCorpus:
    """The command, on a small folder."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "messages.en.jsonl").write_text(
            f"{line()}\n{line(id='a-2', text='Two choirs, one hall.', tone=['calm', 'curious'])}\n", encoding="utf-8"
        )
        (tmp_path / "messages.ko.jsonl").write_text(line(id="k-1", text=SAME[3][0]) + "\n", encoding="utf-8")
        (tmp_path / "topics.en.jsonl").write_text('{"id": "a-1", "topics": ["fixing-things"]}\n', encoding="utf-8")
        (tmp_path / "routing.en.jsonl").write_text(
            '{"id": "r-1", "text": "Who should sing first?", "personas": ["nana"]}\n', encoding="utf-8"
        )
        return tmp_path

    def test_prints_figures_and_returns_0(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main([*options(folder), "--held-out"]) == 0

        printed = capsys.readouterr().out
        cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in printed.splitlines()]
        assert ["messages.en.jsonl", "en", "2", "5.0", "0.90", "1.00", "–", "0.0%", "1", "1"] in cells
        assert ["messages.ko.jsonl", "ko", "0.0%", "0.0%", "0.0%", "0.0%", "0 to 1", "0", "0", "0", "1"] in cells
        assert ["messages.en.jsonl", "en", "50.0%", "0.0%", "0.0%", "0.0%", "0 to 1", "0", "0", "0", "2"] in cells
        assert ["frustrated", "0", "1", "0", "0", "0", "0"] in cells
        assert ["routing.en.jsonl", "1"] in cells
        assert printed.endswith("\n4 texts, 0 held out, 0 defects\n")

    def test_a_folder_of_messages_alone_is_fine(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "topics.en.jsonl").unlink()
        (folder / "routing.en.jsonl").unlink()

        assert main([*options(folder), "--held-out"]) == 0

        printed = capsys.readouterr().out
        assert "answered first by" not in printed
        assert printed.endswith("\n3 texts, 0 held out, 0 defects\n")

    def test_names_every_defect_and_returns_1(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        bad = [line(id="b-1", tone="angry"), line(id="a-2", text="A third choir."), line(id="b-3")]
        (folder / "messages.en-b.jsonl").write_text("\n".join(bad), encoding="utf-8")
        (folder / "topics.en-b.jsonl").write_text('{"id": "b-3", "topics": ["luck"]}\n', encoding="utf-8")
        (folder / "routing.ko.jsonl").write_text(
            '{"id": "r-2", "text": "누구?", "personas": ["bob"]}', encoding="utf-8"
        )
        held_out = folder / "held.jsonl"
        held_out.write_text(json.dumps({"text": SAME[3][1]}) + "\n{}\n", encoding="utf-8")

        assert main([*options(folder), "--held-out", str(held_out)]) == 1

        defects = capsys.readouterr().out.split(" defects\n")[1].splitlines()
        places = [": ".join(defect.split(": ")[:2]) for defect in defects]
        assert sorted(places) == [
            f"{held_out}:2: missing",
            "messages.en-b.jsonl:1: unknown label",
            "messages.en.jsonl:1: near-duplicate",
            "messages.en.jsonl:2: repeated id",
            "messages.ko.jsonl:1: held out",
            "routing.ko.jsonl:1: unknown label",
            "topics.en-b.jsonl:1: unknown label",
        ]

    @pytest.mark.parametrize("held_out", [True, False])
    def test_a_missing_file_is_said_and_returns_2(
        self, folder: Path, capsys: pytest.CaptureFixture[str], held_out: bool
    ) -> None:
        missing = folder / "nothing"
        chosen = ["--held-out", str(missing)] if held_out else ["--corpus", str(missing)]

        assert main([*options(folder), *chosen]) == 2

        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith(f"{missing}: ")

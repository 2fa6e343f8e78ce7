import unicodedata

import pytest

from ion.mentoring import ConversationId, Found, Marked, Passage
from ion.mentoring.search import Search, folded


def passage(message: str = "", reply: str = "", *, title: str = "", name: str = "c1", position: int = 1) -> Passage:
    return Passage(ConversationId(name), title, position, message, reply)


def found(query: str, *passages: Passage, limit: int = 50) -> list[Found]:
    search = Search(query, limit)
    search.look_at(passages)
    return search.found


def marked(text: Marked) -> str:
    return "".join(f"[{piece}]" if is_found else piece for piece, is_found in text.pieces())


class TestWords:
    @pytest.mark.parametrize(
        ("query", "message", "shown"),
        [
            ("테스트", "테스트가 깨져요", "[테스트]가 깨져요"),
            ("RELEASE", "the release", "the [release]"),
            ("release", "The RELEASE", "The [RELEASE]"),
            ("cafe", "the Café", "the [Café]"),
            ("café", "the cafe", "the [cafe]"),
            ("cafe", "the cafe\u0301 there", "the [cafe\u0301] there"),
            ("strasse", "die Straße", "die [Straße]"),
            ("가나", unicodedata.normalize("NFD", "아 가나다"), unicodedata.normalize("NFD", "아 [가나]다")),
            (unicodedata.normalize("NFD", "가나"), "아 가나다", "아 [가나]다"),
            ("취업준비", "내 취업 준비가", "내 [취업 준비]가"),
            ("취업 준비", "취업준비가", "[취업준비]가"),
            ("취업준비", "취업\n준비", "[취업 준비]"),
            ("ㅌㅅㅌ", "단위테스트 결과", "단위[테스트] 결과"),
            ("ㅊㅇㅈㅂ", "내 취업 준비", "내 [취업 준비]"),
            ("테스ㅌ", "테스트가", "[테스트]가"),
            ("ㅋㅋ", "웃겨ㅋㅋㅋ", "웃겨[ㅋㅋ]ㅋ"),
            ("fail random", "tests fail at random", "tests [fail] at [random]"),
            ("a.c", "abc a.c", "abc [a.c]"),
            ("test tests", "the tests", "the [tests]"),
        ],
    )
    def test_are_found(self, query: str, message: str, shown: str) -> None:
        [one] = found(query, passage(message))

        assert marked(one.excerpt) == shown

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ("테스트깨", "테스트가 깨져요"),
            ("사과", "회사 과장님"),
            ("ㅅㄱ", "회사 과장님"),
            ("fail never", "tests fail at random"),
            ("therapist", "the rapist"),
            ("ㅌ", "테스트"),
            ("ㅎㅎ", "테스트"),
        ],
    )
    def test_are_not_found_where_they_are_not(self, query: str, message: str) -> None:
        assert found(query, passage(message)) == []

    @pytest.mark.parametrize("query", ["", "  ", "\n\t"])
    def test_that_are_missing_find_nothing(self, query: str) -> None:
        assert found(query, passage("anything")) == []

    def test_may_be_in_title_message_and_reply_together(self) -> None:
        [one] = found("이직 팀 연봉", passage("팀에 남을까요", "연봉은 어때요", title="이직 제안"))

        assert marked(one.title) == "[이직] 제안"
        assert (one.said_by, marked(one.excerpt)) == ("mentee", "[팀]에 남을까요")

    def test_that_only_the_mentor_said_show_the_reply_without_its_markup(self) -> None:
        [one] = found("시간", passage("팀에 남을까요", "## 먼저\n1. **지금 30분**: `시간`을 재요"))

        assert (one.said_by, marked(one.excerpt)) == ("mentor", "먼저 1. 지금 30분: [시간]을 재요")

    def test_in_the_title_alone_find_a_conversation_once(self) -> None:
        turns = [passage(f"말 {number}", title="이직 제안", position=number) for number in (3, 2, 1)]

        assert [(one.position, one.excerpt.spans) for one in found("이직", *turns)] == [(3, ())]


class TestResults:
    def test_come_in_order_and_are_bounded(self) -> None:
        turns = [passage("테스트", name=f"c{number}") for number in range(5)]

        assert [one.conversation for one in found("테스트", *turns, limit=3)] == ["c0", "c1", "c2"]


class TestExcerpt:
    def test_is_cut_between_words(self) -> None:
        text = "앞에 있는 말이 길어요 " * 20 + "테스트가 깨져요 " + "뒤에 오는 말도 길어요 " * 20
        [one] = found("테스트", passage(text))
        words = one.excerpt.text.strip("…").split()

        assert one.excerpt.text.startswith("…")
        assert one.excerpt.text.endswith("…")
        assert set(words) <= set(text.split())
        assert len(one.excerpt.text) < 140
        assert "[테스트]가 깨져요" in marked(one.excerpt)

    @pytest.mark.parametrize("sign", ["e\u0301\u0323", "👩\u200d💻", "👍🏽", "🇰🇷", "❤\ufe0f"])
    def test_parts_no_sign(self, sign: str) -> None:
        [one] = found("xyz", passage(sign * 100 + "xyz" + sign * 100))
        shown = one.excerpt.text.strip("…")

        assert shown.replace(sign, "").replace("xyz", "") == ""

    def test_is_one_line(self) -> None:
        [one] = found("two", passage("one\ntwo\r\n\tthree"))

        assert marked(one.excerpt) == "one [two]   three"

    def test_of_a_word_longer_than_it_is_marked_to_the_end(self) -> None:
        [one] = found("x" * 200, passage("x" * 500))

        assert one.excerpt.spans == ((0, len(one.excerpt.text.rstrip("…"))),)


class TestFolded:
    @pytest.mark.parametrize(
        ("text", "compared"),
        [("ÀÉÎõü", "aeiou"), ("Ǻ", "a"), ("ÅNGSTRÖM", "angstrom"), ("한글", "한글"), ("日本", "日本"), ("ДА", "да")],
    )
    def test_has_no_case_and_no_accents(self, text: str, compared: str) -> None:
        assert folded(text) == compared
        assert folded(unicodedata.normalize("NFD", text)) == compared

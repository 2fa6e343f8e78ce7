from collections.abc import Mapping

import pytest

from ion.language import Language
from ion.mentoring.gathering import Alone, Gathering, Ground, Pull, Seat, Signs, asks_for_views, gather
from ion.resonance import ResonanceKey
from ion.routing import Choice


def choice(
    scores: Mapping[str, float] | None = None, *, key: str = "calm-medium-seek_advice", secondary: str | None = ""
) -> Choice:
    scores = scores or {"lua": 0.6, "elro": 0.9, "riri": 0.8, "nana": 0.7}
    ranked = sorted(scores, key=lambda slug: -scores[slug])
    return Choice(
        key=ResonanceKey.parse(key),
        primary=ranked[0],
        secondary=ranked[1] if secondary == "" else secondary,
        confidence=0.7,
        scores=scores,
        turning_key=None,
    )


def pull(best: str, topic: str | None = None, *, by: float = 0.3, words: str | None = "words") -> Pull:
    scores = dict.fromkeys(("lua", "elro", "riri", "nana"), 0.5) | {best: 0.5 + by}
    return Pull(scores, topic, f"clause on {topic}", words)


def personas(found: Gathering | Alone) -> list[str]:
    assert isinstance(found, Gathering)
    return [seat.persona for seat in found.seats]


def ground(found: Gathering | Alone) -> Ground:
    assert isinstance(found, Gathering)
    return found.ground


class TestAlone:
    def test_one_thing_is_for_one_mentor(self) -> None:
        assert gather(choice(), Signs()) is Alone.SIMPLE

    def test_a_courtesy_is_for_one_mentor(self) -> None:
        assert gather(choice(), Signs(courtesy=True, asks_for_views=True)) is Alone.COURTESY

    def test_danger_leaves_nothing_to_discuss(self) -> None:
        found = gather(choice(), Signs(danger=True), wanted=("lua", "nana"), forced=True)

        assert found is Alone.DANGER

    def test_where_nobody_else_is_there(self) -> None:
        found = gather(choice({"lua": 0.8}, secondary=None), Signs(asks_for_views=True), forced=True)

        assert found is Alone.NOBODY_ELSE

    def test_a_close_call_without_parts_that_differ_is_for_one(self) -> None:
        near = choice({"elro": 0.9, "riri": 0.89, "lua": 0.5, "nana": 0.5})

        assert gather(near, Signs(parts=(pull("elro"), pull("elro")))) is Alone.SIMPLE
        assert gather(near, Signs(parts=(pull("elro", by=0.05), pull("riri", by=0.05)))) is Alone.SIMPLE


class TestForced:
    def test_brings_the_runner_up(self) -> None:
        found = gather(choice(), Signs(), forced=True)

        assert (ground(found), personas(found)) == (Ground.FORCED, ["elro", "riri"])

    def test_holds_for_a_courtesy_too(self) -> None:
        assert personas(gather(choice(), Signs(courtesy=True), forced=True)) == ["elro", "riri"]


class TestViews:
    def test_bring_the_best_three(self) -> None:
        found = gather(choice(), Signs(asks_for_views=True))

        assert (ground(found), personas(found)) == (Ground.VIEWS, ["elro", "riri", "nana"])

    def test_of_two_mentors_bring_both(self) -> None:
        found = gather(choice({"lua": 0.8, "elro": 0.6}), Signs(asks_for_views=True))

        assert personas(found) == ["lua", "elro"]

    def test_beyond_the_matters_add_to_one_without_taking_it_up(self) -> None:
        found = gather(choice(), Signs(asks_for_views=True, matters=(pull("elro", "salary"), pull("lua", "rosters"))))

        assert isinstance(found, Gathering)
        assert [(seat.persona, seat.part and seat.part.topic) for seat in found.seats] == [
            ("elro", "salary"),
            ("lua", "rosters"),
            ("riri", "salary"),
        ]
        assert found.seats[2].part is not None
        assert (found.seats[2].part.clause, found.seats[2].part.words) == (None, None)


class TestMatters:
    def test_go_to_whom_each_suits_in_their_own_order(self) -> None:
        matters = (pull("lua", "burnout-signs"), pull("elro", "system-design"))
        found = gather(choice(), Signs(matters=matters))

        assert found == Gathering(Ground.MATTERS, (Seat("lua", matters[0]), Seat("elro", matters[1])))

    def test_leave_one_to_whom_the_message_suits_best(self) -> None:
        found = gather(choice(), Signs(matters=(pull("lua", "burnout-signs"), pull("nana", "meetings", by=0.4))))

        assert personas(found) == ["elro", "nana"]

    def test_of_one_mentor_go_to_two(self) -> None:
        found = gather(choice(), Signs(matters=(pull("elro", "a"), pull("elro", "b"))))

        assert personas(found) == ["elro", "riri"]

    def test_three_of_them_bring_three(self) -> None:
        found = gather(choice(), Signs(matters=(pull("lua", "a"), pull("elro", "b"), pull("nana", "c"))))

        assert personas(found) == ["lua", "elro", "nana"]


class TestNear:
    near = choice({"nana": 0.85, "lua": 0.84, "riri": 0.7, "elro": 0.6})

    def test_each_gets_the_part_that_is_clearest_theirs(self) -> None:
        weak, strong, other = pull("lua", by=0.15), pull("lua", by=0.4), pull("nana")
        found = gather(self.near, Signs(parts=(weak, other, strong)))

        assert found == Gathering(Ground.NEAR, (Seat("nana", other), Seat("lua", strong)))

    def test_counts_no_runner_up_far_behind(self) -> None:
        far = choice({"nana": 0.95, "lua": 0.8, "riri": 0.7, "elro": 0.6})

        assert gather(far, Signs(parts=(pull("lua"), pull("nana")))) is Alone.SIMPLE

    def test_leaves_whoever_looks_back_with_one(self) -> None:
        back = choice({"nana": 0.85, "lua": 0.84}, key="confused-medium-reflection")

        assert gather(back, Signs(parts=(pull("lua"), pull("nana")))) is Alone.SIMPLE


class TestNamed:
    def test_answer_in_the_order_they_are_named(self) -> None:
        found = gather(choice(), Signs(courtesy=True), wanted=("lua", "nana", "elro"))

        assert (ground(found), personas(found)) == (Ground.NAMED, ["lua", "nana", "elro"])

    def test_share_the_matters_out_among_them(self) -> None:
        matters = (pull("lua", "burnout-signs"), pull("riri", "reading-data"))
        found = gather(choice(), Signs(matters=matters), wanted=("riri", "lua"))

        assert found == Gathering(Ground.NAMED, (Seat("riri", matters[1]), Seat("lua", matters[0])))


class TestAskingForViews:
    @pytest.mark.parametrize(
        ("language", "message"),
        [
            ("ko", "창업할지 고민이에요. 여러 관점에서 말씀해 주세요."),
            ("ko", "이 일을 다양한 시각으로 봐 주실 수 있나요?"),
            ("ko", "멘토님들이라면 어떻게 하시겠어요?"),
            ("ko", "멘토 두 분께 여쭙고 싶어요"),
            ("en", "Startup or grad school? I'd like to hear this from different angles."),
            ("en", "Can I get several perspectives on this offer?"),
            ("en", "What would each of you do?"),
        ],
    )
    def test_is_heard(self, language: Language, message: str) -> None:
        assert asks_for_views(message, language)

    @pytest.mark.parametrize(
        ("language", "message"),
        [
            ("ko", "팀원과 의견이 달라서 회의가 길어졌어요."),
            ("ko", "멘토님 안녕하세요. 면접 준비를 도와주세요."),
            ("en", "We have a rough list from both sides. How should we sequence it?"),
            ("en", "My two bosses have different opinions and I am stuck."),
        ],
    )
    def test_is_not_heard_where_it_is_not_said(self, language: Language, message: str) -> None:
        assert not asks_for_views(message, language)

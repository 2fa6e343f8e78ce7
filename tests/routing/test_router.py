import csv
from dataclasses import replace
from pathlib import Path

import pytest

from ion.personas import Catalogue, PersonaNotFound
from ion.resonance import ResonanceKey, every_key
from ion.routing import Choice, ResonanceRouter, score
from tests.routing.personas import make_persona

PERSONAS = ("lua", "elro", "riri", "nana")
AXES = ("tone", "pace", "intent")
with (Path(__file__).parent / "routing_216.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def changes(key: ResonanceKey, other: ResonanceKey) -> int:
    return sum(getattr(key, axis) != getattr(other, axis) for axis in AXES)


class TestPublishedTable:
    def test_has_every_key_once(self) -> None:
        assert sorted(row["resonance_key"] for row in ROWS) == sorted(map(str, every_key()))

    @pytest.mark.parametrize("row", ROWS, ids=[row["resonance_key"] for row in ROWS])
    def test_every_row_comes_out(self, router: ResonanceRouter, catalogue: Catalogue, row: dict[str, str]) -> None:
        choice = router.route(ResonanceKey.parse(row["resonance_key"]))

        assert catalogue[choice.primary].name == row["primary"]
        assert choice.secondary is not None
        assert catalogue[choice.secondary].name == row["secondary"]
        assert choice.confidence == pytest.approx(float(row["confidence"]), abs=1e-6)
        assert choice.scores == pytest.approx({slug: float(row[slug]) for slug in PERSONAS}, abs=1e-6)
        assert not choice.override


class TestScores:
    def test_are_in_catalogue_order(self, router: ResonanceRouter, catalogue: Catalogue) -> None:
        assert list(catalogue) == list(PERSONAS)
        for key in every_key():
            assert list(router.route(key).scores) == list(PERSONAS)

    def test_are_weighed_half_tone_three_tenths_pace_two_tenths_intent(self, catalogue: Catalogue) -> None:
        # Elro: analytical 1.0, contemplative 0.7, reflection 0.4
        key = ResonanceKey.parse("analytical-contemplative-reflection")

        assert score(catalogue["elro"], key) == pytest.approx(0.5 * 1.0 + 0.3 * 0.7 + 0.2 * 0.4)


class TestTies:
    def test_go_to_who_comes_first_in_the_catalogue(self, router: ResonanceRouter) -> None:
        tied = [
            choice for choice in map(router.route, every_key()) if choice.scores[choice.primary] == max_other(choice)
        ]

        assert tied
        for choice in tied:
            best = [slug for slug in PERSONAS if choice.scores[slug] == choice.scores[choice.primary]]
            assert [choice.primary, choice.secondary] == best[:2]

    @pytest.mark.parametrize(("ranks", "first"), [((1, 2), "one"), ((2, 1), "two"), ((5, 5), "one")])
    def test_follow_rank_then_slug(self, catalogue: Catalogue, ranks: tuple[int, int], first: str) -> None:
        twins = [
            make_persona(catalogue["lua"], slug=slug, rank=rank)
            for slug, rank in zip(("two", "one"), ranks[::-1], strict=True)
        ]
        router = ResonanceRouter(Catalogue(twins))

        assert {router.route(key).primary for key in every_key()} == {first}


def max_other(choice: Choice) -> float:
    return max(points for slug, points in choice.scores.items() if slug != choice.primary)


class TestConfidence:
    def test_grows_with_fit_and_with_the_lead(self, router: ResonanceRouter) -> None:
        for key in every_key():
            choice = router.route(key)
            best = choice.scores[choice.primary]
            assert choice.confidence == pytest.approx(0.7 * best + 0.3 * (best - max_other(choice)), abs=1e-9)
            assert 0 <= choice.confidence <= 1

    def test_of_the_best_fit_with_nobody_near_is_one(self, catalogue: Catalogue) -> None:
        sure = make_persona(catalogue["lua"], slug="sure", rank=1, tone=1.0)
        far = make_persona(catalogue["lua"], slug="far", rank=2, tone=0.0)
        choice = ResonanceRouter(Catalogue([sure, far])).route(ResonanceKey.parse("calm-burst-seek_advice"))

        assert choice.scores == pytest.approx({"sure": 1.0, "far": 0.5})
        assert choice.confidence == pytest.approx(0.7 + 0.3 * 0.5)


class TestOverride:
    KEY = ResonanceKey.parse("frustrated-burst-seek_advice")

    @pytest.mark.parametrize("name", ["nana", "Nana", "NANA", " nAnA "])
    def test_names_the_persona_by_slug_or_name_in_any_case(self, router: ResonanceRouter, name: str) -> None:
        choice = router.route(self.KEY, persona=name)

        assert choice.primary == "nana"
        assert choice.override

    def test_a_name_need_not_be_the_slug(self, catalogue: Catalogue) -> None:
        renamed = catalogue["lua"].model_copy(
            update={"profile": catalogue["lua"].profile.model_copy(update={"name": "루아"})}
        )
        router = ResonanceRouter(Catalogue([renamed, catalogue["elro"]]))

        assert router.route(self.KEY, persona="루아").primary == "lua"
        assert router.route(self.KEY, persona="lua").primary == "lua"

    @pytest.mark.parametrize("persona", PERSONAS)
    def test_leaves_the_scores_and_is_certain(self, router: ResonanceRouter, persona: str) -> None:
        for key in every_key():
            chosen, plain = router.route(key, persona=persona), router.route(key)
            assert chosen.scores == plain.scores
            assert chosen.key == plain.key
            assert chosen.confidence == 1.0
            assert chosen.turning_key is None
            assert chosen.changed_axes == ()

    @pytest.mark.parametrize(
        ("persona", "secondary"), [("lua", "riri"), ("riri", "lua"), ("elro", "lua"), ("nana", "lua")]
    )
    def test_the_runner_up_is_the_best_of_the_others(
        self, router: ResonanceRouter, persona: str, secondary: str
    ) -> None:
        assert router.route(self.KEY, persona=persona).secondary == secondary

    @pytest.mark.parametrize("name", ["", "nobody", "lu", "lua!", "루아"])
    def test_somebody_unknown_is_refused_with_those_there_are(self, router: ResonanceRouter, name: str) -> None:
        with pytest.raises(PersonaNotFound, match="there are: Lua, Elro, Riri, Nana") as caught:
            router.route(self.KEY, persona=name)

        assert (caught.value.code, caught.value.field) == ("persona_not_found", "persona")

    def test_leaves_no_trace(self, router: ResonanceRouter) -> None:
        before = router.route(self.KEY)
        router.route(self.KEY, persona="nana")

        assert router.route(self.KEY) == before
        assert not router.route(self.KEY).override


class TestTurningKey:
    @pytest.mark.parametrize("key", list(every_key()), ids=str)
    def test_goes_to_the_runner_up_and_no_key_nearer_does(self, router: ResonanceRouter, key: ResonanceKey) -> None:
        choice = router.route(key)
        turning = choice.turning_key

        assert turning is not None
        assert router.route(turning).primary == choice.secondary
        nearer = [other for other in every_key() if changes(key, other) < changes(key, turning)]
        assert choice.secondary not in {router.route(other).primary for other in nearer}
        assert choice.changed_axes == tuple(axis for axis in AXES if getattr(key, axis) != getattr(turning, axis))
        assert 1 <= len(choice.changed_axes) <= 3

    def test_of_as_near_ones_is_that_with_the_clearest_lead(self, router: ResonanceRouter) -> None:
        for key in every_key():
            choice = router.route(key)
            assert choice.turning_key is not None
            assert choice.secondary is not None
            near = [
                router.route(other)
                for other in every_key()
                if changes(key, other) == len(choice.changed_axes) and router.route(other).primary == choice.secondary
            ]
            leads = {other.key: other.scores[choice.secondary] - other.scores[choice.primary] for other in near}
            assert leads[choice.turning_key] == max(leads.values())

    def test_is_none_where_the_runner_up_never_wins(self, catalogue: Catalogue) -> None:
        always = make_persona(catalogue["lua"], slug="always", rank=1, tone=1.0)
        never = make_persona(catalogue["lua"], slug="never", rank=2, tone=0.9)
        router = ResonanceRouter(Catalogue([always, never]))

        for key in every_key():
            choice = router.route(key)
            assert (choice.primary, choice.secondary) == ("always", "never")
            assert choice.turning_key is None
            assert choice.changed_axes == ()


class TestOnePersona:
    def test_always_answers_and_has_no_runner_up(self, catalogue: Catalogue) -> None:
        router = ResonanceRouter(Catalogue([catalogue["riri"]]))

        for key in every_key():
            choice = router.route(key)
            assert (choice.primary, choice.secondary, choice.turning_key) == ("riri", None, None)
            assert choice.confidence == pytest.approx(0.7 * choice.scores["riri"])

    def test_can_be_asked_for_by_name(self, catalogue: Catalogue) -> None:
        router = ResonanceRouter(Catalogue([catalogue["riri"]]))
        key = ResonanceKey.parse("calm-medium-learning")

        assert router.route(key, persona="Riri") == replace(router.route(key), confidence=1.0, override=True)


class TestFifthPersona:
    def test_takes_part_without_a_change_elsewhere(self, catalogue: Catalogue) -> None:
        fifth = make_persona(catalogue["lua"], slug="dana", rank=5, tone=1.0)
        router = ResonanceRouter(Catalogue([*catalogue.values(), fifth]))
        choices = [router.route(key) for key in every_key()]

        assert all(list(choice.scores) == [*PERSONAS, "dana"] for choice in choices)
        assert "dana" in {choice.primary for choice in choices}
        # Where Lua's tone affinity is full too, both score alike and Lua stands earlier in the catalogue.
        assert router.route(ResonanceKey.parse("anxious-flowing-reflection")).primary == "lua"

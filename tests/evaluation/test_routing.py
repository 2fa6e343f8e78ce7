from ion.evaluation.labelled import Case
from ion.evaluation.routing import routing_tables
from ion.personas import load_catalogue
from ion.resonance import ResonanceKey
from ion.routing import ResonanceRouter
from tests.evaluation.messages import message

ROUTER = ResonanceRouter(load_catalogue())
KEYS = {
    name: ResonanceKey.parse(key)
    for name, key in {
        "fed up": "frustrated-burst-reflection",
        "in a hurry": "urgent-burst-planning",
        "weighing": "analytical-medium-validation",
    }.items()
}
WHO = {text: ROUTER.route(key).primary for text, key in KEYS.items()}


def case(text: str, *mentors: str) -> Case:
    return Case(text, "en", mentors)


class TestRoutingTables:
    def test_any_mentor_a_person_named_is_agreed(self) -> None:
        cases = [
            case("fed up", WHO["fed up"]),
            case("in a hurry", "nobody", WHO["in a hurry"]),
            case("weighing", "nobody"),
            Case("fed up", "ko", ("nobody",)),
        ]
        agreement, _, confusions = routing_tables(cases, [], KEYS.__getitem__, ROUTER)

        assert agreement.rows == (("ko", 1, 0.0, 0.0), ("en", 3, 0.667, 0.333))
        assert confusions.rows == tuple(
            sorted(
                [
                    ("en", WHO["fed up"], WHO["fed up"], 1),
                    ("en", WHO["in a hurry"], WHO["in a hurry"], 1),
                    ("en", "nobody", WHO["weighing"], 1),
                    ("ko", "nobody", WHO["fed up"], 1),
                ]
            )
        )

    def test_misreading_counts_who_answers_instead(self) -> None:
        messages = [
            # Read as labelled by the second of two labels.
            message("fed up", ["calm", "frustrated"], ["reflection"], ["burst"]),
            # Read as fed up, and no hurry.
            message("in a hurry", ["frustrated"], ["reflection"], ["burst"]),
        ]
        _, misreading, _ = routing_tables([], messages, KEYS.__getitem__, ROUTER)

        assert WHO["fed up"] != WHO["in a hurry"]
        assert misreading.rows == (("dev", "en", 2, 0.5),)

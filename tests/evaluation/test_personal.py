from collections.abc import Sequence

from ion.evaluation.labelled import Private
from ion.evaluation.personal import personal_tables

FOUND: dict[str, Sequence[tuple[str, str]]] = {
    "both": [("email", "a@b.kr"), ("phone", "010")],
    "wider": [("address", "1 Elm St, Leeds")],
    "nothing": [],
    "alarm": [("phone", "1234")],
    "card": [("card", "4111")],
}


def text(name: str, *values: tuple[str, str]) -> Private:
    return Private(name, "en", values)


class TestPersonalTables:
    def test_what_is_right_what_is_covered_and_what_is_none(self) -> None:
        figures, kinds = personal_tables(
            [
                text("both", ("email", "a@b.kr"), ("mobile_phone", "010")),
                text("wider", ("address", "1 Elm St")),
                text("nothing", ("ssn", "078")),
                text("card", ("credit_card", "4111")),
                text("alarm"),
                Private("nothing", "ko", ()),
            ],
            FOUND.__getitem__,
        )

        # Of five pieces, e-mail and card are right; phone and address are covered under another name; one is missed.
        assert figures.rows == (
            ("ko", 1, 0, None, None, None, 1, 0.0),
            ("en", 5, 5, 0.4, 0.4, 0.8, 1, 1.0),
        )
        assert ("card", "en", 1, 1, 0) in kinds.rows
        assert ("phone", "en", 0, 0, 2) in kinds.rows
        assert ("ssn", "en", 1, 0, 0) in kinds.rows

    def test_a_value_said_twice_is_to_be_found_twice(self) -> None:
        figures, _ = personal_tables([text("card", ("card", "4111"), ("card", "4111"))], FOUND.__getitem__)

        assert figures.rows == (("en", 1, 2, 1.0, 0.5, 1.0, 0, None),)

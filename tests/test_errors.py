import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest

import ion
from ion.errors import (
    Conflict,
    Forbidden,
    Invalid,
    IonError,
    Misconfigured,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)

KINDS = (Invalid, TooLarge, NotFound, Conflict, Unauthenticated, Forbidden, TooMany, Unavailable, Misconfigured)
# Importing these runs something: the command line, and Alembic's script.
NOT_IMPORTED = ("ion.__main__", "ion.db.migrations")


def every_error() -> Iterator[type[IonError]]:
    for module in pkgutil.walk_packages(ion.__path__, "ion."):
        if not module.name.startswith(NOT_IMPORTED):
            import_module(module.name)
    waiting: list[type[IonError]] = [IonError]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += [error for error in kind.__subclasses__() if error.__module__.startswith("ion.")]


class TestIonError:
    def test_holds_a_sentence_a_field_and_details(self) -> None:
        error = NotFound("There is no such page.", field="page", details={"page": 3})

        assert str(error) == error.message == "There is no such page."
        assert error.field == "page"
        assert error.details == {"page": 3}

    def test_field_and_details_may_be_left_out(self) -> None:
        error = IonError("It does not work.")

        assert error.field is None
        assert error.details == {}

    def test_errors_do_not_share_details(self) -> None:
        assert IonError("one", details={"a": 1}).details != IonError("two").details


class TestKinds:
    @pytest.mark.parametrize(
        ("kind", "code"),
        [
            (IonError, "internal"),
            (Invalid, "invalid_input"),
            (TooLarge, "too_large"),
            (NotFound, "not_found"),
            (Conflict, "conflict"),
            (Unauthenticated, "unauthenticated"),
            (Forbidden, "forbidden"),
            (TooMany, "too_many"),
            (Unavailable, "unavailable"),
            (Misconfigured, "misconfigured"),
        ],
    )
    def test_have_a_code_that_stays(self, kind: type[IonError], code: str) -> None:
        assert kind.code == code

    def test_none_is_another(self) -> None:
        for kind in KINDS:
            assert kind.__mro__[1] is IonError


class TestEveryError:
    def test_is_of_a_kind_so_that_every_door_can_translate_it(self) -> None:
        without = [error for error in every_error() if error is not IonError and not issubclass(error, KINDS)]

        assert without == []

    def test_has_a_code_of_its_own(self) -> None:
        codes: dict[str, list[str]] = {}
        for error in every_error():
            if "code" in error.__dict__:
                codes.setdefault(error.code, []).append(error.__name__)

        assert {code: names for code, names in codes.items() if len(names) > 1} == {}
        assert all(code.isidentifier() and code.islower() for code in codes)

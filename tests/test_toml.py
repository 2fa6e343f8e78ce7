from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from ion.errors import Misconfigured
from ion.toml import line_of, read_text, read_toml


class BadMenu(Misconfigured):
    code = "bad_menu"


class Dish(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    price: float = Field(gt=0)


class Menu(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    tags: tuple[str, ...] = ()
    opening: Mapping[str, int] = {}
    dish: tuple[Dish, ...] = ()

    @field_validator("title")
    @classmethod
    def _speaks(cls, title: str) -> str:
        if title.isupper():
            raise ValueError("do not shout")
        return title


GOOD = """\
title = "오늘의 메뉴"
tags = ["a", "b"]

[opening]
mon = 9
"tue" = 10

[[dish]]
name = "국밥"
price = 9.5

[[dish]]
name = "냉면"
price = 11
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "menu.toml"


def refusal(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadMenu) as caught:
        read_toml(file, Menu, error=BadMenu)
    assert caught.value.message.startswith(f"{file}:")
    return caught.value.message.removeprefix(f"{file}:")


class TestReadText:
    def test_returns_what_the_file_holds(self, file: Path) -> None:
        file.write_bytes("줄\r\n바꿈 🙂".encode())

        assert read_text(file, error=BadMenu) == "줄\n바꿈 🙂"

    def test_reads_package_data(self) -> None:
        assert "name" in read_text(files("ion.personas") / "catalogue" / "lua" / "persona.toml", error=BadMenu)

    def test_a_missing_file_is_named(self, file: Path) -> None:
        with pytest.raises(BadMenu) as caught:
            read_text(file, error=BadMenu)

        assert caught.value.message == f"{file}: this file is missing."

    def test_a_folder_in_its_place_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(BadMenu) as caught:
            read_text(tmp_path, error=BadMenu)

        assert caught.value.message == f"{tmp_path}: this file cannot be read (Is a directory)."

    def test_another_encoding_is_named_with_the_byte(self, file: Path) -> None:
        file.write_bytes(b"abc" + "한글".encode("cp949"))

        with pytest.raises(BadMenu) as caught:
            read_text(file, error=BadMenu)
        assert caught.value.message == f"{file}: not UTF-8 (byte 4)."


class TestReadToml:
    def test_returns_the_model(self, file: Path) -> None:
        file.write_text(GOOD, encoding="utf-8")

        menu = read_toml(file, Menu, error=BadMenu)
        assert menu.title == "오늘의 메뉴"
        assert menu.opening == {"mon": 9, "tue": 10}
        assert [dish.name for dish in menu.dish] == ["국밥", "냉면"]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('title = "x"\nprice 3\n', "2: Expected '=' after a key in a key/value pair."),
            ('title = "x"\n\n[opening\n', "3: Expected ']' at the end of a table declaration."),
            ('title = "x"\ntitle = "y"\n', "2: Cannot overwrite a value."),
            ('title = "x"\n\ntags = [', "3: Invalid value (at end of document)."),
        ],
    )
    def test_what_is_not_toml_is_named_by_line_and_reason(self, file: Path, text: str, message: str) -> None:
        assert refusal(file, text) == message

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "1: title: Field required."),
            ("tags = []\n", "1: title: Field required."),
            ('tags = []\ntitle = "LOUD"\n', "2: title: do not shout."),
            ('title = "x"\n\ntags = 3\n', "3: tags: Input should be a valid tuple."),
            ('title = "x"\ntags = [\n  "a",\n  3,\n]\n', "2: tags.1: Input should be a valid string."),
            ('title = "x"\ncolour = "red"\n', "2: colour: Extra inputs are not permitted."),
            (
                GOOD.replace("mon = 9", 'mon = "nine"'),
                "5: opening.mon: Input should be a valid integer, unable to parse string as an integer.",
            ),
            (
                GOOD.replace('"tue" = 10', '"tue" = 1.5'),
                "6: opening.tue: Input should be a valid integer, got a number with a fractional part.",
            ),
            (GOOD.replace("price = 9.5", "price = 0"), "10: dish.0.price: Input should be greater than 0."),
            (GOOD.replace("price = 11", "price = -1"), "14: dish.1.price: Input should be greater than 0."),
            (GOOD.replace('name = "냉면"\n', ""), "12: dish.1.name: Field required."),
            (GOOD.replace("price = 11", "prize = 11"), "12: dish.1.price: Field required."),
        ],
    )
    def test_what_does_not_fit_is_named_by_line_place_and_reason(self, file: Path, text: str, message: str) -> None:
        assert refusal(file, text) == message

    def test_a_missing_file_is_named(self, file: Path) -> None:
        with pytest.raises(BadMenu, match="this file is missing"):
            read_toml(file, Menu, error=BadMenu)


class TestLineOf:
    @pytest.mark.parametrize(
        ("path", "line"),
        [
            ((), 1),
            (("title",), 1),
            (("tags",), 2),
            (("tags", 1), 2),
            (("opening",), 4),
            (("opening", "mon"), 5),
            (("opening", "tue"), 6),
            (("opening", "wed"), 4),
            (("dish",), 8),
            (("dish", 0), 8),
            (("dish", 0, "price"), 10),
            (("dish", 1), 12),
            (("dish", 1, "name"), 13),
            (("dish", 1, "note"), 12),
            (("dish", 7, "price"), 1),
            (("nothing",), 1),
        ],
    )
    def test_is_that_of_the_entry_or_the_nearest_table_above(self, path: tuple[str | int, ...], line: int) -> None:
        assert line_of(GOOD, path) == line

    @pytest.mark.parametrize(
        ("text", "path", "line"),
        [
            pytest.param("[a]\n[b]\nk = 1\n", ("a", "k"), 1, id="an empty table before one that has the key"),
            pytest.param("[a]\nk = 1\n", ("k",), 1, id="a key missing above the first table"),
            pytest.param("[a]\nx = 1\n[a.b]\nk = 1\n", ("a", "b", "k"), 4, id="a table in a table"),
            pytest.param("  [a]\n  k = 1\n", ("a", "k"), 2, id="indented"),
            pytest.param("a = {k = 1}\n", ("a", "k"), 1, id="an inline table"),
            pytest.param("key = 1\nk = 2\n", ("k",), 2, id="a name that begins alike"),
            pytest.param("[ab]\n[a]\nk = 1\n", ("a", "k"), 3, id="a table that begins alike"),
            pytest.param('"a-b" = 1\n', ("a-b",), 1, id="a quoted key"),
        ],
    )
    def test_in_other_layouts(self, text: str, path: tuple[str | int, ...], line: int) -> None:
        assert line_of(text, path) == line

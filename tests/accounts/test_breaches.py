import hashlib
import random
from pathlib import Path

import pytest

from ion.accounts import BadBreachList, BreachedPasswords

LEAKED = [f"leaked number {number}" for number in range(400)]


def sha1(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def listed(folder: Path, passwords: list[str], *, ending: str = "\r\n", counts: bool = True, last: bool = True) -> Path:
    """Write a list as Have I Been Pwned gives it out."""
    drawn = random.Random(1)  # noqa: S311 - how often each was seen
    lines = [
        sha1(password) + (f":{drawn.randrange(1, 10 ** drawn.randrange(1, 9))}" if counts else "")
        for password in passwords
    ]
    text = ending.join(sorted(lines)) + (ending if last else "")
    file = folder / "leaked.txt"
    file.write_bytes(text.encode())
    return file


class TestSearching:
    @pytest.mark.parametrize(
        ("ending", "counts", "last"),
        [("\r\n", True, True), ("\n", True, False), ("\n", False, True), ("\r\n", False, False)],
    )
    async def test_finds_every_one_and_no_other(self, tmp_path: Path, ending: str, counts: bool, last: bool) -> None:
        breached = BreachedPasswords(listed(tmp_path, LEAKED, ending=ending, counts=counts, last=last))

        assert [password for password in LEAKED if not await breached.hold(password)] == []
        assert [number for number in range(400) if await breached.hold(f"unheard of {number}")] == []

    @pytest.mark.parametrize("many", [1, 2, 3])
    async def test_in_short_lists(self, tmp_path: Path, many: int) -> None:
        breached = BreachedPasswords(listed(tmp_path, LEAKED[:many]))

        assert [await breached.hold(password) for password in LEAKED[:4]] == [number < many for number in range(4)]

    async def test_what_is_before_the_first_and_behind_the_last(self, tmp_path: Path) -> None:
        by_hash = sorted(LEAKED, key=sha1)
        breached = BreachedPasswords(listed(tmp_path, by_hash[1:-1]))

        assert not await breached.hold(by_hash[0])
        assert not await breached.hold(by_hash[-1])

    async def test_as_it_was_typed_and_as_it_is_kept(self, tmp_path: Path) -> None:
        breached = BreachedPasswords(listed(tmp_path, ["ｌｅａｋｅｄ pass", "plain leaked"]))

        assert await breached.hold("ｌｅａｋｅｄ pass")
        assert await breached.hold("ｐｌａｉｎ leaked")
        assert not await breached.hold("\ud800 half of a pair")


class TestFiles:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\n",
            b"password\n123456\n",
            b"5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8:1\n",
            b"F" * 40 + b":1\n" + b"0" * 40 + b":1\n",
            b"F" * 40 + b":1\nhello",
            b"\x00" * 1000,
        ],
    )
    def test_that_are_something_else_are_refused(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "list.txt"
        file.write_bytes(content)

        with pytest.raises(BadBreachList, match=r"list\.txt"):
            BreachedPasswords(file)

    def test_that_are_not_there_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(BadBreachList, match="No such file"):
            BreachedPasswords(tmp_path / "nothing.txt")

    async def test_that_go_away_are_told(self, tmp_path: Path) -> None:
        file = listed(tmp_path, LEAKED)
        breached = BreachedPasswords(file)
        file.unlink()

        with pytest.raises(BadBreachList, match="No such file"):
            await breached.hold("anything")

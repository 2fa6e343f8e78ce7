"""What is published names no place it was made at and no address packages came from."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.architecture.sources import ROOT

# In parts, so that this file does not say what it forbids.
FORBIDDEN = [
    "".join(parts)
    for parts in (
        ("/wo", "rk/"),
        ("py", "pi.org"),
        ("python", "hosted"),
        ("npm", "js"),
        ("yarn", "pkg"),
        ("deb.", "debian"),
        ("archive.", "ubuntu"),
    )
]
ADDRESSES = ["http" + "://", "https" + "://"]

pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="needs the repository to know which files are its own"
)


def own_files() -> list[str]:
    """What is committed, and what would be by adding everything."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(name for name in set(listed.stdout.split("\0")) if name and (ROOT / name).is_file())


def texts() -> Iterator[tuple[str, str]]:
    for name in own_files():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:
            yield name, content.decode("utf-8", errors="replace")


def said(text: str, words: list[str]) -> list[str]:
    return [word for word in words if word in text.lower()]


class TestEveryFile:
    def test_is_looked_at(self) -> None:
        names = {name for name, _ in texts()}

        assert {"README.md", "pyproject.toml", "src/ion/errors.py", "requirements/run.lock"} <= names
        assert "src/ion/resonance/weights.npz" not in names

    def test_speaks_of_the_product_alone(self) -> None:
        found = {name: words for name, text in texts() if (words := said(text, FORBIDDEN))}

        assert found == {}

    @pytest.mark.parametrize("word", FORBIDDEN)
    def test_would_be_caught(self, word: str) -> None:
        assert said(f"see {word.upper()} for more", FORBIDDEN) == [word]

    def test_has_a_name_that_does(self) -> None:
        assert [name for name in own_files() if said(f"/{name}", FORBIDDEN)] == []


class TestLockFiles:
    def test_hold_names_versions_and_hashes_and_no_address(self) -> None:
        locks = {name: text for name, text in texts() if name.endswith((".lock", "-lock.json", "-lock.yaml"))}

        assert len(locks) >= 3
        assert {name: words for name, text in locks.items() if (words := said(text, ADDRESSES))} == {}
        assert all("--hash=sha256:" in text for name, text in locks.items() if name.startswith("requirements/"))

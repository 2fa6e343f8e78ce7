import stat
import sys
from pathlib import Path

import pytest

from ion.sealing import BadMasterKey, KeyFile, MasterKey, MasterSource, NoMasterKey, write_key_file
from tests.keyrings import MASTER, OTHER_MASTER

FIRST, SECOND = (MasterKey.parse(key, named="key").id for key in (MASTER, OTHER_MASTER))


def key_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "master.key"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def printing(text: str) -> str:
    return f"{sys.executable} -c 'print({text!r})'".replace("'print", '"print').replace(")'", ')"')


class TestEnvironment:
    def test_holds_the_key_and_those_before(self) -> None:
        source = MasterSource(key=MASTER, previous=(OTHER_MASTER,))

        assert source.load().ids == [FIRST, SECOND]
        assert source.kind == "environment"
        assert MASTER not in repr(source)
        assert OTHER_MASTER not in repr(source)

    @pytest.mark.parametrize(
        ("source", "named"),
        [
            (MasterSource(key="no"), "ION_ENCRYPTION__KEY:"),
            (MasterSource(key=MASTER, previous=("no",)), "ION_ENCRYPTION__PREVIOUS:"),
        ],
    )
    def test_what_is_no_key_is_named(self, source: MasterSource, named: str) -> None:
        with pytest.raises(BadMasterKey, match=named):
            source.load()

    def test_only_one_place_can_be_given(self, tmp_path: Path) -> None:
        with pytest.raises(BadMasterKey, match="in one place"):
            MasterSource(key=MASTER, file=key_file(tmp_path, MASTER)).load()

    def test_none_at_all_is_told_with_the_way_out(self) -> None:
        source = MasterSource()

        assert source.kind == "none"
        assert not source.is_there()
        assert source.own() is None
        with pytest.raises(NoMasterKey, match="ion keys new"):
            source.load()


class TestFile:
    def test_holds_keys_by_line(self, tmp_path: Path) -> None:
        file = key_file(tmp_path, f"# the present one\n{MASTER}\n\n{OTHER_MASTER}\n")

        assert MasterSource(file=file).load().ids == [FIRST, SECOND]
        assert MasterSource(file=file).kind == "file"

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
    def test_that_others_can_use_is_refused(self, tmp_path: Path, mode: int) -> None:
        with pytest.raises(BadMasterKey, match="chmod 600"):
            MasterSource(file=key_file(tmp_path, MASTER, mode)).load()

    @pytest.mark.parametrize(
        ("text", "told"),
        [("", "holds no key"), ("# nothing\n", "holds no key"), ("열쇠", "something else"), ("x", "32 bytes")],
    )
    def test_that_holds_something_else_is_refused(self, tmp_path: Path, text: str, told: str) -> None:
        with pytest.raises(BadMasterKey, match=told):
            MasterSource(file=key_file(tmp_path, text)).load()

    def test_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(BadMasterKey, match="cannot be read"):
            MasterSource(file=tmp_path / "nothing").load()

    def test_takes_keys_in_and_out_and_stays_private(self, tmp_path: Path) -> None:
        file = KeyFile(key_file(tmp_path, MASTER))
        file.add(OTHER_MASTER)
        both = [key.id for key in file.read()]
        file.keep([SECOND])

        assert both == [SECOND, FIRST]
        assert [key.id for key in file.read()] == [SECOND]
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
        assert list(tmp_path.iterdir()) == [file.path]


class TestCommand:
    def test_prints_the_keys(self) -> None:
        source = MasterSource(command=printing(f"{MASTER} {OTHER_MASTER}"))

        assert source.load().ids == [FIRST, SECOND]
        assert source.kind == "command"
        assert MASTER not in repr(source)

    @pytest.mark.parametrize(
        ("command", "told"),
        [
            (f"{sys.executable} -c \"import sys; sys.exit('{MASTER}')\"", "ended with 1"),
            (f'{sys.executable} -c "print()"', "printed nothing"),
            (printing("secret"), "32 bytes in base64"),
            ("/nowhere/kms", "cannot be run"),
            ("'unfinished", "cannot be run"),
        ],
    )
    def test_that_fails_is_told_without_what_it_said(self, command: str, told: str) -> None:
        with pytest.raises(BadMasterKey, match=told) as caught:
            MasterSource(command=command).load()

        assert MASTER not in caught.value.message
        assert "secret" not in caught.value.message

    def test_that_does_not_end_is_ended(self) -> None:
        with pytest.raises(BadMasterKey, match="did not end within"):
            MasterSource(command="sleep 600", command_seconds=0.2).load()


class TestOwnFile:
    def test_is_made_once_for_its_owner_alone(self, tmp_path: Path) -> None:
        source = MasterSource(own_file=tmp_path / "deep" / "ion.key")
        before = source.is_there()
        source.make()
        first = source.load().ids
        source.make()

        assert (before, source.is_there(), source.kind) == (False, True, "own_file")
        assert source.load().ids == first
        assert stat.S_IMODE((tmp_path / "deep" / "ion.key").stat().st_mode) == 0o600
        assert [file.name for file in (tmp_path / "deep").iterdir()] == ["ion.key"]

    def test_is_used_only_where_nothing_is_given(self, tmp_path: Path) -> None:
        source = MasterSource(key=MASTER, own_file=tmp_path / "ion.key")
        source.make()

        assert source.kind == "environment"
        assert not (tmp_path / "ion.key").exists()

    def test_never_takes_the_place_of_another(self, tmp_path: Path) -> None:
        (tmp_path / "ion.key").write_text("mine")

        assert write_key_file(tmp_path / "ion.key", MASTER) is False
        assert (tmp_path / "ion.key").read_text() == "mine"
        assert len(list(tmp_path.iterdir())) == 1

    def test_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")

        with pytest.raises(BadMasterKey, match="cannot be written"):
            write_key_file(tmp_path / "file" / "ion.key", MASTER)

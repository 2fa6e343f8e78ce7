"""Where master keys come from: the environment, a file, the output of a command, or the file that ION makes itself."""

import contextlib
import os
import secrets
import shlex
import stat
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ion.sealing.master import BadMasterKey, MasterKey, Masters, NoMasterKey, new_master_key

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file with a master key a line, the first of which wraps; lines that begin with # are left out."""

    path: Path

    def read(self) -> list[MasterKey]:
        """Return the keys.

        Raises:
            BadMasterKey: the file cannot be read, others can read it, or something else is in it.
        """
        return [MasterKey.parse(line, named=str(self.path)) for line in self._lines()]

    def add(self, key: str) -> None:
        """Put a key before the others. Raises what `read` raises."""
        self._replace([key, *self._lines()])

    def keep(self, ids: Sequence[str]) -> None:
        """Take out the keys with other ids than these. Raises what `read` raises."""
        lines = [line for line in self._lines() if MasterKey.parse(line, named=str(self.path)).id in ids]
        self._replace(lines)

    def _lines(self) -> list[str]:
        try:
            if os.name == "posix" and self.path.stat().st_mode & _OTHERS:
                raise BadMasterKey(f"{self.path} can be read by others; run: chmod 600 {shlex.quote(str(self.path))}")
            text = self.path.read_text(encoding="ascii")
        except OSError as error:
            raise BadMasterKey(f"{self.path} cannot be read ({error.strerror}).") from None
        except UnicodeDecodeError:
            raise BadMasterKey(f"{self.path} holds something else than keys in base64.") from None
        lines = [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]
        if not lines:
            raise BadMasterKey(f"{self.path} holds no key.")
        return lines

    def _replace(self, lines: Sequence[str]) -> None:
        with _beside(self.path, lines) as made:
            made.replace(self.path)
        _keep_folder(self.path.parent)


def write_key_file(path: Path, key: str) -> bool:
    """Make a file that holds this key, for its owner's eyes only; False, and nothing changed, where there is one.

    Raises:
        BadMasterKey: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _beside(path, [key]) as made:
            is_new = _linked(made, path)
        _keep_folder(path.parent)
    except OSError as error:
        raise BadMasterKey(f"{path} cannot be written ({error.strerror}).") from None
    return is_new


def _linked(made: Path, path: Path) -> bool:
    """Give a file a name: it is there as a whole or not at all, and never takes the place of another file."""
    try:
        os.link(made, path)
    except FileExistsError:
        return False
    return True


@contextlib.contextmanager
def _beside(path: Path, lines: Sequence[str]) -> Iterator[Path]:
    """Yield a new file in the same folder that holds these lines and is on the disk."""
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    number = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(number, "w", encoding="ascii") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(number)
        yield made
    finally:
        made.unlink(missing_ok=True)


def _keep_folder(folder: Path) -> None:
    """See to it that a name in a folder survives a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@dataclass(frozen=True, slots=True)
class MasterSource:
    """The one place where the master key is, and the keys it had before; `own_file` is used where no place is given."""

    key: str | None = field(default=None, repr=False)
    previous: Sequence[str] = field(default=(), repr=False)
    file: Path | None = None
    command: str | None = field(default=None, repr=False)
    command_seconds: float = 20.0
    own_file: Path | None = None

    @property
    def kind(self) -> str:
        """`environment`, `file`, `command`, `own_file`, or `none`."""
        given = {"environment": self.key, "file": self.file, "command": self.command}
        names = [name for name, value in given.items() if value is not None]
        return (*names, "none" if self.own_file is None else "own_file")[0]

    def load(self) -> Masters:
        """Read the keys anew; blocks while the command runs.

        Raises:
            BadMasterKey: more than one place is given, or what is there is no key.
            NoMasterKey: there is none.
        """
        if sum(value is not None for value in (self.key, self.file, self.command)) > 1:
            raise BadMasterKey(
                "Give the master key in one place: ION_ENCRYPTION__KEY, ION_ENCRYPTION__KEY_FILE or "
                "ION_ENCRYPTION__KEY_COMMAND."
            )
        previous = [MasterKey.parse(key, named="ION_ENCRYPTION__PREVIOUS") for key in self.previous]
        return Masters([*self._first(), *previous])

    def own(self) -> KeyFile | None:
        """Return the file that ION made itself, where that is in use."""
        return None if self.kind != "own_file" or self.own_file is None else KeyFile(self.own_file)

    def is_there(self) -> bool:
        """Tell whether there is something to load."""
        return self.own_file is not None and self.own_file.exists() if self.kind == "own_file" else self.kind != "none"

    def make(self) -> None:
        """Make ION's own file with a new key, if there is none. Raises BadMasterKey where it cannot be written."""
        if (own := self.own()) is not None:
            write_key_file(own.path, new_master_key())

    def _first(self) -> list[MasterKey]:
        if self.key is not None:
            return [MasterKey.parse(self.key, named="ION_ENCRYPTION__KEY")]
        if self.command is not None:
            return self._from_command(self.command)
        path = self.file or self.own_file
        if path is None or not self.is_there():
            raise NoMasterKey(
                "There is no master key to seal conversations with: give one in ION_ENCRYPTION__KEY, "
                "ION_ENCRYPTION__KEY_FILE or ION_ENCRYPTION__KEY_COMMAND; `ion keys new` makes one."
            )
        return KeyFile(path).read()

    def _from_command(self, command: str) -> list[MasterKey]:
        """Run the command; what it says when it fails is not repeated, as a secret may be in it."""
        name = "ION_ENCRYPTION__KEY_COMMAND"
        try:
            done = subprocess.run(  # nosec B603  # noqa: S603 - the operator's own command, and no shell reads it
                shlex.split(command), stdin=subprocess.DEVNULL, capture_output=True, timeout=self.command_seconds
            )
        except subprocess.TimeoutExpired:
            raise BadMasterKey(f"{name} did not end within {self.command_seconds:g} seconds.", field=name) from None
        except (OSError, ValueError) as error:
            raise BadMasterKey(f"{name} cannot be run ({type(error).__name__}).", field=name) from None
        if done.returncode != 0:
            raise BadMasterKey(f"{name} ended with {done.returncode}.", field=name)
        lines = done.stdout.decode("ascii", "replace").split()
        if not lines:
            raise BadMasterKey(f"{name} printed nothing.", field=name)
        return [MasterKey.parse(line, named=name) for line in lines]

"""Finds where a reply repeats what its model was told to be, while the reply comes piece by piece."""

from dataclasses import dataclass, field
from functools import cached_property

from ion.safety.replies.letters import letters_of_one

# So many letters of a text in a row are no coincidence: some eight words of English, some six of Korean, whose
# syllables are two or three letters each. Of what ION's own mentors say nothing has more than 15.
REPEATED = 40
# So few are held back by nobody: they come all the time.
_COMMON = 16


@dataclass
class Repeating:
    """Takes a reply's pieces and gives them back, with a mark in the place of what repeats `secret` (its letters).

    The letters that go on in the secret, from wherever they began, are one run. A run longer than usual is held back
    until it ends; its first letters have been shown by then, and say nothing.
    """

    secret: str
    mark: str
    found: int = 0
    _run: str = ""
    _held: list[str] = field(default_factory=list)
    _is_repeated: bool = False

    def feed(self, piece: str) -> str:
        """Return what can be shown once this piece has come."""
        return "".join(map(self._shown, piece)) if self.secret else piece

    def rest(self) -> str:
        """Return what was held back: nothing follows."""
        self._run = ""
        return self._let_go()

    def _shown(self, char: str) -> str:
        for letter in letters_of_one(char):
            self._run = self._longest(self._run + letter)
        if len(self._run) < _COMMON:
            return self._let_go() + char if self._held else char
        self._is_repeated = self._is_repeated or len(self._run) >= REPEATED
        self._held.append(char)
        return ""

    def _longest(self, letters: str) -> str:
        """Return the longest end of these letters that is in the secret, or their last few where it is a short one."""
        if len(letters) < _COMMON:
            return letters
        # One look-up settles nearly every letter; searching the secret for each would take a hundred times as long.
        if letters[-_COMMON:] not in self._beginnings:
            return letters[1 - _COMMON :]
        while letters not in self.secret:
            letters = letters[1:]
        return letters

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(self.secret[at : at + _COMMON] for at in range(len(self.secret) - _COMMON + 1))

    def _let_go(self) -> str:
        shown = self.mark if self._is_repeated else "".join(self._held)
        self.found += self._is_repeated
        self._held.clear()
        self._is_repeated = False
        return shown

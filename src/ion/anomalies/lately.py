"""How many different things one subject did within the last hour, in this process, under digests alone."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

HOUR = 3600.0
# Whoever was longest not heard of is forgotten first; each takes a few hundred bytes to some ten thousand.
_MOST_SUBJECTS = 4_096


@dataclass(slots=True)
class _Subject:
    """When each thing was done last, in the order of it, and when that was told."""

    moments: OrderedDict[bytes, float] = field(default_factory=OrderedDict)
    told_at: float | None = None


@dataclass(slots=True)
class Lately:
    """Counts different things by subject; `clock` is in seconds and never goes back.

    `key` is drawn anew in each process: digests under it tell nobody a network or an id.
    """

    clock: Callable[[], float]
    key: bytes = field(repr=False)
    _subjects: OrderedDict[bytes, _Subject] = field(default_factory=OrderedDict)

    def add(self, subject: str, thing: str, *, threshold: int) -> int:
        """Count one thing more; return how many there are the first time in an hour that they reach the threshold.

        Else, and with a threshold of 0, return 0. No more things are kept than it takes.
        """
        if not threshold:
            return 0
        now, since = self.clock(), self.clock() - HOUR
        kept = self._subject(self._digest(subject))
        moments = kept.moments
        moments[self._digest(thing)] = now
        moments.move_to_end(self._digest(thing))
        while len(moments) > threshold or next(iter(moments.values())) <= since:
            moments.popitem(last=False)
        if len(moments) < threshold or (kept.told_at is not None and kept.told_at > since):
            return 0
        kept.told_at = now
        return len(moments)

    def _subject(self, digest: bytes) -> _Subject:
        kept = self._subjects.setdefault(digest, _Subject())
        self._subjects.move_to_end(digest)
        if len(self._subjects) > _MOST_SUBJECTS:
            self._subjects.popitem(last=False)
        return kept

    def _digest(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8, key=self.key).digest()

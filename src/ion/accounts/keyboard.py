"""What fingers do on a keyboard: Hangul as the keys it is typed with (두벌식), and runs of neighbouring keys."""

import unicodedata
from collections.abc import Mapping
from itertools import pairwise

_INITIALS = ("r", "R", "s", "e", "E", "f", "a", "q", "Q", "t", "T", "d", "w", "W", "c", "z", "x", "v", "g")
_VOWELS = (
    *("k", "o", "i", "O", "j", "p", "u", "P", "h", "hk", "ho"),
    *("hl", "y", "n", "nj", "np", "nl", "b", "m", "ml", "l"),
)
_FINALS = (
    *("", "r", "R", "rt", "s", "sw", "sg", "e", "f", "fr", "fa", "fq", "ft", "fx"),
    *("fv", "fg", "a", "q", "qt", "t", "T", "d", "w", "c", "z", "x", "v", "g"),
)
# Unicode's conjoining letters, which every Hangul text comes apart into, stand in the same order.
_KEYS: Mapping[str, str] = {
    **{chr(0x1100 + number): keys for number, keys in enumerate(_INITIALS)},
    **{chr(0x1161 + number): keys for number, keys in enumerate(_VOWELS)},
    **{chr(0x11A7 + number): keys for number, keys in enumerate(_FINALS)},
}
_ROWS = ("1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")
_SHIFTED = dict(zip('!@#$%^&*()_+{}:"<>?|', "1234567890-=[];',./\\", strict=True))


def keys_of(text: str) -> str:
    """Return the keys that a text is typed with, shift left out; one key a character, but several for a syllable."""
    return "".join(_KEYS.get(char, char) for char in unicodedata.normalize("NFKD", text)).lower()


def unshifted(key: str) -> str:
    """Return what is on a key without shift: 1 for !."""
    return _SHIFTED.get(key, key)


def _neighbours() -> frozenset[tuple[str, str]]:
    """Return the pairs of keys that touch; each row stands a little to the right of the one above it."""
    touching: set[tuple[str, str]] = set()
    for row in _ROWS:
        touching |= set(pairwise(row))
    for upper, lower in pairwise(_ROWS):
        touching |= set(zip(upper, lower, strict=False)) | set(zip(upper[1:], lower, strict=False))
    return frozenset(touching | {(second, first) for first, second in touching})


_TOUCHING = _neighbours()


def are_neighbours(first: str, second: str) -> bool:
    """Tell whether two keys, without shift, touch."""
    return (first, second) in _TOUCHING

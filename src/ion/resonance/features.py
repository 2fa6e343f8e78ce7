"""What the reader sees of a text: hashed character and jamo n-grams with the place each came from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BITS = 16
BUCKETS = 1 << BITS
CHAR_LENGTHS = (1, 2, 3, 4)
# Three jamo reach just past one syllable: -네요 and -네여, 못해 and 못했 share most of theirs.
JAMO_LENGTHS = (3, 5)

_MULTIPLIER = np.uint32(0x01000193)
_SPREAD = np.uint32(0x9E3779B1)
_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_MAX_REPEATS = 3


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of a text.

    buckets: int64, shape (n,), each below BUCKETS. starts, ends: int64, shape (n,), the characters of the
    original text that the n-gram covers, end exclusive.
    """

    buckets: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def grams_of(text: str) -> Grams:
    """Return the n-grams of `text`, in no particular order."""
    codes, places = _plain_codes(text)
    jamo, jamo_places = _jamo_of(codes, places)
    parts = [_hashed(codes, places, length, salt=length) for length in CHAR_LENGTHS]
    parts += [_hashed(jamo, jamo_places, length, salt=16 + length) for length in JAMO_LENGTHS]
    buckets, starts, ends = (np.concatenate(column) for column in zip(*parts, strict=True))
    # The edges of an empty text stand on no character.
    return Grams(buckets, starts, np.minimum(ends, len(text)))


def _plain_codes(text: str) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Lower-case, digits alike, white space and repeats squeezed; with the place of each code in `text`."""
    lowered = (char.lower() if len(char.lower()) == 1 else char for char in text)
    codes = np.fromiter(map(ord, lowered), dtype=np.uint32, count=len(text))
    codes[(codes >= ord("0")) & (codes <= ord("9"))] = ord("0")
    codes[np.isin(codes, (9, 10, 11, 12, 13, 0x00A0, 0x3000))] = ord(" ")
    same = np.zeros(len(codes), dtype=bool)
    same[1:] = codes[1:] == codes[:-1]
    run = np.arange(len(codes)) - np.maximum.accumulate(np.where(same, 0, np.arange(len(codes))))
    keep = run < np.where(codes == ord(" "), 1, _MAX_REPEATS)
    places = np.flatnonzero(keep)
    edge = np.array([ord(" ")], dtype=np.uint32)
    return np.concatenate([edge, codes[keep], edge]), np.concatenate([[0], places, [max(len(text) - 1, 0)]])


def _jamo_of(codes: NDArray[np.uint32], places: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Take Hangul syllables apart into two or three jamo; everything else is left out but for spaces."""
    syllable = (codes >= _FIRST_SYLLABLE) & (codes <= _LAST_SYLLABLE)
    index = np.where(syllable, codes.astype(np.int64) - _FIRST_SYLLABLE, 0)
    final = index % 28
    columns = np.stack(
        [
            np.where(syllable, 0x1100 + index // 588, codes.astype(np.int64)),
            np.where(syllable, 0x1161 + index % 588 // 28, -1),
            np.where(syllable & (final > 0), 0x11A7 + final, -1),
        ],
        axis=1,
    ).ravel()
    wanted = (columns >= 0x1100) & (columns <= 0x11FF) | (columns == ord(" "))
    return columns[wanted].astype(np.uint32), np.repeat(places, 3)[wanted]


def _hashed(
    codes: NDArray[np.uint32], places: NDArray[np.int64], length: int, *, salt: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Hash every run of `length` codes; wrap-around of uint32 is the point, not an accident."""
    count = len(codes) - length + 1
    if count <= 0:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, nothing
    value = np.full(count, 0x811C9DC5 + salt, dtype=np.uint32)
    for offset in range(length):
        value = (value ^ codes[offset : offset + count]) * _MULTIPLIER
        value ^= value >> np.uint32(15)
    buckets = ((value * _SPREAD) >> np.uint32(32 - BITS)).astype(np.int64)
    return buckets, places[:count], places[length - 1 : length - 1 + count] + 1

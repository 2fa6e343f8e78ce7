"""What the reader sees of a text: hashed n-grams of characters, jamo and words, with the place each came from.

Every n-gram is a run of codes, and a run's hash is the difference of two running sums, so that all of them are hashed
at once (a polynomial rolling hash modulo 2^32, as Rabin and Karp have it).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# The highest bit of a hash tells a word, or two of them, from a run of characters or jamo.
WORD_BIT = np.uint32(1 << 31)
CHAR_LENGTHS = (1, 2, 3, 4)
# Three jamo reach just past one syllable: -네요 and -네여, 못해 and 못했 share most of theirs.
JAMO_LENGTHS = (3, 5)

_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_MAX_REPEATS = 3
_SPACES = str.maketrans(dict.fromkeys("\t\n\v\f\r\u00a0\u3000", " ") | dict.fromkeys("123456789", "0"))
# Any odd number has an inverse modulo 2^32; these are the ones of splitmix and of xxHash.
_BASE, _SPREAD, _SCATTER = 0x9E3779B1, np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D)
_HALF = np.uint32(16)
_SALTS = {"char": np.uint32(0x27D4EB2F), "jamo": np.uint32(0x165667B1), "word": np.uint32(0x9E3779B1)}

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]
# Some n-grams: unfinished hashes, and the places of their first and last characters in the text.
_Part = tuple[Codes, Places, Places]


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of a text.

    hashes: shape (n,). starts, ends: shape (n,), the characters of the original text that the n-gram covers, end
    exclusive.
    """

    hashes: NDArray[np.uint32]
    starts: Places
    ends: Places


def grams_of(text: str) -> Grams:
    """Return the n-grams of `text`, in no particular order."""
    codes, places = _plain_codes(text)
    jamo, jamo_places = _jamo_of(codes, places)
    first, last = _words_and_pairs(codes)
    parts = [
        *_runs(codes, places, CHAR_LENGTHS, _SALTS["char"]),
        *_runs(jamo, jamo_places, JAMO_LENGTHS, _SALTS["jamo"]),
    ]
    sums, inverses = _running(codes, _SALTS["word"])
    parts.append(((sums[last] - sums[first]) * inverses[first], places[first], places[last - 1]))
    hashes = np.concatenate([part[0] for part in parts])
    hashes ^= hashes >> _HALF
    hashes *= _SPREAD
    hashes >>= np.uint32(1)
    hashes[len(hashes) - len(first) :] |= WORD_BIT
    # The edges of an empty text stand on no character.
    ends = np.minimum(np.concatenate([part[2] for part in parts]) + 1, len(text))
    return Grams(hashes, np.concatenate([part[1] for part in parts]), ends)


def _plain_codes(text: str) -> tuple[Codes, Places]:
    """Lower-case, digits alike, white space and repeats squeezed; with the place of each code in `text`."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    codes = np.frombuffer(f" {lowered.translate(_SPACES)} ".encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    # A code is left out where the three before it, or a single space before it, are the same.
    same = codes[1:] == codes[:-1]
    keep = np.ones(len(codes), dtype=bool)
    keep[_MAX_REPEATS:] = ~(same[2:] & same[1:-1] & same[:-2])
    keep[1:-1] &= ~(same[:-1] & (codes[1:-1] == ord(" ")))
    kept = np.flatnonzero(keep)
    return codes[kept], np.clip(kept - 1, 0, max(len(text) - 1, 0))


def _jamo_of(codes: Codes, places: Places) -> tuple[Codes, Places]:
    """Take Hangul syllables apart into two or three jamo; everything else is left out but for spaces."""
    syllable = (codes >= _FIRST_SYLLABLE) & (codes <= _LAST_SYLLABLE)
    if not syllable.any():
        return codes[:0], places[:0]
    wanted = np.flatnonzero(syllable | (codes == ord(" ")))
    codes, places, syllable = codes[wanted], places[wanted], syllable[wanted]
    index = np.where(syllable, codes - np.uint32(_FIRST_SYLLABLE), 0)
    initial, rest = np.divmod(index, 588)
    medial, final = np.divmod(rest, 28)
    columns = np.stack([np.where(syllable, initial + 0x1100, codes), medial + 0x1161, final + 0x11A7], axis=1)
    there = np.stack([np.ones_like(syllable), syllable, final > 0], axis=1)
    return columns[there].astype(np.uint32), np.repeat(places, there.sum(axis=1))


def _runs(codes: Codes, places: Places, lengths: tuple[int, ...], salt: np.uint32) -> Iterator[_Part]:
    """Yield all runs of each of these lengths."""
    size = len(codes)
    sums, inverses = _running(codes, salt)
    for length in lengths:
        count = size - length + 1
        if count > 0:
            hashes = (sums[length:] - sums[:count]) * inverses[:count]
            yield hashes, places[:count], places[length - 1 :]


def _words_and_pairs(codes: Codes) -> tuple[Places, Places]:
    """Return the places of each word, of each run of one punctuation mark, and of each two of them that meet."""
    # 0 for a space, 1 for what words are made of, a mark's own code for a mark.
    kinds = np.where(_in_words(codes), np.uint32(1), codes)
    kinds[codes == ord(" ")] = 0
    breaks = np.flatnonzero(kinds[1:] != kinds[:-1]) + 1
    said = kinds[breaks[:-1]] != 0
    starts, ends = breaks[:-1][said], breaks[1:][said]
    return np.concatenate([starts, starts[:-1]]), np.concatenate([ends, ends[1:]])


def _in_words(codes: Codes) -> NDArray[np.bool_]:
    """Letters, digits and apostrophes; beyond Latin-1 everything but general, CJK and full-width punctuation."""
    table = _WORDLIKE[np.minimum(codes, len(_WORDLIKE) - 1)]
    return table & ((codes < 0xFF00) | (codes > 0xFF0F))


def _wordlike() -> NDArray[np.bool_]:
    # One place more than the last code with a say of its own stands for everything beyond.
    table = np.zeros(0x3041, dtype=bool)
    table[ord("a") : ord("z") + 1] = table[ord("0")] = table[ord("'")] = True
    table[0xC0:] = True
    table[0x2000:0x2070] = table[0x3000:0x3040] = False
    table[ord("’")] = True
    return table


_WORDLIKE = _wordlike()


def _powers(base: int, count: int) -> Codes:
    return np.cumprod(np.full(count, base, dtype=np.uint32), dtype=np.uint32)


# Runs begin at most this far into a text before powers are computed anew; longer texts pay for their own.
_KNOWN = 1 << 13
_POWERS, _INVERSES = _powers(_BASE, _KNOWN), _powers(pow(_BASE, -1, 1 << 32), _KNOWN)


def _running(codes: Codes, salt: np.uint32) -> tuple[Codes, Codes]:
    """Return running sums, whose differences are the hashes of runs once the power of the run's start is divided out.

    The second array holds what to multiply by for that; wrap-around of uint32 is the point.
    """
    powers, inverses = (_POWERS, _INVERSES) if len(codes) < _KNOWN else _more_powers(len(codes) + 1)
    sums = np.zeros(len(codes) + 1, dtype=np.uint32)
    np.cumsum((codes * _SCATTER ^ (codes + salt)) * powers[: len(codes)], out=sums[1:])
    return sums, inverses


def _more_powers(count: int) -> tuple[Codes, Codes]:
    return _powers(_BASE, count), _powers(pow(_BASE, -1, 1 << 32), count)

"""Find which of thousands of words are in a text without looking for each of them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import add

_TOKEN = re.compile(r"\w+")
_HANGUL = re.compile("[ㄱ-ㅣ가-힣]+")
# A Latin word is looked up by how it begins.
_BEGINNING = 4


class Finder:
    """Knows some words, and finds those of them that are anywhere in a text, within longer words too."""

    def __init__(self, words: Iterable[str]) -> None:
        by_key: defaultdict[str, list[str]] = defaultdict(list)
        unkeyed = []
        for word in words:
            key = _key_of(word)
            if key:
                by_key[key].append(word)
            else:
                unkeyed.append(word)
        self._by_key = {key: tuple(found) for key, found in by_key.items()}
        self._unkeyed = tuple(unkeyed)

    def found_in(self, text: str) -> Iterator[str]:
        """Yield every known word that is in `text`, once."""
        for key in _keys_in(text) & self._by_key.keys():
            yield from (word for word in self._by_key[key] if word in text)
        yield from (word for word in self._unkeyed if word in text)


def _keys_in(text: str) -> set[str]:
    keys = {token[:_BEGINNING] for token in _TOKEN.findall(text)}
    if not text.isascii():
        keys.update(text)
        keys.update(map(add, text, text[1:]))
    return keys


def _key_of(word: str) -> str:
    """Return what `_keys_in` finds in every text that holds `word`, the longest; nothing if none is sure."""
    hangul = max(_HANGUL.findall(word), key=len, default="")
    if hangul:
        return hangul[:2]
    sure = (key for token in _TOKEN.finditer(word) if (key := _beginning(word, token.start(), token.end())))
    return max(sure, key=len, default="")


def _beginning(word: str, start: int, end: int) -> str:
    """Return the token's beginning if, in any text, a token begins there and is as long or longer than the key."""
    whole = end < len(word)
    if start == 0 or not (whole or end - start >= _BEGINNING):
        return ""
    return word[start:end][:_BEGINNING]

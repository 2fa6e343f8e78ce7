"""Find which of thousands of words are in a text without looking for each of them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from operator import add

_TOKEN = re.compile(r"\w+")
_HANGUL = re.compile("[ㄱ-ㅣ가-힣]+")
# A Latin word is looked up by how it begins, a shorter beginning than this with a mark that it may go on.
_BEGINNING = 4
_GOES_ON = "-"


class Finder:
    """Knows some words, and finds those of them that are in a text: Latin ones where a word begins, Hangul anywhere."""

    def __init__(self, words: Iterable[str]) -> None:
        keys = {word: _keys_of(word) for word in words}
        shared = Counter(key for found in keys.values() for key in set(found))
        by_key: defaultdict[str, list[str]] = defaultdict(list)
        unkeyed = []
        for word, found in keys.items():
            if found:
                by_key[min(found, key=lambda key: (shared[key], -len(key)))].append(word)
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
    tokens = set(_TOKEN.findall(text))
    keys = {token[:_BEGINNING] for token in tokens}
    for length in range(1, _BEGINNING):
        keys.update(token[:length] + _GOES_ON for token in tokens)
    if not text.isascii():
        keys.update(text)
        keys.update(map(add, text, text[1:]))
    return keys


def _keys_of(word: str) -> list[str]:
    """Return what `_keys_in` finds, each of it, in every text that holds `word`; the more telling kind only."""
    hangul = max(_HANGUL.findall(word), key=len, default="")
    if hangul:
        return list(map(add, hangul, hangul[1:])) or [hangul]
    tokens = [(token[0], token.end() == len(word)) for token in _TOKEN.finditer(word)]
    whole = [token[:_BEGINNING] for token, cut in tokens if not cut or len(token) >= _BEGINNING]
    return whole or [token + _GOES_ON for token, _ in tokens]

"""Find which of thousands of words are in a text without looking for each of them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import add

_TOKEN = re.compile(r"\w+")
_HANGUL = re.compile("[ㄱ-ㅣ가-힣]+")
# A Latin word is looked up by how it begins, a shorter beginning than this with a mark that it may go on.
_BEGINNING = 4
_GOES_ON = "-"


# For each key, the words to look for where a text has it, and what is known of each.
Keyed = Mapping[str, Mapping[str, Sequence[int]]]


def keyed(words: Mapping[str, Sequence[int]]) -> Keyed:
    """Put every word under the key that fewest others share; a word that has none under the empty one."""
    keys = {word: _keys_of(word) or [""] for word in words}
    shared = Counter(key for found in keys.values() for key in set(found))
    by_key: defaultdict[str, dict[str, Sequence[int]]] = defaultdict(dict)
    for word, found in keys.items():
        by_key[min(found, key=lambda key: (shared[key], -len(key)))][word] = words[word]
    return by_key


class Finder:
    """Finds the known words that are in a text: Latin ones where a word begins, Hangul anywhere."""

    def __init__(self, words: Iterable[Keyed]) -> None:
        self._words = tuple(words)

    def found_in(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield what is known of every word that is in `text`, with the number of the table it is in."""
        keys = _keys_in(text)
        for number, table in enumerate(self._words):
            for key in keys & table.keys():
                for word, known in table[key].items():
                    if word in text:
                        yield from ((number, one) for one in known)


def _keys_in(text: str) -> set[str]:
    tokens = set(_TOKEN.findall(text))
    keys = {"", *(token[:_BEGINNING] for token in tokens)}
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

"""Words and orders that passwords are made of."""

from functools import cache, lru_cache
from importlib.resources import files

from ion.accounts.keyboard import keys_of

# Alphabets, as they are typed, and zips between the rows of a keyboard.
_ORDERS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "ㅏㅑㅓㅕㅗㅛㅜㅠㅡㅣ",
    "가나다라마바사아자차카타파하",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1a2s3d4f5g6h7j8k9l",
)

# The letters that signs and digits look like.
LOOKS_LIKE = {
    "@": "a", "4": "a", "8": "b", "(": "c", "3": "e", "6": "g", "9": "g", "1": "il", "!": "il", "|": "il", "0": "o",
    "$": "s", "5": "s", "7": "t", "+": "t", "2": "z",
}  # fmt: skip


@cache
def orders() -> tuple[str, ...]:
    """Return the keys of everything that has an order, forwards and backwards."""
    typed = [keys_of(order) for order in _ORDERS]
    return (*typed, *(keys[::-1] for keys in typed))


# Keys are any characters at all; what was asked of rare ones is forgotten.
@lru_cache(maxsize=256)
def words_from(key: str) -> tuple[str, ...]:
    """Return the keys of the common words that begin with a key, or with a letter that it looks like."""
    return tuple(word for word in _words() if word[0] == key or word[0] in LOOKS_LIKE.get(key, ""))


@cache
def _words() -> tuple[str, ...]:
    lines = files("ion.accounts").joinpath("common_words.txt").read_text(encoding="utf-8").splitlines()
    words = {keys_of(word) for line in lines if not line.startswith("#") for word in line.split()}
    return tuple(sorted(words))

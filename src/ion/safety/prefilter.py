"""Which words a pattern cannot match without, so that most patterns never have to run.

Patterns are written in a small part of the regular-expression language: characters, `.`, classes, escapes, groups,
look-arounds, `|`, and the bounded repeats `?` and `{m,n}`. What has no bound (`*`, `+`, `{m,}`) is refused: no rule
may make a long message slow.
"""

import re
from dataclasses import dataclass
from functools import cache

# More spellings than this are not worth looking for one by one.
_MAX_SPELLINGS = 48
_MAX_CLASS = 6
_GROUP = re.compile(r"\((?:\?(?P<look><?[=!])|\?:)?")
_CLASS = re.compile(r"\[(\^?)((?:\\.|[^\]\\])+)\]")
# Brackets, and what may hold a bracket that is none: an escape, a class.
_BRACKET = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()]")
_REPEAT = re.compile(r"\?|\{(\d+)(?:,(\d+))?\}")
_MANY = re.compile(r"[*+{]")
_SETS = frozenset("wdsWDSbB")
# What stands for itself; a repeat belongs to the last character only.
_LIST = re.compile(r"[^\\\[\](){}?*+.^$]*")
_LITERAL = re.compile(r"[^\\\[\](){}?*+|.^$]+(?![?{*+])|[^\\\[\](){}?*+|.^$]")


class BadPattern(ValueError):
    """The pattern is not written in the part of the language that rules may use."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a pattern.

    `spellings` are all the texts it can match, None when they are too many to list; one of `needed` is in every
    text it matches, None when no word is.
    """

    spellings: frozenset[str] | None
    needed: frozenset[str] | None = None

    def certain(self) -> frozenset[str] | None:
        """Return words of which one is in every match."""
        listed = self.spellings if self.spellings and "" not in self.spellings else None
        return _better(listed, self.needed)


_EMPTY = _Part(frozenset({""}))
_UNKNOWN = _Part(None)


def words_needed(pattern: str) -> frozenset[str]:
    """Return words of which at least one is in every text that `pattern` matches; none where no word is certain.

    Raises:
        BadPattern: it uses what rules may not use.
    """
    return _whole(pattern).certain() or frozenset()


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Prefer the words whose shortest is longest: they are rarest in ordinary text."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda words: (min(map(len, words)), -len(words)))


# Rules share their lists of words, so that most groups have been read before.
@cache
def _whole(pattern: str) -> _Part:
    """Read a pattern, or what stands in a group, to its end."""
    if _LIST.fullmatch(pattern):
        return _either([_Part(frozenset({word})) for word in pattern.split("|")])
    first, at = _sequence(pattern, 0)
    branches = [first]
    while pattern[at : at + 1] == "|":
        branch, at = _sequence(pattern, at + 1)
        branches.append(branch)
    if at < len(pattern):
        raise BadPattern(f"unbalanced {pattern[at]!r}")
    return _either(branches)


def _either(branches: list[_Part]) -> _Part:
    if len(branches) == 1:
        return branches[0]
    needed: set[str] = set()
    for branch in branches:
        words = branch.certain()
        if words is None:
            return _Part(_union(branches))
        needed |= words
    return _Part(_union(branches), frozenset(needed))


def _union(branches: list[_Part]) -> frozenset[str] | None:
    spellings: set[str] = set()
    for branch in branches:
        if branch.spellings is None:
            return None
        spellings |= branch.spellings
    return frozenset(spellings) if len(spellings) <= _MAX_SPELLINGS else None


def _sequence(pattern: str, at: int) -> tuple[_Part, int]:
    """Read one branch; `tail` is how what was read last can be spelt."""
    tail, needed, whole = _EMPTY, None, True
    while at < len(pattern) and pattern[at] not in "|)":
        atom, at = _atom(pattern, at)
        part, at = _repeated(atom, pattern, at)
        joined = _joined(tail, part)
        if joined is None:
            needed = _better(_better(needed, tail.certain()), part.certain())
            tail, whole = (part if part.spellings is not None else _EMPTY), False
        else:
            tail = joined
    return _Part(tail.spellings if whole else None, _better(needed, tail.certain())), at


def _joined(one: _Part, other: _Part) -> _Part | None:
    """Return both, one after the other, if there are few enough ways to spell that."""
    if one.spellings is None or other.spellings is None:
        return None
    if len(one.spellings) * len(other.spellings) > _MAX_SPELLINGS:
        return None
    return _Part(frozenset(a + b for a in one.spellings for b in other.spellings))


def _atom(pattern: str, at: int) -> tuple[_Part, int]:
    """Read one character, class or group."""
    char = pattern[at]
    if char == "(":
        return _group(pattern, at)
    if char == "[":
        return _class(pattern, at)
    if char == "\\":
        return _escape(pattern, at)
    if char in "^$":
        return _EMPTY, at + 1
    if char == ".":
        return _UNKNOWN, at + 1
    literal = _LITERAL.match(pattern, at)
    if literal is None:
        raise BadPattern(f"{char!r} repeats nothing, or without bound")
    return _Part(frozenset({literal[0]})), literal.end()


def _group(pattern: str, at: int) -> tuple[_Part, int]:
    opening = _GROUP.match(pattern, at)
    if opening is None or pattern[opening.end() : opening.end() + 1] == "?":
        raise BadPattern("only (?:...), (...) and look-arounds may be used")
    end = _closing(pattern, at)
    inside = _whole(pattern[opening.end() : end])
    return (_EMPTY if opening["look"] else inside), end + 1


def _closing(pattern: str, at: int) -> int:
    """Return the place of the bracket that closes the one at `at`."""
    depth = 0
    for found in _BRACKET.finditer(pattern, at):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    raise BadPattern("a bracket is not closed")


def _class(pattern: str, at: int) -> tuple[_Part, int]:
    found = _CLASS.match(pattern, at)
    if found is None:
        raise BadPattern("a class is not closed")
    members = found[2]
    plain = not found[1] and "\\" not in members and "-" not in members[1:-1] and len(members) <= _MAX_CLASS
    return (_Part(frozenset(members)) if plain else _UNKNOWN), found.end()


def _escape(pattern: str, at: int) -> tuple[_Part, int]:
    char = pattern[at + 1 : at + 2]
    if char in _SETS and char:
        return (_EMPTY if char in "bB" else _UNKNOWN), at + 2
    if not char or char.isalnum():
        raise BadPattern(f"\\{char} may not be used")
    return _Part(frozenset({char})), at + 2


def _repeated(part: _Part, pattern: str, at: int) -> tuple[_Part, int]:
    """Apply the repeat that follows, if any."""
    found = _REPEAT.match(pattern, at)
    if found is None:
        if _MANY.match(pattern, at):
            raise BadPattern(f"{pattern[at]!r} repeats without bound")
        return part, at
    if _MANY.match(pattern, found.end()) or pattern[found.end() : found.end() + 1] == "?":
        raise BadPattern("a repeat is repeated")
    if found[0] == "?":
        spellings = None if part.spellings is None else part.spellings | {""}
        return _Part(spellings), found.end()
    least = int(found[1])
    if least == 1 and found[2] is None:
        return part, found.end()
    return _Part(None, part.certain() if least else None), found.end()

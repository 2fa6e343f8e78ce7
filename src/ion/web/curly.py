"""Reading code of languages with C's comments, strings and braces, each letter a bounded number of times.

Pygments' own lexers of these look ahead over all that follows, and take minutes for a few pages made to slow them down.
"""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from pygments.lexer import RegexLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Text, _TokenType

_C = """
break case const continue default do else enum extern for goto if inline register restrict return sizeof static struct
switch typedef union volatile while
"""
_OBJECTS = """
abstract break case catch class const continue default do else enum extends false finally for if implements import
interface new null private protected public return static super switch this throw true try void while
"""
_SCRIPT = f"""
{_OBJECTS} as async await debugger delete export from function get in instanceof let of set typeof undefined var with
yield
"""
_WORDS = {
    "c": _C,
    "cpp": f"""
{_C} alignas alignof and auto catch class co_await co_return co_yield concept consteval constexpr decltype delete
explicit export false final friend mutable namespace new noexcept not nullptr operator or override private protected
public requires static_cast template this throw true try typename using virtual
""",
    "csharp": f"""
{_OBJECTS} as async await base checked delegate event explicit extern fixed foreach get goto implicit in init internal
is lock namespace nameof operator out override params partial readonly record ref required sealed set sizeof stackalloc
struct typeof unsafe using value var virtual volatile when where with yield
""",
    "java": f"""
{_OBJECTS} assert final instanceof native package permits record sealed strictfp synchronized throws transient var
volatile yield
""",
    "javascript": _SCRIPT,
    "typescript": f"{_SCRIPT} declare infer is keyof namespace override readonly satisfies type",
}
_TYPE_WORDS = """
any bigint bool boolean byte char decimal double dynamic float int int8_t int16_t int32_t int64_t long never number
object short signed size_t string uint uint8_t uint16_t uint32_t uint64_t ulong unknown unsigned ushort void wchar_t
"""
_TYPES = frozenset(_TYPE_WORDS.split())
CURLY = frozenset(_WORDS)


class CurlyLexer(RegexLexer):
    """One of these languages. Every rule takes what it has looked at, closed or not."""

    tokens: ClassVar[dict[str, list[tuple[str, _TokenType]]]] = {
        "root": [
            (r"\s+", Text),
            (r"//[^\n]*", Comment),
            (r"/\*[\s\S]*?(?:\*/|\Z)", Comment),
            (r'"""[\s\S]*?(?:"""|\Z)', String),
            (r'"(?:\\.|[^"\\\n])*"?', String),
            (r"'(?:\\.|[^'\\\n])*'?", String),
            (r"`(?:\\[\s\S]|[^`\\])*`?", String),
            (r"#[ \t]*\w+", Comment.Preproc),
            (r"@\w+", Name.Decorator),
            (r"\d[\w.]*", Number),
            (r"\w+(?=\()", Name.Function),
            (r"\w+", Name),
            (r"[^\w\s\"'`/@#]+|.", Operator),
        ]
    }

    def __init__(self, language: str) -> None:
        super().__init__()
        self.keywords = frozenset(_WORDS[language].split())

    def get_tokens_unprocessed(
        self, text: str, stack: Iterable[str] = ("root",)
    ) -> Iterator[tuple[int, _TokenType, str]]:
        """Yield where each piece begins, what it is, and the piece."""
        for begin, kind, piece in super().get_tokens_unprocessed(text, stack):
            yield begin, self._kind(piece, kind) if kind in {Name, Name.Function} else kind, piece

    def _kind(self, word: str, kind: _TokenType) -> _TokenType:
        if word in self.keywords:
            return Keyword
        if word in _TYPES:
            return Keyword.Type
        # Classes are called like this in all of these languages, and constants in capitals.
        return Name.Class if word[0].isupper() and not word.isupper() else kind

"""Code with its parts marked by class, so that a style sheet can colour them."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from types import MappingProxyType

from markupsafe import Markup, escape
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType

from ion.web.curly import CURLY, CurlyLexer

# Lexers look ahead over lines and empty space; nobody writes code of which more has to be looked at.
_LONGEST = 10_000
_TOO_LONG = re.compile(r"[^\n]{400}|\s{200}")
_OTHER_NAMES = {
    "python": ["py", "python3"],
    "javascript": ["js", "jsx", "mjs", "node"],
    "typescript": ["ts", "tsx"],
    "java": [],
    "c": ["h"],
    "cpp": ["c++", "cc", "hpp"],
    "csharp": ["c#", "cs"],
    "go": ["golang"],
    "rust": ["rs"],
    "sql": [],
    "bash": ["sh", "shell", "zsh"],
    "json": ["jsonc"],
    "yaml": ["yml"],
    "toml": [],
    "html": [],
    "xml": ["svg"],
    "css": [],
    "diff": ["patch"],
    "kotlin": ["kt"],
    "swift": [],
    "php": [],
    "ruby": ["rb"],
    "r": [],
    "text": ["txt", "plain", "plaintext"],
}
LANGUAGES = tuple(_OTHER_NAMES)
_LANGUAGE_OF = MappingProxyType(
    {name: language for language, others in _OTHER_NAMES.items() for name in (language, *others)}
)
# The nearest of these above a token names its class; what has none is left as it is.
_CLASSES: MappingProxyType[_TokenType, str] = MappingProxyType(
    {
        Token.Comment: "hl-comment",
        Token.Comment.Preproc: "hl-keyword",
        Token.Comment.PreprocFile: "hl-string",
        Token.Keyword: "hl-keyword",
        Token.Keyword.Type: "hl-type",
        Token.Keyword.Constant: "hl-number",
        Token.Operator.Word: "hl-keyword",
        Token.Literal.String: "hl-string",
        Token.Literal.Number: "hl-number",
        Token.Literal.Date: "hl-number",
        Token.Name.Function: "hl-name",
        Token.Name.Class: "hl-type",
        Token.Name.Decorator: "hl-name",
        Token.Name.Builtin: "hl-type",
        Token.Name.Exception: "hl-type",
        Token.Name.Tag: "hl-keyword",
        Token.Name.Attribute: "hl-name",
        Token.Name.Variable: "hl-name",
        Token.Generic.Inserted: "hl-inserted",
        Token.Generic.Deleted: "hl-deleted",
        Token.Generic.Heading: "hl-comment",
        Token.Generic.Subheading: "hl-name",
    }
)
CLASSES = frozenset(_CLASSES.values())


def language_of(name: str) -> str | None:
    """Return which of LANGUAGES goes by this name, or None."""
    return _LANGUAGE_OF.get(name.lower())


def highlighted(code: str, language: str) -> Markup:
    """Return `code` as HTML whose text is exactly `code`; `language` is one of LANGUAGES."""
    if language == "text" or len(code) > _LONGEST or _TOO_LONG.search(code):
        return escape(code)
    # What a lexer calls get_tokens() would strip lines; its unprocessed tokens are the code as it is.
    tokens = _lexer(language).get_tokens_unprocessed(code)
    return Markup("").join(_spans((_class_of(kind), text) for _, kind, text in tokens))


@cache
def _lexer(language: str) -> Lexer:
    if language in CURLY:
        return CurlyLexer(language)
    # Without the option, PHP begins only after an opening tag, which a snippet seldom has.
    options = {"startinline": True} if language == "php" else {}
    return get_lexer_by_name(language, **options)


@cache
def _class_of(kind: _TokenType) -> str:
    return next((_CLASSES[above] for above in reversed(kind.split()) if above in _CLASSES), "")


def _spans(pieces: Iterable[tuple[str, str]]) -> Iterator[Markup]:
    for name, run in groupby(pieces, key=lambda piece: piece[0]):
        text = escape("".join(text for _, text in run))
        yield Markup('<span class="{}">{}</span>').format(name, text) if name else text

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from ion.language import LANGUAGES, Language
from tests.architecture.sources import modules

_LOCALES = files("ion.web") / "locales"
_TEMPLATES = files("ion.web") / "templates"
_NAME = re.compile("[a-z_0-9]+")
# home.html is a template, not a text.
_FILES = ("html", "css", "js", "svg")
_CALLED = ("t", "texts")
_METHODS = ("nearest", "count")


@dataclass(frozen=True, slots=True)
class Use:
    """A text that the pages ask for: a whole key, or where the rest is put together at run time its beginning."""

    place: str
    key: str
    is_whole: bool


def source_of(language: Language) -> str:
    return (_LOCALES / language / "LC_MESSAGES" / "web.po").read_text(encoding="utf-8")


def catalogue_of(language: Language) -> Catalog:
    with (_LOCALES / language / "LC_MESSAGES" / "web.po").open("rb") as po:
        return read_po(po, abort_invalid=True)


def entries_of(language: Language) -> Mapping[str, Message]:
    """Return the entries by key, in their order; the header, which has none, is left out."""
    return {key_of(message): message for message in catalogue_of(language) if message.id}


def key_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms_of(message: Message) -> list[str]:
    """Return the sentence, or each of its plural forms; none of what was left out."""
    given = message.string
    return [given] if isinstance(given, str) else list(given or [])


def values_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def uses() -> Iterator[Use]:
    """Yield every text that a template or the code of the pages asks for."""
    for entry in _TEMPLATES.iterdir():
        tree = Environment(autoescape=True).parse(entry.read_text(encoding="utf-8"))
        yield from _asked_for_in(entry.name, tree)
        yield from _passed_on_in(entry.name, tree)
    for module in modules("src/ion/web"):
        for call in module.calls():
            if _function_of(call.func) in _CALLED:
                yield from _literals_of(module.at(call), call)


def _asked_for_in(template: str, tree: nodes.Template) -> Iterator[Use]:
    for call in tree.find_all(nodes.Call):
        if _callee_of(call.node) in _CALLED:
            for given in call.args:
                if isinstance(given, nodes.Const) and isinstance(given.value, str):
                    yield Use(template, given.value, is_whole=True)
                if isinstance(given, nodes.Concat) and isinstance(first := given.nodes[0], nodes.Const):
                    yield Use(template, first.value, is_whole=False)


def _passed_on_in(template: str, tree: nodes.Template) -> Iterator[Use]:
    """Yield the keys that reach `t` through a macro, a loop or an if."""
    beginnings = [beginning.nodes[0] for beginning in tree.find_all(nodes.Concat)]
    for const in tree.find_all(nodes.Const):
        section, _, name = str(const.value).partition(".")
        if (
            section in _sections()
            and _NAME.fullmatch(name)
            and name not in _FILES
            and not any(const is beginning for beginning in beginnings)
        ):
            yield Use(template, const.value, is_whole=True)


def _callee_of(node: nodes.Node) -> str:
    """`t` for t, t.count and texts[...]; nothing for what is not a name."""
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else ""


def _function_of(node: ast.expr) -> str:
    """`texts` for texts, texts.count, renderer.texts[...]: the name nearest to the call that is no method of it."""
    if isinstance(node, ast.Subscript):
        return _function_of(node.value)
    if isinstance(node, ast.Attribute):
        return _function_of(node.value) if node.attr in _METHODS else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _literals_of(place: str, call: ast.Call) -> Iterator[Use]:
    for given in call.args:
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            yield Use(place, given.value, is_whole=True)
        if isinstance(given, ast.JoinedStr) and isinstance(first := given.values[0], ast.Constant):
            yield Use(place, str(first.value), is_whole=False)


@cache
def _sections() -> frozenset[str]:
    return frozenset(key.partition(".")[0] for language in LANGUAGES for key in entries_of(language))

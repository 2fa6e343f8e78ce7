"""Templates and values to responses; every page goes through here and so has the same headers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import cast
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ion.callers import caller_of
from ion.errors import NotFound
from ion.language import LANGUAGES, Language
from ion.web.assets import Assets
from ion.web.markdown import CodeLabels, markdown_renderer
from ion.web.preference import preferred_language, preferred_theme, remember_choices
from ion.web.texts import Texts, load_texts

_HEADERS = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}
_ID = re.compile(r"[\w-]{1,36}")


@dataclass(frozen=True, slots=True)
class Renderer:
    """The templates and what they all use; `markdown` turns replies into HTML for readers of a language."""

    templates: Environment
    texts: Mapping[Language, Texts]
    markdown: Mapping[Language, MarkdownIt]
    assets: Assets

    def html(self, template: str, language: Language, values: Mapping[str, object]) -> str:
        """Return the template filled in."""
        everywhere = {
            "t": self.texts[language],
            "texts": self.texts,
            "person": None,
            "language": language,
            "languages": LANGUAGES,
            "static": f"/static/{self.assets.version}",
            "choose": _choice,
            "modules": [name for name in self.assets.by_name if name.endswith(".js")],
        }
        return self.templates.get_template(template).render({**everywhere, **values})


@cache
def load_templates() -> Environment:
    """Read and compile every template, once in a process, so that no request has to."""
    templates = Environment(
        loader=FileSystemLoader(str(files("ion.web") / "templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for name in templates.list_templates():
        templates.get_template(name)
    return templates


def load_renderer(assets: Assets) -> Renderer:
    """Read templates and texts, once."""
    texts = load_texts()
    markdown = {language: markdown_renderer(_labels(texts[language])) for language in LANGUAGES}
    return Renderer(load_templates(), texts, markdown, assets)


def id_in(request: Request, name: str) -> str:
    """Return an id from the address.

    Raises:
        NotFound: it cannot be the id of anything; PostgreSQL would not even take U+0000.
    """
    return checked_id(request.path_params[name], field=name)


def checked_id(text: str, *, field: str) -> str:
    """Return `text` if it can be an id. Raises what `id_in` raises."""
    if _ID.fullmatch(text) is None:
        raise NotFound("Nothing has this id.", field=field)
    return text


def renderer_of(request: Request) -> Renderer:
    """Return what every page is made with."""
    return cast(Renderer, request.app.state.renderer)


def texts_of(request: Request) -> Texts:
    """Return the sentences in the reader's language."""
    return renderer_of(request).texts[preferred_language(request)]


def page(request: Request, template: str, values: Mapping[str, object], *, status: int = 200) -> Response:
    """Return a page in the reader's language."""
    choices = {"theme": preferred_theme(request), "choose": partial(_address_with, request)}
    response = part(request, template, {**choices, **values}, status=status)
    remember_choices(request, response)
    return response


def part(request: Request, template: str, values: Mapping[str, object], *, status: int = 200) -> Response:
    """Return a part of a page in the reader's language, for the page's script."""
    language = preferred_language(request)
    html = renderer_of(request).html(template, language, values)
    caller = caller_of(request)
    # The service worker keeps copies for one person at a time.
    whose = {} if caller is None else {"ION-Person": caller.user}
    return HTMLResponse(html, status, headers={**_HEADERS, **whose, "Content-Language": language})


def _choice(name: str, value: str) -> str:
    return f"?{urlencode({name: value})}"


def _address_with(request: Request, name: str, value: str) -> str:
    """Return the address of this page with something else chosen; whatever else it asks for stays."""
    return f"?{urlencode({**request.query_params, name: value})}"


def _labels(texts: Texts) -> CodeLabels:
    return CodeLabels(copy=texts("code.copy"), copied=texts("code.copied"), table=texts("code.table"))

"""Templates and values to responses; every page goes through here and so has the same headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ion.language import LANGUAGES, Language
from ion.services import Services
from ion.web.preference import preferred_language, remember_language
from ion.web.texts import Texts

_HEADERS = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}


@dataclass(frozen=True, slots=True)
class Renderer:
    """The templates and what they all use."""

    templates: Environment
    texts: Mapping[Language, Texts]
    assets_version: str

    def html(self, template: str, language: Language, values: Mapping[str, object]) -> str:
        """Return the template filled in."""
        everywhere = {
            "t": self.texts[language],
            "texts": self.texts,
            "language": language,
            "languages": LANGUAGES,
            "static": f"/static/{self.assets_version}",
        }
        return self.templates.get_template(template).render({**everywhere, **values})


def load_templates() -> Environment:
    """Read and compile every template, so that no request has to."""
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


def services_of(request: Request) -> Services:
    """Return what the application opened when it started."""
    return cast(Services, request.app.state.services)


def page(request: Request, template: str, values: Mapping[str, object], *, status: int = 200) -> Response:
    """Return a page in the reader's language."""
    renderer = cast(Renderer, request.app.state.renderer)
    language = preferred_language(request)
    response = HTMLResponse(
        renderer.html(template, language, values), status, headers={**_HEADERS, "Content-Language": language}
    )
    remember_language(request, response)
    return response

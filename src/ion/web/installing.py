"""What makes ION an app on a phone or desktop: its manifest, its service worker, and the page for no connection."""

import hashlib
import json
from importlib.resources import files
from typing import cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ion.language import LANGUAGES
from ion.web.assets import Assets
from ion.web.preference import preferred_language
from ion.web.rendering import Renderer, page, renderer_of, texts_of

# Of the light theme in tokens.css; the pages' own theme-color follows the reader's.
PAPER = "#fbf8f2"
# What stands in sw.js for the values below.
_BLANK = '{ version: "", revision: "", files: [""] }'
# A manifest and a worker are asked for again and again, and have to be the newest.
_FRESH = {"Cache-Control": "no-cache"}


async def send_manifest(request: Request) -> Response:
    """Send what an installed ION is called and looks like, in the language of `?lang=`, which is not remembered."""
    language, texts, assets = preferred_language(request), texts_of(request), renderer_of(request).assets
    manifest = {
        "id": "/",
        "name": texts("install.name"),
        "short_name": texts("site.name"),
        "description": texts("install.description"),
        "lang": language,
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": PAPER,
        "background_color": PAPER,
        "icons": [
            _icon(assets, "icon.svg", "any", "any"),
            _icon(assets, "icon-192.png", "192x192", "any"),
            _icon(assets, "icon-512.png", "512x512", "any"),
            _icon(assets, "icon-maskable-512.png", "512x512", "maskable"),
        ],
        "shortcuts": [{"name": texts("list.new"), "url": "/", "icons": [_icon(assets, "icon-192.png", "192x192")]}],
    }
    headers = {**_FRESH, "Vary": "Cookie, Accept-Language"}
    return JSONResponse(manifest, media_type="application/manifest+json", headers=headers)


async def send_worker(request: Request) -> Response:
    """Send the service worker."""
    script = cast(str, request.app.state.worker)
    return Response(script, media_type="text/javascript; charset=utf-8", headers=_FRESH)


async def show_offline(request: Request) -> Response:
    """Show what the service worker shows in place of a page that cannot be loaded and was not read before."""
    return page(request, "offline.html", {})


def worker_script(renderer: Renderer) -> str:
    """Return the service worker with what it keeps; its text changes exactly when one of these does."""
    assets = renderer.assets
    offline = [renderer.html("offline.html", language, {"theme": "auto"}) for language in LANGUAGES]
    shell = {
        "version": assets.version,
        "revision": hashlib.sha256("".join(offline).encode()).hexdigest()[:12],
        "files": [_address(assets, name) for name in assets.by_name],
    }
    script = (files("ion.web") / "service_worker" / "sw.js").read_text(encoding="utf-8")
    assert script.count(_BLANK) == 1
    return script.replace(_BLANK, json.dumps(shell))


def _icon(assets: Assets, name: str, sizes: str, purpose: str = "any") -> dict[str, str]:
    media_type = assets.by_name[name][1]
    return {"src": _address(assets, name), "sizes": sizes, "type": media_type, "purpose": purpose}


def _address(assets: Assets, name: str) -> str:
    return f"/static/{assets.version}/{name}"

"""Style sheets, scripts and icons, read once; their address holds a hash of all of them, so browsers may keep them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from ion.errors import NotFound

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Assets:
    """The files by name, and the `version` that changes whenever one of them does.

    One version for all: scripts import each other by relative address and so always fit together.
    """

    version: str
    by_name: Mapping[str, tuple[bytes, str]]


def load_assets() -> Assets:
    """Read every file of the folder static/."""
    entries = sorted((files("ion.web") / "static").iterdir(), key=lambda entry: entry.name)
    by_name = {entry.name: (entry.read_bytes(), _type_of(entry.name)) for entry in entries}
    digest = hashlib.sha256()
    for name, (content, _) in by_name.items():
        digest.update(name.encode() + b"\0" + content + b"\0")
    return Assets(digest.hexdigest()[:12], MappingProxyType(by_name))


class AssetNotFound(NotFound):
    """No static file has this name."""

    code = "asset_not_found"


async def send_asset(request: Request) -> Response:
    """Send one file."""
    assets = cast(Assets, request.app.state.assets)
    found = assets.by_name.get(request.path_params["name"])
    if found is None:
        raise AssetNotFound("There is no such file.")
    content, media_type = found
    # A page from before an update may still ask for an older version: it gets what there is, for this once.
    current = request.path_params["version"] == assets.version
    return Response(content, media_type=media_type, headers={"Cache-Control": _FOR_GOOD if current else "no-cache"})


def _type_of(name: str) -> str:
    return next(kind for ending, kind in _TYPES.items() if name.endswith(ending))

"""Style sheets, scripts and icons, read once; their address holds a hash of all of them, so browsers may keep them."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from ion.errors import NotFound

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
# Pictures are compressed already.
_WORTH_COMPRESSING = (".css", ".js", ".svg")
# One sheet is painted sooner than seven; each further one may change what those before it say.
_STYLES = "styles.css"
_SHEETS = (
    "tokens.css",
    "page.css",
    "history.css",
    "account.css",
    "conversation.css",
    "turn.css",
    "code.css",
    "media.css",
)
_FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Assets:
    """The files by name, and the `version` that changes whenever one of them does.

    One version for all: scripts import each other by relative address and so always fit together.
    """

    version: str
    by_name: Mapping[str, tuple[bytes, str]]
    # Only what gets smaller by it.
    gzipped: Mapping[str, bytes]


def load_assets() -> Assets:
    """Read every file of the folder static/, all style sheets as one."""
    entries = sorted((files("ion.web") / "static").iterdir(), key=lambda entry: entry.name)
    contents = {entry.name: entry.read_bytes() for entry in entries}
    sheets = b"\n".join(contents.pop(name) for name in _SHEETS)
    return assets_of({**contents, _STYLES: sheets})


def assets_of(contents: Mapping[str, bytes]) -> Assets:
    """Return these files with their version."""
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(name.encode() + b"\0" + content + b"\0")
    by_name = {name: (content, _type_of(name)) for name, content in contents.items()}
    return Assets(digest.hexdigest()[:12], MappingProxyType(by_name), MappingProxyType(_compressed(contents)))


class AssetNotFound(NotFound):
    """No static file has this name."""

    code = "asset_not_found"


async def send_asset(request: Request) -> Response:
    """Send one file, compressed for whoever can read that."""
    assets, name = cast(Assets, request.app.state.assets), request.path_params["name"]
    found = assets.by_name.get(name)
    if found is None:
        raise AssetNotFound("There is no such file.")
    content, media_type = found
    # A page from before an update may still ask for an older version: it gets what there is, for this once.
    current = request.path_params["version"] == assets.version
    headers = {"Cache-Control": _FOR_GOOD if current else "no-cache"}
    if name in assets.gzipped:
        headers["Vary"] = "Accept-Encoding"
        if _reads_gzip(request.headers.get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
            content = assets.gzipped[name]
    return Response(content, media_type=media_type, headers=headers)


def _compressed(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    texts = {name: content for name, content in contents.items() if name.endswith(_WORTH_COMPRESSING)}
    # Without a time in it, two servers of one version send the same bytes.
    smaller = {name: gzip.compress(content, mtime=0) for name, content in texts.items()}
    return {name: content for name, content in smaller.items() if len(content) < len(texts[name])}


def _reads_gzip(accepted: str) -> bool:
    """Tell whether an Accept-Encoding names gzip, or everything, with a weight above nought."""
    weights: dict[str, bool] = {}
    for entry in accepted.lower().split(","):
        coding, _, parameter = entry.partition(";")
        weight = parameter.strip().removeprefix("q=")
        weights[coding.strip()] = weight.strip("0.") != "" if parameter else True
    return weights.get("gzip", weights.get("*", False))


def _type_of(name: str) -> str:
    return next(kind for ending, kind in _TYPES.items() if name.endswith(ending))

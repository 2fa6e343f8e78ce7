"""Which language the reader wants: what they chose, else what they chose before, else what their browser says."""

from starlette.requests import Request
from starlette.responses import Response

from ion.language import LANGUAGES, Language

_COOKIE = "ion_language"
_A_YEAR = 365 * 24 * 3600


def preferred_language(request: Request) -> Language:
    """Return the language of the page to show."""
    return (
        _chosen(request)
        or _known(request.cookies.get(_COOKIE))
        or _accepted(request.headers.get("accept-language", ""))
    )


def remember_language(request: Request, response: Response) -> None:
    """Keep a choice that was just made, for the next pages."""
    if language := _chosen(request):
        response.set_cookie(
            _COOKIE, language, max_age=_A_YEAR, httponly=True, samesite="lax", secure=request.url.scheme == "https"
        )


def _chosen(request: Request) -> Language | None:
    return _known(request.query_params.get("lang"))


def _known(name: str | None) -> Language | None:
    return next((language for language in LANGUAGES if language == name), None)


def _accepted(header: str) -> Language:
    best: Language = "en"
    highest = 0.0
    for entry in header.split(","):
        tag, _, quality = entry.partition(";q=")
        language = _known(tag.strip().partition("-")[0].lower())
        weight = _weight(quality)
        # Of equal wishes the first one counts.
        if language is not None and weight > highest:
            best, highest = language, weight
    return best


def _weight(quality: str) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0

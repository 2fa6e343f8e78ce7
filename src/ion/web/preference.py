"""What the reader wants: what they chose, else what their account says, else what their browser says."""

from typing import Literal, get_args

from starlette.requests import Request
from starlette.responses import Response

from ion.accounts import Proof
from ion.callers import caller_of
from ion.language import LANGUAGES, Language

Theme = Literal["auto", "light", "dark"]

_LANGUAGE, _THEME = "ion_language", "ion_theme"
_A_YEAR = 365 * 24 * 3600


def preferred_language(request: Request) -> Language:
    """Return the language of the page to show."""
    return (
        _known(request.query_params.get("lang"))
        or _known(request.cookies.get(_LANGUAGE))
        or _of_account(request)
        or _accepted(request.headers.get("accept-language", ""))
    )


def preferred_theme(request: Request) -> Theme:
    """Return whether the page is light or dark; `auto` leaves it to the reader's system."""
    return _theme(request.query_params.get("theme")) or _theme(request.cookies.get(_THEME)) or "auto"


def remember_choices(request: Request, response: Response) -> None:
    """Keep what was just chosen, for the next pages."""
    if language := _known(request.query_params.get("lang")):
        _keep(request, response, _LANGUAGE, language)
    if theme := _theme(request.query_params.get("theme")):
        _keep(request, response, _THEME, theme)


def forget_language(request: Request, response: Response) -> None:
    """Let the account's language hold again in this browser."""
    if _LANGUAGE in request.cookies:
        response.delete_cookie(_LANGUAGE, httponly=True, samesite="lax", secure=request.url.scheme == "https")


def _of_account(request: Request) -> Language | None:
    caller = caller_of(request)
    # Whoever runs ION alone has never said in which language.
    return None if caller is None or caller.proof is Proof.LOCAL else caller.language


def _keep(request: Request, response: Response, name: str, value: str) -> None:
    is_secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=_A_YEAR, httponly=True, samesite="lax", secure=is_secure)


def _theme(name: str | None) -> Theme | None:
    return next((theme for theme in get_args(Theme) if theme == name), None)


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

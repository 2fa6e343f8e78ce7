"""`/privacy`: what is kept, who reads it, where texts go, and what everybody can ask for."""

from starlette.requests import Request
from starlette.responses import Response

from ion.accounts import Permission
from ion.callers import caller_of, services_of
from ion.mentoring import UNDO_FOR
from ion.web.rendering import page

_SECONDS_A_MINUTE = 60


async def show(request: Request) -> Response:
    """Tell it as this ION is set up; open to everybody, before they write a word, and to members as theirs is."""
    services, caller = services_of(request), caller_of(request)
    settings = services.settings
    keep_days = None
    if caller is not None:
        keep_days = (await services.accounts.organisations.with_id(caller.organisation)).keep_days
    values = {
        "models": [name for name in (settings.llm.model, *settings.llm.fallbacks) if name],
        "masks": settings.llm.mask,
        "grace_days": settings.privacy.grace_days,
        "undo_minutes": int(UNDO_FOR.total_seconds() // _SECONDS_A_MINUTE),
        "keep_days": keep_days,
        # Whoever runs ION alone has no page about themselves.
        "owns_data": settings.accounts.sign_in and caller is not None and caller.may(Permission.DATA_OWN),
        "signs_in": settings.accounts.sign_in,
    }
    return page(request, "privacy.html", values)

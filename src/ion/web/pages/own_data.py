"""`/profile/data`: what is kept of somebody, to take along or to have erased."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from ion.accounts import SignInLocked, User
from ion.callers import services_of
from ion.rights import KEPT_FOR, ErasureBegun, ErasureNotFound
from ion.web.forms import NotConfirmed, WrongPassword, check_confirmed, fields_of, fresh, refused_page
from ion.web.person import user_of
from ion.web.rendering import page
from ion.web.sidebar import sidebar

_HERE = "/profile/data"


async def show(request: Request) -> Response:
    """Show what can be asked for, how far it is, and the form for each."""
    return page(request, "own_data.html", {**await _values(request, await user_of(request)), **fresh()})


async def ask_export(request: Request) -> Response:
    """Have an export prepared."""
    await services_of(request).exports.ask(await user_of(request))
    return RedirectResponse(_HERE, 303)


async def download(request: Request) -> Response:
    """Send the export that is ready; without one, show where it is asked for."""
    exports, user = services_of(request).exports, await user_of(request)
    export = await exports.of(user.id)
    if export is None or export.ready_at is None:
        return RedirectResponse(_HERE, 303)
    headers = {"Content-Disposition": f'attachment; filename="{export.filename}"', "Cache-Control": "no-store"}
    return StreamingResponse(exports.content(export), media_type="application/zip", headers=headers)


async def erase(request: Request) -> Response:
    """Take the request to be erased, and show when that is and the receipt: without a grace period nothing is later."""
    user, fields = await user_of(request), await fields_of(request)
    try:
        await check_confirmed(request, user, fields)
    except (NotConfirmed, SignInLocked, WrongPassword) as error:
        return refused_page(request, "own_data.html", await _values(request, user), error)
    values = await sidebar(request)
    services = services_of(request)
    erasure = await services.erasures.ask(user.id, user.organisation)
    shown = {"due_at": erasure.due_at.astimezone(), "receipt": erasure.receipt}
    return page(request, "erasing.html", {**values, **shown, "is_now": erasure.due_at <= services.clock()})


async def stay(request: Request) -> Response:
    """Take the erasure back; who never asked for one, or did so twice, stays as well."""
    user = await user_of(request)
    try:
        await services_of(request).erasures.cancel(user.id)
    except ErasureNotFound:
        pass
    except ErasureBegun as error:
        return refused_page(request, "own_data.html", await _values(request, user), error)
    return RedirectResponse(_HERE, 303)


async def _values(request: Request, user: User) -> Mapping[str, object]:
    services = services_of(request)
    export, erasure = await services.exports.of(user.id), await services.erasures.of(user.id)
    ready_at = None if export is None else export.ready_at
    return {
        **await sidebar(request),
        "user": user,
        "progress": None if export is None else export.progress,
        "until": None if ready_at is None else (ready_at + KEPT_FOR).astimezone(),
        "due_at": None if erasure is None else erasure.due_at.astimezone(),
        "receipt": None if erasure is None else erasure.receipt,
        "grace_days": services.settings.privacy.grace_days,
    }

"""Put the site together: which address shows which page."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ion.accounts import Permission
from ion.callers import admit, services_of
from ion.web.assets import load_assets, send_asset
from ion.web.errors import install_error_pages
from ion.web.installing import send_manifest, send_worker, show_offline, worker_script
from ion.web.pages import (
    conversation,
    error_codes,
    history,
    home,
    invitation,
    keys,
    members,
    oidc,
    own_data,
    personas,
    privacy,
    profile,
    reference,
    second_factor,
    sign_in,
    turn,
)
from ion.web.rendering import load_renderer

_Endpoint = Callable[[Request], Awaitable[Response]]


def create_web() -> Starlette:
    """Return the site; whoever mounts it puts what describes the APIs, as OpenAPI, on its `state.describe`."""
    web = Starlette(
        routes=[
            _own("/", home.show),
            _own("/", home.begin, "POST"),
            _own("/c/{conversation_id}", conversation.show),
            _own("/c/{conversation_id}", conversation.go_on, "POST"),
            _own("/c/{conversation_id}/turns", conversation.show_earlier),
            *_turn_routes("/c/{conversation_id}/turns/{turn_id}"),
            *_history_routes("/c/{conversation_id}"),
            _own("/mentors", personas.show),
            Route("/privacy", privacy.show, methods=["GET"]),
            Route("/reference", reference.show, methods=["GET"]),
            Route("/errors", error_codes.show_all, methods=["GET"]),
            Route("/errors/{code}", error_codes.show, methods=["GET"]),
            *_sign_in_routes(),
            *_profile_routes(),
            *_member_routes(),
            Route("/static/{version}/{name}", send_asset, methods=["GET"]),
            Route("/manifest.webmanifest", send_manifest, methods=["GET"]),
            Route("/sw.js", send_worker, methods=["GET"]),
            Route("/offline", show_offline, methods=["GET"]),
        ]
    )
    web.state.assets = load_assets()
    web.state.renderer = load_renderer(web.state.assets)
    web.state.worker = worker_script(web.state.renderer)
    install_error_pages(web)
    return web


def _own(address: str, endpoint: _Endpoint, method: str = "GET") -> Route:
    """Return a page about the mentee's own conversations: for whoever is signed in and has some."""

    async def for_owner(request: Request) -> Response:
        await admit(request, Permission.CONVERSATIONS_OWN, f"{method} {address}")
        return await endpoint(request)

    return Route(address, for_owner, methods=[method])


def _asked(address: str, endpoint: _Endpoint, method: str = "GET", *, takes: Permission | None = None) -> Route:
    """Return a page that there is only where people sign in, for those with a permission if it takes one.

    Elsewhere it leads to the start.
    """

    async def where_people_sign_in(request: Request) -> Response:
        if not services_of(request).settings.accounts.sign_in:
            return RedirectResponse("/", 303)
        if takes is not None:
            await admit(request, takes, f"{method} {address}")
        return await endpoint(request)

    return Route(address, where_people_sign_in, methods=[method])


def _sign_in_routes() -> list[Route]:
    return [
        _asked("/sign-in", sign_in.show),
        _asked("/sign-in", sign_in.sign_in, "POST"),
        _asked("/sign-in/code", sign_in.ask_code),
        _asked("/sign-in/code", sign_in.take_code, "POST"),
        _asked("/sign-in/oidc", oidc.leave, "POST"),
        _asked(oidc.CALLBACK, oidc.come_back),
        _asked("/sign-out", sign_in.sign_out, "POST"),
        _asked("/invitation", invitation.show),
        _asked("/invitation", invitation.accept, "POST"),
    ]


def _profile_routes() -> list[Route]:
    own = Permission.PROFILE_OWN
    return [
        _asked("/profile", profile.show, takes=own),
        _asked("/profile", profile.change, "POST", takes=own),
        _asked("/profile/password", profile.ask_password, takes=own),
        _asked("/profile/password", profile.change_password, "POST", takes=own),
        _asked("/profile/sessions", profile.end_others, "POST", takes=own),
        _asked("/profile/sessions/end", profile.end_one, "POST", takes=own),
        _asked("/profile/consents", profile.change_consents, "POST", takes=own),
        *_data_routes(),
        _asked("/profile/second-factor", second_factor.show, takes=own),
        _asked("/profile/second-factor", second_factor.begin, "POST", takes=own),
        _asked("/profile/second-factor/app", second_factor.show_app, takes=own),
        _asked("/profile/second-factor/app", second_factor.confirm, "POST", takes=own),
        _asked("/profile/second-factor/codes", second_factor.renew_codes, "POST", takes=own),
        _asked("/profile/second-factor/off", second_factor.turn_off, "POST", takes=own),
    ]


def _data_routes() -> list[Route]:
    own = Permission.DATA_OWN
    return [
        _asked("/profile/data", own_data.show, takes=own),
        _asked("/profile/data/export", own_data.ask_export, "POST", takes=own),
        _asked("/profile/data/export", own_data.download, takes=own),
        _asked("/profile/data/erasure", own_data.erase, "POST", takes=own),
        _asked("/profile/data/stay", own_data.stay, "POST", takes=own),
    ]


def _member_routes() -> list[Route]:
    manage = Permission.MEMBERS_MANAGE
    one = "/members/{member_id}"
    return [
        _asked("/keys", keys.show, takes=Permission.KEYS_OWN),
        _asked("/keys", keys.make, "POST", takes=Permission.KEYS_OWN),
        _asked("/keys/{prefix}/revoke", keys.revoke, "POST", takes=Permission.KEYS_OWN),
        _asked("/members", members.show, takes=Permission.MEMBERS_READ),
        _asked("/members/keys/{prefix}/revoke", members.revoke_key, "POST", takes=Permission.KEYS_MANAGE),
        _asked("/members/invitations", members.invite, "POST", takes=manage),
        _asked("/members/invitations/{invitation_id}/withdraw", members.withdraw, "POST", takes=manage),
        _asked(f"{one}/role", members.set_role, "POST", takes=manage),
        _asked(f"{one}/disable", members.disable, "POST", takes=manage),
        _asked(f"{one}/enable", members.enable, "POST", takes=manage),
        _asked(f"{one}/second-factor", members.reset_second_factor, "POST", takes=manage),
    ]


def _turn_routes(address: str) -> list[Route]:
    forms = {"reading": turn.reread, "again": turn.again, "redo": turn.redo, "stop": turn.stop}
    return [
        _own(address, turn.show),
        _own(f"{address}/events", turn.follow),
        *(_own(f"{address}/{name}", endpoint, "POST") for name, endpoint in forms.items()),
        *(_own(f"{address}/{name}", turn.show_again) for name in forms),
    ]


def _history_routes(address: str) -> list[Route]:
    return [
        _own("/history", history.show),
        _own("/list", history.show_list),
        _own("/search", history.search),
        _own("/search/results", history.show_results),
        _own(f"{address}/title", history.ask_title),
        _own(f"{address}/title", history.rename, "POST"),
        _own(f"{address}/delete", history.delete, "POST"),
        _own(f"{address}/deleted", history.show_deleted),
        _own(f"{address}/restore", history.restore, "POST"),
        _own(f"{address}/export", history.export),
    ]

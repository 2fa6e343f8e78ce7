"""Put the site together: which address shows which page."""

from starlette.applications import Starlette
from starlette.routing import Route

from ion.web.assets import load_assets, send_asset
from ion.web.errors import install_error_pages
from ion.web.installing import send_manifest, send_worker, show_offline, worker_script
from ion.web.pages import conversation, history, home, personas, turn
from ion.web.rendering import load_renderer


def create_web() -> Starlette:
    """Return the site; whoever mounts it puts the open services on its `state.services`."""
    web = Starlette(
        routes=[
            Route("/", home.show, methods=["GET"]),
            Route("/", home.begin, methods=["POST"]),
            Route("/c/{conversation_id}", conversation.show, methods=["GET"]),
            Route("/c/{conversation_id}", conversation.go_on, methods=["POST"]),
            Route("/c/{conversation_id}/turns", conversation.show_earlier, methods=["GET"]),
            *_turn_routes("/c/{conversation_id}/turns/{turn_id}"),
            *_history_routes("/c/{conversation_id}"),
            Route("/mentors", personas.show, methods=["GET"]),
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


def _turn_routes(address: str) -> list[Route]:
    forms = {"reading": turn.reread, "again": turn.again, "redo": turn.redo, "stop": turn.stop}
    return [
        Route(address, turn.show, methods=["GET"]),
        Route(f"{address}/events", turn.follow, methods=["GET"]),
        *(Route(f"{address}/{name}", endpoint, methods=["POST"]) for name, endpoint in forms.items()),
        *(Route(f"{address}/{name}", turn.show_again, methods=["GET"]) for name in forms),
    ]


def _history_routes(address: str) -> list[Route]:
    return [
        Route("/history", history.show, methods=["GET"]),
        Route("/list", history.show_list, methods=["GET"]),
        Route("/search", history.search, methods=["GET"]),
        Route("/search/results", history.show_results, methods=["GET"]),
        Route(f"{address}/title", history.ask_title, methods=["GET"]),
        Route(f"{address}/title", history.rename, methods=["POST"]),
        Route(f"{address}/delete", history.delete, methods=["POST"]),
        Route(f"{address}/deleted", history.show_deleted, methods=["GET"]),
        Route(f"{address}/restore", history.restore, methods=["POST"]),
        Route(f"{address}/export", history.export, methods=["GET"]),
    ]

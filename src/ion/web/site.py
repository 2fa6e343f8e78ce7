"""Put the site together: which address shows which page."""

from starlette.applications import Starlette
from starlette.routing import Route

from ion.web.assets import load_assets, send_asset
from ion.web.errors import install_error_pages
from ion.web.pages import conversation, home, personas
from ion.web.rendering import Renderer, load_templates
from ion.web.texts import load_texts


def create_web() -> Starlette:
    """Return the site; whoever mounts it puts the open services on its `state.services`."""
    web = Starlette(
        routes=[
            Route("/", home.show, methods=["GET"]),
            Route("/", home.begin, methods=["POST"]),
            Route("/c/{conversation_id}", conversation.show, methods=["GET"]),
            Route("/c/{conversation_id}", conversation.go_on, methods=["POST"]),
            Route("/c/{conversation_id}/turns/{turn_id}", conversation.show_turn, methods=["GET"]),
            Route("/c/{conversation_id}/turns/{turn_id}/reading", conversation.show_reading, methods=["GET"]),
            Route("/c/{conversation_id}/turns/{turn_id}/reading", conversation.reread, methods=["POST"]),
            Route("/mentors", personas.show, methods=["GET"]),
            Route("/static/{version}/{name}", send_asset, methods=["GET"]),
        ]
    )
    web.state.assets = load_assets()
    web.state.renderer = Renderer(load_templates(), load_texts(), web.state.assets.version)
    install_error_pages(web)
    return web

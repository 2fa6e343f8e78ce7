"""The ASGI application: mounts api and web, and keeps the services open while it runs."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from starlette.applications import Starlette
from starlette.routing import Match, Mount
from starlette.types import Scope

from ion import __version__
from ion.accounts import Permission
from ion.api import (
    FOR_PROGRAMS,
    Authenticate,
    BodyLimit,
    Cors,
    CountRequests,
    JsonLimit,
    OriginGuard,
    RateLimit,
    RequestId,
    Transport,
    Watching,
    install_error_handlers,
    jwks_router,
    openai_router,
    problem_of,
    v2_router,
    working_on_batches,
)
from ion.callers import admit, session_cookie
from ion.errors import IonError
from ion.llm import Model
from ion.monitoring import Recent, metrics_text
from ion.services import open_services
from ion.settings import Settings
from ion.web import create_web, error_response


class PagesMount(Mount):
    """The pages, at every address but those of the APIs: there a wrong address or method is the API's own error."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether this address is a page's."""
        # What programs ask for is never answered with a page.
        if scope["type"] == "http" and scope["path"].startswith(FOR_PROGRAMS):
            return Match.NONE, {}
        return super().matches(scope)


def create_app(settings: Settings, *, model: Model | None = None) -> FastAPI:
    """Return the application, which opens its services when it starts; `model` stands in for the configured one."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services(settings, model=model) as services:
            app.state.services = services
            # Known from now on: also when the database cannot be asked.
            app.state.local_caller = await services.accounts.local_caller()
            async with working_on_batches(services) as app.state.batch_worker:
                yield

    app = FastAPI(
        title="ION Mentoring",
        version=__version__,
        summary="A mentor for every message, in Korean and English, and the reason why.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.recent = Recent(time.monotonic)
    install_error_handlers(app)
    app.include_router(v2_router)
    app.include_router(openai_router)
    app.include_router(jwks_router)

    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        await admit(request, Permission.SYSTEM_OPERATE, "GET /metrics")
        body, content_type = metrics_text()
        return Response(body, media_type=content_type)

    web = create_web()
    web.state.describe = app.openapi
    app.router.routes.append(PagesMount("/", app=web))
    _add_middleware(app, web, settings)
    return app


def _add_middleware(app: FastAPI, web: Starlette, settings: Settings) -> None:
    def refuse(scope: Scope, error: IonError) -> Response:
        if scope["path"].startswith(FOR_PROGRAMS):
            return problem_of(Request(scope), error)
        return error_response(Request({**scope, "app": web}), error)

    # The last one added is the outermost.
    app.add_middleware(Watching)
    app.add_middleware(RateLimit, refuse=refuse)
    app.add_middleware(JsonLimit)
    app.add_middleware(BodyLimit, batch_bytes=settings.batches.bytes)
    server = settings.server
    app.add_middleware(Authenticate, sign_in=settings.accounts.sign_in, cookie=session_cookie(server))
    app.add_middleware(OriginGuard, public_host=server.public_host, others=server.cors)
    if server.cors:
        app.add_middleware(Cors, origins=server.cors)
    app.add_middleware(CountRequests, recent=app.state.recent)
    app.add_middleware(Transport, proxies=server.proxies, https=server.public_url if server.is_https else None)
    app.add_middleware(RequestId)

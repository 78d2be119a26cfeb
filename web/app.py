"""The site as one ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.proxies import TrustedProxies
from translations import SOURCE
from web import errors
from web.api.capabilities import CapabilityMonitor
from web.api.client import Client
from web.api.connection import Connection
from web.api.shapes import ClientInfo
from web.guards import everyone
from web.http.cookies import Cookies
from web.http.security import KnownHost, SameOrigin, SecurityHeaders
from web.http.static import Assets
from web.i18n.locale import LocaleMiddleware
from web.photos.uploads import PhotoUploads
from web.rendering.environment import environment, environments
from web.routes import page, pages, public_routes
from web.session import CurrentUser
from web.settings import Settings
from web.state import Clock, Site


def now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    transport: httpx.AsyncBaseTransport,
    clock: Clock = now,
    *,
    public_prefixes: Mapping[str, ASGIApp] | None = None,
    outbox: str = "",
    link_expiry: int = 0,
) -> ASGIApp:
    """The site, talking to its backend through `transport`, which opens and closes with it.

    `public_prefixes` are parts of an embedded backend that the public may enter, by path prefix; `outbox` is the path
    where mails can be read when no mail server is set, `link_expiry` how many seconds a mailed link works, where the
    mails are ours to describe.
    """
    environment(SOURCE)
    connection = Connection(settings.backend.url or settings.public.url, settings.secrets.client_key, transport)
    capabilities = CapabilityMonitor(Client(connection, ClientInfo()))
    site = Site(settings, Cookies.of(settings), Assets(), clock, outbox, link_expiry, PhotoUploads(), capabilities)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        async with connection, capabilities.refresh_regularly():
            rest = asyncio.create_task(asyncio.to_thread(_prepare_the_rest, site))
            yield {"site": site, "connection": connection}
            await rest
            site.password_checker.close()

    routes = [
        page("/static/{name}", everyone(site.assets.serve)),
        *public_routes,
        Mount("/", Router(pages, redirect_slashes=False, middleware=[Middleware(CurrentUser)])),
    ]
    guards = [
        Middleware(TrustedProxies, settings.deployment.trusted_proxies),
        Middleware(LocaleMiddleware),
        Middleware(KnownHost, settings.public.origins, errors.refusing(421)),
        Middleware(SameOrigin, settings.public.origins, errors.refusing(403)),
        Middleware(PassThrough, public_prefixes or {}),
    ]
    app = Starlette(routes=routes, middleware=guards, exception_handlers=errors.handlers, lifespan=lifespan)
    app.router.redirect_slashes = False
    return SecurityHeaders(app, settings)


def _prepare_the_rest(site: Site) -> None:
    """What the first answer need not wait for: the words of further languages, and static files made small."""
    site.assets.compress()
    environments()


class PassThrough:
    """Middleware. Hands requests below some paths to other applications, whole."""

    def __init__(self, app: ASGIApp, public_prefixes: Mapping[str, ASGIApp]) -> None:
        self.app = app
        self.public_prefixes = public_prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._behind(scope)(scope, receive, send)

    def _behind(self, scope: Scope) -> ASGIApp:
        if scope["type"] == "http":
            for prefix, door in self.public_prefixes.items():
                if scope["path"] == prefix or scope["path"].startswith(f"{prefix}/"):
                    return door
        return self.app

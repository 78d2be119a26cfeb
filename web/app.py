"""The site as one ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from serving import addresses
from serving.proxies import TrustedProxies
from translations import SOURCE
from web import errors
from web.api.capabilities import CapabilityMonitor
from web.api.client import Client
from web.api.connection import Connection
from web.api.shapes import ClientInfo
from web.api.transport import Transport
from web.guards import everyone
from web.http.cookies import Cookies
from web.http.page_cache import GuestPageCache
from web.http.security import KnownHost, SameOrigin, SecurityHeaders
from web.http.static import Assets
from web.i18n import phone_numbers
from web.i18n.locale import LocaleMiddleware
from web.photos.uploads import PhotoUploads
from web.rendering.environment import environment, environments
from web.routes import guest_pages, page, pages, public_routes, self_asking, sessions_shown
from web.session import CurrentUser
from web.settings import Settings
from web.state import Clock, Site

PREPARED_AFTER = 0.2  # seconds after the start, in which a visitor who has waited for it is answered


def now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    transport: Transport,
    clock: Clock = now,
    *,
    public_prefixes: Mapping[str, ASGIApp] | None = None,
    outbox: str = "",
    sms_outbox: str = "",
    link_expiry: int = 0,
    when_prepared: Callable[[], None] = lambda: None,
) -> ASGIApp:
    """Build the site, which calls its backend through `transport`; that opens and closes with the site.

    `public_prefixes` are the applications of an embedded backend that the public may call, by path prefix; `outbox` is
    the path where mails can be read when no mail server is set, `sms_outbox` that of SMS; `link_expiry` is for how many
    seconds a mailed link works, or 0 where the mails are not ours to describe. `when_prepared` is called once
    everything is loaded.
    """
    environments(settings.theme.theme_dir)  # before a thread and a request could both make one
    connection = Connection(settings.backend.url or settings.public.url, settings.secrets.client_key, transport)
    site = _make_site(settings, connection, clock, outbox=outbox, sms_outbox=sms_outbox, link_expiry=link_expiry)
    app = Starlette(
        routes=[Mount("/", _make_router(site))],
        middleware=_list_middleware(site, public_prefixes or {}),
        exception_handlers=errors.handlers,
        lifespan=_make_lifespan(site, connection, when_prepared),
    )
    return SecurityHeaders(app, settings)


def _make_site(settings: Settings, connection: Connection, clock: Clock, **options: Any) -> Site:
    theme, capabilities = settings.theme, CapabilityMonitor(Client(connection, ClientInfo()))
    assets = Assets(settings.look.palette, theme.files, theme.folder.fonts)
    cookies = Cookies.of(settings)
    return Site(settings, cookies, assets, clock, photos=PhotoUploads(), capabilities=capabilities, **options)


def _make_router(site: Site) -> "PathRouter":
    current_user = Middleware(CurrentUser, sessions_shown, self_asking)
    public = [page("/static/{name}", everyone(site.assets.serve)), *public_routes]
    return PathRouter(public, default=PathRouter(pages, middleware=[current_user]))


def _list_middleware(site: Site, public_prefixes: Mapping[str, ASGIApp]) -> list[Middleware]:
    settings = site.settings
    return [
        Middleware(TrustedProxies, settings.deployment.trusted_proxies),
        Middleware(LocaleMiddleware),
        Middleware(KnownHost, settings.public.origins, errors.make_error_app(421)),
        Middleware(SameOrigin, settings.public.origins, errors.make_error_app(403)),
        Middleware(GuestPageCache, site, guest_pages),
        Middleware(PassThrough, public_prefixes),
    ]


def _make_lifespan(
    site: Site, connection: Connection, when_prepared: Callable[[], None]
) -> Callable[[Starlette], AbstractAsyncContextManager[Mapping[str, Any]]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        async with connection, site.capabilities.refresh_regularly():
            preparing = asyncio.create_task(_prepare_in_background(site, when_prepared))
            yield {"site": site, "connection": connection}
            preparing.cancel()
            await asyncio.wait([preparing])
            site.password_checker.close()

    return lifespan


async def _prepare_in_background(site: Site, when_prepared: Callable[[], None]) -> None:
    """Prepare what the first answer need not wait for, in a thread: compressed static files, and the templates of the
    language that most read. Those of another are loaded when it is first read (web/rendering/pages.py). The library of
    addresses, and where there are phone numbers, the one that reads them."""
    await asyncio.sleep(PREPARED_AFTER)
    await asyncio.to_thread(site.assets.compress)
    await asyncio.to_thread(addresses.load_library)
    await asyncio.to_thread(environment(SOURCE, site.settings.theme.theme_dir).load_all)
    if site.capabilities.current.phones:
        await asyncio.to_thread(phone_numbers.load_library)
    when_prepared()


class PassThrough:
    """Middleware that passes requests below some path prefixes to other applications, unchanged."""

    def __init__(self, app: ASGIApp, public_prefixes: Mapping[str, ASGIApp]) -> None:
        self.app = app
        self.public_prefixes = public_prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._find_app(scope)(scope, receive, send)

    def _find_app(self, scope: Scope) -> ASGIApp:
        if scope["type"] == "http":
            for prefix, app in self.public_prefixes.items():
                if scope["path"] == prefix or scope["path"].startswith(f"{prefix}/"):
                    return app
        return self.app


class PathRouter(Router):
    """A router that looks paths up, and tries only the few with a variable part one after another."""

    def __init__(self, routes: Sequence[Route], **options: Any) -> None:
        super().__init__([route for route in routes if route.param_convertors], redirect_slashes=False, **options)
        self.fixed = {route.path: route for route in routes if not route.param_convertors}

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self.fixed.get(scope["path"])
        if route is None:
            await super().app(scope, receive, send)
            return
        scope.update(route=route, endpoint=route.endpoint, path_params={})
        await route.handle(scope, receive, send)

"""The backend as an ASGI application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router

from backend.endpoints import account, auth, buckets, capabilities, files, links, outbox, public_files, sessions, users
from backend.http.middleware import ClientKey, EnvironmentPrefix, LastResort
from backend.http.requests import BackendRequest, services_of
from backend.http.shapes import refused, refused_by_status
from backend.kernel.clock import Clock, utc_now
from backend.kernel.keys import Keyring
from backend.kernel.password_hashing import PARAMETERS, Passwords
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.templates import MailTemplates
from backend.rules.context import Services, State
from backend.settings import Settings
from backend.store import StoreUnavailableError, open_store
from backend.tasks.cleanup import run_cleanup
from backend.tasks.delivery import deliver_mails

__all__ = ["Clock", "create_app", "utc_now"]

LOOPBACK_ORIGINS = r"https?://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?"
HEADERS_OF_CLIENTS = (
    *("content-type", "session", "x-client", "x-client-key", "authorization"),
    *("x-device", "x-registration", "x-request-id", "accept-language"),
)


def create_app(settings: Settings, clock: Clock = utc_now) -> Starlette:
    """The whole backend. Raises SettingsError for mail templates that cannot be used.

    Its lifespan opens the database and raises StoreError if that cannot be used.
    """
    mail_templates = MailTemplates(settings.public.url, settings.public.site_name, settings.mail.messages_dir)
    app = Starlette(
        routes=_routes(settings),
        middleware=_middleware(settings),
        exception_handlers={RefusalError: _refused, HTTPException: _http_error, StoreUnavailableError: _unavailable},
        lifespan=_lifespan(settings, clock, mail_templates),
    )
    app.router.redirect_slashes = False  # a client of the contract must not be redirected
    return app


def _routes(settings: Settings) -> list[BaseRoute]:
    """What each page asks for comes first: Starlette tries one route after the other."""
    api = Router(
        [
            Mount("/auth", Router([*sessions.ROUTES, *auth.ROUTES], redirect_slashes=False)),
            Mount("/account", Router([*account.ROUTES, *capabilities.ROUTES], redirect_slashes=False)),
            Mount("/db/object", Router(users.ROUTES, redirect_slashes=False)),
            Mount("/storage", Router([*files.ROUTES, *buckets.ROUTES], redirect_slashes=False)),
        ],
        redirect_slashes=False,
    )
    return [
        Mount("/_api/rest/v1", ClientKey(api, settings.secrets.client_keys)),
        *links.ROUTES,
        *public_files.ROUTES,
        Route("/healthz", alive, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
        *(outbox.ROUTES if settings.mail.has_outbox else []),
    ]


async def alive(request: BackendRequest) -> Response:  # noqa: ARG001
    return PlainTextResponse("ok")


async def ready(request: BackendRequest) -> Response:
    try:
        await services_of(request).store.check()
    except StoreUnavailableError:
        return PlainTextResponse("unavailable", 503)
    return PlainTextResponse("ok")


def _middleware(settings: Settings) -> list[Middleware]:
    """Outermost first. Browsers must be able to read errors too, so CORS is outside of what makes them."""
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.clients.allowed_origins,
        allow_origin_regex=LOOPBACK_ORIGINS if settings.clients.any_loopback_origin else None,
        allow_credentials=True,
        allow_methods=("GET", "POST", "PUT", "DELETE"),
        allow_headers=HEADERS_OF_CLIENTS,
        expose_headers=("X-Total-Count", "Retry-After", "X-Request-Id"),
        allow_private_network=True,  # origins that may call at all may do so from a public address
    )
    return [cors, Middleware(LastResort), Middleware(EnvironmentPrefix)]


def _lifespan(settings: Settings, clock: Clock, mail_templates: MailTemplates) -> Any:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[State]:
        store = await open_store(settings.database.url)
        services = Services(
            settings=settings,
            clock=clock,
            store=store,
            keyring=Keyring(settings.secrets.signing_keys),
            passwords=Passwords(PARAMETERS[settings.passwords.hashing]),
            mail_templates=mail_templates,
            mail_waits=asyncio.Event(),
        )
        try:
            async with deliver_mails(services), run_cleanup(services):
                yield {"services": services}
        finally:
            await services.background_writes.finish()
            services.passwords.close()
            await store.close()

    return lifespan


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusalError)  # noqa: S101
    return refused(error)


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    return refused_by_status(error.status_code, error.headers)


async def _unavailable(_request: Request, _error: Exception) -> Response:
    failure = refusal("service_unavailable")
    failure.retry_after = 2
    return refused(failure)

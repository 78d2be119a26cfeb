"""The backend as an ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.endpoints import (
    access_tokens,
    buckets,
    capabilities,
    codes,
    emails,
    events,
    exports,
    factors,
    file_copies,
    files,
    identities,
    leaving,
    links,
    log_in,
    lost_factors,
    operations,
    outbox,
    own_phone,
    passkeys,
    passwords,
    phones,
    provider_log_in,
    public_files,
    reauthentication,
    recovery_codes,
    sessions,
    sign_up,
    sub_objects,
    totp,
    user_queries,
    users,
)
from backend.http.contract import Contract
from backend.http.envelope import answer_refusal, answer_status, answer_unavailable
from backend.http.middleware import Cors, EnvironmentPrefix, ServerErrors
from backend.kernel.clock import Clock, utc_now
from backend.kernel.keys import Keyring
from backend.kernel.password_hashing import PARAMETERS, PasswordHasher
from backend.kernel.refusals import RefusalError
from backend.mail.templates import MailTemplates
from backend.providers.interface import Provider
from backend.rules.context import Services, State
from backend.settings import Settings
from backend.store import StoreUnavailableError, open_store
from backend.tasks.cleanup import run_cleanup
from backend.tasks.mail_delivery import deliver_mails
from backend.tasks.sms_delivery import deliver_sms

if TYPE_CHECKING:
    from backend.providers.calls import Calls

LOOPBACK_ORIGINS = r"https?://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?"
CONTRACT: list[Route] = [
    *(*sessions.ROUTES, *users.ROUTES, *log_in.ROUTES, *access_tokens.ROUTES, *sign_up.ROUTES, *files.ROUTES),
    *(*passwords.ROUTES, *emails.ROUTES, *buckets.ROUTES, *phones.ROUTES, *own_phone.ROUTES, *capabilities.ROUTES),
    *(*user_queries.ROUTES, *sub_objects.ROUTES, *file_copies.ROUTES),
    *(*events.ROUTES, *exports.ROUTES, *leaving.ROUTES, *reauthentication.ROUTES, *codes.ROUTES),
    *(*identities.ROUTES,),
    *(*factors.ROUTES, *totp.ROUTES, *passkeys.ROUTES, *recovery_codes.ROUTES, *lost_factors.ROUTES),
]
CLIENT_HEADERS = (
    *("content-type", "session", "x-client", "x-client-key", "authorization"),
    *("x-device", "x-registration", "x-request-id", "accept-language"),
)


def create_app(settings: Settings, clock: Clock = utc_now) -> Starlette:
    """Create the whole backend. Raises SettingsError for mail templates that cannot be used.

    Its lifespan opens the database and raises StoreError if that cannot be used.
    """
    public, palette = settings.public, settings.look.palette
    mail_templates = MailTemplates(
        public.url, public.site_name, settings.mail.messages_dir, palette, site_host=settings.links.site_host
    )
    app = Starlette(
        routes=_list_routes(settings),
        middleware=_list_middleware(settings),
        exception_handlers={
            RefusalError: _answer_refusal,
            HTTPException: _answer_http_error,
            StoreUnavailableError: _answer_unavailable,
        },
        lifespan=_make_lifespan(settings, clock, mail_templates),
    )
    app.router.redirect_slashes = False  # a client of the contract must not be redirected
    return app


def _list_routes(settings: Settings) -> list[BaseRoute]:
    """List the routes beside the contract's."""
    return [
        *links.ROUTES,
        *provider_log_in.ROUTES,
        *links.DAMAGED,
        *public_files.ROUTES,
        *operations.ROUTES,
        *(outbox.ROUTES if settings.mail.has_outbox else []),
    ]


def _list_middleware(settings: Settings) -> list[Middleware]:
    """List the middleware, outermost first: CORS, as scripts must be able to read errors too."""
    cors = Middleware(
        Cors,
        allow_origins=settings.clients.allowed_origins,
        allow_origin_regex=LOOPBACK_ORIGINS if settings.clients.any_loopback_origin else None,
        allow_credentials=True,
        allow_methods=("GET", "POST", "PUT", "DELETE"),
        allow_headers=CLIENT_HEADERS,
        expose_headers=("X-Total-Count", "Retry-After", "X-Request-Id"),
        allow_private_network=True,  # origins that may call at all may do so from a public address
    )
    contract = Middleware(Contract, CONTRACT, settings.secrets.client_keys)
    return [cors, Middleware(ServerErrors), Middleware(EnvironmentPrefix), contract]


def _make_lifespan(settings: Settings, clock: Clock, mail_templates: MailTemplates) -> Any:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[State]:
        calls, providers = await _open_providers(settings, clock)
        store = await open_store(settings.database.url)
        services = Services(
            settings=settings,
            clock=clock,
            store=store,
            keyring=Keyring(settings.secrets.signing_keys),
            passwords=PasswordHasher(PARAMETERS[settings.passwords.hashing]),
            mail_templates=mail_templates,
            mail_waits=asyncio.Event(),
            sms_waits=asyncio.Event(),
            providers=providers,
        )
        try:
            async with deliver_mails(services), deliver_sms(services), run_cleanup(services):
                yield {"services": services}
        finally:
            await services.background_writes.finish()
            services.passwords.close()
            if calls:
                await calls.close()
            await store.close()

    return lifespan


async def _open_providers(settings: Settings, clock: Clock) -> "tuple[Calls | None, Mapping[str, Provider]]":
    """Make the providers that are set. Raises SettingsError."""
    if not settings.providers.configured:
        return None, {}
    from backend.providers.calls import Calls  # imported here: without providers nothing of it is needed
    from backend.providers.making import make_providers

    calls = await asyncio.to_thread(Calls)  # which reads certificates
    return calls, make_providers(settings.providers.configured, calls, clock)


async def _answer_refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusalError)  # noqa: S101
    return answer_refusal(error)


async def _answer_http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    return answer_status(error.status_code, error.headers)


async def _answer_unavailable(_request: Request, _error: Exception) -> Response:
    return answer_unavailable()

"""A backend of a test's own, driven from outside: over HTTP, by its mails, and by the clock."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from backend.app import create_app
from backend.embedding import Embedded
from backend.operations.checking import check
from backend.rules.context import Services
from backend.settings import Settings
from backend.tasks.cleanup import delete_expired_rows
from tests.kit.clock import Clock
from tests.kit.contract import KEY, Answer, Contract
from tests.kit.databases import databases
from tests.kit.hashing import hash_quickly
from web.settings import Settings as SiteSettings

PUBLIC = "http://127.0.0.1:8001"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.4 Mobile/15E148 Safari/604.1"
)
LOOKS_AGAIN = 0.001  # seconds; nothing tells when a mail has left
THAT_MAIL = (
    *("/auth/signup-email", "/auth/signin-email", "/auth/grant", "/auth/resend", "/auth/send-", "/auth/change-"),
    *("/account/email", "/account/factors"),
)


class Backend(Contract):
    """Calls move its clock a little, so that what comes later is later, and end when their mails have left."""

    def __init__(self, http: httpx.AsyncClient, clock: Clock, services: Services) -> None:
        super().__init__(http)
        self.clock = clock
        self.services = services
        self.settings = services.settings

    async def calls(
        self, method: str, path: str, *, session: str = "", headers: Mapping[str, str] | None = None, **rest: Any
    ) -> Answer:
        self.clock.advance(milliseconds=1)
        given = {"User-Agent": FIREFOX, **(headers or {})}
        answer = await super().calls(method, path, session=session, headers=given, **rest)
        if answer.status == 200 and path.startswith(THAT_MAIL) and self.settings.mail.has_outbox:
            await self.waits_for_mails()
        return answer

    async def waits_for_mails(self) -> None:
        """Or the clock may pass while one is on its way, which renews its link."""
        later = self.clock.now + timedelta(days=365)
        while await self.services.store.read(lambda queries: queries.queue.has_due("mail", later)):  # noqa: ASYNC110
            await asyncio.sleep(LOOKS_AGAIN)


def file_of(settings: Settings) -> Path:
    """SQLite's."""
    return Path(settings.database.url.database or "")


@cache
def new_database() -> bytes:
    """What a first start makes: made once, for it takes a while. Those who test the first start do not use this."""
    with TemporaryDirectory() as folder:
        settings = Settings.from_environment({"DATA_DIR": folder})
        check(settings)
        return file_of(settings).read_bytes()


def file_new_database(environ: Mapping[str, str]) -> None:
    """Put one into DATA_DIR, unless there is one or DATABASE_URL names another."""
    file = file_of(Settings.from_environment(environ))
    if "DATABASE_URL" not in environ and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(new_database())


@asynccontextmanager
async def run_backend(folder: Path, clock: Clock | None = None, **environ: str) -> AsyncIterator[Backend]:
    """A backend on a database in `folder`. LINK_BUTTON is off unless asked for."""
    clock = clock or Clock()
    database = databases.environ(folder)
    ours = {"DATA_DIR": str(folder), "ALTOGIC_CLIENT_KEY": KEY, "LINK_BUTTON": "off", "OUTBOX": "on"}
    given = hash_quickly({**ours, **database, **environ})
    settings = Settings.from_environment(given)
    file_new_database(given)
    async with AsyncExitStack() as stack:
        embedded = await stack.enter_async_context(Embedded(create_app(settings, clock)))
        transport = httpx.ASGITransport(embedded.api, raise_app_exceptions=False)
        http = httpx.AsyncClient(transport=transport, base_url=settings.public.url)
        yield Backend(await stack.enter_async_context(http), clock, embedded.state["services"])


@asynccontextmanager
async def run_second_backend(environ: Mapping[str, str], clock: Clock, site: str) -> AsyncIterator[Contract]:
    """A second process of the backend, on the database that the site's own uses."""
    shared = SiteSettings.from_environment({**environ, "ALTOGIC_CLIENT_KEY": KEY, "PUBLIC_URL": site})
    settings = Settings.from_environment(environ, site=shared)
    async with Embedded(create_app(settings, clock)) as embedded:
        transport = httpx.ASGITransport(embedded.api)
        async with httpx.AsyncClient(transport=transport, base_url=site) as http:
            yield Contract(http)


async def clean_up_site(environ: Mapping[str, str], clock: Clock) -> None:
    """Run the clean-up of a site's backend, as its process does once an hour."""
    async with Embedded(create_app(Settings.from_environment(environ), clock)) as embedded:
        services: Services = embedded.state["services"]
        await delete_expired_rows(services)
        later = clock.now + timedelta(days=365)
        while await services.store.read(lambda queries: queries.queue.has_due("mail", later)):  # noqa: ASYNC110
            await asyncio.sleep(LOOKS_AGAIN)

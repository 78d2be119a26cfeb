"""A backend of a test's own, driven from outside: over HTTP, by its mails, and by the clock."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from backend.app import create_app
from backend.embedding import Embedded
from backend.operations.checking import check
from backend.rules.context import Services
from backend.settings import Settings
from tests.kit.clock import Clock
from tests.kit.databases import databases
from tests.kit.hashing import hash_quickly
from tests.kit.people import PASSWORD

KEY = "0123456789abcdef0123456789abcdef"
PUBLIC = "http://127.0.0.1:8001"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.4 Mobile/15E148 Safari/604.1"
)
THAT_MAIL = ("/auth/signup-email", "/auth/resend", "/auth/send-", "/auth/change-email")


@dataclass
class Answer:
    """What a call came to."""

    status: int
    body: Any
    headers: httpx.Headers
    content: bytes

    @property
    def codes(self) -> list[str]:
        return [item["code"] for item in self.body["errors"]]

    @property
    def code(self) -> str:
        assert len(self.codes) == 1, self.body
        return self.codes[0]

    @property
    def params(self) -> list[str]:
        return [item["details"]["param"] for item in self.body["errors"]]

    @property
    def token(self) -> str:
        return str(self.body["session"]["token"])


@dataclass
class Landing:
    """Where a mailed link led: the query that REDIRECT_URL was given."""

    url: str
    query: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.query = {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}

    @property
    def token(self) -> str:
        return self.query["access_token"]


class Backend:
    """The verbs of the people and programs around a backend."""

    def __init__(self, http: httpx.AsyncClient, clock: Clock, services: Services) -> None:
        self.http = http
        self.clock = clock
        self.services = services
        self.settings = services.settings

    async def calls(
        self, method: str, path: str, *, session: str = "", headers: Mapping[str, str] | None = None, **rest: Any
    ) -> Answer:
        self.clock.advance(milliseconds=1)  # so that what comes later is later
        given = {"X-Client-Key": KEY, "User-Agent": FIREFOX, **({"Session": session} if session else {})}
        response = await self.http.request(method, f"/_api/rest/v1{path}", headers={**given, **(headers or {})}, **rest)
        assert response.headers["content-type"] == "application/json", response.text
        if response.is_success and path.startswith(THAT_MAIL) and self.settings.mail.has_outbox:
            await self._mails_have_left()
        return Answer(response.status_code, response.json(), response.headers, response.content)

    async def _mails_have_left(self) -> None:
        """Or the clock may pass while one is on its way, which renews its link."""
        later = self.clock.now + timedelta(days=365)
        while await self.services.store.read(lambda queries: queries.mails.has_due(later)):  # noqa: ASYNC110
            await asyncio.sleep(0)  # nothing tells when a mail has left

    async def post(self, path: str, json: Any = None, **rest: Any) -> Answer:
        return await self.calls("POST", path, **({"json": json} if json is not None else {}), **rest)

    async def get(self, path: str, **rest: Any) -> Answer:
        return await self.calls("GET", path, **rest)

    async def signs_up(
        self, email: str = "ada@example.com", password: str = PASSWORD, name: Any = "Ada", **rest: Any
    ) -> Answer:
        body = {"email": email, "password": password, "nameOrUserData": name}
        return await self.post("/auth/signup-email", body, **rest)

    async def signs_in(self, email: str = "ada@example.com", password: str = PASSWORD, **rest: Any) -> Answer:
        return await self.post("/auth/signin-email", {"email": email, "password": password}, **rest)

    async def grants(self, token: str, **rest: Any) -> Answer:
        return await self.get("/auth/grant", params={"key": token}, **rest)

    async def mails(self) -> list[str]:
        """The pages of all mails, newest first."""
        listing = await self.http.get("/outbox")
        assert listing.status_code == 200, listing.text
        pages = [await self.http.get(path) for path in re.findall(r'href="(/outbox/[0-9a-f]{24})"', listing.text)]
        return [page.text for page in pages]

    async def links(self) -> list[str]:
        """The links in all mails, newest first."""
        return [link_in(page) for page in await self.mails()]

    async def newest_link(self) -> str:
        return (await self.links())[0]

    async def opens(self, link: str, method: str = "GET") -> Landing:
        response = await self.http.request(method, link)
        assert response.status_code == 302, response.text
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"] == "no-store"
        return Landing(response.headers["location"])

    async def joins(self, email: str = "ada@example.com", password: str = PASSWORD, name: Any = "Ada") -> Answer:
        """Signs up, follows the mailed link, and is logged in."""
        signed_up = await self.signs_up(email, password, name)
        if signed_up.body.get("session"):
            return signed_up
        granted = await self.grants((await self.opens(await self.newest_link())).token)
        assert granted.status == 200, granted.body
        return granted


def link_in(page: str) -> str:
    """The first link in a page's main part, as the person would click it."""
    match = re.search(r'<a [^>]*href="([^"]+)"', page[page.index("<main") :])
    assert match
    return html.unescape(match[1])


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
async def running(folder: Path, clock: Clock | None = None, **environ: str) -> AsyncIterator[Backend]:
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

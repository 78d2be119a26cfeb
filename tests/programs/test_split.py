"""Two sites and two backends in processes of their own, on one PostgreSQL; each request goes to the other one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from tests.kit import mailbox
from tests.kit.app import SITE
from tests.kit.contract import KEY
from tests.kit.hashing import hash_quickly
from tests.kit.mailbox import free_port
from tests.kit.people import (
    ADA,
    CHROME,
    CONFIRM,
    LOGIN_LINK,
    Person,
    asks_for_a_link,
    is_signed_in,
    logs_in,
    registers,
    sends_photo,
)
from tests.kit.photo_files import photo
from tests.kit.postgres import address, server
from tests.kit.profile_page import find_photo, word_saved
from tests.kit.serving import launch, start_together
from tests.kit.visitor import Visitor


class RoundRobin(httpx.AsyncBaseTransport):
    """What a proxy does that knows several servers and keeps nobody at one of them."""

    def __init__(self, servers: list[str]) -> None:
        self.inner = httpx.AsyncHTTPTransport()
        self.ports = cycle(httpx.URL(server).port for server in servers)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_with(port=next(self.ports))
        return await self.inner.handle_async_request(
            httpx.Request(request.method, url, headers=request.headers, stream=request.stream)
        )

    async def aclose(self) -> None:
        await self.inner.aclose()


@dataclass(frozen=True)
class Split:
    """The sites are reached at SITE, the backends at `backend`, as people see them."""

    sites: list[str]
    backends: list[str]
    backend: str

    def open_browser(self) -> httpx.AsyncClient:
        """One browser, with cookies of its own."""
        site, backend = RoundRobin(self.sites), RoundRobin(self.backends)
        return httpx.AsyncClient(base_url=SITE, transport=site, mounts={self.backend: backend})

    async def mailed_link(self, email: str, subject: str) -> str:
        async with httpx.AsyncClient(base_url=self.backend, transport=RoundRobin(self.backends)) as http:
            return f"{self.backend}{(await mailbox.newest(Visitor(http), to=email, subject=subject)).link}"


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Split]:
    folder, database = tmp_path_factory.mktemp("split"), server().lend()
    public = f"http://127.0.0.1:{free_port()}"
    with ExitStack() as running:
        environ = backend_environ(public, address(database))
        backends = start_all(running, "backend", [environ, environ], folder)
        sites = start_all(running, "web", [site_environ(backend, public) for backend in backends], folder)
        yield Split(sites, backends, public)
    server().take_back(database)


def start_all(running: ExitStack, module: str, environs: list[dict[str, str]], folder: Path) -> list[str]:
    given = [data(folder, f"{module}{n}", environ) for n, environ in enumerate(environs)]
    return [program.url for program in start_together(running, [launch(module, environ, folder) for environ in given])]


def backend_environ(public: str, database: str) -> dict[str, str]:
    return {
        "PUBLIC_URL": public,
        "DATABASE_URL": database,
        "SECRET_KEY": "shared by the backends",
        "ALTOGIC_CLIENT_KEY": KEY,
        "REDIRECT_URL": f"{SITE}/auth-redirect",
        "TRUSTED_PROXIES": "127.0.0.1",
        "LINK_BUTTON": "off",
        "LIMIT_FACTOR": "100",
    }


def site_environ(backend: str, public: str) -> dict[str, str]:
    """Each site has its own backend."""
    return {
        "PUBLIC_URL": SITE,
        "SECRET_KEY": "shared by the sites",
        "ALTOGIC_ENV_URL": backend,
        "ALTOGIC_CLIENT_KEY": KEY,
        "STORAGE_ORIGIN": public,
    }


def data(folder: Path, name: str, environ: Mapping[str, str]) -> dict[str, str]:
    return {"OUTBOX": "on", **hash_quickly(environ), "DATA_DIR": str(folder / name)}


@pytest.fixture
async def visitor(split: Split, kind: type[Visitor]) -> AsyncIterator[Visitor]:
    async with split.open_browser() as http:
        yield kind(http, elsewhere=[split.backend], pictures_from=[split.backend])


@pytest.fixture
async def phone(split: Split, kind: type[Visitor]) -> AsyncIterator[Visitor]:
    async with split.open_browser() as http:
        yield kind(http, user_agent=CHROME, elsewhere=[split.backend], pictures_from=[split.backend])


async def test_it_does_not_matter_which_site_and_which_backend_answers(
    visitor: Visitor, phone: Visitor, split: Split
) -> None:
    ada = Person(f"{type(visitor).__name__.lower()}@example.com", ADA.name)
    await registers(visitor, ada)
    await visitor.opens(await split.mailed_link(ada.email, CONFIRM))
    await visitor.submits("Confirm this address")
    assert (visitor.path, visitor.who) == ("/profile", ada.name)

    await visitor.follows("Change name")
    await visitor.submits("Save", name="Countess Ada")
    assert (visitor.who, visitor.status_message) == ("Countess Ada", word_saved(visitor))
    await sends_photo(visitor, photo())
    assert visitor.status_message == "Photo saved."
    for _ in split.backends:
        assert (await visitor.http.get(find_photo(visitor))).status_code == 200

    await ends_another_session(visitor, phone, ada)
    await logs_out_everywhere(visitor, split)
    await logs_in(visitor, ada)
    assert visitor.who == "Countess Ada"

    await visitor.submits("Log out", within="header")
    await asks_for_a_link(visitor, ada)
    await visitor.opens(await split.mailed_link(ada.email, LOGIN_LINK))
    await visitor.submits(f"Log in as {ada.email}")
    assert (visitor.path, visitor.who) == ("/profile", "Countess Ada")


async def ends_another_session(visitor: Visitor, phone: Visitor, person: Person) -> None:
    await logs_in(phone, person)
    assert (phone.who, find_photo(phone)) == ("Countess Ada", find_photo(visitor))
    await visitor.opens("/profile")
    await visitor.submits("Log out Chrome on Linux")
    assert visitor.status_message == "Logged out Chrome on Linux."
    assert not await is_signed_in(phone)


async def logs_out_everywhere(visitor: Visitor, split: Split) -> None:
    old = dict(visitor.http.cookies)
    await visitor.submits("Log out", within="header")
    assert visitor.path == "/login"
    visitor.http.cookies.update(old)
    answers = [await visitor.http.get("/profile") for _ in split.sites]
    assert [answer.headers["Location"] for answer in answers] == ["/login?next=/profile"] * len(split.sites)
    visitor.http.cookies.clear()

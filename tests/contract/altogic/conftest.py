"""Backends in processes of their own, and a Node that runs the official client against them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from tests.contract.altogic.official import Client, Node, node
from tests.contract.altogic.pages import Frontend, frontend
from tests.kit.chromium import browser
from tests.kit.contract import KEY, Landing, link_in
from tests.kit.databases import choose_databases
from tests.kit.people import PASSWORD
from tests.kit.postgres import address, server
from tests.kit.serving import serve_backend

FILE_LIMIT, STORAGE_QUOTA = 100_000, 300_000
REDIRECT_URL = "http://127.0.0.1:8000/auth-redirect?tenant=a%26b&flag"


@dataclass
class Served:
    """A backend at a port, and the mails that people get from it."""

    url: str
    node: Node
    http: httpx.Client
    numbers: Iterator[int] = field(default_factory=count)

    def client(self, *, key: str = KEY, prefix: str = "", storage: bool = True) -> Client:
        return self.node.client(self.url + prefix, key, storage=storage)

    def address(self) -> str:
        return f"ada{next(self.numbers)}@example.com"

    def someone(self) -> tuple[Client, str]:
        """Somebody with an account, signed in."""
        client, email = self.client(), self.address()
        if client.succeeds("signUpWithEmail", email, PASSWORD, "Ada").session is None:
            client.succeeds("getAuthGrant", self.presses(email).token)
        return client, email

    def mails(self, to: str) -> list[str]:
        """The links mailed to this address, newest first."""
        listing = self.http.get("/outbox").text
        entries = listing.split('href="/outbox/')[1:]
        paths = [f"/outbox/{entry[:24]}" for entry in entries if f">{to}<" in entry]
        return [link_in(self.http.get(path).text) for path in paths]

    def sms_code(self, to: str) -> str:
        """The code of the newest SMS to a number, as it stands in the outbox."""
        entries = self.http.get("/outbox").text.split('href="/outbox/')[1:]
        path = next(entry[:24] for entry in entries if f">{to}<" in entry)
        found = re.search(r"\b(\d{6}) is your code", self.http.get(f"/outbox/{path}").text)
        assert found
        return found[1]

    def number(self) -> str:
        """Of a phone that nobody has; each in a thousand of its own."""
        return f"+49151{10_000_000 + 1000 * next(self.numbers)}"

    def presses(self, email: str) -> Landing:
        """Opens the newest link mailed there, and presses its button."""
        answer = self.http.post(self.mails(email)[0])
        assert answer.status_code == 302, answer.text
        return Landing(answer.headers["location"])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def ours() -> Iterator[Frontend]:
    with frontend() as served:
        yield served


@pytest.fixture(scope="session")
def the_node() -> Iterator[Node]:
    with node() as process:
        yield process


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "serving" in metafunc.fixturenames:
        metafunc.parametrize("serving", choose_databases(metafunc), indirect=True, scope="session")


@pytest.fixture(scope="session")
def serving(
    request: pytest.FixtureRequest, the_node: Node, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Served]]:
    """Backends by their settings; the same settings mean the same one."""
    with ExitStack() as stack:
        known: dict[tuple[tuple[str, str], ...], Served] = {}

        def start(**environ: str) -> Served:
            which = tuple(sorted(environ.items()))
            if which not in known:
                folder = tmp_path_factory.mktemp("backend")
                database = {} if request.param == "sqlite" else {"DATABASE_URL": address(server().new())}
                own = {"DATA_DIR": str(folder), "ALTOGIC_CLIENT_KEY": KEY, "LIMIT_FACTOR": "1000"}
                given = {**own, **database, **environ}
                url = stack.enter_context(serve_backend(given, folder))
                http = stack.enter_context(httpx.Client(base_url=url, trust_env=False))
                known[which] = Served(url, the_node, http)
            return known[which]

        yield start


@pytest.fixture
def backend(serving: Callable[..., Served]) -> Served:
    """As it is by default, but for a REDIRECT_URL with a query of its own."""
    return serving(REDIRECT_URL=REDIRECT_URL)


@pytest.fixture
def unconfirming(serving: Callable[..., Served]) -> Served:
    """Addresses are not confirmed, and there is little room for files."""
    limits = {"FILE_LIMIT": str(FILE_LIMIT), "STORAGE_QUOTA": str(STORAGE_QUOTA)}
    return serving(EMAIL_CONFIRMATION="off", **limits)


@pytest.fixture
def ada(unconfirming: Served) -> Client:
    return unconfirming.someone()[0]


def fetched(file: dict[str, Any]) -> httpx.Response:
    """As anybody sees it."""
    return httpx.get(file["publicPath"], trust_env=False)

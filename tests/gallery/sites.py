"""The started sites whose pages are looked at, and the people who live there."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import Browser, StorageState

from tests.kit.browser_steps import join, photo
from tests.kit.chromium import new_context
from tests.kit.mailbox import free_port
from tests.kit.people import CHROME, PASSWORD, SAFARI
from tests.kit.serving import serve_backend, serve_site

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepf"
CLIENT_KEY = "c" * 32
AGENTS = (CHROME, SAFARI, "curl/8.5.0")


@dataclass
class Sites:
    """`open` is as a newcomer has it, `strict` refuses the second wrong password, `silent` has no backend. `contract`
    is a backend alone, for the mails that only other front ends ask for."""

    open: str
    strict: str
    silent: str
    contract: str
    members: dict[str, StorageState] = field(default_factory=dict)


@contextmanager
def sites(chromium: Browser, folder: Path) -> Iterator[Sites]:
    nowhere = f"http://127.0.0.1:{free_port()}"
    settings: dict[str, dict[str, str]] = {
        "open": {"LIMIT_FACTOR": "100"},
        "strict": {"LIMIT_FACTOR": "0.1"},
        "silent": {"ALTOGIC_ENV_URL": nowhere, "ALTOGIC_CLIENT_KEY": "k", "SECRET_KEY": "shared by all three"},
    }
    with ExitStack() as stack:
        urls = []
        for name, more in settings.items():
            environ = {"DATA_DIR": str(folder / name), "SECRET_KEY": "shared by all three", **more}
            urls.append(stack.enter_context(serve_site(environ, folder)))
        alone = {"DATA_DIR": str(folder / "contract"), "ALTOGIC_CLIENT_KEY": CLIENT_KEY, "LIMIT_FACTOR": "100"}
        contract = stack.enter_context(serve_backend(alone, folder))
        made = Sites(urls[0], urls[1], urls[2], contract)
        ask_for_mails(made.contract)
        for name, (shown, make) in MEMBERS.items():
            made.members[name] = joined(chromium, made.open, f"{name}@example.com", shown, make)
        yield made


def ask_for_mails(contract: str) -> None:
    """For a new password and a new address."""
    auth = f"{contract}/_api/rest/v1/auth"
    with httpx.Client(headers={"X-Client-Key": CLIENT_KEY, "User-Agent": CHROME}) as http:
        named = {"email": "ada@example.com", "password": PASSWORD, "nameOrUserData": "Ada Lovelace"}
        http.post(f"{auth}/signup-email", json=named).raise_for_status()
        link = re.search(r'id="mailed-link" href="([^"]+)"', _first_mail(http, contract))
        assert link
        pressed = http.post(html.unescape(link[1]))
        token = parse_qs(urlsplit(pressed.headers["location"]).query)["access_token"][0]
        session = http.get(f"{auth}/grant", params={"key": token}).raise_for_status().json()["session"]["token"]
        http.post(f"{auth}/send-reset", params={"email": "ada@example.com"}).raise_for_status()
        change = {"newEmail": "countess@example.com", "currentPassword": PASSWORD}
        http.post(f"{auth}/change-email", json=change, headers={"Session": session}).raise_for_status()


def _first_mail(http: httpx.Client, contract: str) -> str:
    found = re.search(r'href="(/outbox/[0-9a-f]+)"', http.get(f"{contract}/outbox").text)
    assert found
    return http.get(f"{contract}{found[1]}").text


def joined(chromium: Browser, site: str, email: str, name: str, make: Any) -> StorageState:
    with new_context(chromium, site) as context:
        page = context.new_page()
        join(page, email, name)
        make(page, site, email)
        return context.storage_state()


def as_newcomer(_page: Any, _site: str, _email: str) -> None:
    pass


def with_photo(page: Any, _site: str, _email: str) -> None:
    page.locator("#avatar").set_input_files(photo("teal"))
    page.locator("#change-photo").click()
    page.locator("#remove-photo").wait_for()


def in_forty_places(_page: Any, site: str, email: str) -> None:
    for number in range(40):
        agent = AGENTS[number % len(AGENTS)]
        with httpx.Client(base_url=site, headers={"User-Agent": agent}) as http:
            http.post("/login", data={"email": email, "password": PASSWORD})


MEMBERS = {
    "ada": ("Ada Lovelace", as_newcomer),
    "grace": ("Grace Hopper", with_photo),
    "crowd": (LONG_NAME, in_forty_places),
    "lina": ("لينا المصري", as_newcomer),
}

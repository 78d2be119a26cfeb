"""The started sites whose pages are looked at, and the people who live there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, StorageState

from tests.browser.chromium import visiting
from tests.browser.steps import PASSWORD, joins, photo
from tests.mailbox import free_port
from tests.people import CHROME, SAFARI
from tests.serving import serve_site

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepf"
AGENTS = (CHROME, SAFARI, "curl/8.5.0")


@dataclass
class Sites:
    """`open` is as a newcomer has it, `strict` refuses the second wrong password, `silent` has no backend."""

    open: str
    strict: str
    silent: str
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
        made = Sites(urls[0], urls[1], urls[2])
        for name, (shown, make) in MEMBERS.items():
            made.members[name] = joined(chromium, made.open, f"{name}@example.com", shown, make)
        yield made


def joined(chromium: Browser, site: str, email: str, name: str, make: Any) -> StorageState:
    with visiting(chromium, site) as context:
        page = context.new_page()
        joins(page, email, name)
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

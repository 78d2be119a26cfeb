"""The started sites whose pages are looked at, and the people who live there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from anyio.from_thread import start_blocking_portal
from playwright.sync_api import Browser, BrowserContext, StorageState

from serving.settings.env_file import read_env_file
from tests.kit.browser_steps import join_quickly, log_in_elsewhere, photo
from tests.kit.chromium import new_context
from tests.kit.clock import WallClock
from tests.kit.contract import KEY, call_over_tcp
from tests.kit.lying_provider import LyingProvider
from tests.kit.mailbox import free_port
from tests.kit.people import CHROME, PASSWORD, SAFARI
from tests.kit.provider_steps import run_provider
from tests.kit.serving import ROOT, serve_backend, serve_site
from translations import LANGUAGES, SOURCE

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepf"
# Providers that nobody can reach from here.
NOT_THERE = {
    f"{name}_CLIENT_{part}": "ours"
    for name in ("GOOGLE", "GITHUB", "MICROSOFT", "FACEBOOK")
    for part in ("ID", "SECRET")
}
AGENTS = (CHROME, SAFARI, "curl/8.5.0")


class Sites:
    """Sites that are started, and people who join, when somebody first looks for them.

    All are set up with `settings`, and all people read `language`.
    """

    def __init__(
        self, folder: Path, stack: ExitStack, settings: Mapping[str, str] | None = None, language: str = SOURCE
    ) -> None:
        self._folder, self._stack, self._settings = folder, stack, settings or {}
        self._language = LANGUAGES[language]
        self.provider: LyingProvider  # once a site offers it
        self._members: dict[str, StorageState] = {}

    @property
    def locale(self) -> str:
        return str(self._language.locale).replace("_", "-")

    def name_mail(self, title: str) -> str:
        """Return the subject of the mail with this title."""
        return self.say(f"{title} for %(product)s") % {"product": self._settings.get("SITE_NAME", "Account pages")}

    def say(self, words: str) -> str:
        """Return these words of the product as people here read them."""
        return self._language.catalogue.gettext(words)

    @cached_property
    def open(self) -> str:
        """As a newcomer has it."""
        return self._start("open", LIMIT_FACTOR="1000")

    @cached_property
    def named(self) -> str:
        """Is opened by its name, where browsers offer passkeys, and takes phone numbers."""
        port = free_port()
        name = f"http://localhost:{port}"
        self._start("named", PORT=str(port), PUBLIC_URL=name, PHONE_SIGN_UP="on", LIMIT_FACTOR="1000")
        return name

    @cached_property
    def offering(self) -> str:
        """Offers eight providers."""
        self.provider, settings = self._stack.enter_context(run_provider(WallClock()))
        return self._start("offering", LIMIT_FACTOR="1000", **settings, **NOT_THERE)

    @cached_property
    def strict(self) -> str:
        """Refuses the second wrong password."""
        return self._start("strict", LIMIT_FACTOR="0.1")

    @cached_property
    def silent(self) -> str:
        """Has no backend."""
        nowhere = f"http://127.0.0.1:{free_port()}"
        return self._start("silent", ALTOGIC_ENV_URL=nowhere, ALTOGIC_CLIENT_KEY="k")

    @cached_property
    def owned(self) -> str:
        """Has the look of the example in docs/."""
        return self._start("owned", **read_example())

    @cached_property
    def mailless(self) -> str:
        """Has a mail server that accepts nothing."""
        return self._start("mailless", SMTP_URL=f"smtp://127.0.0.1:{free_port()}", OUTBOX="off", LIMIT_FACTOR="1000")

    @cached_property
    def contract(self) -> str:
        """A backend alone, for the mails that only other front ends ask for."""
        return self._start_backend("contract", ask_for_mails)

    @cached_property
    def branded(self) -> str:
        """A backend with its owner's name and accent, asked by somebody who reads German."""
        return self._start_backend("branded", ask_in_german, SITE_NAME="Nordlicht", ACCENT_COLOR="#ffd400")

    def log_in(self, chromium: Browser, member: str) -> StorageState | None:
        """Return the cookies of this member; nobody is ""."""
        if member and member not in self._members:
            name, make = MEMBERS[member]
            with new_context(chromium, self.open, locale=self.locale) as context:
                self._members[member] = make_member(context, self.open, f"{member}@example.com", name, make)
        return self._members.get(member)

    def find_data(self, name: str) -> dict[str, str]:
        """Return the settings that lead to the data of a site."""
        return {"DATA_DIR": str(self._folder / name)}

    def _start_backend(self, name: str, ask: Callable[[str], Awaitable[None]], **settings: str) -> str:
        environ = {"DATA_DIR": str(self._folder / name), "ALTOGIC_CLIENT_KEY": KEY, "LIMIT_FACTOR": "1000", **settings}
        backend = self._stack.enter_context(serve_backend(environ, self._folder))
        with start_blocking_portal() as portal:
            portal.call(ask, backend)
        return backend

    def _start(self, name: str, **settings: str) -> str:
        environ = {
            "DATA_DIR": str(self._folder / name),
            "SECRET_KEY": "shared by all of them",
            **self._settings,
            **settings,
        }
        return self._stack.enter_context(serve_site(environ, self._folder))


@contextmanager
def sites(folder: Path, settings: Mapping[str, str] | None = None, language: str = SOURCE) -> Iterator[Sites]:
    with ExitStack() as stack:
        yield Sites(folder, stack, settings, language)


def read_example() -> dict[str, str]:
    """Return the settings of the owner's look in docs/."""
    example = read_env_file(ROOT / "docs" / "example-theme" / "settings.env")
    files = {name: str(ROOT / value) for name, value in example.items() if value.startswith("docs/")}
    return {**example, **files}


async def ask_for_mails(url: str) -> None:
    """For a new password and a new address."""
    async with call_over_tcp(url, user_agent=CHROME) as contract:
        await contract.signs_up(name="Ada Lovelace")
        pressed = await contract.opens(await contract.newest_link(), "POST")
        session = (await contract.grants(pressed.token)).token
        reset = await contract.post("/auth/send-reset", params={"email": "ada@example.com"})
        change = {"newEmail": "countess@example.com", "currentPassword": PASSWORD}
        changed = await contract.post("/auth/change-email", change, session=session)
        assert (reset.status, changed.status) == (200, 200)


async def ask_in_german(url: str) -> None:
    """For the mail that confirms an address."""
    async with call_over_tcp(url, user_agent=CHROME) as contract:
        await contract.signs_up(headers={"Accept-Language": "de"})


def make_member(context: BrowserContext, site: str, email: str, name: str, make: Any) -> StorageState:
    page = context.new_page()
    join_quickly(page, email, name)
    make(page, site, email)
    return context.storage_state()


def as_newcomer(_page: Any, _site: str, _email: str) -> None:
    pass


def with_photo(page: Any, _site: str, _email: str) -> None:
    page.locator("#avatar").set_input_files(photo("teal"))
    page.locator("#save-photo").click()
    page.locator("#remove-photo").wait_for()


def in_forty_places(_page: Any, site: str, email: str) -> None:
    for agent in AGENTS:
        log_in_elsewhere(site, email, 13, agent)


MEMBERS = {
    "ada": ("Ada Lovelace", as_newcomer),
    "grace": ("Grace Hopper", with_photo),
    "mary": ("Mary Somerville", as_newcomer),
    "crowd": (LONG_NAME, in_forty_places),
    "lina": ("لينا المصري", as_newcomer),
}

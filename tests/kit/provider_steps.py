"""What people do with providers at the site. The provider is a stand-in at an address of its own."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

from tests.kit.clock import Clock
from tests.kit.lying_provider import LyingProvider, name_path
from tests.kit.people import Person, joins
from tests.kit.providers import ask_at_provider, name_settings
from tests.kit.stand_ins import serve_stand_in
from tests.kit.visitor import Visitor

LIST = "/profile/connected"
ADA_THERE = {"sub": "ada-1", "name": "Ada", "email": "ada@example.com"}
OFFERED = {"acme": "plain", "vague": "not verified", "silent": "status 500", "false": "another nonce"}


@contextmanager
def run_provider(clock: Clock) -> Iterator[tuple[LyingProvider, dict[str, str]]]:
    """A provider, and the settings that offer it four times: Acme is as it should be, Vague has verified no address,
    Silent does not answer, and False cannot be believed."""
    provider = LyingProvider(clock)
    with serve_stand_in(provider.make_app()) as provider.url:
        settings: dict[str, str] = {}
        for name, lie in OFFERED.items():
            settings |= name_settings(name.upper(), f"{provider.url}/{name_path(lie)}", name.title())
        yield provider, settings


@cache
def start_provider() -> tuple[LyingProvider, dict[str, str]]:
    """One for all tests of this process: to start and stop a server takes longer than most of them."""
    running = ExitStack()
    atexit.register(running.close)
    return running.enter_context(run_provider(Clock()))


def lend_provider(clock: Clock) -> tuple[LyingProvider, dict[str, str]]:
    """The same as `run_provider`, as it is at first."""
    provider, settings = start_provider()
    provider.clock, provider.person, provider.other = clock, dict(ADA_THERE), {}
    provider.logins.clear()
    return provider, settings


async def goes(visitor: Visitor, provider: str = "Acme", *, at: str = "/login", stays: bool = False) -> str:
    """Chooses a provider on the page with a form, and is there; returns the address that it leads back to."""
    await visitor.opens(at)
    if visitor.path == "/login":
        await visitor.submits(f"Continue with {provider}", stay=stays)
    else:
        await visitor.submits(f"Continue with {provider}")
    return await is_led(visitor)


async def is_led(visitor: Visitor) -> str:
    """From the page that leads to the provider, which has a link besides."""
    address = visitor.one("go-on").get("href")
    assert visitor.html.all("meta[http-equiv=refresh]")[0].get("content") == f"0;url={address}"
    return await ask_at_provider(await visitor.http.get(address, headers=visitor.headers))


async def logs_in_with(visitor: Visitor, provider: str = "Acme", *, at: str = "/login", stays: bool = False) -> None:
    """All the way."""
    await visitor.opens(await goes(visitor, provider, at=at, stays=stays))


async def connects(visitor: Visitor, provider: str = "Acme") -> None:
    """From the list, all the way."""
    await visitor.opens(LIST)
    await visitor.submits(f"Connect {provider}")
    await visitor.opens(await is_led(visitor))


def becomes(provider: LyingProvider, person: Person, *, subject: str = "") -> None:
    """Whoever is logged in at the provider from now on."""
    provider.person = {"sub": subject or person.email, "name": person.name, "email": person.email}


async def joins_elsewhere(visitor: Visitor, person: Person) -> None:
    """Has an account of the same address, and no session in this browser."""
    await joins(visitor, person)
    visitor.http.cookies.clear()


def list_connected(visitor: Visitor) -> list[str]:
    return [row.all("h3")[0].text() for row in visitor.html.all("li.session") if row.id.startswith("identity-")]


def list_ways(visitor: Visitor) -> list[str]:
    """The providers' buttons, in their order."""
    return [button.get("value") for button in visitor.html.all("button[name=with]")]

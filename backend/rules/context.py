"""What the rules work with, handed to them as one argument."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypedDict

from backend.kernel.clock import Clock
from backend.kernel.keys import Keyring
from backend.kernel.password_hashing import Passwords
from backend.mail.smtp import ServerFeatures
from backend.mail.templates import MailTemplates
from backend.settings import Settings
from backend.store import Store, StoreUnavailableError


class BackgroundWrites:
    """Small writes that nobody waits for, one of a name at a time. A failure costs nothing but the errand."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, errand: Callable[[], Awaitable[object]]) -> None:
        if name not in self._running:
            task = asyncio.create_task(_tried(errand))
            self._running[name] = task
            task.add_done_callback(lambda _: self._running.pop(name, None))

    async def finish(self) -> None:
        await asyncio.gather(*self._running.values(), return_exceptions=True)


async def _tried(errand: Callable[[], Awaitable[object]]) -> None:
    with contextlib.suppress(StoreUnavailableError):
        await errand()


@dataclass(frozen=True)
class Services:
    """`mail_waits` is set after a mail was written, so that it leaves at once."""

    settings: Settings
    clock: Clock
    store: Store
    keyring: Keyring
    passwords: Passwords
    mail_templates: MailTemplates
    mail_waits: asyncio.Event
    mail_server: ServerFeatures = field(default_factory=ServerFeatures)
    background_writes: BackgroundWrites = field(default_factory=BackgroundWrites)


class State(TypedDict):
    """What the lifespan yields: on every request as `request.state["services"]`."""

    services: Services


@dataclass(frozen=True)
class ClientInfo:
    """Who is asking: the User-Agent, the network address, the language for mails, and the hash of what the browser
    is known by, if it said so.

    `registration` is the hash of the secret that a site of ours gives the browser in which somebody signs up, and says
    with each call that a registration depends on; empty for other clients. `next_path` is where the log-in by a mailed
    link is to lead.
    """

    user_agent: str
    address: str
    language: str
    device: str = ""
    registration: str = ""
    next_path: str = ""

"""What the rules work with, handed to them as one argument."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypedDict, TypeVar

from backend.kernel.clock import Clock
from backend.kernel.keys import Keyring
from backend.kernel.password_hashing import PasswordHasher
from backend.mail.templates import MailTemplates
from backend.mail.transports import ServerFeatures
from backend.providers.interface import Provider
from backend.rules.running_exports import RunningExports
from backend.settings import Settings
from backend.store import Store, StoreUnavailableError

T = TypeVar("T")


class BackgroundWrites:
    """Small writes that nobody waits for, at most one of a name at a time. One that fails is lost."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, write: Callable[[], Awaitable[object]]) -> None:
        """Start a write, unless one of this name is running."""
        if name not in self._running:
            task = asyncio.create_task(_run(write))
            self._running[name] = task
            task.add_done_callback(lambda _: self._running.pop(name, None))

    async def finish(self) -> None:
        """Wait for the writes that are running."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)


async def _run(write: Callable[[], Awaitable[object]]) -> None:
    with contextlib.suppress(StoreUnavailableError):
        await write()


class JoinedTasks(Generic[T]):
    """Tasks of which one of a name runs at a time: whoever asks for it meanwhile gets what it returns."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[T]] = {}

    async def run(self, name: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return what the work of this name returns. It goes on where somebody who waits for it goes away."""
        task = self._running.get(name)
        if task is None:
            task = self._running[name] = asyncio.create_task(work())
            task.add_done_callback(lambda _: self._running.pop(name, None))
        return await asyncio.shield(task)


@dataclass(frozen=True)
class Services:
    """Everything that the rules work with. `mail_waits` is set after a mail was written, so that it leaves at once, and
    `sms_waits` after an SMS was."""

    settings: Settings
    clock: Clock
    store: Store
    keyring: Keyring
    passwords: PasswordHasher
    mail_templates: MailTemplates
    mail_waits: asyncio.Event
    sms_waits: asyncio.Event
    mail_server: ServerFeatures = field(default_factory=ServerFeatures)
    background_writes: BackgroundWrites = field(default_factory=BackgroundWrites)
    running_exports: RunningExports = field(default_factory=RunningExports)
    providers: Mapping[str, Provider] = field(default_factory=dict)
    provider_answers: JoinedTasks[Any] = field(default_factory=JoinedTasks)


class State(TypedDict):
    """What the lifespan yields: on every request as `request.state["services"]`."""

    services: Services


@dataclass(frozen=True)
class ClientInfo:
    """The client that asks: its User-Agent, network address, and the language for mails.

    `device` is the hash of the browser's device id, `registration` that of the secret which a site of ours gives a
    browser at a sign-up; both are "" for clients that send none. `asker` is what a browser that asks for a mail is
    recognized by when it brings the mail's code: one of the two, or else random; "" where no code can be typed.
    `next_path` is where the log-in by a mailed link leads to, a path of the site's; the site checks it against open
    redirects when it is used.
    """

    user_agent: str
    address: str
    language: str
    device: str = ""
    registration: str = ""
    next_path: str = ""
    asker: str = field(default="", repr=False)

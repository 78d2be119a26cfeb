"""What the backend can do beyond Altogic's contract: asked in the background for all visitors at once, not guessed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self

from web.api.errors import AltogicError
from web.api.identity_shapes import KNOWN_NAMES, Provider, read_offered

INTERVAL = 300.0  # seconds
PATIENCE = 2.0  # seconds that a visitor waits for the first answer

Feature = Literal[
    "account.codes",
    "account.confirm",
    "account.events",
    "account.export",
    "account.factors",
    "account.identities",
    "account.leave",
    "account.lost-factors",
    "account.me",
    "account.name",
    "account.passkeys",
    "account.pending",
    "account.phone",
    "account.recovery-codes",
    "emails.codes",
    "emails.pending",
    "emails.recent",
    "events.disown",
    "factors.others",
    "leave.now",
    "links.describe",
    "links.disown",
    "links.resend",
    "mail.status",
    "passwords.count",
    "passwords.others",
    "registrations.secret",
    "sessions.label",
    "sessions.pages",
    "users.locale",
]


@dataclass(frozen=True)
class Phones:
    """What a backend does with phone numbers. `code_lifetime` is in seconds; `countries` are codes of ISO 3166, none
    where numbers of all can be used."""

    code_sign_in: bool
    confirmation: bool
    code_lifetime: int
    countries: tuple[str, ...]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            code_sign_in=bool(data["codeSignIn"]),
            confirmation=bool(data["confirmation"]),
            code_lifetime=int(data["codeLifetime"]),
            countries=tuple(map(str, data["countries"] or ())),
        )


@dataclass(frozen=True)
class Capabilities:
    """The additions that a backend has, and those of its settings that a site has to know; None and 0 where it does not
    say. `session_lifetime` is in seconds, `password_minimum` in characters. Passkeys work at pages of `passkey_origin`
    alone; `passkey_rp_id` is the name that they belong to. `phones` is None where nothing about phones is offered;
    `providers` are those that people can log in with."""

    features: frozenset[str] = frozenset()
    email_confirmation: bool | None = None
    session_lifetime: int | None = None
    password_minimum: int = 0
    passkey_origin: str = ""
    passkey_rp_id: str = ""
    phones: Phones | None = None
    providers: tuple[Provider, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read an answer. Raises KeyError, TypeError or ValueError for another shape."""
        features, passkeys = frozenset(map(str, data["features"])), data.get("passkeys") or {}
        phones = data.get("phones")
        return cls(
            features=features,
            email_confirmation=bool(data["emailConfirmation"]),
            session_lifetime=int(data["sessionLifetime"]),
            password_minimum=int(data["passwordMinimum"]),
            passkey_origin=str(passkeys.get("origin") or ""),
            passkey_rp_id=str(passkeys.get("rpId") or ""),
            phones=Phones.from_json(phones) if phones else None,
            providers=read_offered(data.get("providers")) if "account.identities" in features else (),
        )

    def offers(self, feature: Feature) -> bool:
        """Tell whether the backend has a feature."""
        return feature in self.features

    def find_provider(self, provider_id: str) -> Provider | None:
        """Return a provider that people can log in with, or None."""
        return next((each for each in self.providers if each.id == provider_id), None)

    def name_provider(self, provider_id: str) -> str:
        """Name a provider, also one that is not offered any more."""
        offered = self.find_provider(provider_id)
        return offered.name if offered else KNOWN_NAMES.get(provider_id, provider_id)


PLAIN_ALTOGIC = Capabilities()


class Source(Protocol):
    """Where capabilities are asked for: a client of the contract that is bound to no request."""

    async def get_capabilities(self) -> Capabilities:
        """Return them. Raises AltogicError where there is no answer."""


class CapabilityMonitor:
    """Keeps the capabilities of the backend up to date. While it does not answer, the last known ones hold."""

    def __init__(self, source: Source, interval: float = INTERVAL) -> None:
        self.known: Capabilities | None = None  # None until the backend has answered once
        self._source = source
        self._interval = interval
        self._asking: asyncio.Task[None] | None = None

    @property
    def current(self) -> Capabilities:
        """The last known capabilities; before the first answer those of Altogic."""
        return self.known or PLAIN_ALTOGIC

    async def ensure_known(self) -> None:
        """Ask, unless the backend has answered before, and wait a moment for the answer."""
        if self.known is None:
            await asyncio.wait([self._ask_once()], timeout=PATIENCE)

    @asynccontextmanager
    async def refresh_regularly(self) -> AsyncIterator[None]:
        """Ask now and after each interval, in the background, for as long as the context lasts."""
        task = asyncio.create_task(self._refresh_regularly())
        try:
            yield
        finally:
            tasks = [task, self._asking] if self._asking else [task]
            for each in tasks:
                each.cancel()
            await asyncio.wait(tasks)  # raises nothing: a mistake in one of them is logged by asyncio

    async def _refresh_regularly(self) -> None:
        while True:
            await asyncio.wait([self._ask_once()])
            await asyncio.sleep(self._interval)

    def _ask_once(self) -> asyncio.Task[None]:
        """Return the call that is under way, or start one."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return self._asking

    async def _ask(self) -> None:
        with contextlib.suppress(AltogicError):
            self.known = await self._source.get_capabilities()

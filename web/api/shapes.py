"""The shapes of the contract: on whose behalf a call is made, and what comes back."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self

from translations import cut_header

LONGEST_AGENT = 512  # characters of a User-Agent header, sent or shown
COOKIE_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]+")  # RFC 6265, 4.1.1


@dataclass(frozen=True)
class ClientInfo:
    """On whose behalf a call is made. The session token is passed with each call, and never kept by the connection.

    `device` identifies a browser that has logged in before: its attempts are limited apart from everybody else's.
    `registration` identifies it between a registration and the confirmation of the address: only there the
    password typed is taken over. `is_poll`: a page asks by itself, so it is no use of the session.
    """

    token: str | None = field(default=None, repr=False)
    user_agent: str = ""
    address: str = ""
    languages: str = ""
    request_id: str = ""
    device: str = field(default="", repr=False)
    registration: str = field(default="", repr=False)
    is_poll: bool = False

    def as_guest(self) -> Self:
        """Return it for calls about neither the session nor the registration of this browser."""
        return replace(self, token=None, registration="")

    def as_registrant(self) -> Self:
        """Return it for calls about a registration. A browser in which nobody registered gets a fresh secret, which
        matches none."""
        return replace(self, token=None, registration=self.registration or make_secret())

    def headers(self) -> dict[bytes, bytes]:
        """Return the request headers that carry it, without the empty ones."""
        named = {
            b"session": self.token,
            b"user-agent": self.user_agent[:LONGEST_AGENT],
            b"x-forwarded-for": self.address,
            b"accept-language": cut_header(self.languages),
            b"x-request-id": self.request_id,
            b"x-device": self.device,
            b"x-registration": self.registration,
            b"x-poll": "yes" if self.is_poll else "",
        }
        return {name: value.encode("latin-1", "replace") for name, value in named.items() if value}


@dataclass(frozen=True)
class User:
    """A person's account. One without an email address has a phone number."""

    id: str
    email: str
    name: str
    photo: str  # the public address of the photo, or empty
    phone: str = ""  # a number as in E.164, +4915112345678, or empty
    language: str = ""  # a tag, or empty; this and the time zone are additions of our own backend
    timezone: str = ""  # a name such as Europe/Berlin, or empty
    leaving: datetime | None = None  # when the account is deleted, if the person has asked for it
    recovering: datetime | None = None  # from when on two-step verification can be removed, if somebody asked for it
    passkey_handle: str = field(default="", repr=False)  # what devices with passkeys know the account by, or empty
    has_password: bool = field(default=True, repr=False)  # as far as is known: only `Client.get_me` is told

    @property
    def contact(self) -> str:
        """What the account is known by: the email address, without one the phone number."""
        return self.email or self.phone

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        email, phone = str(data.get("email") or ""), str(data.get("phone") or "")
        return cls(
            id=str(data["_id"]),
            email=email,
            name=str(data.get("name") or email or phone),
            photo=str(data.get("profilePicture") or ""),
            phone=phone,
            language=str(data.get("language") or ""),
            timezone=str(data.get("timezone") or ""),
            leaving=read_optional_instant(data.get("leavingDtm")),
            recovering=read_optional_instant(data.get("recoveringDtm")),
            passkey_handle=str(data.get("passkeyHandle") or ""),
        )


@dataclass(frozen=True)
class Device:
    """Browser and system by name, each empty where it is not known."""

    browser: str = ""
    system: str = ""

    @classmethod
    def from_json(cls, agent: Any) -> Self:
        if not isinstance(agent, Mapping):
            return cls()
        return cls(browser=_known(agent.get("family")), system=_known((agent.get("os") or {}).get("family")))


@dataclass(frozen=True)
class Session:
    """One logged-in device. Of other devices' sessions `token` is a public handle, which only ends or labels them.

    What follows `device` are additions of our own backend, empty elsewhere. `method` is what it was opened by,
    `factors` what was shown beside that, `connected` the id of the provider whose identity the mail connected that
    opened it just now.
    """

    token: str = field(repr=False)
    began: datetime
    device: Device
    last_seen: datetime | None = None
    address: str = ""
    method: str = ""
    user_agent: str = ""
    label: str = ""
    factors: tuple[str, ...] = ()
    connected: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            token=_read_token(data["token"]),
            began=read_instant(data["creationDtm"]),
            device=Device.from_json(data.get("userAgent")),
            last_seen=read_optional_instant(data.get("lastSeenDtm")),
            address=str(data.get("ip") or ""),
            method=str(data.get("method") or ""),
            factors=tuple(map(str, data.get("factors") or ())),
            user_agent=str(data.get("userAgentText") or "")[:LONGEST_AGENT],
            label=str(data.get("label") or ""),
        )


NewestSessions = tuple[list[Session], int]  # some of a user's sessions, and the number of all


@dataclass(frozen=True)
class Event:
    """What happened to the account `count` times within a day, such as `session.opened`.

    `device` and `address` are where it came from last; None and empty where it came from many. Of a log-in
    `open_sessions` are handles of the sessions that it opened and that are still open, but for this browser's. It
    `is_disownable` where somebody else can have done it.
    """

    id: str
    kind: str
    details: Mapping[str, Any]
    device: Device | None
    address: str
    count: int
    first: datetime
    last: datetime
    open_sessions: tuple[str, ...] = ()
    is_own_session: bool = False
    is_disownable: bool = False

    @property
    def ended(self) -> Device:
        """The browser that was logged out, of `session.ended`."""
        return Device(browser=_known(self.details.get("browser")), system=_known(self.details.get("system")))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        details, agent = data.get("details"), data.get("userAgent")
        return cls(
            id=str(data["_id"]),
            kind=str(data["kind"]),
            details=details if isinstance(details, Mapping) else {},
            device=Device.from_json(agent) if agent else None,
            address=str(data.get("ip") or ""),
            count=int(data["count"]),
            first=read_instant(data["firstDtm"]),
            last=read_instant(data["lastDtm"]),
            open_sessions=tuple(map(str, data.get("openSessions") or ())),
            is_own_session=bool(data.get("isOwnSession")),
            is_disownable=bool(data.get("isDisownable")),
        )


@dataclass(frozen=True)
class History:
    """A page of what happened to an account, newest first. `next` names the page after it, `previous` the one before;
    each is empty where there is none."""

    events: list[Event]
    next: str
    previous: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        events = [Event.from_json(event) for event in data["events"]]
        return cls(events, str(data.get("next") or ""), str(data.get("previous") or ""))


@dataclass(frozen=True)
class Proofs:
    """By what a person can prove who they are (`methods`, the best first), and whether they did lately on their
    session."""

    methods: tuple[str, ...]
    is_confirmed: bool = False

    @property
    def has_password(self) -> bool:
        return "password" in self.methods

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(tuple(map(str, data["methods"])), bool(data["confirmedUntil"]))


def make_secret() -> str:
    """Return 128 random bits, safe in headers and cookies."""
    return secrets.token_urlsafe(16)


def _read_token(value: Any) -> str:
    """Return a token, which becomes part of a cookie. Raises ValueError for one that no cookie can hold."""
    if not COOKIE_VALUE.fullmatch(str(value)):
        raise ValueError("a token with characters that no cookie has")
    return str(value)


def read_instant(value: Any) -> datetime:
    """Return a time of the contract. Raises ValueError."""
    instant = datetime.fromisoformat(str(value))
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def read_optional_instant(value: Any) -> datetime | None:
    """Return a time of the contract, or None for null. Raises ValueError."""
    return read_instant(value) if value else None


def _known(family: Any) -> str:
    return "" if family in (None, "", "Other") else str(family)

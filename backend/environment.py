"""Reads one variable each. Every reader answers a checked value or raises SettingsError naming the variable.

`given` holds the variables that are set and not empty.
"""

import ipaddress
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from backend.addresses import deliverable

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class SettingsError(ValueError):
    """A variable has a value that cannot be used. The message is one line: its name, and what it may be."""


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over. `tls`: from the first byte; else STARTTLS where it is offered."""

    host: str
    port: int
    tls: bool
    username: str | None
    password: str | None = field(repr=False)


def text(given: Mapping[str, str], name: str, default: str) -> str:
    return given.get(name, default)


def one_line(given: Mapping[str, str], name: str, default: str) -> str:
    value = given.get(name, default)
    if len(value) > 100 or not value.isprintable():
        raise SettingsError(f"{name}: must be one line of at most 100 characters, not {value[:110]!r}")
    return value


def header_value(given: Mapping[str, str], name: str) -> str | None:
    """A secret that travels in a header. The message does not repeat it."""
    value = given.get(name)
    if value is not None and not (value.isascii() and value.isprintable() and " " not in value):
        raise SettingsError(f"{name}: must be one word of ASCII letters, digits and signs")
    return value


def integer(given: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = given.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and len(value) < 15 and least <= int(value) <= most):
        raise SettingsError(f"{name}: must be a whole number {_unit(name)}from {least} to {most}, not {value!r}")
    return int(value)


def _unit(name: str) -> str:
    if name in {"FILE_LIMIT", "STORAGE_QUOTA"}:
        return "of bytes "
    return "of seconds " if name in {"LINK_EXPIRY", "SESSION_LIFETIME", "SESSION_IDLE"} else ""


def positive_number(given: Mapping[str, str], name: str, default: float, most: int) -> float:
    try:
        number = float(given.get(name, default))
    except ValueError:
        number = math.nan
    if not 0 < number <= most:
        raise SettingsError(f"{name}: must be a number above 0 and at most {most}, not {given[name]!r}")
    return number


def switch(given: Mapping[str, str], name: str, default: bool) -> bool:
    value = given.get(name)
    if value not in {None, "on", "off"}:
        raise SettingsError(f"{name}: must be on or off, not {value!r}")
    return default if value is None else value == "on"


def origin(given: Mapping[str, str], name: str, default: str) -> str:
    value = given.get(name, default)
    parts = _split(value)
    if parts is None or parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise SettingsError(f"{name}: must be an origin such as https://accounts.example.com, not {value!r}")
    return value.rstrip("/")


def origins(given: Mapping[str, str], name: str, default: str) -> tuple[str, ...]:
    listed = [value.strip() for value in given.get(name, default).split(",") if value.strip()]
    return tuple(_as_browsers_say_it(origin({name: value}, name, default)) for value in listed)


def _as_browsers_say_it(url: str) -> str:
    lowered = url.lower()
    return lowered.removesuffix(":443" if lowered.startswith("https:") else ":80")


def web_address(given: Mapping[str, str], name: str, default: str) -> str:
    value = given.get(name, default)
    parts = _split(value)
    if parts is None or parts.fragment or not value.isprintable() or " " in value:
        raise SettingsError(f"{name}: must be a full address that begins with http:// or https://, not {value!r}")
    return value


def _split(value: str) -> SplitResult | None:
    """The parts of an http(s) address, None if it is none."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def is_loopback(url: str) -> bool:
    return host_of(url) in LOOPBACK_NAMES


def data_folder(given: Mapping[str, str], name: str, default: str) -> Path:
    """A folder of our own, made if it is missing: nobody else may read it."""
    path = Path(given.get(name, default)).absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{name}: must be a folder that can be made and written, not {str(path)!r}") from error
    return path


def existing_folder(given: Mapping[str, str], name: str) -> Path | None:
    value = given.get(name)
    if value is not None and not Path(value).is_dir():
        raise SettingsError(f"{name}: must be a folder that exists, not {value!r}")
    return Path(value) if value else None


def database(given: Mapping[str, str], name: str, default: Path) -> URL:
    """The message never repeats the value: it may hold a password."""
    url = _database_url(given[name]) if name in given else URL.create("sqlite", database=str(default))
    if url is None:
        raise SettingsError(f"{name}: must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME")
    return url


def _database_url(value: str) -> URL | None:
    scheme, _, path = value.partition(":///")
    if scheme == "sqlite":
        return URL.create("sqlite", database=str(Path(path).absolute())) if path and path[0] not in ":?" else None
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        return None
    usable = url.drivername in {"postgresql", "postgres"} and url.database and (url.host or "host" in url.query)
    return url if usable and value.isprintable() and url.port != 0 else None


def mail_address(given: Mapping[str, str], name: str, default: str) -> str:
    """An address, perhaps with a display name: `Accounts <no-reply@example.com>`."""
    value = given.get(name, default)
    _, address = parseaddr(value)
    try:
        deliverable(address)
    except ValueError as error:
        raise SettingsError(f"{name}: must be an e-mail address, not {value!r}") from error
    if not value.isprintable():
        raise SettingsError(f"{name}: must be one line, not {value!r}")
    return value


def networks(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    listed = tuple(value.strip() for value in given.get(name, "").split(",") if value.strip())
    for value in listed:
        try:
            ipaddress.ip_network(value)
        except ValueError as error:
            raise SettingsError(f"{name}: must be addresses or networks with commas between, not {value!r}") from error
    return listed


def smtp_server(given: Mapping[str, str], name: str) -> SmtpServer | None:
    """The message never repeats the value: it may hold a password."""
    value = given.get(name)
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"} or port == 0:
        raise SettingsError(f"{name}: must be smtp://USER:PASSWORD@HOST:PORT or smtps://…, user and port may be absent")
    return SmtpServer(
        host=parts.hostname,
        port=port or (465 if parts.scheme == "smtps" else 25),
        tls=parts.scheme == "smtps",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )

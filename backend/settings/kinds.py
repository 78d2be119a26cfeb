"""The kinds of variables that the backend alone has."""

import ipaddress
import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from backend.kernel.addresses import deliverable
from backend.kernel.app_schemes import is_app_scheme, normalize_app_origin
from serving.environment import Environment, Kind, SettingsError, check_is_bare, check_is_plain, split_list
from serving.origins import host_of, is_loopback, normalize_origin

Tls = Literal["implicit", "required", "opportunistic", "off"]
PasswordHashing = Literal["owasp", "quick"]
PASSWORD_HASHING: Kind[PasswordHashing] = Kind(
    {"owasp": "owasp", "quick": "quick"}.__getitem__,  # type: ignore[arg-type]
    "owasp or quick",
)


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over, and as whom: `helo` is the name we say.

    `tls`: from the first byte, by STARTTLS, by STARTTLS where it is offered, or not at all.
    """

    host: str
    port: int
    tls: Tls
    checks_certificate: bool
    helo: str
    username: str | None
    password: str | None = field(repr=False)


def _parse_database(value: str) -> URL:
    scheme, _, path = value.partition(":///")
    if scheme == "sqlite":
        if not path or path[0] in ":?":
            raise ValueError
        return URL.create("sqlite", database=str(Path(path).absolute()))
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise ValueError from error
    usable = url.drivername in {"postgresql", "postgres"} and url.database and (url.host or "host" in url.query)
    if not usable or not value.isprintable() or url.port == 0:
        raise ValueError
    return url


DATABASE = Kind(_parse_database, "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME", is_secret=True)


def _parse_mail_address(value: str) -> str:
    deliverable(parseaddr(value)[1])
    if not value.isprintable():
        raise ValueError
    return value


MAIL_ADDRESS = Kind(
    _parse_mail_address, "one line with an e-mail address, perhaps as Accounts <no-reply@accounts.example.com>"
)


def _parse_origin(value: str) -> str:
    check_is_bare(value)
    return normalize_app_origin(value) if is_app_scheme(urlsplit(value).scheme) else normalize_origin(value)


CLIENT_ORIGINS = Kind(
    lambda value: tuple(_parse_origin(part) for part in split_list(value)),
    "an origin such as https://app.example.com or capacitor://localhost, or several with commas between",
)


def _parse_landing(value: str) -> str:
    normalize = normalize_app_origin if is_app_scheme(urlsplit(value).scheme) else normalize_origin
    normalize(value)
    check_is_plain(value)
    return value


LANDING = Kind(
    _parse_landing,
    "a web address that begins with http:// or https://, or an app's such as com.example.app://auth, without a #",
)


def _parse_smtp_url(value: str) -> SplitResult:
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"} or parts.port == 0:
        raise ValueError
    return parts


SMTP_URL = Kind(
    _parse_smtp_url, "smtp://USER:PASSWORD@HOST:PORT or smtps://…, user and port may be absent", is_secret=True
)
SMTP_TLS: Kind[Tls] = Kind(
    {"required": "required", "opportunistic": "opportunistic", "off": "off"}.__getitem__,  # type: ignore[arg-type]
    "required, opportunistic or off",
)


def _parse_helo(value: str) -> str:
    if not HELO.fullmatch(value) or len(value) > 255:
        raise ValueError
    return value


HELO = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[(\d+\.){3}\d+\]|\[IPv6:[0-9a-f:.]+\]", re.IGNORECASE)
SMTP_HELO = Kind(_parse_helo, "a host name such as accounts.example.com, or an address such as [192.0.2.1]")


def read_smtp_server(env: Environment, public_url: str) -> SmtpServer | None:
    """Read SMTP_URL, SMTP_TLS and SMTP_HELO. Raises SettingsError."""
    url, tls = env.find("SMTP_URL", SMTP_URL), env.find("SMTP_TLS", SMTP_TLS)
    helo = env.read("SMTP_HELO", SMTP_HELO, _default_helo(public_url))
    if url is None:
        return None
    is_implicit, is_near = url.scheme == "smtps", is_loopback(url.geturl())
    if is_implicit and tls == "off":
        raise SettingsError("SMTP_TLS: must be required or opportunistic where SMTP_URL begins with smtps://")
    is_delicate = url.port == SUBMISSION_PORT or url.username is not None
    return SmtpServer(
        host=url.hostname or "",
        port=url.port or (465 if is_implicit else 25),
        tls="implicit" if is_implicit else tls or ("required" if is_delicate and not is_near else "opportunistic"),
        checks_certificate=not is_near and tls != "opportunistic",
        helo=helo,
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
    )


SUBMISSION_PORT = 587  # where a password is handed over


def _default_helo(public_url: str) -> str:
    """The host that people see. `localhost` is no name that strict servers take, an address in brackets is (RFC 5321,
    4.1.3)."""
    host = host_of(public_url)
    if host == "localhost":
        return "[127.0.0.1]"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"

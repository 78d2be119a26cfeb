"""The settings of email: the mail server, the sender, and what is done where there is no mail server."""

import ipaddress
import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from backend.kernel.addresses import encode_domain
from serving.origins import host_of, in_url, is_loopback
from serving.settings.declaring import Computed, derived, setting
from serving.settings.kinds import EXISTING_FOLDER, SWITCH, Kind, one_of, whole_number
from serving.settings.reading import Reader
from serving.settings.shared import is_production

Tls = Literal["implicit", "required", "opportunistic", "off"]
SUBMISSION_PORT = 587  # where a password is handed over
LOCAL_SENDER = "no-reply@localhost"
HELO = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[(\d+\.){3}\d+\]|\[IPv6:[0-9a-f:.]+\]", re.IGNORECASE)


@dataclass(frozen=True)
class SmtpServer:
    """The mail server and how to log in there. `helo` is the name that we give.

    `tls`: from the first byte, by STARTTLS, by STARTTLS where it is offered, or not at all.
    """

    host: str
    port: int
    tls: Tls
    checks_certificate: bool
    helo: str
    username: str | None
    password: str | None = field(repr=False)


def _parse_mail_address(value: str) -> str:
    if value == LOCAL_SENDER:
        return value  # so that a start at home need not load the library of addresses
    encode_domain(parseaddr(value)[1])
    if not value.isprintable():
        raise ValueError
    return value


MAIL_ADDRESS = Kind(
    _parse_mail_address, "one line with an email address, perhaps as Accounts <no-reply@accounts.example.com>"
)


def _default_sender(reader: Reader) -> str:
    url = reader["PUBLIC_URL"]
    return LOCAL_SENDER if is_loopback(url) else f"no-reply@{host_of(url)}"


def _parse_smtp_url(value: str) -> SplitResult:
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"} or parts.port == 0:
        raise ValueError
    return parts


def _redact_smtp_url(value: str) -> str:
    parts = _parse_smtp_url(value)
    port = f":{parts.port}" if parts.port else ""
    user = "***@" if parts.username is not None else ""  # of some services the user is the secret
    return f"{parts.scheme}://{user}{in_url(parts.hostname or '')}{port}"


SMTP_URL = Kind(
    _parse_smtp_url,
    "smtp://USER:PASSWORD@HOST:PORT or smtps://…, user and port may be absent",
    is_secret=True,
    redact=_redact_smtp_url,
)
SMTP_TLS: Kind[Tls] = one_of("required", "opportunistic", "off")


def _check_tls(tls: Tls | None, reader: Reader) -> None:
    url = reader["SMTP_URL"]
    if url and url.scheme == "smtps" and tls == "off":
        raise ValueError("must be required or opportunistic where SMTP_URL begins with smtps://")


def _parse_helo(value: str) -> str:
    if not HELO.fullmatch(value) or len(value) > 255:
        raise ValueError
    return value


SMTP_HELO = Kind(_parse_helo, "a host name such as accounts.example.com, or an address such as [192.0.2.1]")


def _default_helo(reader: Reader) -> str:
    """Return the host of PUBLIC_URL.

    Strict servers do not take `localhost`, but an address in brackets (RFC 5321, 4.1.3).
    """
    host = host_of(reader["PUBLIC_URL"])
    if host == "localhost":
        return "[127.0.0.1]"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def _combine_server(reader: Reader) -> SmtpServer | None:
    """Return the mail server that SMTP_URL, SMTP_TLS and SMTP_HELO describe."""
    url: SplitResult | None = reader["SMTP_URL"]
    if url is None:
        return None
    tls: Tls | None = reader["SMTP_TLS"]
    is_implicit, is_near = url.scheme == "smtps", is_loopback(url.geturl())
    is_delicate = url.port == SUBMISSION_PORT or url.username is not None
    return SmtpServer(
        host=url.hostname or "",
        port=url.port or (465 if is_implicit else 25),
        tls="implicit" if is_implicit else tls or ("required" if is_delicate and not is_near else "opportunistic"),
        checks_certificate=not is_near and tls != "opportunistic",
        helo=reader["SMTP_HELO"],
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
    )


def _shows_outbox(reader: Reader) -> bool:
    return reader["OUTBOX"] and reader["SMTP_URL"] is None and not is_production(reader)


def _is_read(reader: Reader) -> bool:
    return reader["SMTP_URL"] is not None or _shows_outbox(reader)


@dataclass(frozen=True)
class Mail:
    """Email."""

    smtp_url: SplitResult | None = setting(
        "SMTP_URL",
        SMTP_URL,
        None,
        "The mail server, `smtp://USER:PASSWORD@HOST:PORT` or `smtps://…`; without one, emails are stored, not sent.",
    )
    smtp_tls: Tls | None = setting(
        "SMTP_TLS",
        SMTP_TLS,
        None,
        "Encryption to the mail server: `required`, `opportunistic` (where it is offered, its certificate is not "
        "checked) or `off`; if not set, required for `smtps://`, port 587 or a user, otherwise used where it is "
        "offered, and the certificate is checked except on loopback.",
        _check_tls,
    )
    smtp_helo: str = setting(
        "SMTP_HELO",
        SMTP_HELO,
        Computed(_default_helo, "the host of `PUBLIC_URL`"),
        "The name to give to the mail server.",
    )
    sender: str = setting(
        "MAIL_FROM",
        MAIL_ADDRESS,
        Computed(_default_sender, "`no-reply@` and the host of `PUBLIC_URL`"),
        "The sender of emails.",
    )
    messages_dir: Path | None = setting(
        "MESSAGES_DIR",
        EXISTING_FOLDER,
        None,
        "A folder with email templates of your own: [docs/operating.md](docs/operating.md#emails-in-your-own-words).",
    )
    lease: int = setting(
        "MAIL_LEASE",
        whole_number(15, 60, "seconds"),
        "30",
        "Seconds until another process, or the next start, sends an email that a killed process was sending; 15 to 60.",
    )
    is_outbox_wanted: bool = setting(
        "OUTBOX",
        SWITCH,
        "off",
        "`on` shows emails at `/outbox` while there is no `SMTP_URL`, on loopback alone and never through a proxy; "
        "`make run` sets it.",
    )
    server: SmtpServer | None = derived(_combine_server, is_secret=True)
    has_outbox: bool = derived(_shows_outbox)
    is_read: bool = derived(_is_read)  # by anybody: sent, or shown at /outbox

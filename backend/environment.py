"""The kinds of variables that the backend alone has."""

from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from backend.addresses import deliverable
from serving.environment import Kind


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over. `tls`: from the first byte; else STARTTLS where it is offered."""

    host: str
    port: int
    tls: bool
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


def _parse_smtp_server(value: str) -> SmtpServer:
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"} or parts.port == 0:
        raise ValueError
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or (465 if parts.scheme == "smtps" else 25),
        tls=parts.scheme == "smtps",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


SMTP_SERVER = Kind(
    _parse_smtp_server,
    "smtp://USER:PASSWORD@HOST:PORT or smtps://…, user and port may be absent",
    is_secret=True,
)

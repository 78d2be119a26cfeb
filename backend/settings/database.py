"""The setting of the database."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from serving.settings.declaring import Computed, setting
from serving.settings.kinds import Kind

HIDDEN = "hidden"


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


def _redact(value: str) -> str:
    """Return a URL with its password hidden, and whatever else its query says."""
    url = _parse_database(value)
    return url.set(query=dict.fromkeys(url.query, HIDDEN)).render_as_string(hide_password=True)


DATABASE = Kind(
    _parse_database,
    "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME",
    is_secret=True,
    redact=_redact,
)


@dataclass(frozen=True)
class Database:
    """The database."""

    url: URL = setting(
        "DATABASE_URL",
        DATABASE,
        Computed(lambda reader: f"sqlite:///{reader['DATA_DIR'] / 'accounts.db'}", "SQLite, in `DATA_DIR`"),
        "`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST:PORT/NAME`.",
    )

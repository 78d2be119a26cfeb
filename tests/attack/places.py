"""Where attacks and faults are tried: on which database, and whether site and backend are one program or two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.kit.postgres import address, server


@dataclass(frozen=True)
class Place:
    database: str  # sqlite or postgres
    split: bool

    @property
    def name(self) -> str:
        return f"{'SQLite' if self.database == 'sqlite' else 'PostgreSQL'}, {'split' if self.split else 'embedded'}"


EMBEDDED, SPLIT = Place("sqlite", split=False), Place("postgres", split=True)
BOTH = (EMBEDDED, SPLIT)


@contextmanager
def make_database(place: Place) -> Iterator[str]:
    if place.database == "sqlite":
        yield ""
        return
    url = server().new()
    try:
        yield address(url)
    finally:
        server().drop(url)

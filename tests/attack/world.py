"""What is attacked: a started site, its backend if that is a process of its own, and people who use them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
import psycopg
from psycopg import sql

from tests.kit import mailbox
from tests.kit.contract import Contract, call_over_tcp
from tests.kit.lying_provider import LyingProvider
from tests.kit.people import CONFIRM, LOGIN_LINK, Person, asks_for_a_link, registers
from tests.kit.visitor import Visitor


@dataclass
class Program:
    url: str
    samples: int = 200  # of GET /login, for a p99; with fewer it is not judged
    quiet_p99: float = 0.0  # seconds, before anything is tried

    @property
    def port(self) -> int:
        return httpx.URL(self.url).port or 80

    @property
    def pid(self) -> int:
        """Of the process that was started for this port; those it started itself came later."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"PORT={self.port}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return min(found)

    @property
    def peak_memory(self) -> int:
        """Bytes, the most the process ever had resident."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
        return int(kilobytes) * 1024


@dataclass(frozen=True)
class World:
    """`backend` is where the contract is spoken: of an embedded one only links, photos and mails are public."""

    folder: Path
    site: Program
    backend: Program | None = None
    database: str = ""  # the address of a PostgreSQL database; otherwise it is a file in the folder
    provider: LyingProvider | None = None  # that people can log in with

    def find_data(self) -> dict[str, str]:
        """Return the settings that lead to the data of the accounts."""
        if self.database:
            return {"DATABASE_URL": self.database}
        return {"DATA_DIR": str(self.folder / ("backend" if self.backend else "site"))}

    @asynccontextmanager
    async def visitor(self, person: Person | None = None) -> AsyncIterator[Visitor]:
        """A browser; of somebody who has joined, if a person is given."""
        origins = [self.backend.url] if self.backend else []
        async with httpx.AsyncClient(base_url=self.site.url, timeout=60) as http:
            visitor = Visitor(http, elsewhere=origins, pictures_from=origins)
            if person:
                await self.joins(visitor, person)
            yield visitor

    async def joins(self, visitor: Visitor, person: Person) -> None:
        await registers(visitor, person)
        await visitor.opens(await self.mailed_link(person, CONFIRM))
        await visitor.submits("Confirm this address")

    async def login_link(self, visitor: Visitor, person: Person) -> str:
        await asks_for_a_link(visitor, person)
        return await self.mailed_link(person, LOGIN_LINK)

    async def mailed_link(self, person: Person, subject: str) -> str:
        """The whole address, as it was mailed."""
        async with self._outbox() as outbox:
            mail = await mailbox.newest(outbox, to=person.email, subject=subject)
            return urljoin(outbox.site, mail.link)

    async def mailed_code(self, email: str, subject: str) -> str:
        async with self._outbox() as outbox:
            return mailbox.code_in((await mailbox.newest(outbox, to=email, subject=subject)).text)

    async def count_mails(self, email: str, subject: str) -> int:
        async with self._outbox() as outbox:
            return len(await mailbox.list_paths(outbox, to=email, subject=subject))

    @asynccontextmanager
    async def _outbox(self) -> AsyncIterator[Visitor]:
        async with httpx.AsyncClient(base_url=(self.backend or self.site).url, timeout=60) as http:
            yield Visitor(http)

    @asynccontextmanager
    async def client(self, session: str = "") -> AsyncIterator[Contract]:
        """Of the contract, where it is public."""
        assert self.backend
        async with call_over_tcp(self.backend.url, session) as contract:
            yield contract

    def read_files(self) -> list[bytes]:
        """Whatever the programs have written: databases, their journals, logs."""
        secrets_themselves = {"secret-key", "client-key"}
        files = [path for path in self.folder.rglob("*") if path.is_file() and path.name not in secrets_themselves]
        rows = self.tables().values() if self.database else ()
        return [path.read_bytes() for path in files] + list(rows)

    def tables(self) -> dict[str, bytes]:
        """Every table of the database as text, by its name."""
        if not self.database:
            return dict(_tables_of(self.folder / ("backend" if self.backend else "site") / "accounts.db"))
        with psycopg.connect(self.database) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            return {name: _table(connection, name) for (name,) in names}


def _table(connection: psycopg.Connection[tuple[str, ...]], name: str) -> bytes:
    rows = connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))).fetchall()
    return "\n".join(text for (text,) in rows).encode()


def _tables_of(file: Path) -> Iterator[tuple[str, bytes]]:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            yield name, repr(connection.execute(f'SELECT * FROM "{name}"').fetchall()).encode()

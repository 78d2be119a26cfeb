"""The tables, the migrations that make them, and what one write is."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from backend.store import SqliteStore
from backend.store.migrating import FOLDER, REVISIONS
from backend.store.tables import metadata

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "accounts.db"


def test_an_empty_database_is_made_and_opened_again(path: Path) -> None:
    first, second = SqliteStore(path), SqliteStore(path)
    assert len(first.environment_id) == 24
    assert first.environment_id == second.environment_id
    first.close_now()
    second.close_now()


def test_the_migrations_make_the_tables_the_statements_know(path: Path) -> None:
    SqliteStore(path).close_now()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_every_migration_is_listed() -> None:
    files = sorted((FOLDER / "versions").glob("[0-9]*.py"))
    assert tuple(file.name[:4] for file in files) == REVISIONS


def test_what_is_acknowledged_is_on_disk(path: Path) -> None:
    store = SqliteStore(path)
    assert _executes(path, "PRAGMA journal_mode") == "wal"
    assert store._writer.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert store._writer.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    store.close_now()


async def test_a_write_that_fails_leaves_nothing_and_the_next_one_works(path: Path) -> None:
    store = SqliteStore(path)

    def failing(queries: object) -> None:
        queries.meta.set("last_unsent_mail", "half done")  # type: ignore[attr-defined]
        raise KeyError

    with pytest.raises(KeyError):
        await store.write(failing)
    assert await store.read(lambda queries: queries.meta.get("last_unsent_mail")) == ""
    await store.write(lambda queries: queries.meta.set("last_unsent_mail", "done"))
    assert await store.read(lambda queries: queries.meta.get("last_unsent_mail")) == "done"
    await store.close()


def _executes(path: Path, statement: str) -> object:
    connection = sqlite3.connect(path)
    try:
        row = connection.execute(statement).fetchone()
        connection.commit()
    finally:
        connection.close()
    return row[0] if row else None

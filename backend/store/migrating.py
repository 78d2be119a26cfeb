"""Migrations of the tables, at start. Alembic is imported only if there is something to do: it is slow to load."""

import logging
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select

from backend.store.interface import StoreError

FOLDER = Path(__file__).parent / "migrations"
# Oldest first; each is the beginning of a file's name in migrations/versions.
REVISIONS = tuple(f"{number:04}" for number in range(1, 27))
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '300s'"
LOCK = 0x6163636F756E7473  # an advisory lock held while migrating; any number of our own


def migrate(connection: Connection, revision: str = REVISIONS[-1]) -> None:
    """Run the missing migrations in one transaction, in one process at a time. Raises StoreError."""
    if _find_revision(connection) == revision:
        _refuse_read_only(connection)
        return
    with connection.begin():
        _lock_migrations(connection)
        _run_migrations(connection, revision)


def _find_revision(connection: Connection) -> str | None:
    """Return the revision of the database, None if it is empty. Raises StoreError if a newer program has used it."""
    try:
        begun = inspect(connection).has_table("alembic_version")
        row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first() if begun else None
    finally:
        connection.rollback()
    if row is not None and row[0] not in REVISIONS:
        raise StoreError(f"the database is newer than this program (its version is {row[0]}): update the program")
    return None if row is None else str(row[0])


def _refuse_read_only(connection: Connection) -> None:
    """Write something and roll it back: SQLite begins a transaction on a read-only file without an error."""
    if connection.dialect.name == "sqlite":
        with connection.begin() as transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
            transaction.rollback()


def _lock_migrations(connection: Connection) -> None:
    """Wait until no other process migrates; holds until the end of the transaction."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(LOCK_TIMEOUT)
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _run_migrations(connection: Connection, target: str) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)

    def upgrade(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs(target, revision)

    with EnvironmentContext(config, script, fn=upgrade) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()

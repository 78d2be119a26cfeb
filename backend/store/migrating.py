"""Brings the tables up to date at start. Alembic is imported only when there is something to do: it is slow to load."""

import logging
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select

from backend.store.interface import StoreError

FOLDER = Path(__file__).parent / "migrations"
# Oldest first; each is the beginning of a file's name in migrations/versions.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
MIGRATION_WAITS = "SET LOCAL lock_timeout = '300s'"
LOCK = 0x6163636F756E7473  # whoever brings the tables up to date holds it; any number of our own


def bring_up_to_date(connection: Connection, revision: str = REVISIONS[-1]) -> None:
    """Applies what is missing, in one transaction that only one process at a time gets into."""
    if _revision(connection) == revision:
        _refuse_read_only(connection)
        return
    with connection.begin():
        _wait_for_others(connection)
        _migrate(connection, revision)


def _revision(connection: Connection) -> str | None:
    """What the database is at; None for an empty one. Raises StoreError for one that a newer program has used."""
    try:
        begun = inspect(connection).has_table("alembic_version")
        row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first() if begun else None
    finally:
        connection.rollback()
    if row is not None and row[0] not in REVISIONS:
        raise StoreError(f"the database is newer than this program (its version is {row[0]}): update the program")
    return None if row is None else str(row[0])


def _refuse_read_only(connection: Connection) -> None:
    """Beginning to write is not enough: in a read-only file SQLite begins to read instead, and says nothing."""
    if connection.dialect.name == "sqlite":
        with connection.begin() as transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
            transaction.rollback()


def _wait_for_others(connection: Connection) -> None:
    """Until the end of the transaction this process is the only one here."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(MIGRATION_WAITS)
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _migrate(connection: Connection, target: str) -> None:
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

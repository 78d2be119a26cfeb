"""Connections to a PostgreSQL server: what they say at their start, and what tells that they are of no use any more.

Between may stand a proxy that leads to another server after a failover, and a pooler (PgBouncer in transaction mode)
behind which the server may be another in each transaction.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from backend.store.interface import StoreError

WAITS_SECONDS = 5  # for a connection of the pool, and for a new one
# A server that vanishes is noticed after half a minute at the latest.
FOUND_DEAD = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
WRITABLE = {"target_session_attrs": "read-write"}  # a standby, to which a proxy may still lead, is refused
READ_ONLY = "25006"  # SQLSTATE
SETTINGS = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
    "enable_seqscan": "off",  # who reads a small table whole collides with all its writers
}
OF_THE_SESSION, OF_THE_TRANSACTION = (
    "SELECT " + ", ".join(f"set_config('{name}', '{value}', {is_local})" for name, value in SETTINGS.items())
    for is_local in ("false", "true")
)
PREPARING = "prepare_threshold"  # psycopg's: after how many times a statement is prepared
OF_PYTHON = ("autocommit", "context", "cursor_factory", "row_factory")  # psycopg's, too, and no texts


def open_plain_engine(url: URL, **options: Any) -> Engine:
    """Make an engine without a pool, for the start and for copying. Raises StoreError for options it cannot have."""
    engine = create_engine(
        _driven(url), poolclass=NullPool, connect_args=_connect_args(url), hide_parameters=True, **options
    )
    event.listen(engine, "connect", _find_pooler)
    return engine


def open_engine(url: URL, connections: int, **options: Any) -> AsyncEngine:
    """Make an engine with a pool of so many connections, each to a server that takes writes."""
    engine = create_async_engine(
        _driven(url),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=WAITS_SECONDS,
        connect_args=_connect_args(url, **WRITABLE),
        hide_parameters=True,  # errors are logged
        **options,
    )
    event.listen(engine.sync_engine, "connect", _find_pooler)
    event.listen(engine.sync_engine, "connect", _set_up_session)
    return engine


def leave_standby(context: ExceptionContext, *, others: Iterable[AsyncEngine]) -> None:
    """Drop every connection to a server that has become read-only, those of other engines included.

    For SQLAlchemy's event `handle_error`.
    """
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect = True
        for engine in others:
            engine.sync_engine.dispose()


def set_up_transaction(connection: Connection) -> None:
    """Say anew what a session says once, behind a pooler. For SQLAlchemy's event `begin` of what writes."""
    if connection.info["is_pooled"]:
        connection.exec_driver_sql(OF_THE_TRANSACTION)


def _driven(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg")


def _connect_args(url: URL, **more: Any) -> dict[str, Any]:
    """What the address itself says goes first."""
    for name in OF_PYTHON:
        if name in url.query:
            raise StoreError(f"{name} cannot be set in an address")
    ours = {"connect_timeout": WAITS_SECONDS, "application_name": "account-pages", **FOUND_DEAD, **more}
    arguments = {name: value for name, value in ours.items() if name not in url.query}
    return arguments | ({PREPARING: _read_threshold(url.query[PREPARING])} if PREPARING in url.query else {})


def _read_threshold(text: str | tuple[str, ...]) -> int | None:
    if text in ("", "none", "None"):
        return None
    if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 6:
        return int(text)
    raise StoreError(f"{PREPARING} must be a number or none, not {text!r}")


def _find_pooler(connection: Any, record: Any) -> None:
    """A pooler gives a process id of its own; what one transaction prepares or sets, the next one may not find."""
    driver = record.driver_connection
    (pid,) = _execute(connection, "SELECT pg_backend_pid()")
    record.info["is_pooled"] = pid != driver.info.backend_pid
    if record.info["is_pooled"]:
        driver.prepare_threshold = None
    connection.commit()


def _set_up_session(connection: Any, record: Any) -> None:
    if not record.info["is_pooled"]:
        _execute(connection, OF_THE_SESSION)
        connection.commit()


def _execute(connection: Any, statement: str) -> Any:
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
        return cursor.fetchone()
    finally:
        cursor.close()

"""Connections to a PostgreSQL server: how they are set up, and when they are dropped.

In between may be a proxy that leads to another server after a failover, or a pooler (PgBouncer in transaction mode),
behind which each transaction may run on another connection of the server.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from backend.store.interface import StoreError

CONNECT_TIMEOUT = 5  # seconds, for a connection of the pool, and for a new one
# A server that vanishes is noticed after half a minute at the latest.
KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
WRITABLE = {"target_session_attrs": "read-write"}  # refuses a standby, to which a proxy may still lead
READ_ONLY = "25006"  # SQLSTATE
SETTINGS = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
    "enable_seqscan": "off",  # a scan of a whole table, if small, collides with all its writers
}


def _write_settings(names: Iterable[str] = SETTINGS, *, is_local: str = "false") -> str:
    return "SELECT " + ", ".join(f"set_config('{name}', '{SETTINGS[name]}', {is_local})" for name in names)


SET_FOR_SESSION, SET_FOR_TRANSACTION = _write_settings(), _write_settings(is_local="true")
PREPARE_THRESHOLD = "prepare_threshold"  # psycopg's: after how many times a statement is prepared
DRIVER_ONLY = (
    "autocommit",
    "context",
    "cursor_factory",
    "row_factory",
)  # options of psycopg that are Python objects, not texts


def open_plain_engine(url: URL, **options: Any) -> Engine:
    """Make an engine without a pool, for the start and for copying. Raises StoreError for options not allowed."""
    engine = create_engine(
        _set_driver(url), poolclass=NullPool, connect_args=_make_connect_args(url), hide_parameters=True, **options
    )
    event.listen(engine, "connect", _find_pooler)
    return engine


def open_engine(url: URL, connections: int, **options: Any) -> AsyncEngine:
    """Make an engine with a pool of at most `connections`, each to a server that takes writes."""
    engine = create_async_engine(
        _set_driver(url),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=CONNECT_TIMEOUT,
        connect_args=_make_connect_args(url, **WRITABLE),
        hide_parameters=True,  # errors are logged
        **options,
    )
    event.listen(engine.sync_engine, "connect", _find_pooler)
    event.listen(engine.sync_engine, "connect", partial(_set_up_session, statement=_choose_settings(url)))
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
    """Set up a transaction behind a pooler as `_set_up_session` does a session. For SQLAlchemy's event `begin`."""
    if connection.info["is_pooled"]:
        connection.exec_driver_sql(SET_FOR_TRANSACTION)


def _set_driver(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg")


def _make_connect_args(url: URL, **more: Any) -> dict[str, Any]:
    """Make psycopg's arguments; options of the URL override ours. Raises StoreError for an option not allowed there."""
    for name in DRIVER_ONLY:
        if name in url.query:
            raise StoreError(f"{name} cannot be set in an address")
    ours = {"connect_timeout": CONNECT_TIMEOUT, "application_name": "account-pages", **KEEPALIVE, **more}
    arguments = {name: value for name, value in ours.items() if name not in url.query}
    if PREPARE_THRESHOLD in url.query:
        arguments[PREPARE_THRESHOLD] = _read_threshold(url.query[PREPARE_THRESHOLD])
    return arguments


def _read_threshold(text: str | tuple[str, ...]) -> int | None:
    if text in ("", "none", "None"):
        return None
    if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 6:
        return int(text)
    raise StoreError(f"{PREPARE_THRESHOLD} must be a number or none, not {text!r}")


def _choose_settings(url: URL) -> str:
    """Leave out what the address sets, such as ?options=-c lock_timeout=1s."""
    theirs = str(url.query.get("options", ""))
    return _write_settings([name for name in SETTINGS if name not in theirs])


def _find_pooler(connection: Any, record: Any) -> None:
    """Note whether there is a pooler, which gives a process id of its own, and then prepare no statements: the next
    transaction may not find them."""
    driver = record.driver_connection
    (pid,) = _execute(connection, "SELECT pg_backend_pid()")
    record.info["is_pooled"] = pid != driver.info.backend_pid
    if record.info["is_pooled"]:
        driver.prepare_threshold = None
    connection.commit()


def _set_up_session(connection: Any, record: Any, *, statement: str) -> None:
    if not record.info["is_pooled"]:
        _execute(connection, statement)
        connection.commit()


def _execute(connection: Any, statement: str) -> Any:
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
        return cursor.fetchone()
    finally:
        cursor.close()

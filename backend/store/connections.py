"""Connections to a PostgreSQL server: how they are set up, and when they are dropped.

In between may be a proxy that leads to another server after a failover, or a pooler (PgBouncer in transaction mode),
behind which each transaction may run on another connection of the server.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from psycopg import AsyncConnection, BaseConnection, IsolationLevel
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Engine, NullPool, create_engine, event
from sqlalchemy.util import await_only

from backend.store.compiled import POSTGRES, Row
from backend.store.interface import StoreError
from backend.store.queries import Queries

CONNECT_TIMEOUT = 5  # seconds, for a connection of the pool, and for a new one
# A server that vanishes is noticed after half a minute at the latest.
KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
WRITABLE = {"target_session_attrs": "read-write"}  # refuses a standby, to which a proxy may still lead
BACKEND_PID = "SELECT pg_backend_pid()"
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


class ServerConnection:
    """A connection for work in a greenlet, which waits there for the server while the event loop goes on."""

    driver = POSTGRES

    def __init__(self, connection: AsyncConnection, *, is_pooled: bool) -> None:
        self.connection = connection
        self.is_pooled = is_pooled
        self.queries = Queries(self)
        self._cursor = connection.cursor()  # one for all statements: making it takes as long as half of a read

    def execute(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[Row], int]:
        return await_only(self._fetch(sql, parameters))

    async def _fetch(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[Row], int]:
        cursor = await self._cursor.execute(sql, parameters)
        rows = [] if cursor.rownumber is None else await cursor.fetchall()
        return rows, cursor.rowcount

    async def set_up_transaction(self) -> None:
        """Set up a transaction behind a pooler as `connect` does a session."""
        if self.is_pooled:
            await self.connection.execute(SET_FOR_TRANSACTION)

    @property
    def is_idle(self) -> bool:
        return self.connection.pgconn.transaction_status == TransactionStatus.IDLE


async def connect(url: URL, isolation_level: IsolationLevel | None) -> ServerConnection:
    """Connect to a server that takes writes. An isolation level of None is autocommit: there are no transactions."""
    dialect = _set_driver(url).get_dialect()()
    arguments = {**dialect.create_connect_args(url)[1], **_make_connect_args(url, **WRITABLE)}
    connection = await AsyncConnection.connect(**arguments, autocommit=True)
    try:
        return await _set_up_session(connection, url, isolation_level)
    except BaseException:
        await connection.close()
        raise


async def _set_up_session(
    connection: AsyncConnection, url: URL, isolation_level: IsolationLevel | None
) -> ServerConnection:
    (pid,) = await (await connection.execute(BACKEND_PID)).fetchone() or (None,)
    is_pooled = _is_pooled(connection, pid)
    if is_pooled:
        connection.prepare_threshold = None
    else:
        await connection.execute(_choose_settings(url))
    if isolation_level is not None:
        await connection.set_isolation_level(isolation_level)
        await connection.set_autocommit(False)
    return ServerConnection(connection, is_pooled=is_pooled)


def _set_driver(url: URL) -> URL:
    return url.set(drivername=POSTGRES)


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
    """Prepare no statements behind a pooler. For SQLAlchemy's event `connect`."""
    driver = record.driver_connection
    (pid,) = driver.execute(BACKEND_PID).fetchone()
    if _is_pooled(driver, pid):
        driver.prepare_threshold = None
    connection.commit()


def _is_pooled(connection: BaseConnection[Any], pid: int | None) -> bool:
    """Tell whether there is a pooler, which gives a process id of its own: the next transaction may not find what this
    one has prepared or set."""
    return pid != connection.info.backend_pid

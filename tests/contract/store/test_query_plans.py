"""No statement of a request reads a table whole: the plans are asked for with a few thousand rows in place."""

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, select

from backend.settings import Settings
from backend.store import Queries, check_database, tables
from backend.store.compiled import POSTGRES, SQLITE, Compiled, PlainConnection
from backend.store.connections import SET_FOR_SESSION
from tests.contract.store.query_plans import (
    events,
    factors,
    files,
    identities,
    links,
    lost_factors,
    mails,
    passkeys,
    recovery_codes,
    sessions,
    upkeep,
    users,
)
from tests.contract.store.query_plans.rows import Work, fill
from tests.kit.databases import Databases
from tests.kit.statements import Noting

pytestmark = pytest.mark.both_databases

WHOLE = re.compile(r"Seq Scan|SCAN \w+(?! USING)\b")
INDEX = re.compile(r"(?:Bitmap Index|Index Only|Index) Scan")  # no look-ahead: it would find one in "Bitmap Index Scan"
# By the method that makes the statements, and where there are several ways to call it, which.
WORK: dict[str, Work] = {
    **sessions.WORK,
    **users.WORK,
    **factors.WORK,
    **passkeys.WORK,
    **recovery_codes.WORK,
    **lost_factors.WORK,
    **identities.WORK,
    **links.WORK,
    **mails.WORK,
    **files.WORK,
    **events.WORK,
    **upkeep.WORK,
}
ONLY_INSERT = {
    *(f"{topic}.insert" for topic in ("users", "registrations", "sessions", "links", "mails", "buckets", "files")),
    *("authenticators.insert", "tickets.insert", "passkeys.insert", "phone_codes.insert", "challenges.use"),
    *("limits.increment", "devices.remember", "lost_factors.insert"),
    *("identities.insert", "proven_identities.insert"),
}
IN_ORDER = {"mails.list_newest"}  # reads an index from its end, and stops


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Engine]]:
    """A filled database of each kind, made when the first test asks for it."""
    folder, databases = tmp_path_factory.mktemp("filled"), Databases()
    engines: dict[str, Engine] = {}

    def of(kind: str) -> Engine:
        if kind not in engines:
            databases.kind = kind
            engines[kind] = _make_filled(folder, databases)
        return engines[kind]

    yield of
    for engine in engines.values():
        engine.dispose()
    databases.drop()


def _make_filled(folder: Path, databases: Databases) -> Engine:
    url = Settings.from_environment({"DATA_DIR": str(folder), **databases.environ(folder)}).database.url
    check_database(url)
    engine = create_engine(url.set(drivername="postgresql+psycopg") if databases.kind == "postgres" else url)
    with engine.begin() as connection:
        fill(connection)
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return engine


@pytest.fixture
def connection(
    filled: Callable[[str], Engine],
    database: Databases,
    tmp_path: Path,  # noqa: ARG001 (only then is it about a database)
) -> Iterator[Connection]:
    """To a filled database; what a test does to it is undone."""
    with filled(database.kind).connect() as connection:
        if database.kind == "postgres":
            connection.exec_driver_sql(SET_FOR_SESSION)
            connection.commit()
        yield connection


def test_every_statement_finds_its_rows_by_an_index(connection: Connection) -> None:
    reading_whole = {}
    for name, work in WORK.items():
        plans = _plans(connection, work)
        assert plans, name
        found = [plan for plan in plans if _reads_whole(plan) and name not in IN_ORDER]
        if found:
            reading_whole[name] = found
    assert not reading_whole


@pytest.mark.only_on("sqlite")
def test_every_statement_is_looked_at(connection: Connection) -> None:
    methods = {
        f"{topic}.{name}"
        for topic, statements in vars(Queries(_plain(connection))).items()
        for name, method in inspect.getmembers(statements, callable)
        if not name.startswith("_") and inspect.ismethod(method)
    }
    assert methods - ONLY_INSERT == {name.partition(",")[0] for name in WORK}


def test_a_statement_without_an_index_would_be_found(connection: Connection) -> None:
    def by_name(queries: Queries) -> object:
        users = tables.users.c
        return Compiled(select(users.id).where(users.name == "Ada 7")).fetch_all(queries.users.connection)

    assert [plan for plan in _plans(connection, by_name) if _reads_whole(plan)]


@pytest.mark.only_on("postgres")
def test_a_bitmap_of_rows_found_by_an_index_is_no_whole_table(connection: Connection) -> None:
    connection.exec_driver_sql("SET LOCAL enable_indexscan = off")
    connection.exec_driver_sql("SET LOCAL enable_indexonlyscan = off")
    (plan,) = _plans(connection, WORK["users.find_by_email"])
    assert "Bitmap Index Scan" in plan
    assert not _reads_whole(plan)


def _reads_whole(plan: str) -> bool:
    """Also where an index is read from one end to the other."""
    nodes = INDEX.split(plan)[1:]
    return bool(WHOLE.search(plan)) or any("Index Cond" not in node for node in nodes)


def _plans(connection: Connection, work: Work) -> list[str]:
    plain = _plain(connection)
    noting = Noting(plain)
    work(Queries(noting))
    explain = "EXPLAIN QUERY PLAN" if plain.driver == SQLITE else "EXPLAIN"
    plans = [
        plain.execute(f"{explain} {statement}", parameters)[0]
        for statement, parameters in noting.asked
        if not statement.startswith("INSERT") or "SELECT" in statement
    ]
    connection.connection.rollback()
    return ["\n".join(str(row[-1]) for row in plan) for plan in plans]


def _plain(connection: Connection) -> PlainConnection:
    """Return the driver's connection, on which the statements run."""
    driver = SQLITE if connection.dialect.name == "sqlite" else POSTGRES
    return PlainConnection(driver, connection.connection.driver_connection)

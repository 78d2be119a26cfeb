"""A backend on PostgreSQL: its start, its tables, and its address."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL, create_engine

from backend.settings import Settings, SettingsError
from backend.store import StoreError, check_database, open_store
from backend.store.tables import metadata
from tests.kit.mailbox import free_port
from tests.kit.mains import run_main
from tests.kit.postgres import address, connect, server

pytestmark = pytest.mark.only_on("postgres")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[URL]:  # noqa: ARG001 (only then is it about a database)
    url = server().new(empty=True)
    yield url
    server().drop(url)


def settings(folder: Path, url: str) -> Settings:
    return Settings.from_environment({"DATA_DIR": str(folder), "DATABASE_URL": url})


def started(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    """The program, which is expected to end by itself."""
    return run_main("backend", {"DATA_DIR": str(folder), "DATABASE_URL": url}, folder)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:s3cret@127.0.0.1:5432",
        "postgresql://ada:s3cret@/accounts",
        "postgresql://ada:s3cret@127.0.0.1:port/accounts",
        "postgresql+asyncpg://ada:s3cret@127.0.0.1/accounts",
        "mysql://ada:s3cret@127.0.0.1/accounts",
    ],
)
def test_a_wrong_address_is_refused_without_repeating_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match=r"^DATABASE_URL: must be sqlite:///FILE or postgresql://") as refused:
        settings(tmp_path, url)
    assert "s3cret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_password_is_never_shown(tmp_path: Path) -> None:
    known = settings(tmp_path, "postgresql://ada:s3cret@db.example.com:5433/accounts?sslmode=require")
    assert known.database.url.password == "s3cret"
    assert "s3cret" not in repr(known) + str(known) + str(known.database)


def test_a_socket_may_be_the_host(tmp_path: Path) -> None:
    database = settings(tmp_path, "postgresql://ada@/accounts?host=/run/postgresql").database.url
    assert (database.database, database.query["host"]) == ("accounts", "/run/postgresql")


def test_a_server_that_is_not_there_stops_the_start_with_one_line(tmp_path: Path) -> None:
    ended = started(tmp_path, f"postgresql://ada:s3cret@127.0.0.1:{free_port()}/accounts")
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "the database postgresql://127.0.0.1:" in ended.stderr
    assert "refused" in ended.stderr
    assert "s3cret" not in ended.stderr + ended.stdout


def test_an_unknown_option_of_the_address_stops_the_start_with_one_line(tmp_path: Path, empty: URL) -> None:
    ended = started(tmp_path, f"{address(empty)}?colour=blue")
    assert (ended.returncode, len(ended.stderr.strip().splitlines())) == (2, 1), ended.stderr
    assert "colour" in ended.stderr


def test_a_database_of_a_newer_program_is_refused(empty: URL) -> None:
    check_database(empty)
    with connect(empty) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer than this program"):
        check_database(empty)


def test_a_database_that_cannot_be_written_is_refused(empty: URL) -> None:
    check_database(empty)
    server().does("ALTER DATABASE {} SET default_transaction_read_only = on", empty.database or "")
    with pytest.raises(StoreError, match="it is read-only"):
        check_database(empty)


def test_a_database_of_another_encoding_is_refused(tmp_path: Path) -> None:  # noqa: ARG001
    name = "latin_test"
    server().does("CREATE DATABASE {} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'", name)
    try:
        with pytest.raises(StoreError, match="its encoding is LATIN1"):
            check_database(server().named(name))
    finally:
        server().drop(server().named(name))


async def test_the_migrations_make_the_tables_that_the_statements_expect(empty: URL) -> None:
    store = await open_store(empty)
    await store.close()
    assert len(store.environment_id) == 24
    engine = create_engine(empty.set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()

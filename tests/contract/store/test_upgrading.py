"""A database that the previous version of the program has filled: everybody finds everything again."""

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, NullPool, create_engine, insert, inspect

from backend.kernel.keys import Keyring
from backend.operations.checking import check
from backend.settings import Settings
from backend.store.migrating import REVISIONS, migrate
from tests.kit.backend import run_backend
from tests.kit.clock import Clock
from tests.kit.databases import Databases, choose_databases
from tests.kit.postgres import address, server

FILLED: dict[str, Any] = json.loads((Path(__file__).parent / "version_0001.json").read_text())
RENAMED = {"reference_hash": "handle_hash"}  # columns of that file
OLD_REVISIONS = REVISIONS[:-1]
OLD_PASSWORD = "correct horse battery"  # of Ada in that file, which has its hash


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Begin at each version on SQLite; on a server, where the same migrations run, at the oldest and the newest.

    With --all-databases at each on a server too.
    """
    if "old" in metafunc.fixturenames:
        is_short = choose_databases(metafunc) == ("postgres",) and not metafunc.config.getoption("--all-databases")
        metafunc.parametrize("old", (OLD_REVISIONS[0], OLD_REVISIONS[-1]) if is_short else OLD_REVISIONS, indirect=True)


@pytest.fixture
def url(tmp_path: Path, database: Databases) -> Iterator[str]:
    """Of an empty database."""
    if database.kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'accounts.db'}"
        return
    made = server().new(empty=True)
    yield address(made)
    server().drop(made)


@pytest.fixture
def old(tmp_path: Path, url: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of a program that has this database, made and filled by an earlier version."""
    environ = {"DATABASE_URL": url, "SECRET_KEY": FILLED["secret_key"], "PUBLIC_URL": "http://127.0.0.1:8001"}
    engine = engine_of(tmp_path, environ)
    with engine.connect() as connection:
        migrate(connection, request.param)
    with engine.begin() as connection:
        fill(connection)
    engine.dispose()
    return environ


@pytest.mark.only_on("sqlite")
async def test_people_of_a_previous_version_go_on_in_tables_like_those_of_a_new_database(
    tmp_path: Path, old: dict[str, str], database: Databases
) -> None:
    await upgrade_and_find_everybody(tmp_path, old, database)


@pytest.mark.only_on("postgres")
async def test_so_do_people_of_a_previous_version_on_a_server(
    tmp_path: Path, old: dict[str, str], database: Databases
) -> None:
    await upgrade_and_find_everybody(tmp_path, old, database)


async def upgrade_and_find_everybody(tmp_path: Path, old: dict[str, str], database: Databases) -> None:
    check(Settings.from_environment({"DATA_DIR": str(tmp_path), **old}))
    assert shape(engine_of(tmp_path, old)) == shape_of_new(database.kind)
    clock = Clock()
    async with run_backend(tmp_path, clock, **old) as backend:
        me = await backend.get("/auth/user", session=FILLED["session_token"])
        assert (me.body["email"], me.body["name"], me.body["colour"]) == ("ada@example.com", "Ada ⚙", "blue")
        assert (await backend.http.get(me.body["profilePicture"])).content == bytes(range(256))
        assert (await backend.signs_in(password=OLD_PASSWORD)).status == 200
        waiting = next(mail for mail in await backend.mails() if "grace@example.com" in mail)
        assert "Grace" in waiting
        await backend.waits_for_mails()  # whose link is good for an hour from then on
        granted = await backend.grants((await backend.opens(link_of(old))).token)
        assert granted.body["user"]["email"] == "grace@example.com"


@cache
def shape_of_new(kind: str) -> dict[str, Any]:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        environ = {}
        if kind == "postgres":
            made = server().new(empty=True)
            stack.callback(server().drop, made)
            environ["DATABASE_URL"] = address(made)
        check(Settings.from_environment({"DATA_DIR": folder, **environ}))
        return shape(engine_of(Path(folder), environ))


def engine_of(folder: Path, environ: dict[str, str]) -> Engine:
    url = Settings.from_environment({"DATA_DIR": str(folder), **environ}).database.url
    return create_engine(
        url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url, poolclass=NullPool
    )


def fill(connection: Connection) -> None:
    then = MetaData()
    then.reflect(connection)
    connection.execute(then.tables["meta"].delete())
    for name, rows in FILLED["rows"].items():
        connection.execute(insert(then.tables[name]), [as_kept(row, then.tables[name]) for row in rows])
    if "file_pieces" in then.tables:
        pieces = [{"file_id": row["id"], "number": 0, "content": row["content"]} for row in FILLED["rows"]["files"]]
        table = then.tables["file_pieces"]
        connection.execute(insert(table), [as_kept(piece, table) for piece in pieces])


def as_kept(row: dict[str, Any], table: Any) -> dict[str, Any]:
    """JSON has no bytes, and SQLite no truth values. A file's content is not in its row since 0007."""
    kept = {}
    for old_name, value in row.items():
        name = old_name if old_name in table.c else RENAMED.get(old_name, old_name)
        if name not in table.c:
            continue
        if isinstance(value, dict):
            value = base64.b64decode(value["base64"])
        elif table.c[name].type.python_type is bool:
            value = bool(value)
        kept[name] = value
    return kept


def link_of(environ: dict[str, str]) -> str:
    (link,) = (link for link in FILLED["rows"]["links"] if link["email"] == "grace@example.com")
    key = Keyring([environ["SECRET_KEY"]]).derive_link_key(link["id"])
    return f"/_auth/verify?key={key}&action=email-confirm"


def shape(engine: Engine) -> dict[str, Any]:
    """Tables with their columns, keys and indexes, in no order. All are asked for at once: one by one takes long."""
    seen = inspect(engine)
    columns, keys = seen.get_multi_columns(), seen.get_multi_pk_constraint()
    indexes, foreign_keys = seen.get_multi_indexes(), seen.get_multi_foreign_keys()
    return {
        str(table[1]): (
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in columns[table]),
            keys[table]["constrained_columns"],
            sorted(str((index["name"], index["column_names"], index["unique"])) for index in indexes[table]),
            sorted(str((key["constrained_columns"], key["options"])) for key in foreign_keys[table]),
        )
        for table in columns
    }

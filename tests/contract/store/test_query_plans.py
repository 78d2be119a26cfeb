"""No statement of a request reads a table whole: the plans are asked for with a few thousand rows in place."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, select

from backend.settings import Settings
from backend.store import Queries, check_database
from backend.store.compiled import POSTGRES, SQLITE, Compiled, PlainConnection
from backend.store.connections import SET_FOR_SESSION
from backend.store.queries.exports import TABLES
from backend.store.queries.sessions import OtherSessions
from backend.store.records import Bucket, Count, Event, File, Link, Mail, Registration, Session, User
from backend.store.tables import (
    buckets,
    devices,
    events,
    file_pieces,
    files,
    limits,
    links,
    mails,
    registrations,
    sessions,
    users,
)
from tests.kit.databases import Databases
from tests.kit.statements import Noting

pytestmark = pytest.mark.both_databases

ROWS = 4000
NOW = datetime(2026, 3, 1, tzinfo=UTC)
WHOLE = re.compile(r"Seq Scan|SCAN \w+(?! USING)\b")
ID, HASH = f"{7:024x}", f"{7:064x}"
Work = Callable[[Queries], object]


def list_rows(table: str, queries: Queries) -> object:
    """A first page and the one after it."""
    page, after = queries.exports.list_rows(table, ID, 1, None)
    return page, after and queries.exports.list_rows(table, ID, 1, after)


# By the method that makes the statements, and where there are several ways to call it, which.
WORK: dict[str, Work] = {
    "sessions.find_with_user": lambda queries: queries.sessions.find_with_user(HASH),
    "sessions.find_with_user_by_previous": lambda queries: queries.sessions.find_with_user_by_previous(HASH, NOW),
    "sessions.renew": lambda queries: queries.sessions.renew(
        ID, old_hash=HASH, new_hash=ID, previous_until=NOW, confirmed_at=NOW, by="password"
    ),
    "sessions.list_for_user": lambda queries: queries.sessions.list_for_user(ID),
    "sessions.select_others, newest": lambda queries: others(queries).list_newest(50, None),
    "sessions.select_others, after one": lambda queries: others(queries).list_newest(50, _session(7)),
    "sessions.select_others, count": lambda queries: others(queries).count(),
    "sessions.find": lambda queries: queries.sessions.find(ID, HASH, HASH),
    "sessions.update_last_seen": lambda queries: queries.sessions.update_last_seen(ID, NOW),
    "sessions.set_label": lambda queries: queries.sessions.set_label(ID, "Work"),
    "sessions.end_one": lambda queries: queries.sessions.end_one(ID, HASH, HASH),
    "sessions.end_all": lambda queries: queries.sessions.end_all(ID, except_for=ID),
    "sessions.end_oldest": lambda queries: queries.sessions.end_oldest(ID, keep=0),
    "devices.has_any": lambda queries: queries.devices.has_any(ID),
    "devices.forget_oldest": lambda queries: queries.devices.forget_oldest(ID, keep=0),
    "users.find_by_id": lambda queries: queries.users.find_by_id(ID),
    "users.find_by_email": lambda queries: queries.users.find_by_email("ada7@example.com"),
    "users.update": lambda queries: queries.users.update(ID, {"name": "Ada"}),
    "users.begin_leaving": lambda queries: queries.users.begin_leaving(ID, NOW),
    "users.keep": lambda queries: queries.users.keep(ID, NOW),
    "users.leave_now": lambda queries: queries.users.leave_now(ID, NOW),
    "users.list_left": lambda queries: queries.users.list_left(NOW, 50),
    "users.delete_left": lambda queries: queries.users.delete_left(ID, NOW),
    "users.delete": lambda queries: queries.users.delete(ID),
    "registrations.find_by_id": lambda queries: queries.registrations.find_by_id(ID),
    "registrations.list_for_user": lambda queries: queries.registrations.list_for_user(ID),
    "registrations.find_by_secret": lambda queries: queries.registrations.find_by_secret(ID, HASH),
    "registrations.renew": lambda queries: queries.registrations.renew(
        ID, now=NOW, user_agent="", address="", language="en"
    ),
    "registrations.delete": lambda queries: queries.registrations.delete(ID),
    "registrations.delete_all": lambda queries: queries.registrations.delete_all(ID),
    "links.find_by_id": lambda queries: queries.links.find_by_id(ID),
    "links.find_by_key": lambda queries: queries.links.find_by_key(HASH),
    "links.find_by_access_token": lambda queries: queries.links.find_by_access_token(HASH),
    "links.find_by_reference": lambda queries: queries.links.find_by_reference(HASH),
    "links.find_newest_asked": lambda queries: queries.links.find_newest_asked(HASH),
    "links.try_codes": lambda queries: queries.links.try_codes(HASH, ["magic-link"], most=5, since=NOW, now=NOW),
    "links.use_up_code": lambda queries: queries.links.use_up_code(ID, most=5),
    "links.end_codes": lambda queries: queries.links.end_codes(HASH, "magic-link"),
    "links.press": lambda queries: queries.links.press(ID, now=NOW, access_expires_at=NOW),
    "links.has_been_pressed": lambda queries: queries.links.has_been_pressed(
        ID, "change-email", "ada7@example.com", NOW
    ),
    "links.spend": lambda queries: queries.links.spend(ID, NOW),
    "links.extend": lambda queries: queries.links.extend(ID, NOW),
    "links.spend_kind": lambda queries: queries.links.spend_kind(ID, "magic-link", NOW),
    "links.spend_all": lambda queries: queries.links.spend_all(ID, NOW, except_kind="undo-email"),
    "links.spend_others": lambda queries: queries.links.spend_others(ID, NOW, letters=["new-login"]),
    "links.disown": lambda queries: queries.links.disown(ID, NOW),
    "links.list_unspent": lambda queries: queries.links.list_unspent(ID, "change-email"),
    "links.delete_for_registration": lambda queries: queries.links.delete_for_registration(ID),
    "links.find_newest_awaited": lambda queries: queries.links.find_newest_awaited(ID, HASH),
    "links.has_been_sent": lambda queries: queries.links.has_been_sent(_link(7), since=NOW),
    "mails.find_by_id": lambda queries: queries.mails.find_by_id(ID),
    "queue.has_due": lambda queries: queries.queue.has_due("mail", NOW),
    "queue.claim": lambda queries: queries.queue.claim("mail", NOW, until=NOW),
    "mails.find_newest_awaited": lambda queries: queries.mails.find_newest_awaited(ID, "hash", ["email-confirm"]),
    "queue.retry_now": lambda queries: queries.queue.retry_now("mail", NOW, later_than=NOW),
    "queue.renew_lease": lambda queries: queries.queue.renew_lease(ID, NOW, NOW),
    "queue.record_lost_answer": lambda queries: queries.queue.record_lost_answer(ID, failure="", next_try_at=NOW),
    "queue.mark_delivered": lambda queries: queries.queue.mark_delivered(ID, NOW),
    "queue.record_failure": lambda queries: queries.queue.record_failure(ID, failure="", next_try_at=NOW),
    "queue.mark_given_up": lambda queries: queries.queue.mark_given_up(ID, failure="", now=NOW),
    "queue.delete": lambda queries: queries.queue.delete(ID),
    "mails.find_newest_language": lambda queries: queries.mails.find_newest_language(ID),
    "mails.list_newest": lambda queries: queries.mails.list_newest(100),
    "files.find_by_id": lambda queries: queries.files.find_by_id(ID),
    "buckets.find": lambda queries: queries.buckets.find(ID, "photos"),
    "buckets.count": lambda queries: queries.buckets.count(ID),
    "buckets.update": lambda queries: queries.buckets.update(_bucket(7), is_public=False),
    "buckets.delete": lambda queries: queries.buckets.delete(_bucket(7)),
    "files.find_for_user": lambda queries: queries.files.find_for_user(ID, ID),
    "files.find_in_bucket": lambda queries: queries.files.find_in_bucket(ID, _bucket(7), "photo 7.png"),
    "files.find_in_bucket, root": lambda queries: queries.files.find_in_bucket(ID, None, "photo 7.png"),
    "files.list_page": lambda queries: queries.files.list_page(
        ID, _bucket(7), "name", descending=False, offset=0, limit=50
    ),
    "files.measure_usage": lambda queries: queries.files.measure_usage(ID),
    "files.measure_bucket": lambda queries: queries.files.measure_bucket(ID, None),
    "files.set_visibility": lambda queries: queries.files.set_visibility(ID, _bucket(7), is_public=False, now=NOW),
    "files.delete_named": lambda queries: queries.files.delete_named(ID, None, ["photo 7.png", ID]),
    "files.delete_bucket_files": lambda queries: queries.files.delete_bucket_files(ID, _bucket(7)),
    "files.is_name_taken": lambda queries: queries.files.is_name_taken("photo 7.png"),
    "files.read_piece": lambda queries: queries.files.read_piece(ID, 0),
    "files.update": lambda queries: queries.files.update(_file(7), name="photo.png"),
    "files.mark_unused": lambda queries: queries.files.mark_unused(ID, ID, NOW),
    "files.mark_used": lambda queries: queries.files.mark_used(ID, ID),
    "files.delete_some": lambda queries: queries.files.delete_some(ID, 10),
    "files.delete": lambda queries: queries.files.delete(ID),
    "limits.list_active": lambda queries: queries.limits.list_active([HASH, f"{8:064x}"], NOW),
    "devices.forget_all": lambda queries: queries.devices.forget_all(ID),
    "devices.is_known": lambda queries: queries.devices.is_known(HASH),
    "events.list_newest": lambda queries: queries.events.list_newest(ID, 50, None),
    "events.list_before": lambda queries: queries.events.list_before(ID, 50, (NOW, HASH)),
    "events.find": lambda queries: queries.events.find(ID, HASH),
    "events.list_newest, after one": lambda queries: queries.events.list_newest(ID, 50, (NOW, HASH)),
    "events.record": lambda queries: queries.events.record(
        _event(7), rest_id=f"{8:064x}", most=20, since=NOW - timedelta(days=1)
    ),
    "meta.get": lambda queries: queries.meta.get("environment_id"),
    "meta.check_writable": lambda queries: queries.meta.check_writable(),
    "meta.set": lambda queries: queries.meta.set("environment_id", ID),
    "expired_rows.delete_sessions": lambda queries: queries.expired_rows.delete_sessions(NOW, 50),
    "expired_rows.delete_limits": lambda queries: queries.expired_rows.delete_limits(NOW, 50),
    "expired_rows.delete_devices": lambda queries: queries.expired_rows.delete_devices(NOW, 50),
    "expired_rows.delete_links": lambda queries: queries.expired_rows.delete_links(NOW, 50),
    "expired_rows.delete_mails": lambda queries: queries.expired_rows.delete_mails(NOW, 50),
    "expired_rows.delete_events": lambda queries: queries.expired_rows.delete_events(NOW, 50),
    "expired_rows.delete_registrations": lambda queries: queries.expired_rows.delete_registrations(
        NOW + timedelta(days=1), 50
    ),
    **{f"exports.list_rows, {table}": partial(list_rows, table) for table in TABLES},
    "expired_rows.delete_photos": lambda queries: queries.expired_rows.delete_photos(NOW, 50),
}
ONLY_INSERT = {
    *(f"{topic}.insert" for topic in ("users", "registrations", "sessions", "links", "mails", "buckets", "files")),
    *("limits.increment", "devices.remember"),
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
        _fill(connection)
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
        return Compiled(select(users.c.id).where(users.c.name == "Ada 7")).fetch_all(queries.users.connection)

    assert [plan for plan in _plans(connection, by_name) if _reads_whole(plan)]


def _reads_whole(plan: str) -> bool:
    """Also where an index is read from one end to the other."""
    nodes = re.split(r"(?=(?:Bitmap Index|Index Only|Index) Scan)", plan)[1:]
    return bool(WHOLE.search(plan)) or any("Index Cond" not in node for node in nodes)


def others(queries: Queries) -> OtherSessions:
    return queries.sessions.select_others(ID, f"{8:024x}", now=NOW, used_since=NOW)


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


def _fill(connection: Connection) -> None:
    """One of each for each user. The mails have gone, all but a few; some sessions and links have expired."""
    rows = range(ROWS)
    connection.execute(insert(users), [asdict(_user(row)) for row in rows])
    connection.execute(insert(registrations), [asdict(_registration(row)) for row in rows])
    connection.execute(insert(sessions), [asdict(_session(row)) for row in rows])
    connection.execute(insert(links), [asdict(_link(row)) for row in rows])
    connection.execute(insert(mails), [asdict(_mail(row)) for row in rows])
    connection.execute(insert(limits), [asdict(Count(f"{row:064x}", 1, _when(row))) for row in rows])
    known = [{"id": f"{row:064x}", "user_id": f"{row:024x}", "expires_at": _when(row)} for row in rows]
    connection.execute(insert(devices), known)
    connection.execute(insert(buckets), [asdict(_bucket(row)) for row in rows])
    connection.execute(insert(events), [asdict(_event(row)) for row in rows])
    connection.execute(insert(files), [asdict(_file(row)) for row in rows])
    pieces = [{"file_id": _file(row).id, "number": 0, "content": b"photo"} for row in rows]
    connection.execute(insert(file_pieces), pieces)


def _when(row: int) -> datetime:
    """The first hundred are over by now."""
    return NOW + timedelta(minutes=row - 100)


def _user(row: int) -> User:
    email, name = f"ada{row}@example.com", f"Ada {row}"
    return User(f"{row:024x}", email, email, True, "hash", b"salt" * 4, name, None, None, None, "{}", NOW, NOW)


def _registration(row: int) -> Registration:
    row_id = f"{row:024x}"
    return Registration(row_id, row_id, f"ada{row}@example.com", "hash", "{}", NOW, "Firefox", "127.0.0.1", "en")


def _session(row: int) -> Session:
    row_id, secret = f"{row:024x}", f"{row:064x}"
    times = (_when(row), _when(row), _when(row))
    return Session(row_id, row_id, secret, secret, "password", None, "Firefox", "{}", "127.0.0.1", *times)


def _link(row: int) -> Link:
    row_id, secret, when = f"{row:024x}", f"{row:064x}", _when(row)
    owner = (row_id, row_id, f"ada{row}@example.com")
    times = (when, when, None, None, None, when)
    link = Link(row_id, "magic-link", *owner, secret, secret, secret, *times, "Firefox", "", "en")  # type: ignore[arg-type]
    return replace(link, waiting_hash=secret)


def _mail(row: int) -> Mail:
    row_id, due = f"{row:024x}", NOW if row < 20 else None
    to = (f"ada{row}@example.com", "Ada", "en")
    return Mail(row_id, "magic-link", row_id, row_id, *to, _when(row), due, delivered_at=None if due else NOW)


def _file(row: int) -> File:
    row_id = f"{row:024x}"
    bucket_id = row_id if row % 2 else None
    return File(row_id, row_id, f"photo {row}.png", 5, "image/png", True, "[]", NOW, NOW, bucket_id)


def _event(row: int) -> Event:
    row_id, when = f"{row:024x}", _when(row)
    return Event(f"{row:064x}", row_id, "session.opened", "{}", "Firefox", "Windows", "127.0.0.1", 1, when, when)


def _bucket(row: int) -> Bucket:
    row_id = f"{row:024x}"
    return Bucket(row_id, row_id, "photos", True, "[]", NOW, NOW)

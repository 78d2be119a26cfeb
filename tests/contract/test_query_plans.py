"""No statement of a request reads a table whole: the plans are asked for with a few thousand rows in place."""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, insert, select

from backend.settings import Settings
from backend.store import Queries, check_database
from backend.store.records import Count, File, Link, Mail, Registration, Session, User
from backend.store.session_queries import Others
from backend.store.tables import devices, files, limits, links, mails, registrations, sessions, users
from tests.contract.databases import Databases

ROWS = 4000
NOW = datetime(2026, 3, 1, tzinfo=UTC)
WHOLE = re.compile(r"Seq Scan|SCAN \w+(?! USING)\b")
ID = f"{7:024x}"
Work = Callable[[Queries], object]

REQUESTS: dict[str, Work] = {
    "a session with its user": lambda queries: queries.sessions.with_user(f"{7:064x}"),
    "the sessions of a user": lambda queries: queries.sessions.of_user(ID),
    "the newest sessions of a user": lambda queries: others(queries).newest(50, None),
    "the sessions before one": lambda queries: others(queries).newest(50, _session(7)),
    "how many sessions": lambda queries: others(queries).count(),
    "a session by its names": lambda queries: queries.sessions.one(ID, f"{7:064x}", f"{7:064x}"),
    "a session was seen": lambda queries: queries.sessions.seen(ID, NOW),
    "a session is named": lambda queries: queries.sessions.label(ID, "Work"),
    "log-out": lambda queries: queries.sessions.end(ID),
    "log-out of another": lambda queries: queries.sessions.end_one(ID, f"{7:064x}", f"{7:064x}"),
    "log-out of all others": lambda queries: queries.sessions.end_all(ID, except_for=ID),
    "a user": lambda queries: queries.users.by_id(ID),
    "a user by address": lambda queries: queries.users.by_email("ada7@example.com"),
    "a user changes": lambda queries: queries.users.change(ID, {"name": "Ada"}),
    "a user goes": lambda queries: queries.users.remove(ID),
    "a registration": lambda queries: queries.registrations.by_id(ID),
    "the registrations of a user": lambda queries: queries.registrations.of_user(ID),
    "the registrations of a user go": lambda queries: queries.registrations.remove_all(ID),
    "a link by key": lambda queries: queries.links.by_key(f"{7:064x}"),
    "a link by access token": lambda queries: queries.links.by_access_token(f"{7:064x}"),
    "a link by reference": lambda queries: queries.links.by_reference(f"{7:064x}"),
    "a link is pressed": lambda queries: queries.links.press(ID, now=NOW, access_expires_at=NOW),
    "a link is spent": lambda queries: queries.links.spend(ID, NOW),
    "links of a kind are spent": lambda queries: queries.links.spend_kind(ID, "magic-link", NOW),
    "links of a user are spent": lambda queries: queries.links.spend_all(ID, NOW),
    "links of a registration go": lambda queries: queries.links.remove_of_registration(ID),
    "was it just sent": lambda queries: queries.links.was_sent(
        user_id=ID, kind="magic-link", email="ada7@example.com", registration_id=None, since=NOW
    ),
    "a mail": lambda queries: queries.mails.by_id(ID),
    "is a mail due": lambda queries: queries.mails.any_due(NOW),
    "due mails are claimed": lambda queries: queries.mails.claim(NOW, until=NOW, count=5),
    "a mail is delivered": lambda queries: queries.mails.delivered(ID, NOW),
    "the newest mails": lambda queries: queries.mails.newest(100),
    "a file": lambda queries: queries.files.by_id(ID),
    "a file of a user": lambda queries: queries.files.of_user(ID, "photo 7.png"),
    "is a file's name taken": lambda queries: queries.files.name_taken("photo 7.png"),
    "the bytes of a file": lambda queries: queries.files.content(ID),
    "what is counted": lambda queries: queries.limits.standing([f"{7:064x}", f"{8:064x}"], NOW),
    "a known device": lambda queries: queries.devices.is_known(f"{7:064x}"),
    "expired sessions": lambda queries: queries.sessions.connection.execute(
        select(sessions.c.id).where(sessions.c.expires_at <= NOW).limit(100)
    ),
    "expired links": lambda queries: queries.links.connection.execute(
        select(links.c.id).where(links.c.expires_at <= NOW).limit(100)
    ),
    "expired counts": lambda queries: queries.limits.connection.execute(
        select(limits.c.id).where(limits.c.expires_at <= NOW).limit(100)
    ),
    "expired devices": lambda queries: queries.devices.connection.execute(
        select(devices.c.id).where(devices.c.expires_at <= NOW).limit(100)
    ),
}


@pytest.fixture
def connection(tmp_path: Path, database: Databases) -> Iterator[Connection]:
    """To a filled database; what a test does to it is undone."""
    url = Settings.from_environment({"DATA_DIR": str(tmp_path), **database.environ(tmp_path)}).database
    check_database(url)
    engine = create_engine(url.set(drivername="postgresql+psycopg") if database.kind == "postgres" else url)
    with engine.connect() as connection:
        _fill(connection)
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
        yield connection
    engine.dispose()


def test_every_request_finds_its_rows_by_an_index(connection: Connection) -> None:
    reading_whole = {}
    for name, work in REQUESTS.items():
        plans = _plans(connection, work)
        assert plans, name
        found = [plan for plan in plans if WHOLE.search(plan)]
        if found:
            reading_whole[name] = found
    assert not reading_whole


def test_a_statement_without_an_index_would_be_found(connection: Connection) -> None:
    def by_name(queries: Queries) -> object:
        return queries.users.connection.execute(select(users.c.id).where(users.c.name == "Ada 7"))

    assert [plan for plan in _plans(connection, by_name) if WHOLE.search(plan)]


def others(queries: Queries) -> Others:
    return queries.sessions.living_others(ID, f"{8:024x}", now=NOW, used_since=NOW)


def _plans(connection: Connection, work: Work) -> list[str]:
    said: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        said.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    work(Queries(connection))
    event.remove(connection, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    plans = [
        connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
        for statement, parameters in said
        if not statement.startswith("INSERT")
    ]
    connection.rollback()
    return ["\n".join(str(row[-1]) for row in plan) for plan in plans]


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
    connection.execute(insert(files), [{**asdict(_file(row)), "content": b"photo"} for row in rows])


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
    return Link(
        row_id, "magic-link", *owner, secret, secret, secret, when, when, None, None, None, when, "Firefox", "", "en"
    )


def _mail(row: int) -> Mail:
    row_id, due = f"{row:024x}", NOW if row < 20 else None
    to = (f"ada{row}@example.com", "Ada", "en")
    return Mail(row_id, "magic-link", row_id, row_id, *to, _when(row), 0, due, None if due else NOW, None, None)


def _file(row: int) -> File:
    row_id = f"{row:024x}"
    return File(row_id, row_id, f"photo {row}.png", 5, "image/png", True, "[]", NOW, NOW)

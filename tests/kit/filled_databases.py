"""Databases with people in them, and the cookies of those who are signed in. Written straight into the tables: through
the front door a million people would take days."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Table, create_engine, insert

from backend.kernel.devices import user_agent_to_json
from backend.kernel.keys import hash_secret
from backend.kernel.password_hashing import PasswordHasher
from backend.store.sqlite import SqliteStore
from backend.store.tables import sessions, users
from tests.kit.contract import KEY
from tests.kit.load import Request
from tests.kit.people import CHROME, PASSWORD, SAFARI
from web.http.cookies import Cookies
from web.settings import Settings

SECRET_KEY = "signs what is measured, and nothing else"
ENVIRON: Mapping[str, str] = {
    "SECRET_KEY": SECRET_KEY,
    "ALTOGIC_CLIENT_KEY": KEY,
    "OUTBOX": "on",
    "LIMIT_FACTOR": "1000000",  # here one person logs in as often as a whole town
}
SALT = bytes(16)
CHUNK = 20_000  # rows written at once
AGENTS = (CHROME, SAFARI)
QUICKLY = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "locking_mode=EXCLUSIVE")


def site_environ(folder: Path, **more: str) -> dict[str, str]:
    return {**ENVIRON, "DATA_DIR": str(folder), **more}


def new_sqlite(file: Path, people: int, sessions_each: int | Mapping[int, int] = 1) -> str:
    """Write a database file with this many people and return its DATABASE_URL.

    `sessions_each` may map the first people to numbers of sessions of their own.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    SqliteStore(file).close_now()
    engine = create_engine(URL.create("sqlite", database=str(file)))
    with engine.connect() as connection:
        for pragma in QUICKLY:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        fill(connection, people, sessions_each)
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    engine.dispose()
    return f"sqlite:///{file}"


def fill(connection: Connection, people: int, sessions_each: int | Mapping[int, int] = 1) -> None:
    """All in one transaction."""
    counts = sessions_each if isinstance(sessions_each, Mapping) else {}
    usual = sessions_each if isinstance(sessions_each, int) else 1
    now, password_hash = datetime.now(UTC), _password_hash()
    devices = [user_agent_to_json(agent) for agent in AGENTS]
    _write(connection, users, (_user(n, now, password_hash) for n in range(people)))
    opened = ((n, count) for n in range(people) for count in range(counts.get(n, usual)))
    _write(connection, sessions, (_session(n, count, now, devices) for n, count in opened))
    connection.commit()


def token(person: int, session: int = 0) -> str:
    return _digest(f"token {person} {session}")[:43]


def email(person: int) -> str:
    return f"person{person}@example.com"


def cookie(person: int, session: int = 0) -> str:
    signed = Cookies.of(Settings.from_environment(ENVIRON)).session.signer.sign(token(person, session))
    return f"session={signed.decode()}"


def profile_of(people: Sequence[int]) -> list[Request]:
    """`GET /profile` as each of them, from a browser like any."""
    return [Request("/profile", headers={**BROWSER, "Cookie": cookie(person)}) for person in people]


def login_of(people: Sequence[int]) -> list[Request]:
    headers = {**BROWSER, **FORM}
    return [
        Request("/login", "POST", headers, f"email={email(person).replace('@', '%40')}&password={TYPED}")
        for person in people
    ]


TYPED = PASSWORD.replace(" ", "+")
BROWSER = {"User-Agent": CHROME, "Accept": "text/html", "Accept-Language": "en-GB,en;q=0.9"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


def _write(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            connection.execute(insert(table), chunk)
            chunk = []
    if chunk:
        connection.execute(insert(table), chunk)


def _user(n: int, now: datetime, password_hash: str) -> dict[str, Any]:
    return {
        "id": _digest(f"user {n}")[:24],
        "email": email(n),
        "email_key": email(n),
        "email_verified": True,
        "password_hash": password_hash,
        "password_salt": SALT,
        "name": f"Person {n}",
        "profile_picture": None,
        "language": None,
        "timezone": "Europe/Berlin",
        "fields": json.dumps({}),
        "sign_up_at": now - timedelta(days=100),
        "last_login_at": now - timedelta(days=1),
    }


def _session(n: int, count: int, now: datetime, devices: Sequence[str]) -> dict[str, Any]:
    began = now - timedelta(days=1, minutes=count)
    return {
        "id": _digest(f"session {n} {count}")[:24],
        "user_id": _digest(f"user {n}")[:24],
        "token_hash": hash_secret(token(n, count)),
        "handle": _digest(f"handle {n} {count}"),
        "method": "password",
        "label": None,
        "user_agent": AGENTS[count % 2],
        "device": devices[count % 2],
        "address": "127.0.0.1",
        "created_at": began,
        "last_seen_at": now,
        "expires_at": now + timedelta(days=30),
    }


def _password_hash() -> str:
    passwords = PasswordHasher(threads=1)
    try:
        return asyncio.run(passwords.hash(PASSWORD, SALT))
    finally:
        passwords.close()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

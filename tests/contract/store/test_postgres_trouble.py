"""PostgreSQL while the backend runs: tables somebody else has locked, and a server that goes and comes back."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from signal import Signals
from typing import Any

import pytest
from sqlalchemy import func, make_url, select

from backend.store import Queries, StoreUnavailableError
from backend.store.compiled import Compiled
from backend.store.connections import CONNECT_TIMEOUT
from backend.store.postgres import READ_CONNECTIONS, WRITE_CONNECTIONS, PostgresStore, prepare
from tests.faults.proxy import Proxy
from tests.faults.ways_to_break import Silent
from tests.kit.backend import Backend, run_backend
from tests.kit.contract import Answer
from tests.kit.databases import databases
from tests.kit.postgres import Cluster, address, cluster, connect

pytestmark = pytest.mark.only_on("postgres")

PATIENCE = 12.0  # seconds until whoever waits for the database is told that it cannot be done now
GIVEN_UP = 8.0  # seconds until a connection is that says nothing for one; psycopg alone would take eleven
TOLD_SOONER = 8.0  # seconds; without what the address says it would be ten


@pytest.fixture
def own() -> Iterator[Cluster]:
    """The others go on with theirs."""
    with cluster() as own:
        yield own


async def test_what_somebody_else_has_locked_is_told_within_a_bounded_time(tmp_path: Path) -> None:
    """Sooner than by itself, where the address says so."""
    database = databases.environ(tmp_path)["DATABASE_URL"]
    sooner = f"{database}?options=-clock_timeout%3D1s"
    async with run_backend(tmp_path, DATABASE_URL=sooner, EMAIL_CONFIRMATION="off") as backend:
        session = (await backend.signs_up()).token
        with connect(backend.settings.database.url) as other, other.transaction():
            other.execute("LOCK TABLE users, sessions")
            began = time.monotonic()
            calls = [*(backend.get("/auth/user", session=session) for _ in range(12)), backend.signs_in()]
            for answer in await asyncio.gather(*calls):
                assert (answer.status, answer.code) == (503, "service_unavailable")
                assert answer.headers["retry-after"]
            assert time.monotonic() - began < TOLD_SOONER
        assert (await backend.get("/auth/user", session=session)).status == 200
        assert (await backend.signs_in()).status == 200


class Person:
    """Renames themselves again and again, and looks."""

    def __init__(self, backend: Backend, number: int) -> None:
        self.backend, self.number = backend, number
        self.name, self.maybe = "Ada", ""
        self.answers: list[tuple[int, float]] = []

    async def joins(self) -> None:
        joined = await self.backend.signs_up(f"ada{self.number}@example.com")
        self.token, self.id = joined.token, joined.body["user"]["_id"]

    async def goes_on(self) -> None:
        while True:
            await self.acts()

    async def acts(self) -> None:
        await self.renames()
        await self.looks()

    async def renames(self) -> int:
        self.maybe = f"Ada {len(self.answers)}"
        body = {"model": "users", "id": self.id, "values": {"name": self.maybe}}
        renamed = await self.timed("POST", "/db/object/update", json=body)
        if renamed.status == 200:
            self.name = self.maybe
        return renamed.status

    async def looks(self) -> int:
        looked = await self.timed("GET", "/auth/user")
        assert looked.status == 503 or looked.body["name"] in (self.name, self.maybe)
        return looked.status

    async def timed(self, method: str, path: str, **rest: Any) -> Answer:
        began = time.monotonic()
        answer = await self.backend.calls(method, path, session=self.token, **rest)
        self.answers.append((answer.status, time.monotonic() - began))
        return answer


@pytest.mark.parametrize("how", [Signals.SIGINT, Signals.SIGQUIT], ids=["in good order", "as by a crash"])
async def test_a_restart_of_the_server_needs_no_restart_of_the_backend(
    tmp_path: Path, own: Cluster, how: Signals
) -> None:
    prepare(own.url)
    database = address(own.url)
    async with run_backend(tmp_path, DATABASE_URL=database, EMAIL_CONFIRMATION="off") as backend:
        people = [Person(backend, number) for number in range(6)]
        await asyncio.gather(*(person.joins() for person in people))
        going_on = [asyncio.create_task(person.goes_on()) for person in people]
        await asyncio.sleep(0.3)
        await asyncio.to_thread(own.stop, how)
        await asyncio.sleep(0.5)
        assert (await backend.http.get("/readyz")).status_code == 503
        assert (await backend.http.get("/healthz")).status_code == 200
        await asyncio.to_thread(own.start)
        for person in people:
            await person.timed("GET", "/auth/user")
            assert person.answers[-1][0] == 200
        for task in going_on:
            task.cancel()
        ends = await asyncio.gather(*going_on, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends
        statuses = {status for person in people for status, _ in person.answers}
        assert statuses == {200, 503}
        assert max(seconds for person in people for _, seconds in person.answers) < PATIENCE


async def test_connections_that_say_nothing_are_given_up(own: Cluster) -> None:
    """All of them, as when what stands between hangs; whoever asks later is served over new ones."""
    with Proxy(own.port) as line:
        store = PostgresStore(own.url.set(port=line.port), prepare(own.url), answer_timeout=1.0)
        try:
            await asyncio.gather(*(store.read(a_look) for _ in range(READ_CONNECTIONS)))
            with line.breaks(Silent()):
                acts = [store.write(a_look), *(store.read(a_look) for _ in range(READ_CONNECTIONS - 1))]
                ends = await asyncio.wait_for(asyncio.gather(*acts, return_exceptions=True), GIVEN_UP)
                assert all(isinstance(end, StoreUnavailableError) for end in ends), ends
            assert await store.read(a_look)
        finally:
            await asyncio.wait_for(store.close(), 2 * PATIENCE)


def a_look(queries: Queries) -> str | None:
    return queries.meta.get("environment_id")


async def test_a_write_that_fails_leaves_nothing_and_the_next_ones_work(tmp_path: Path) -> None:
    """As often as there are connections, and more: none is kept in the middle of it."""
    url = make_url(databases.environ(tmp_path)["DATABASE_URL"])
    store = PostgresStore(url, prepare(url))
    try:
        for _ in range(WRITE_CONNECTIONS + 1):
            with pytest.raises(KeyError):
                await store.write(half_done)
        assert await store.read(mail_server) == "here"
        with connect(url) as connection:
            begun = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
            )
            assert connection.execute(begun).fetchone() == (1,)  # this one
        await store.write(lambda queries: queries.meta.set("mail_server", "away"))
        assert await store.read(mail_server) == "away"
        await store.write(lambda queries: queries.meta.set("mail_server", "here"))
    finally:
        await store.close()


async def test_who_finds_no_connection_free_is_told(tmp_path: Path) -> None:
    url = make_url(databases.environ(tmp_path)["DATABASE_URL"])
    store = PostgresStore(url, prepare(url))
    try:
        waits = [asyncio.create_task(store.read(a_long_look)) for _ in range(READ_CONNECTIONS)]
        await asyncio.sleep(0)
        with pytest.raises(StoreUnavailableError, match="no connection is free"):
            await store.read(a_look)
        assert await asyncio.gather(*waits) == [True] * READ_CONNECTIONS
        assert await store.read(a_look)
    finally:
        await store.close()


def half_done(queries: Queries) -> None:
    queries.meta.set("mail_server", "half done")
    raise KeyError


def mail_server(queries: Queries) -> str | None:
    return queries.meta.get("mail_server")


def a_long_look(queries: Queries) -> bool:
    """Longer than anybody waits for a connection."""
    sleep = select(func.pg_sleep(CONNECT_TIMEOUT + 1).label("slept"))
    return bool(Compiled(sleep).fetch_all(queries.meta.connection))

"""Writes to SQLite that wait at the same time are committed together, and none is harmed by another."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from threading import Event

import pytest

from backend.kernel.refusals import RefusalError, refusal
from backend.store import SqliteStore
from backend.store.queries import Queries

pytestmark = pytest.mark.only_on("sqlite")

COUNT = 20
SET = "INSERT INTO meta (key, value) VALUES (?, ?)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "accounts.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    await store.close()


async def test_people_who_write_at_the_same_time_find_it_on_disk_and_share_a_commit(
    store: SqliteStore, path: Path
) -> None:
    commits: list[str] = []
    store._writer.connection.set_trace_callback(lambda sql: commits.append(sql) if sql.startswith("COMMIT") else None)
    await _write_at_once(store, *(_setter(f"key {number}") for number in range(COUNT)))
    store._writer.connection.set_trace_callback(None)
    assert _keys(path) == {f"key {number}" for number in range(COUNT)}
    assert len(commits) == 2  # that of the write they waited for, and theirs


async def test_whoever_is_refused_among_others_keeps_nothing_and_harms_nobody(store: SqliteStore, path: Path) -> None:
    outcomes = await _write_at_once(store, _setter("before"), _refuse, _setter("after"))
    assert outcomes[0] == "before"
    assert isinstance(outcomes[1], RefusalError)
    assert outcomes[2] == "after"
    assert _keys(path) == {"before", "after"}


async def test_whoever_collides_is_told_so_and_the_others_are_written(store: SqliteStore, path: Path) -> None:
    outcomes = await _write_at_once(store, _setter("one"), _setter("one"), _setter("two"))
    assert outcomes[0] == "one"
    assert isinstance(outcomes[1], sqlite3.IntegrityError)
    assert outcomes[2] == "two"
    assert _keys(path) == {"one", "two"}


async def test_a_visitor_who_leaves_while_waiting_has_written_all(store: SqliteStore, path: Path) -> None:
    held = Event()
    holding = asyncio.create_task(store.write(lambda _queries: held.wait(10)))
    leaving = [asyncio.create_task(store.write(_setter(key))) for key in ("one", "two")]
    await asyncio.sleep(0)
    leaving[0].cancel()
    held.set()
    await asyncio.gather(holding, *leaving, return_exceptions=True)
    assert leaving[0].cancelled()
    assert _keys(path) == {"one", "two"}


async def test_what_waits_when_the_store_closes_is_written_first(path: Path) -> None:
    store = SqliteStore(path)
    writes = [asyncio.create_task(store.write(_setter(f"key {number}"))) for number in range(COUNT)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*writes)
    assert len(_keys(path)) == COUNT


async def _write_at_once(store: SqliteStore, *works: Callable[[Queries], str]) -> list[str | BaseException]:
    """Write while another write runs, so that all of them wait."""
    held = Event()
    holding = asyncio.create_task(store.write(lambda _queries: held.wait(10)))
    await asyncio.sleep(0)
    writes = [asyncio.create_task(store.write(work)) for work in works]
    await asyncio.sleep(0)
    held.set()
    await holding
    return await asyncio.gather(*writes, return_exceptions=True)


def _setter(key: str) -> Callable[[Queries], str]:
    """Return work that adds a key, once: a second time collides."""

    def work(queries: Queries) -> str:
        queries.meta.connection.connection.execute(SET, (key, "")).close()  # type: ignore[attr-defined]
        return key

    return work


def _refuse(queries: Queries) -> str:
    _setter("half done")(queries)
    raise refusal("permission_denied")


def _keys(path: Path) -> set[str]:
    """Read on a connection of its own what is committed, without what is there from the start."""
    connection = sqlite3.connect(path)
    try:
        return {key for (key,) in connection.execute("SELECT key FROM meta")} & NAMES
    finally:
        connection.close()


NAMES = {"one", "two", "before", "after", "half done", *(f"key {number}" for number in range(COUNT))}

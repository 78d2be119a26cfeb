"""What may stand between the backend and PostgreSQL: a proxy that leads to another server, and a pooler."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from backend.store import StoreError
from backend.store.postgres import prepare
from tests.contract.store.test_postgres_trouble import Person
from tests.faults.proxy import Proxy
from tests.kit.backend import Backend, run_backend
from tests.kit.pgbouncer import pooler_of
from tests.kit.postgres import Cluster, address, cluster, connect, server

pytestmark = pytest.mark.only_on("postgres")

SWITCHED = 15.0  # seconds within which people write again


@pytest.fixture
def primary() -> Iterator[Cluster]:
    with cluster() as primary:
        prepare(primary.url)
        yield primary


def running_at(url: str, folder: Path) -> AbstractAsyncContextManager[Backend]:
    return run_backend(folder, DATABASE_URL=url, EMAIL_CONFIRMATION="off")


async def readiness(backend: Backend) -> int:
    return (await backend.http.get("/readyz")).status_code


async def write_again(people: list[Person]) -> None:
    """Wait until they can, and see that they all can then."""
    await wait_for(people[0].renames, 200)
    assert await asyncio.gather(*(person.renames() for person in people)) == [200] * len(people)


@pytest.mark.parametrize("ends", [True, False], ids=["which ends connections", "which keeps connections"])
async def test_after_a_failover_behind_a_proxy_people_write_without_a_restart(
    tmp_path: Path, primary: Cluster, ends: bool
) -> None:
    with primary.standby() as standby, Proxy(primary.port) as line:
        database = address(primary.url.set(port=line.port))
        async with running_at(database, tmp_path) as backend:
            people = [Person(backend, number) for number in range(6)]
            await asyncio.gather(*(person.joins() for person in people))
            await write_again(people)
            assert await readiness(backend) == 200

            line.to = standby.port  # before it has been promoted
            if ends:
                line.end_all()
            else:  # the one that was first is read-only now, and its connections live on
                with connect(primary.url) as connection:
                    connection.execute("ALTER SYSTEM SET default_transaction_read_only = on")
                    connection.execute("SELECT pg_reload_conf()")
            await wait_for(partial(readiness, backend), 503)
            assert {await person.renames() for person in people} == {503}

            await asyncio.to_thread(standby.promote)
            await write_again(people)
            assert await readiness(backend) == 200
            assert {await person.looks() for person in people} == {200}
            with connect(primary.url) as connection:  # nothing goes to the old one any more, not even what reads
                ours = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'account-pages'"
                assert connection.execute(ours).fetchone() == (0,)


async def wait_for(ask: Callable[[], Awaitable[int]], status: int) -> None:
    async with asyncio.timeout(SWITCHED):
        while await ask() != status:  # noqa: ASYNC110 (the server tells nobody)
            await asyncio.sleep(0.1)


async def test_behind_pgbouncer_in_transaction_mode_everybody_is_served(tmp_path: Path) -> None:
    empty = server().new(empty=True)
    try:
        with pooler_of(empty) as pooled:
            url = address(pooled)
            async with running_at(url, tmp_path) as backend, running_at(url, tmp_path) as other:
                people = [Person((backend, other)[number % 2], number) for number in range(8)]
                await asyncio.gather(*(person.joins() for person in people))
                for _ in range(12):  # psycopg prepares what was asked six times
                    await asyncio.gather(*(person.acts() for person in people))
                assert {status for person in people for status, _ in person.answers} == {200}
                assert await readiness(backend) == 200
    finally:
        server().drop(empty)


@pytest.mark.parametrize("threshold", ["0", "5", "none"])
async def test_prepared_statements_can_be_chosen_in_the_address(tmp_path: Path, threshold: str) -> None:
    database = server().lend()
    try:
        url = address(database.update_query_dict({"prepare_threshold": threshold}))
        async with running_at(url, tmp_path) as backend:
            assert (await backend.signs_up()).status == 200
    finally:
        server().take_back(database)


@pytest.mark.parametrize(
    "option", ["prepare_threshold=soon", "row_factory=dict_row", "autocommit=1", "cursor_factory=x"]
)
def test_options_that_an_address_cannot_have_are_refused_in_one_line(option: str) -> None:
    name, _, value = option.partition("=")
    with pytest.raises(StoreError, match=f"^DATABASE_URL: {name} ") as refused:
        prepare(server().url.update_query_dict({name: value}))
    assert "\n" not in str(refused.value)

"""The database is locked, full, damaged or away: what cannot be done is said, and what was done stays."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from signal import Signals
from unittest import SkipTest

from sqlalchemy import make_url

from tests.faults.lines import public_pages_stay_up
from tests.faults.logs import readable
from tests.faults.people import Resident, somebody
from tests.faults.processes import under_load
from tests.faults.ways_to_break import NOISE, Drips, Resets, Says, Silent, Way
from tests.faults.world import Breakable, breakable
from tests.kit.pgbouncer import pooler_of
from tests.kit.postgres import address, cluster, server
from tests.kit.serving import expect_no_start
from tests.kit.spoiled_databases import Disk, cut, damaged, foreign, mounts, newer

MANY = 8  # twice as many are more than the backend has connections
ROUNDS = 25  # of acts: more than it takes until psycopg prepares a statement
REFUSED = "the database refused"
SPOILED: tuple[Callable[[Path], None], ...] = (newer, damaged, cut, foreign)
OF_POSTGRES: dict[str, Way] = {
    "silence": Silent(),
    "a reset": Resets(),
    "a drip of bytes": Drips(),
    "garbage": Says(NOISE),
}


async def lock(world: Breakable) -> int:
    """By somebody else who writes: what only reads goes on."""
    async with two_residents(world) as (ada, grace):
        with readable(world, REFUSED), closing(sqlite3.connect(world.file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await ada.looks() == 200
            assert set(await asyncio.gather(ada.renames(), grace.renames())) == {503}
            assert await grace.looks() == 200
            other.execute("ROLLBACK")
            await asyncio.gather(ada.finds_everything(), grace.finds_everything())
    return 4


async def full_disk(_world: Breakable) -> int:
    """A world of its own, on a disk that is small enough to be filled."""
    with (
        tempfile.TemporaryDirectory() as folder,
        small_disk() as disk,
        breakable(Path(folder), split=False, DATA_DIR=str(disk.folder / "site")) as world,
    ):
        async with two_residents(world) as (ada, grace):
            with readable(world, REFUSED):
                disk.fills()
                while await ada.renames() != 503:  # until the room is used up that the file had already
                    pass
                assert await ada.looks() == 200
                assert await grace.looks() == 200
                disk.empties()
                await asyncio.gather(ada.finds_everything(), grace.finds_everything())
            return len(ada.maybe) + ada.acknowledged + 4


@contextmanager
def small_disk() -> Iterator[Disk]:
    with tempfile.TemporaryDirectory() as folder:
        if not mounts(Path(folder)):
            assert os.environ.get("CI") != "true", "no small disk can be mounted"
            raise SkipTest("only root can mount a small disk")
        try:
            yield Disk(Path(folder))
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


async def damage_file(world: Breakable) -> int:
    """The start is refused with one line; a good file, put back, is served as if nothing had been."""
    async with two_residents(world) as (ada, _):
        world.keeper.stops()
        good = world.file.read_bytes()
        for spoil in SPOILED:
            spoil(world.file)
            said = expect_no_start(world.keeper.module, world.keeper.environ, world.folder)
            assert said.startswith("DATABASE_URL: the database "), said
            assert said.count("\n") == 1, said
            world.file.write_bytes(good)
        world.keeper.starts()
        await ada.finds_everything()
    return len(SPOILED)


async def away(world: Breakable) -> int:
    assert world.line_to_database
    return await everybody_is_answered(world, world.line_to_database.stops_listening())


async def line_breaks(world: Breakable, name: str) -> int:
    assert world.line_to_database
    return await everybody_is_answered(world, world.line_to_database.breaks(OF_POSTGRES[name]))


async def everybody_is_answered(world: Breakable, trouble: AbstractContextManager[None]) -> int:
    async with two_residents(world) as (ada, grace):
        await asyncio.gather(*(ada.renames() for _ in range(2 * MANY)))  # so that all connections are there
        with readable(world, "backend unreachable"):
            with ExitStack() as stack:
                stack.enter_context(trouble)
                acts = [resident.renames() for resident in (ada, grace) for _ in range(MANY)]
                assert set(await asyncio.gather(*acts)) == {503}
                async with world.browser() as guest:
                    await public_pages_stay_up(guest)
            await asyncio.gather(ada.finds_everything(), grace.finds_everything())
    return len(acts)


async def end_connections(world: Breakable) -> int:
    """By the server, again and again: most of it is done again, and nobody notices."""
    mine = make_url(world.database)

    def ended() -> None:
        for _ in range(5):
            server().end_connections(mine)

    with readable(world):
        return await under_load(world, ended)


async def restart(_world: Breakable) -> int:
    """A server of its own, which can be stopped."""
    with tempfile.TemporaryDirectory() as folder, cluster() as own:

        def again() -> None:
            own.stop(Signals.SIGINT)
            own.start()

        with breakable(Path(folder), split=True, database=address(own.url)) as world, readable(world):
            return await under_load(world, again)


async def failover(_world: Breakable) -> int:
    """The standby takes the place of the first server, which dies; a proxy leads to it before it takes writes."""
    with (
        tempfile.TemporaryDirectory() as folder,
        cluster() as own,
        own.standby() as standby,
        breakable(Path(folder), split=True, database=address(own.url)) as world,
        readable(world),
    ):

        def switch() -> None:
            assert world.line_to_database
            world.line_to_database.to = standby.port
            own.stop(Signals.SIGQUIT)
            standby.promote()

        return await under_load(world, switch)


async def pool(_world: Breakable) -> int:
    """By PgBouncer, in transaction mode: its server connections are fewer than ours."""
    with (
        tempfile.TemporaryDirectory() as folder,
        cluster() as own,
        pooler_of(own.url) as url,
        breakable(Path(folder), split=True, database=address(url)) as world,
        readable(world),
    ):
        async with two_residents(world) as residents:
            for _ in range(ROUNDS):
                acts = [act() for resident in residents for act in (resident.renames, resident.looks)]
                assert set(await asyncio.gather(*acts)) == {200, 303}
        return ROUNDS * len(acts)


@asynccontextmanager
async def two_residents(world: Breakable) -> AsyncIterator[tuple[Resident, Resident]]:
    one, two = somebody(), somebody()
    async with world.browser(one) as here, world.browser(two) as there:
        yield Resident(here, one.name), Resident(there, two.name)

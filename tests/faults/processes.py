"""A program is killed, stopped or frozen while people write, and is there again: nothing they were told is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

from tests.faults.logs import readable
from tests.faults.people import Resident, expect_answer, somebody
from tests.faults.world import Breakable, Running

PEOPLE = 4
SETTLED = 2.0  # seconds after the programs answer, until which what was begun before may fail
FROZEN = 12.0  # seconds: more than the site's deadline


async def kill(world: Breakable) -> int:
    """The program that has the data, and in a split world then the other one."""
    acknowledged = 0
    for program in world.programs:
        with readable(world):
            acknowledged += await under_load(world, again(program, program.dies))
    return acknowledged


async def restart(world: Breakable) -> int:
    acknowledged = 0
    for program in world.programs:
        with readable(world):
            acknowledged += await under_load(world, again(program, program.stops))
    return acknowledged


def again(program: Running, ends: Callable[[], None]) -> Callable[[], None]:
    def act() -> None:
        ends()
        program.starts()

    return act


async def under_load(world: Breakable, trouble: Callable[[], None], *, settled: float = SETTLED) -> int:
    """People write all the time, and fail at it only while the trouble lasts. How much was acknowledged."""
    async with AsyncExitStack() as stack:
        people = [somebody() for _ in range(PEOPLE)]
        browsers = [await stack.enter_async_context(world.browser(person)) for person in people]
        residents = [Resident(browser, person.name) for browser, person in zip(browsers, people, strict=True)]
        going_on = [asyncio.create_task(resident.goes_on()) for resident in residents]
        await asyncio.sleep(0.5)
        began = time.monotonic()
        await asyncio.to_thread(trouble)
        ended = time.monotonic() + settled
        await asyncio.sleep(settled + 0.5)
        for task in going_on:
            task.cancel()
        ends = await asyncio.gather(*going_on, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends
        for resident in residents:
            failed = [when for when, status in resident.statuses if status != 303 and not began <= when <= ended]
            assert not failed, (
                f"failed from {failed[0] - began:.1f} s on, until {failed[-1] - ended:.1f} s after the trouble"
            )
            assert {status for _, status in resident.statuses} <= {0, 303, 503}
            await resident.finds_everything()
        return sum(resident.acknowledged for resident in residents)


async def frozen(world: Breakable) -> int:
    """Stopped by a signal, so that it takes connections and says nothing, and going on later as if nothing had been."""
    person = somebody()
    async with world.browser(person) as browser, world.browser() as guest:
        ada = Resident(browser, person.name)
        with readable(world, "backend unreachable" if world.backend else ""):
            with world.keeper.frozen():
                looking = [asyncio.create_task(ada.renames()) for _ in range(5)]
                if world.backend:
                    await expect_answer(guest.opens("/login"))
                    assert guest.status == 200
                await asyncio.sleep(FROZEN if world.backend else 3)
            statuses = set(await asyncio.gather(*looking))
            assert statuses == ({503} if world.backend else {303}), statuses
            await ada.finds_everything()
    return len(looking)

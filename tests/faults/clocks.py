"""A clock is an hour off: that of one program, or that of both, from one start to the next.

The clock is shifted where each program is given it as an argument: see an_hour_off.py.
"""

from __future__ import annotations

from tests.faults.logs import readable
from tests.faults.people import Resident, somebody
from tests.faults.secret_keys import logs_in_by
from tests.faults.world import Breakable, Running

OFF = "tests.faults.an_hour_off"


async def between_programs(world: Breakable) -> int:
    """Each in turn is ahead and behind, and the other one is right."""
    return await with_clocks(world, [([program], hours) for program in world.programs for hours in (1, -1)])


async def between_starts(world: Breakable) -> int:
    """All are ahead, then behind, then right again."""
    return await with_clocks(world, [(world.programs, hours) for hours in (1, -1)])


async def with_clocks(world: Breakable, changes: list[tuple[list[Running], int]]) -> int:
    person = somebody()
    async with world.browser(person) as browser:
        ada = Resident(browser, person.name)
        with readable(world):
            for programs, hours in changes:
                starts(programs, hours)
                await ada.finds_everything()
                await somebody_new_logs_in_by_a_link(world)
                starts(programs, 0)
                await ada.finds_everything()
                await somebody_new_logs_in_by_a_link(world)
    return 4 * len(changes)


def starts(programs: list[Running], hours: int) -> None:
    for program in programs:
        program.stops()
        if hours:
            program.starts(OFF, PROGRAM=program.module, HOURS_OFF=str(hours))
        else:
            program.starts()


async def somebody_new_logs_in_by_a_link(world: Breakable) -> None:
    person = somebody()
    async with world.browser(person), world.browser() as guest:
        await logs_in_by(guest, await world.login_link(guest, person), person)
        await Resident(guest, person.name).finds_everything()

"""Calls to a backend in another process: networks take turns at the connections."""

import asyncio

from web.api.turns import Turns


async def test_lines_take_turns_and_who_goes_away_gives_its_place_on() -> None:
    turns, gate, done = Turns(2), asyncio.Event(), list[str]()

    async def call(line: str) -> None:
        async with turns.take(line):
            await gate.wait()
            done.append(line)

    calls = [asyncio.create_task(call(line)) for line in ["a stranger"] * 20 + ["another"] * 20 + ["owner"] * 2]
    await asyncio.sleep(0)
    calls[2].cancel()
    gate.set()
    await asyncio.gather(*calls, return_exceptions=True)
    assert len(done) == 41
    assert done.index("owner") < 6
    assert done[:8].count("another") >= 2


async def test_after_a_rush_there_are_as_many_places_as_before() -> None:
    turns, held = Turns(2), list[int]()

    async def call() -> None:
        async with turns.take(""):
            held.append(1)
            await asyncio.sleep(0)
            held.pop()

    for _ in range(3):
        rush = [asyncio.create_task(call()) for _ in range(9)]
        await asyncio.sleep(0)
        assert len(held) == 2
        for one in rush[:5]:
            one.cancel()
        await asyncio.gather(*rush, return_exceptions=True)
        held.clear()

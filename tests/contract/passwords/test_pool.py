"""The pool that hashes: one stranger's storm leaves room for everybody else, and nobody waits for all of it."""

import asyncio
import threading
from functools import partial

import pytest

from serving.pool import BoundedPool, PoolFullError


async def test_one_line_holds_half_of_the_places_and_another_still_gets_one() -> None:
    pool, gate = BoundedPool("test", threads=1, queued=9), threading.Event()
    storm = [asyncio.ensure_future(pool.run(gate.wait, "a stranger")) for _ in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(PoolFullError):
        await pool.run(gate.wait, "a stranger")
    owner = asyncio.ensure_future(pool.run(lambda: "in", "somebody else"))
    await asyncio.sleep(0)
    gate.set()
    assert await owner == "in"
    await asyncio.gather(*storm)
    assert await pool.run(lambda: "again", "a stranger") == "again"
    pool.close()


async def test_lines_take_turns() -> None:
    pool, gate, done = BoundedPool("test", threads=1, queued=99), threading.Event(), list[str]()
    first = asyncio.ensure_future(pool.run(gate.wait, "first"))
    lines = ["a stranger"] * 20 + ["another"] * 20 + ["owner", "owner"]
    others = [asyncio.ensure_future(pool.run(partial(done.append, line), line)) for line in lines]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, *others)
    assert done[:6] == ["a stranger", "another", "owner"] * 2
    pool.close()


async def test_a_pool_that_several_strangers_have_filled_makes_room_for_somebody_else() -> None:
    pool, gate = BoundedPool("test", threads=1, queued=11), threading.Event()
    storms = [
        asyncio.ensure_future(pool.run(gate.wait, line)) for line in ("one", "another", "third") for _ in range(4)
    ]
    await asyncio.sleep(0)
    owner = asyncio.ensure_future(pool.run(lambda: "in", "owner"))
    await asyncio.sleep(0)
    with pytest.raises(PoolFullError):  # no line is much longer than this one
        await pool.run(gate.wait, "third")
    gate.set()
    assert await owner == "in"
    results = await asyncio.gather(*storms, return_exceptions=True)
    assert [type(result) for result in results].count(PoolFullError) == 1
    pool.close()


async def test_who_has_gone_away_costs_no_work() -> None:
    pool, gate, done = BoundedPool("test", threads=1, queued=9), threading.Event(), list[str]()
    first = asyncio.ensure_future(pool.run(gate.wait))
    gone = asyncio.ensure_future(pool.run(lambda: done.append("gone")))
    last = asyncio.ensure_future(pool.run(lambda: done.append("last")))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, last)
    assert done == ["last"]
    pool.close()

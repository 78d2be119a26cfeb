"""The pool that hashes: one stranger's storm leaves room for everybody else."""

import asyncio
import threading

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

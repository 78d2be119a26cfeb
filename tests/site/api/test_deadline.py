"""The deadline of a call, which starts its timer only where something is waited for."""

import asyncio
from collections.abc import Awaitable

import pytest

from web.api.deadline import in_time

SOON = 0.01
NEVER = 60.0


async def test_a_call_that_need_not_wait_answers_without_an_event_loop_having_turned() -> None:
    turned = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(turned.set_result, None)
    assert await in_time(SOON, _answer()) == "an answer"
    assert not turned.done()


async def test_a_call_may_wait_again_and_again_until_the_deadline() -> None:
    async def wait_twice() -> str:
        await asyncio.sleep(0)
        await asyncio.sleep(SOON)
        return await _answer()

    assert await in_time(NEVER, wait_twice()) == "an answer"


async def test_what_a_call_waits_for_may_fail_and_the_call_goes_on() -> None:
    async def fall_back() -> str:
        try:
            await _fail_later()
        except ConnectionError:
            await asyncio.sleep(0)
        return await _answer()

    assert await in_time(NEVER, fall_back()) == "an answer"


async def test_a_call_that_fails_at_once_or_later_says_why() -> None:
    for work in (_fail(), _fail_later()):
        with pytest.raises(ConnectionError):
            await in_time(NEVER, work)


async def test_a_late_call_is_ended_and_cleans_up_first() -> None:
    done = list[str]()
    with pytest.raises(TimeoutError):
        await in_time(SOON, _wait_for_ever(done))
    assert done == ["cleaned up"]


async def test_a_visitor_who_leaves_ends_the_call_too() -> None:
    done = list[str]()
    task = asyncio.create_task(_await(in_time(NEVER, _wait_for_ever(done))))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["cleaned up"]


async def _answer() -> str:
    return "an answer"


async def _fail() -> str:
    raise ConnectionError


async def _fail_later() -> str:
    await asyncio.sleep(0)
    return await _fail()


async def _wait_for_ever(done: list[str]) -> str:
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        await asyncio.sleep(0)
        done.append("cleaned up")
    return await _answer()


async def _await(work: Awaitable[str]) -> str:
    return await work

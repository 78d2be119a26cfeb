"""A deadline that costs nothing where nothing is waited for.

`asyncio.timeout` takes longer than all else around a call within this process, which hardly ever has to wait.
"""

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

T = TypeVar("T")


@coroutine
def in_time(seconds: float, work: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    """Return what `work` returns. Raises TimeoutError where it has to wait, and waits for so many seconds."""
    try:
        awaited = work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    return (yield from _finish_in_time(seconds, work, awaited).__await__())


async def _finish_in_time(seconds: float, work: Coroutine[Any, Any, T], awaited: Any) -> T:
    async with asyncio.timeout(seconds):
        return await _finish(work, awaited)


@coroutine
def _finish(work: Coroutine[Any, Any, T], awaited: Any) -> Generator[Any, Any, T]:
    """Go on with `work` when what it waits for is there, or when it is cancelled."""
    try:
        yield awaited
    except BaseException as error:  # it may clean up, and wait for that too
        try:
            awaited = work.throw(error)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]
        return (yield from _finish(work, awaited))
    return (yield from work)  # type: ignore[no-any-return]

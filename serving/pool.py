"""Work that would hold up the event loop, in a few threads of low priority and with a bounded queue."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

LOW_PRIORITY = 10  # of -20 to 19, the lowest


class PoolFullError(Exception):
    """So much is waiting already that who comes now is better told to come again."""


class BoundedPool:
    """At most `threads` at work, and `queued` waiting for each."""

    def __init__(self, name: str, *, threads: int, queued: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name, initializer=_let_others_go_first)
        self._places = threading.BoundedSemaphore(threads * (queued + 1))

    async def run(self, work: Callable[[], T]) -> T:
        """A place is held by the work, not by the request: a client that goes away frees nothing early. Raises
        PoolFullError."""
        if not self._places.acquire(blocking=False):
            raise PoolFullError
        future = self._pool.submit(work)
        future.add_done_callback(self._free)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _free(self, _future: "Future[Any]") -> None:
        self._places.release()


def _let_others_go_first() -> None:
    """Pages are answered by another thread, which is to have a core when it wants one."""
    with contextlib.suppress(OSError, AttributeError):  # only Linux gives threads a priority of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW_PRIORITY)

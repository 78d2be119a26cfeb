"""Work that would hold up the event loop, in a few threads of low priority and with a bounded queue."""

import asyncio
import contextlib
import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

LOW_PRIORITY = 10  # of -20 to 19, the lowest


class PoolFullError(Exception):
    """So much is waiting already that who comes now is better told to come again."""


class BoundedPool:
    """At most `threads` at work, and `queued` waiting for each. Who shares a line may hold half of these places at
    most, so that one stranger's storm leaves room for everybody else."""

    def __init__(self, name: str, *, threads: int, queued: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name, initializer=_let_others_go_first)
        self._most = threads * (queued + 1)
        self._held: Counter[str] = Counter()  # places, by line
        self._lock = threading.Lock()  # they are freed by the threads

    async def run(self, work: Callable[[], T], line: str = "") -> T:
        """A place is held by the work, not by the request: a client that goes away frees nothing early. Work without a
        line has no share. Raises PoolFullError."""
        self._take_place(line)
        future = self._pool.submit(work)
        future.add_done_callback(lambda _: self._free(line))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _take_place(self, line: str) -> None:
        with self._lock:
            share = self._most // 2 if line else self._most
            if self._held[line] >= share or self._held.total() >= self._most:
                raise PoolFullError
            self._held[line] += 1

    def _free(self, line: str) -> None:
        with self._lock:
            self._held[line] -= 1
            if not self._held[line]:
                del self._held[line]


def _let_others_go_first() -> None:
    """Pages are answered by another thread, which is to have a core when it wants one."""
    with contextlib.suppress(OSError, AttributeError):  # only Linux gives threads a priority of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW_PRIORITY)

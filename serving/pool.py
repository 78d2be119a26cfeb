"""Work that would hold up the event loop, in a few threads of low priority, with a bounded queue and fair turns."""

import asyncio
import contextlib
import os
import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

LOW_PRIORITY = 10  # of -20 to 19, the lowest
Job = tuple[Callable[[], Any], "Future[Any]"]


class PoolFullError(Exception):
    """The queue is full: the client should try again later."""


class BoundedPool:
    """At most `threads` at work, and `queued` waiting for each.

    Lines take turns (round robin), so that nobody waits for all that a stranger has sent. A line may hold half of the
    places at most, and where all are taken the longest line gives one back to a shorter one.
    """

    def __init__(self, name: str, *, threads: int, queued: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name, initializer=_lower_priority)
        self._most = threads * (queued + 1)
        self._waiting: dict[str, deque[Job]] = {}  # by line, the next in turn first
        self._held: Counter[str] = Counter()  # places by line, of what waits or is at work
        self._lock = threading.Lock()

    async def run(self, work: Callable[[], T], line: str = "") -> T:
        """Run work in a thread and return its result. `line` is the network, for example, that shares its places.

        The work holds its place even if the client goes away. Work without a line has no share. Raises PoolFullError,
        at once or when its place is given to a shorter line.
        """
        future: Future[T] = Future()
        with self._lock:
            self._take_place(line)
            self._waiting.setdefault(line, deque()).append((work, future))
        self._pool.submit(self._work_next)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            for _work, future in (job for jobs in self._waiting.values() for job in jobs):
                future.cancel()

    def _take_place(self, line: str) -> None:
        if line and self._held[line] >= self._most // 2:
            raise PoolFullError
        if self._held.total() >= self._most:
            self._take_from_longest(line)
        self._held[line] += 1

    def _take_from_longest(self, line: str) -> None:
        """Refuse what came last to the line in which most wait, if that is longer than this one."""
        longest = max(self._waiting, key=lambda each: len(self._waiting[each]), default=line)
        if self._held[longest] <= self._held[line] + 1 or not self._waiting[longest]:
            raise PoolFullError
        _work, future = self._waiting[longest].pop()
        self._free(longest)
        if future.set_running_or_notify_cancel():
            future.set_exception(PoolFullError())

    def _work_next(self) -> None:
        """Do the work whose turn it is; there may be none left."""
        with self._lock:
            line = next(iter(self._waiting), None)
            if line is None:
                return
            jobs = self._waiting.pop(line)
            work, future = jobs.popleft()
            if jobs:
                self._waiting[line] = jobs  # behind all others
        _work(work, future)
        with self._lock:
            self._free(line)

    def _free(self, line: str) -> None:
        self._held[line] -= 1
        if not self._held[line]:
            del self._held[line]
        if not self._waiting.get(line, True):
            del self._waiting[line]


def _work(work: Callable[[], T], future: "Future[T]") -> None:
    if not future.set_running_or_notify_cancel():  # nobody waits for it any more
        return
    try:
        result = work()
    except BaseException as error:  # as an executor does: it is for who waits
        future.set_exception(error)
    else:
        future.set_result(result)


def _lower_priority() -> None:
    """Lower the priority of this thread, so that the one that answers pages gets a core when it needs one."""
    with contextlib.suppress(OSError, AttributeError):  # only Linux gives threads a priority of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW_PRIORITY)

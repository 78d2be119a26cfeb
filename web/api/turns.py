"""Fair queueing for a bounded number of places (round robin)."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """A semaphore whose waiting lines take turns, so that no line waits for all of another."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}  # by line, the next in turn first

    @property
    def are_taken(self) -> bool:
        """Whether whoever takes a place now has to wait for it."""
        return self._free == 0

    @asynccontextmanager
    async def take(self, line: str) -> AsyncIterator[None]:
        """Hold a place while the context lasts; wait for it in the turn of one's line."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(line)
        try:
            yield
        finally:
            self._release()

    async def _wait(self, line: str) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(line, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the place was given at the very moment of the cancellation
                self._release()
            raise

    def _release(self) -> None:
        while self._waiting:
            line = next(iter(self._waiting))
            turns = self._waiting.pop(line)
            turn = turns.popleft()
            if turns:
                self._waiting[line] = turns  # behind all others
            if not turn.done():  # else the waiter has been cancelled
                turn.set_result(None)
                return
        self._free += 1

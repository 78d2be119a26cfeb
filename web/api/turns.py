"""Fair turns at something of which there is a bounded number."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """So many places at once. Lines that wait take turns (round robin), so that none waits for all of another."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}  # by line, the next in turn first

    @asynccontextmanager
    async def take(self, line: str) -> AsyncIterator[None]:
        """Hold a place, in one's turn."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(line)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, line: str) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(line, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # given in the very moment in which it was given up
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            line = next(iter(self._waiting))
            turns = self._waiting.pop(line)
            turn = turns.popleft()
            if turns:
                self._waiting[line] = turns  # behind all others
            if not turn.done():  # else whoever waited has gone away
                turn.set_result(None)
                return
        self._free += 1

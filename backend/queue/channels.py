"""What a channel is to the queue. Mail is one (`tasks/delivery.py`)."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

from backend.store import Queries
from backend.store.records import Mail


class Connection(Protocol):
    """Takes one item after the other."""

    async def send(self, item: Mail, on_handover: Callable[[], None]) -> None:
        """Send an item. `on_handover` is called once it may have arrived. Raises DeliveryError."""
        ...

    async def probe(self) -> None:
        """Check whether items would be taken. Raises DeliveryError."""
        ...


class Channel:
    """A way for items of the outbox to leave: a `name`, which its items bear, and `send`; all else has defaults.

    `is_away`: when last seen, at `seen_at` of the event loop's clock, it took nothing. One that `can_be_probed` is
    looked for while it is away.
    """

    name: str
    can_be_probed = False
    is_away, seen_at = False, -math.inf

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Connection]:
        """Open what several items can be sent over, one after the other."""
        yield self

    async def send(self, item: Mail, on_handover: Callable[[], None]) -> None:
        """Send an item, as `Connection.send` says."""
        raise NotImplementedError

    async def probe(self) -> None:
        """Check nothing: items are tried."""

    def note_seen(self, *, is_away: bool = False) -> None:
        """Remember that the channel was just seen. The queue does so too; this is for whoever knows it earlier."""
        self.is_away, self.seen_at = is_away, asyncio.get_running_loop().time()

    def record_departure(self, queries: Queries, item: Mail, now: datetime) -> None:
        """Write what else is so once an item has left, or may have, with the outcome."""

    def record_status(self, queries: Queries, *, is_away: bool) -> None:
        """Write that the channel is away, or here again, for whoever waits for an item."""

"""Leases: an item is claimed for a while, and the claim is renewed as long as this process lives.

So each item is sent by one process at a time, and none is lost with a process.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.kernel.clock import Clock
from backend.queue.outcomes import Outcome
from backend.store import Queries, Store
from backend.store.records import Mail


@dataclass
class Claim:
    """An item that this process has claimed, `until` its lease ends. Once it `is_handed_over` it may have arrived."""

    item: Mail
    until: datetime
    worker: "asyncio.Task[None] | None" = None
    is_handed_over: bool = False

    def mark_handed_over(self) -> None:
        self.is_handed_over = True


class Leases:
    """The claims of this process on items of a channel. Every method of it raises StoreUnavailableError."""

    def __init__(self, store: Store, clock: Clock, channel: str, duration: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._channel = channel
        self._duration = duration
        self._claims: dict[str, Claim] = {}  # by the item's id

    async def claim(self) -> Claim | None:
        """Claim the item that has been due for longest, or return None."""
        now = self._clock()
        if not await self._store.read(_has_due, self._channel, now):
            return None
        until = now + self._duration
        item = await self._store.write(_claim, self._channel, now, until)
        if item is None or item.id in self._claims:  # its lease could not be renewed in time
            return None
        self._claims[item.id] = Claim(item, until)
        return self._claims[item.id]

    def forget(self, claim: Claim) -> None:
        """Forget a claim once the outcome of its item is written."""
        del self._claims[claim.item.id]

    def forget_worker(self, worker: "asyncio.Task[None]") -> None:
        """Forget what a worker that failed had in hand: it is due at the end of its lease."""
        self._claims = {key: claim for key, claim in self._claims.items() if claim.worker is not worker}

    def list_handed_over(self) -> list[Claim]:
        """List the claims on items whose answers are due."""
        return [claim for claim in self._claims.values() if claim.is_handed_over]

    async def renew(self) -> None:
        """Renew all claims, however long the channel takes for their items."""
        if self._claims:
            until = self._clock() + self._duration
            for claim in await self._store.write(_renew, list(self._claims.values()), until):
                claim.until = until

    async def release(self, plan_lost_answer: Callable[[Mail], Outcome]) -> None:
        """Make what was not handed over due again; of the rest write that its answer was lost."""
        outcomes = [plan_lost_answer(claim.item) for claim in self.list_handed_over()]
        unsent = [claim for claim in self._claims.values() if not claim.is_handed_over]
        if outcomes or unsent:
            await self._store.write(_release, outcomes, unsent, self._clock())


def _has_due(queries: Queries, channel: str, now: datetime) -> bool:
    return queries.queue.has_due(channel, now)


def _claim(queries: Queries, channel: str, now: datetime, until: datetime) -> Mail | None:
    return queries.queue.claim(channel, now, until=until)


def _renew(queries: Queries, claims: Sequence[Claim], until: datetime) -> list[Claim]:
    return [claim for claim in claims if queries.queue.renew_lease(claim.item.id, claim.until, until)]


def _release(queries: Queries, outcomes: Sequence[Outcome], unsent: Sequence[Claim], now: datetime) -> None:
    for outcome in outcomes:
        outcome(queries)
    for claim in unsent:
        queries.queue.renew_lease(claim.item.id, claim.until, now)

"""The exports that are being sent, few at once: one of an account, in whichever process, and a few in this one.

What holds an account's place is a lease in the database, renewed while the export is sent. So it holds over all
processes, and ends by itself soon after one of them is killed.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.kernel.clock import Clock
from backend.kernel.refusals import RefusalError, refusal
from backend.store import Queries, Store, StoreUnavailableError

EXPORTS_AT_ONCE = 4  # in this process
RETRY_AFTER = 10  # seconds
LEASE = timedelta(seconds=30)
RENEW_EVERY = 10.0  # seconds


class RunningExports:
    """The places of this process, EXPORTS_AT_ONCE in all."""

    def __init__(self) -> None:
        self._taken = 0

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a place. Raises `server_busy`."""
        if self._taken >= EXPORTS_AT_ONCE:
            raise _refuse("server_busy")
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1


@dataclass
class Lease:
    """The right to send an account's export, `until` a time. `id` is a pseudonym of the account."""

    id: str
    until: datetime

    @classmethod
    def take(cls, queries: Queries, lease_id: str, now: datetime) -> "Lease":
        """Take it, within the caller's transaction. Raises `rate_limit_exceeded` while somebody else has it."""
        taken = queries.limits.increment(lease_id, now=now, expires_at=now + LEASE)
        if taken.count > 1:
            raise _refuse("rate_limit_exceeded")
        return cls(lease_id, taken.expires_at)

    @asynccontextmanager
    async def hold(self, store: Store, clock: Clock) -> AsyncIterator[None]:
        """Renew it while the context lasts, however slowly the export is read, and then give it back."""
        renewing = asyncio.create_task(self._renew_regularly(store, clock))
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(StoreUnavailableError):
                await store.write(_end, self)

    async def _renew_regularly(self, store: Store, clock: Clock) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            with suppress(StoreUnavailableError):  # there is a next time before it ends
                self.until = await store.write(_renew, self, clock())


def _renew(queries: Queries, lease: Lease, now: datetime) -> datetime:
    until = now + LEASE
    return until if queries.limits.renew(lease.id, lease.until, until) else lease.until


def _end(queries: Queries, lease: Lease) -> None:
    queries.limits.delete(lease.id, lease.until)


def _refuse(code: str) -> RefusalError:
    error = refusal(code)
    error.retry_after = RETRY_AFTER
    return error

"""A background task that takes the items of a channel from the outbox and delivers them, again and again until each has
gone or is given up. Several processes may do so at once (`leases.py`)."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from backend.kernel.clock import Clock
from backend.queue.channels import Channel, Connection
from backend.queue.errors import ChannelAwayError, DeliveryError
from backend.queue.leases import Claim, Leases
from backend.queue.outcomes import Outcome, Outcomes
from backend.store import Store, StoreUnavailableError

log = logging.getLogger("backend.queue")

WORKERS = 8  # of a channel in this process, each over a connection of its own
RENEWALS_PER_LEASE = 3
POLL_SECONDS = 2.0  # other processes write items too, and backoffs end
STATUS_FRESH_SECONDS = 10.0  # what was seen of a channel this lately is not looked at again
PROBE_SECONDS = 30.0  # how often a channel that is away is looked for
SECONDS_TO_FINISH = 5.0  # at a stop, for the answer to an item that was handed over


@asynccontextmanager
async def run_delivery(
    store: Store, clock: Clock, channel: Channel, *, lease: timedelta, waits: asyncio.Event
) -> AsyncIterator[None]:
    """Deliver the items of a channel while the context lasts, at once where `waits` is set after one was written."""
    delivery = Delivery(store, clock, channel, lease=lease, waits=waits)
    tasks = [asyncio.create_task(delivery.run()), asyncio.create_task(delivery.renew_leases())]
    try:
        yield
    finally:
        await _stop(tasks)
        await delivery.finish()


class Delivery:
    """Delivers several items at once, so that a slow one holds up no other."""

    def __init__(self, store: Store, clock: Clock, channel: Channel, *, lease: timedelta, waits: asyncio.Event) -> None:
        self._store = store
        self._channel = channel
        self._lease = lease
        self._waits = waits
        self._leases = Leases(store, clock, channel.name, lease)
        self._outcomes = Outcomes(channel, clock)
        self._workers: set[asyncio.Task[None]] = set()
        self._was_away: bool | None = None
        self._is_stopping = False

    async def run(self) -> None:
        """Deliver what is due whenever an item was written, and every POLL_SECONDS."""
        while True:
            was_requested = self._waits.is_set()
            self._waits.clear()
            try:
                await self._start_workers()
                self._probe_if_needed(was_requested=was_requested)
            except Exception:
                log.exception("delivering by %s failed", self._channel.name)
            with contextlib.suppress(TimeoutError):
                # Not wait_for: in Python 3.11 it swallows a cancellation that meets the event, and the stop would hang.
                async with asyncio.timeout(POLL_SECONDS):
                    await self._waits.wait()

    async def renew_leases(self) -> None:
        """Renew the leases of claimed items RENEWALS_PER_LEASE times in each."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / RENEWALS_PER_LEASE)
            with contextlib.suppress(StoreUnavailableError):
                await self._leases.renew()

    async def finish(self) -> None:
        """Wait a moment for answers that are due, end the rest, and leave what was not sent to the next start."""
        self._is_stopping = True
        answering = {claim.worker for claim in self._leases.list_handed_over() if claim.worker}
        await _stop(self._workers - answering)
        if answering:
            await asyncio.wait(answering, timeout=SECONDS_TO_FINISH)
        await _stop(answering)
        plan = partial(self._outcomes.plan_lost_answer, failure="stopped before the answer came")
        with contextlib.suppress(StoreUnavailableError):  # then they are due at the end of their leases
            await self._leases.release(plan)

    async def _start_workers(self) -> None:
        """Start as many workers as there is work for; while the channel is away, one."""
        most = 1 if self._channel.is_away else WORKERS
        with contextlib.suppress(StoreUnavailableError):  # logged where it happened; the items are still there
            while len(self._workers) < most and (claim := await self._leases.claim()):
                self._start(self._work(claim))

    def _probe_if_needed(self, *, was_requested: bool) -> None:
        """Look for the channel when somebody asks for an item, and now and then while it is away.

        Everybody who waits for an item is told of an outage, also those for whom there is none.
        """
        is_away, age = self._channel.is_away, asyncio.get_running_loop().time() - self._channel.seen_at
        is_old = age > (PROBE_SECONDS if is_away else STATUS_FRESH_SECONDS)
        if self._channel.can_be_probed and is_old and (was_requested or is_away) and not self._workers:
            self._start(self._probe())

    def _start(self, work: Coroutine[None, None, None]) -> None:
        worker = asyncio.create_task(work)
        self._workers.add(worker)
        worker.add_done_callback(self._remove_worker)

    def _remove_worker(self, worker: "asyncio.Task[None]") -> None:
        self._workers.discard(worker)
        if worker.cancelled():
            return
        if error := worker.exception():
            log.error("delivering by %s failed", self._channel.name, exc_info=error)
        self._leases.forget_worker(worker)

    async def _work(self, claim: Claim | None) -> None:
        """Deliver this item, and all that are due after it, over one connection."""
        with contextlib.suppress(StoreUnavailableError):
            async with self._channel.connect() as connection:
                while claim:
                    claim.worker = asyncio.current_task()
                    await self._record(await self._send(connection, claim))
                    self._leases.forget(claim)
                    await self._record_status()
                    claim = None if self._channel.is_away or self._is_stopping else await self._leases.claim()

    async def _probe(self) -> None:
        async with self._channel.connect() as connection:
            try:
                await connection.probe()
            except DeliveryError as error:
                self._note_away(error)
        await self._record_status()

    async def _send(self, connection: Connection, claim: Claim) -> Outcome:
        try:
            await connection.send(claim.item, claim.mark_handed_over)
        except DeliveryError as error:
            self._note_away(error)
            return self._outcomes.plan_failure(claim.item, error)
        self._channel.note_seen()
        return self._outcomes.plan_success(claim.item)

    def _note_away(self, error: DeliveryError) -> None:
        if isinstance(error, ChannelAwayError):
            self._channel.note_seen(is_away=True)

    async def _record_status(self) -> None:
        if self._channel.is_away is not self._was_away:
            self._was_away = self._channel.is_away
            await self._record(self._outcomes.plan_status(is_away=self._was_away))
            self._waits.set()

    async def _record(self, outcome: Outcome) -> None:
        """Write an outcome, however long the database takes: unwritten, the item would be sent again."""
        while True:
            try:
                return await self._store.write(outcome)
            except StoreUnavailableError:
                await asyncio.sleep(POLL_SECONDS)


async def _stop(tasks: Iterable["asyncio.Task[None]"]) -> None:
    """Cancel tasks until they end: `wait_for`, which the SMTP client uses, swallows a cancellation in Python 3.11."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.1)

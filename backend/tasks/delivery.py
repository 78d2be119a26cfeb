"""A background task that takes mails from the outbox and delivers them, again and again until each has gone.

A mail is claimed for the time of a lease, which is renewed as long as this process lives: so each mail is sent by one
process at a time, and none is lost with a process. How a mail is tried again: `delivery_outcome.py`.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.mail.errors import MailError
from backend.mail.templates import RenderedMail
from backend.mail.transports import MailSession, MailTransport, choose_transport
from backend.rules.context import Services
from backend.rules.outbox import render_mail
from backend.store import Queries, StoreUnavailableError
from backend.store.records import Mail
from backend.tasks.delivery_outcome import (
    MAIL,
    Outcome,
    plan_failure,
    plan_giving_up,
    plan_lost_answer,
    plan_server_status,
    plan_success,
)

log = logging.getLogger("backend.mail")

CONCURRENT_MAILS = 8  # in this process, each over a connection of its own
RENEWALS_PER_LEASE = 3
POLL_SECONDS = 2.0  # other processes write mails too, and backoffs end
STATUS_FRESH_SECONDS = 10.0  # what was seen of the mail server this lately is not looked at again
PROBE_SECONDS = 30.0  # how often a server that is away is looked for
SECONDS_TO_FINISH = 5.0  # at a stop, for the answer to a mail that was handed over


@asynccontextmanager
async def deliver_mails(services: Services) -> AsyncIterator[None]:
    """Deliver mails while the context lasts. Without a mail server or an outbox page mails wait for one."""
    transport = choose_transport(services.settings, services.clock, services.mail_server)
    if transport is None:
        yield
        return
    delivery = Delivery(services, transport)
    tasks = [asyncio.create_task(delivery.run()), asyncio.create_task(delivery.renew_leases())]
    try:
        yield
    finally:
        await _stop(tasks)
        await delivery.finish()


@dataclass
class ClaimedMail:
    """A mail that this process has claimed, `until` its lease ends. Once it `is_handed_over` it may have arrived."""

    mail: Mail
    until: datetime
    worker: "asyncio.Task[None] | None" = None
    is_handed_over: bool = False

    def mark_handed_over(self) -> None:
        self.is_handed_over = True


class Delivery:
    """Delivers several mails at once, so that a slow one holds up no other."""

    def __init__(self, services: Services, transport: MailTransport) -> None:
        self._services = services
        self._lease = timedelta(seconds=services.settings.mail.lease)
        self._transport = transport
        self._workers: set[asyncio.Task[None]] = set()
        self._claimed: dict[str, ClaimedMail] = {}  # by the mail's id
        self._was_away: bool | None = None
        self._is_stopping = False

    async def run(self) -> None:
        """Deliver what is due whenever a mail was written, and every POLL_SECONDS."""
        while True:
            was_requested = self._services.mail_waits.is_set()
            self._services.mail_waits.clear()
            try:
                await self._start_workers()
                self._probe_if_needed(was_requested=was_requested)
            except Exception:
                log.exception("delivering mail failed")
            with contextlib.suppress(TimeoutError):
                # Not wait_for: in Python 3.11 it swallows a cancellation that meets the event, and the stop would hang.
                async with asyncio.timeout(POLL_SECONDS):
                    await self._services.mail_waits.wait()

    async def renew_leases(self) -> None:
        """Renew the leases of claimed mails, however long the mail server takes for them."""
        while True:
            await asyncio.sleep(self._services.settings.mail.lease / RENEWALS_PER_LEASE)
            if self._claimed:
                with contextlib.suppress(StoreUnavailableError):
                    await self._renew(list(self._claimed.values()))

    async def finish(self) -> None:
        """Wait a moment for answers that are due, end the rest, and leave what was not sent to the next start."""
        self._is_stopping = True
        answering = {claimed.worker for claimed in self._claimed.values() if claimed.is_handed_over and claimed.worker}
        await _stop(self._workers - answering)
        if answering:
            await asyncio.wait(answering, timeout=SECONDS_TO_FINISH)
        await _stop(answering)
        with contextlib.suppress(StoreUnavailableError):  # then they are due at the end of their leases
            await self._release(list(self._claimed.values()))

    async def _start_workers(self) -> None:
        """Start as many workers as there is work for; while the mail server is away, one."""
        most = 1 if self._transport.is_away else CONCURRENT_MAILS
        with contextlib.suppress(StoreUnavailableError):  # logged where it happened; the mails are still there
            while len(self._workers) < most and (mail := await self._claim()):
                self._start(self._work(mail))

    def _probe_if_needed(self, *, was_requested: bool) -> None:
        """Look for the mail server when somebody asks for a mail, and now and then while it is away.

        Everybody who waits for a mail is told of an outage, also those for whom there is no mail.
        """
        age = asyncio.get_running_loop().time() - self._transport.seen_at
        is_old = age > (PROBE_SECONDS if self._transport.is_away else STATUS_FRESH_SECONDS)
        if is_old and (was_requested or self._transport.is_away) and not self._workers:
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
            log.error("delivering mail failed", exc_info=error)
        self._claimed = {key: claimed for key, claimed in self._claimed.items() if claimed.worker is not worker}

    async def _work(self, mail: Mail | None) -> None:
        """Deliver this mail, and all that are due after it, over one connection."""
        with contextlib.suppress(StoreUnavailableError):
            async with self._transport.connect() as session:
                while mail:
                    await self._deliver(session, mail)
                    await self._record_server_status()
                    mail = None if self._transport.is_away or self._is_stopping else await self._claim()

    async def _probe(self) -> None:
        async with self._transport.connect() as session:
            with contextlib.suppress(MailError):
                await session.probe()
        await self._record_server_status()

    async def _record_server_status(self) -> None:
        if self._transport.is_away is not self._was_away:
            self._was_away = self._transport.is_away
            await self._record(plan_server_status(self._services, is_away=self._was_away))
            self._services.mail_waits.set()

    async def _claim(self) -> Mail | None:
        now, store = self._services.clock(), self._services.store
        if not await store.read(_has_due, now):
            return None
        mail = await store.write(_claim, now, until=now + self._lease)
        if mail is None or mail.id in self._claimed:  # its lease could not be renewed in time
            return None
        self._claimed[mail.id] = ClaimedMail(mail, now + self._lease)
        return mail

    async def _deliver(self, session: MailSession, mail: Mail) -> None:
        claimed = self._claimed[mail.id]
        claimed.worker = asyncio.current_task()
        rendered = await render_mail(self._services, mail)
        if rendered is None:
            await self._record(plan_giving_up(self._services, mail))
        else:
            await self._record(await self._send(session, rendered, claimed))
        del self._claimed[mail.id]

    async def _send(self, session: MailSession, rendered: RenderedMail, claimed: ClaimedMail) -> Outcome:
        try:
            await session.send(claimed.mail, rendered, claimed.mark_handed_over)
        except MailError as error:
            return plan_failure(self._services, claimed.mail, error)
        return plan_success(self._services, claimed.mail)

    async def _record(self, outcome: Outcome) -> None:
        """Write an outcome, however long the database takes: unwritten, the mail would be sent again."""
        while True:
            try:
                return await self._services.store.write(outcome)
            except StoreUnavailableError:
                await asyncio.sleep(POLL_SECONDS)

    async def _renew(self, mails: list[ClaimedMail]) -> None:
        until = self._services.clock() + self._lease
        for claimed in await self._services.store.write(_renew_leases, mails, until):
            claimed.until = until

    async def _release(self, mails: list[ClaimedMail]) -> None:
        handed_over = [claimed.mail for claimed in mails if claimed.is_handed_over]
        outcomes = [plan_lost_answer(self._services, mail, "stopped before the answer came") for mail in handed_over]
        unsent = [claimed for claimed in mails if not claimed.is_handed_over]
        if mails:
            await self._services.store.write(_release, outcomes, unsent, self._services.clock())


def _has_due(queries: Queries, now: datetime) -> bool:
    return queries.mails.has_due(MAIL, now)


def _claim(queries: Queries, now: datetime, *, until: datetime) -> Mail | None:
    return queries.mails.claim(MAIL, now, until=until)


def _renew_leases(queries: Queries, mails: Sequence[ClaimedMail], until: datetime) -> list[ClaimedMail]:
    return [claimed for claimed in mails if queries.mails.renew_lease(claimed.mail.id, claimed.until, until)]


def _release(queries: Queries, outcomes: Sequence[Outcome], unsent: Sequence[ClaimedMail], now: datetime) -> None:
    for outcome in outcomes:
        outcome(queries)
    for claimed in unsent:
        queries.mails.renew_lease(claimed.mail.id, claimed.until, now)


async def _stop(tasks: Iterable["asyncio.Task[None]"]) -> None:
    """Cancel tasks until they end: `wait_for`, which the SMTP client uses, swallows a cancellation in Python 3.11."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.1)

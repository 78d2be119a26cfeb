"""A background task takes mails from the outbox and delivers them, again and again until each has gone."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.mail.smtp import MailError
from backend.mail.templates import RenderedMail
from backend.mail.transports import MailSession, MailTransport, choose_transport
from backend.rules.context import Services
from backend.rules.outbox import render_mail
from backend.store import Queries, StoreUnavailableError
from backend.store.records import Mail
from backend.tasks.delivery_outcome import (
    Outcome,
    after_failure,
    after_lost_answer,
    after_success,
    give_up,
    note_server,
)

log = logging.getLogger("backend.mail")

AT_ONCE = 8  # mails under way in this process
RENEWALS = 3  # of a lease, until it would end
POLL_SECONDS = 2.0  # other processes write mails too, and pauses end
NEWS_SECONDS = 10.0  # what was seen of the mail server so lately need not be looked at again
OUTAGE_SECONDS = 30.0  # how soon the end of an outage is seen
SECONDS_TO_FINISH = 5.0  # at a stop, for the answer to a mail that was handed over


@asynccontextmanager
async def deliver_mails(services: Services) -> AsyncIterator[None]:
    """Runs the delivery while the context lasts. Without a mail server or an outbox mails wait for one."""
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
class InHand:
    """A mail that this process has claimed, `until` its lease ends. Once it `is_handed_over` it may have arrived."""

    mail: Mail
    until: datetime
    worker: "asyncio.Task[None] | None" = None
    is_handed_over: bool = False

    def hand_over(self) -> None:
        self.is_handed_over = True


class Delivery:
    """Several mails at once, each over a connection of its own: a slow one keeps no other."""

    def __init__(self, services: Services, transport: MailTransport) -> None:
        self._services = services
        self._lease = timedelta(seconds=services.settings.mail.lease)
        self._transport = transport
        self._workers: set[asyncio.Task[None]] = set()
        self._in_hand: dict[str, InHand] = {}  # by the mail's id
        self._was_away: bool | None = None
        self._is_stopping = False

    async def run(self) -> None:
        while True:
            was_asked = self._services.mail_waits.is_set()
            self._services.mail_waits.clear()
            try:
                await self._start_workers()
                self._look_after_server(was_asked=was_asked)
            except Exception:
                log.exception("deliver_mails mail failed")
            with contextlib.suppress(TimeoutError):
                # Not wait_for: in Python 3.11 it swallows a cancellation that meets the event, and the stop would hang.
                async with asyncio.timeout(POLL_SECONDS):
                    await self._services.mail_waits.wait()

    async def renew_leases(self) -> None:
        """While this process lives nobody else takes what it has in hand, however long the mail server takes; once it
        is dead, nothing waits for longer than a lease."""
        while True:
            await asyncio.sleep(self._services.settings.mail.lease / RENEWALS)
            if self._in_hand:
                with contextlib.suppress(StoreUnavailableError):
                    await self._renew(list(self._in_hand.values()))

    async def finish(self) -> None:
        """Wait a moment for answers that are due, end the rest, and leave what was not sent to the next start."""
        self._is_stopping = True
        answering = {hand.worker for hand in self._in_hand.values() if hand.is_handed_over and hand.worker}
        await _stop(self._workers - answering)
        if answering:
            await asyncio.wait(answering, timeout=SECONDS_TO_FINISH)
        await _stop(answering)
        with contextlib.suppress(StoreUnavailableError):  # then they are due at the end of their leases
            await self._put_back(list(self._in_hand.values()))

    async def _start_workers(self) -> None:
        """As many as there is work for; while the mail server is away, one."""
        with contextlib.suppress(StoreUnavailableError):  # said where it happened; the mails are still there
            while len(self._workers) < (1 if self._transport.is_away else AT_ONCE) and (mail := await self._claim()):
                self._start(self._work(mail))

    def _look_after_server(self, *, was_asked: bool) -> None:
        """Who waits for a mail is told of an outage, whether or not there is a mail for them: so each wish for one
        looks for the server, and while it is away it is looked for anyway."""
        unseen = asyncio.get_running_loop().time() - self._transport.seen_at
        is_old = unseen > (OUTAGE_SECONDS if self._transport.is_away else NEWS_SECONDS)
        if is_old and (was_asked or self._transport.is_away) and not self._workers:
            self._start(self._probe())

    def _start(self, work: Coroutine[None, None, None]) -> None:
        worker = asyncio.create_task(work)
        self._workers.add(worker)
        worker.add_done_callback(self._dismiss)

    def _dismiss(self, worker: "asyncio.Task[None]") -> None:
        self._workers.discard(worker)
        if worker.cancelled():
            return
        if error := worker.exception():
            log.error("deliver_mails mail failed", exc_info=error)
        self._in_hand = {key: hand for key, hand in self._in_hand.items() if hand.worker is not worker}

    async def _work(self, mail: Mail | None) -> None:
        """Deliver this mail, and all that are due after it, over one connection."""
        with contextlib.suppress(StoreUnavailableError):
            async with self._transport.connect() as session:
                while mail:
                    await self._deliver(session, mail)
                    await self._note_server()
                    mail = None if self._transport.is_away or self._is_stopping else await self._claim()

    async def _probe(self) -> None:
        async with self._transport.connect() as session:
            with contextlib.suppress(MailError):
                await session.probe()
        await self._note_server()

    async def _note_server(self) -> None:
        if self._transport.is_away is not self._was_away:
            self._was_away = self._transport.is_away
            await self._settle(note_server(self._services, is_away=self._was_away))
            self._services.mail_waits.set()

    async def _claim(self) -> Mail | None:
        now, store = self._services.clock(), self._services.store
        if not await store.read(lambda queries: queries.mails.has_due(now)):
            return None
        mail = await store.write(lambda queries: queries.mails.claim(now, until=now + self._lease))
        if mail is None or mail.id in self._in_hand:  # its lease could not be renewed in time
            return None
        self._in_hand[mail.id] = InHand(mail, now + self._lease)
        return mail

    async def _deliver(self, session: MailSession, mail: Mail) -> None:
        hand = self._in_hand[mail.id]
        hand.worker = asyncio.current_task()
        rendered = await render_mail(self._services, mail)
        if rendered is None:
            await self._settle(give_up(self._services, mail))
        else:
            await self._settle(await self._send(session, rendered, hand))
        del self._in_hand[mail.id]

    async def _send(self, session: MailSession, rendered: RenderedMail, hand: InHand) -> Outcome:
        try:
            await session.send(hand.mail, rendered, hand.hand_over)
        except MailError as error:
            return after_failure(self._services, hand.mail, error)
        return after_success(self._services, hand.mail)

    async def _settle(self, outcome: Outcome) -> None:
        """Nobody else knows what came of it: were it not written down, the mail would be sent again."""
        while True:
            try:
                return await self._services.store.write(outcome)
            except StoreUnavailableError:
                await asyncio.sleep(POLL_SECONDS)

    async def _renew(self, hands: list[InHand]) -> None:
        until = self._services.clock() + self._lease
        renewed = await self._services.store.write(
            lambda queries: [hand for hand in hands if queries.mails.renew_lease(hand.mail.id, hand.until, until)]
        )
        for hand in renewed:
            hand.until = until

    async def _put_back(self, hands: list[InHand]) -> None:
        now = self._services.clock()
        outcomes = [
            after_lost_answer(self._services, hand.mail, "stopped before the answer came")
            for hand in hands
            if hand.is_handed_over
        ]

        def work(queries: Queries) -> None:
            for outcome in outcomes:
                outcome(queries)
            for hand in hands:
                if not hand.is_handed_over:
                    queries.mails.renew_lease(hand.mail.id, hand.until, now)

        if hands:
            await self._services.store.write(work)


async def _stop(tasks: "set[asyncio.Task[None]] | list[asyncio.Task[None]]") -> None:
    """Cancels until it counts: `wait_for`, which the SMTP client uses, swallows a cancellation in Python 3.11."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.1)

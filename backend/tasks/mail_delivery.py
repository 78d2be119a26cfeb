"""Delivery of mail: the channel by which mails leave the outbox. Leases, retries and giving up are the queue's."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from backend.mail.letters import LETTERS
from backend.mail.transports import MailSession, MailTransport, choose_transport
from backend.queue.channels import Channel, Connection
from backend.queue.delivery import run_delivery
from backend.queue.errors import DeliveryError
from backend.rules.context import Services
from backend.rules.mailer import find_lifetime
from backend.rules.outbox import render_mail
from backend.store import Queries
from backend.store.records import Mail

LATE_AFTER = timedelta(minutes=1)  # a mail that leaves later than this has its link's lifetime begun anew


@asynccontextmanager
async def deliver_mails(services: Services) -> AsyncIterator[None]:
    """Deliver mails while the context lasts. Without a mail server or an outbox page mails wait for one."""
    transport = choose_transport(services.settings, services.clock, services.mail_server)
    if transport is None:
        yield
        return
    channel, lease = MailChannel(services, transport), timedelta(seconds=services.settings.mail.lease)
    async with run_delivery(services.store, services.clock, channel, lease=lease, waits=services.mail_waits):
        yield


class MailChannel(Channel):
    """Mails, over one SMTP conversation after the other. The pages of those who wait for a mail show its status."""

    name = "mail"

    def __init__(self, services: Services, transport: MailTransport) -> None:
        self.can_be_probed = services.settings.mail.server is not None
        self._services = services
        self._transport = transport

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Connection]:
        async with self._transport.connect(self.note_seen) as session:
            yield _MailConnection(self._services, session)

    def record_departure(self, queries: Queries, item: Mail, now: datetime) -> None:
        """Begin the link's lifetime when a late mail leaves: what the mail says of it is then true."""
        if item.link_id and now - item.created_at >= LATE_AFTER:
            queries.links.extend(item.link_id, now + find_lifetime(self._services, LETTERS[item.kind]))

    def record_status(self, queries: Queries, *, is_away: bool) -> None:
        queries.meta.set("mail_server", "away" if is_away else "here")


class LinkGoneError(DeliveryError):
    """The link of a mail is gone, or the secret key that made it: the mail is given up."""

    pauses = ()

    def __init__(self) -> None:
        super().__init__("its link cannot be made any more")


class _MailConnection:
    def __init__(self, services: Services, session: MailSession) -> None:
        self._services = services
        self._session = session

    async def send(self, item: Mail, on_handover: Callable[[], None]) -> None:
        rendered = await render_mail(self._services, item)
        if rendered is None:
            raise LinkGoneError
        await self._session.send(item, rendered, on_handover)

    async def probe(self) -> None:
        await self._session.probe()

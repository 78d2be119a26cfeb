"""Delivery of SMS: the channel by which codes leave the outbox. Leases, retries and giving up are the queue's."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from backend.queue.channels import Channel
from backend.queue.delivery import run_delivery
from backend.rules.context import Services
from backend.rules.outbox import render_sms
from backend.rules.phone_codes import CHANNEL
from backend.sms.errors import CodeOverError
from backend.sms.transports import SmsTransport, choose_transport
from backend.store import Queries
from backend.store.records import Mail


@asynccontextmanager
async def deliver_sms(services: Services) -> AsyncIterator[None]:
    """Deliver SMS while the context lasts. Without a service or an outbox page they wait until they are over."""
    transport = choose_transport(services.settings)
    if transport is None:
        yield
        return
    channel, lease = SmsChannel(services, transport), timedelta(seconds=services.settings.mail.lease)
    try:
        async with run_delivery(services.store, services.clock, channel, lease=lease, waits=services.sms_waits):
            yield
    finally:
        await transport.close()


class SmsChannel(Channel):
    """SMS, one request each. Whether the service is there is told at /smsz."""

    name = CHANNEL

    def __init__(self, services: Services, transport: SmsTransport) -> None:
        self._services = services
        self._transport = transport

    async def send(self, item: Mail, on_handover: Callable[[], None]) -> None:
        """Send an SMS, unless its code is over by now."""
        text = await render_sms(self._services, item)
        if text is None:
            raise CodeOverError
        await self._transport.send(item, text, on_handover)

    def record_status(self, queries: Queries, *, is_away: bool) -> None:
        """Note for whoever runs this that the service takes nothing, or does again."""
        queries.meta.set("sms_service", "away" if is_away else "here")

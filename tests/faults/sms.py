"""The service that sends SMS is away, and then has too much to do: nobody waits for it, and each code arrives once."""

from __future__ import annotations

import asyncio
import time

from tests.faults.logs import readable
from tests.faults.people import expect_answer
from tests.faults.world import Breakable
from tests.kit.contract import Contract
from tests.kit.mailbox import free_port
from tests.kit.people import PASSWORD
from tests.kit.sms_services import SmsService

NUMBERS = tuple(f"+4915112{number}5678"[:14] for number in (11, 22, 33))
PATIENCE = 60.0  # seconds: the pauses after the first failures are five, ten and twenty


async def service_away_and_busy(world: Breakable) -> int:
    service = SmsService("vonage", port=free_port())
    with world.set_to(**service.environ):
        async with world.client() as client:
            with readable(world, "was not taken"):
                for phone in NUMBERS:
                    body = {"phone": phone, "password": PASSWORD}
                    answer = await expect_answer(client.post("/auth/signup-phone", body))
                    assert answer.status == 200, answer.body
                await reads(client, "away")
                service.throttled = 2
                with service:
                    await arrive(service)
                    await reads(client, "ok")
                    for phone in NUMBERS:
                        params = {"phone": phone, "code": service.code(phone)}
                        confirmed = await client.post("/auth/verify-phone", params=params)
                        assert confirmed.status == 200, confirmed.body
            assert sorted(sms.to for sms in service.sent) == sorted(NUMBERS)
    return len(NUMBERS)


async def reads(client: Contract, state: str) -> None:
    """What /smsz says, sooner or later."""
    until = time.monotonic() + PATIENCE
    while (said := (await client.http.get("/smsz")).text) != state:
        assert time.monotonic() < until, said
        await asyncio.sleep(0.2)


async def arrive(service: SmsService) -> None:
    until = time.monotonic() + PATIENCE
    while len(service.sent) < len(NUMBERS):
        assert time.monotonic() < until, service.sent
        await asyncio.sleep(0.2)

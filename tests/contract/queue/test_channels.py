"""A second channel beside mail: one class with `send`, through the real queue."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.kernel.keys import new_id
from backend.queue.channels import Channel
from backend.queue.delivery import run_delivery
from backend.queue.errors import AnswerLostError, ChannelAwayError, DeliveryError
from backend.store import Queries
from backend.store.records import Mail
from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.outbox_rows import row_with, rows

pytestmark = pytest.mark.both_databases

LEASE = timedelta(seconds=30)


class TooManyCharactersError(DeliveryError):
    """Refused for good: tried once more after five seconds."""

    pauses = (timedelta(seconds=5),)


@dataclass
class Texts(Channel):
    """Text messages. Whoever is named in `troubles` gets none; who is in `busy_with`, only once it is empty."""

    name = "text"
    sent: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    troubles: dict[str, DeliveryError] = field(default_factory=dict)
    busy_with: set[str] = field(default_factory=set)

    async def send(self, item: Mail, on_handover: Callable[[], None]) -> None:
        self.tried.append(item.recipient)
        await wait_until(lambda: item.recipient not in self.busy_with)
        if error := self.troubles.get(item.recipient):
            raise error
        on_handover()
        self.sent.append(item.recipient)


@dataclass
class Process:
    """One that delivers texts."""

    backend: Backend
    texts: Texts
    waits: asyncio.Event

    async def writes(self, *recipients: str) -> None:
        for recipient in recipients:
            await self.backend.services.store.write(_insert, recipient, self.backend.clock())
        self.waits.set()

    async def sees(self, recipient: str, **values: Any) -> dict[str, Any]:
        return await row_with(self.backend, recipient=recipient, **values)

    def later(self, **time: float) -> None:
        self.backend.clock.advance(**time)
        self.waits.set()


def _insert(queries: Queries, recipient: str, now: datetime) -> None:
    user = queries.users.find_by_email("ada@example.com")
    assert user
    queries.mails.insert(Mail(new_id(), "code", None, user.id, recipient, "", "en", now, now, channel="text"))


async def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


@asynccontextmanager
async def delivers_texts(backend: Backend, lease: timedelta = LEASE) -> AsyncIterator[Process]:
    process = Process(backend, Texts(), asyncio.Event())
    run = run_delivery(backend.services.store, backend.clock, process.texts, lease=lease, waits=process.waits)
    async with run:
        yield process


@pytest.fixture
async def process(backend: Backend) -> AsyncIterator[Process]:
    await backend.joins()
    async with delivers_texts(backend) as process:
        yield process


async def test_what_is_written_for_a_channel_leaves_by_it_and_by_no_other(process: Process) -> None:
    await process.writes("+1 555 0100")
    assert (await process.sees("+1 555 0100", next_try_at=None))["delivered_at"]
    await process.backend.signs_up("bob@example.com")
    assert process.texts.sent == ["+1 555 0100"]
    assert all(row["delivered_at"] for row in rows(process.backend))


async def test_pauses_become_longer_until_it_is_taken(process: Process) -> None:
    process.texts.troubles["+1 555 0100"] = DeliveryError("try later")
    await process.writes("+1 555 0100")
    for tries, pause in ((1, 5), (2, 10), (3, 20)):
        row = await process.sees("+1 555 0100", tries=tries)
        assert row["next_try_at"] == process.backend.clock.now.timestamp() * 1_000_000 + pause * 1_000_000
        process.later(seconds=pause)
    process.texts.troubles.clear()
    process.later(hours=1)
    assert (await process.sees("+1 555 0100", next_try_at=None))["delivered_at"]


async def test_what_is_refused_for_good_is_given_up_after_the_pauses_of_its_channel(process: Process) -> None:
    process.texts.troubles["+1 555 0100"] = TooManyCharactersError("too long")
    await process.writes("+1 555 0100")
    await process.sees("+1 555 0100", tries=1, given_up_at=None)
    process.later(seconds=5)
    row = await process.sees("+1 555 0100", tries=2, next_try_at=None)
    assert (row["delivered_at"], row["failure"], bool(row["given_up_at"])) == (None, "too long", True)


async def test_what_is_never_taken_is_given_up_after_two_days(process: Process) -> None:
    process.texts.troubles["+1 555 0100"] = DeliveryError("try later")
    await process.writes("+1 555 0100")
    await process.sees("+1 555 0100", tries=1)
    process.later(days=2)
    assert (await process.sees("+1 555 0100", tries=2, next_try_at=None))["given_up_at"]


async def test_what_may_have_arrived_is_sent_once_more_and_never_again(process: Process) -> None:
    process.texts.troubles["+1 555 0100"] = AnswerLostError("no answer")
    await process.writes("+1 555 0100")
    await process.sees("+1 555 0100", lost_answers=1)
    process.later(minutes=10)
    assert (await process.sees("+1 555 0100", next_try_at=None))["delivered_at"]
    assert process.texts.tried == ["+1 555 0100"] * 2


async def test_what_waited_for_a_channel_leaves_as_soon_as_it_is_back(process: Process) -> None:
    process.texts.troubles["+1 555 0100"] = ChannelAwayError("nobody there")
    await process.writes("+1 555 0100")
    for tries in range(1, 5):
        await process.sees("+1 555 0100", tries=tries)
        process.later(minutes=1)
    await process.sees("+1 555 0100", tries=5)  # the next pause is 80 seconds
    assert process.texts.sent == []
    process.texts.troubles.clear()
    await process.writes("+1 555 0101")
    await process.sees("+1 555 0100", next_try_at=None)
    assert process.texts.sent == ["+1 555 0101", "+1 555 0100"]


async def test_a_channel_that_is_away_keeps_no_other_waiting(process: Process) -> None:
    process.texts.troubles["+1 555 0100"] = ChannelAwayError("nobody there")
    await process.writes("+1 555 0100")
    await process.sees("+1 555 0100", tries=1)
    assert (await process.backend.signs_up("bob@example.com")).status == 200
    assert (await process.sees("bob@example.com", next_try_at=None))["channel"] == "mail"


async def test_a_slow_item_holds_up_no_other(process: Process) -> None:
    process.texts.busy_with.add("+1 555 0100")
    await process.writes("+1 555 0100", "+1 555 0101")
    await process.sees("+1 555 0101", next_try_at=None)
    assert process.texts.sent == ["+1 555 0101"]
    process.texts.busy_with.clear()
    await process.sees("+1 555 0100", next_try_at=None)


# --- several processes at once


async def test_two_processes_send_each_item_once(tmp_path: Path) -> None:
    clock, people = Clock(), [f"+1 555 01{number:02}" for number in range(20)]
    async with run_backend(tmp_path, clock) as one, run_backend(tmp_path, clock) as two:
        await one.joins()
        async with delivers_texts(one) as first, delivers_texts(two) as second:
            await asyncio.gather(first.writes(*people[:10]), second.writes(*people[10:]))
            for person in people:
                await first.sees(person, next_try_at=None)
            assert sorted(first.texts.sent + second.texts.sent) == people


async def test_what_a_process_had_in_hand_when_it_was_killed_another_sends_once_its_lease_is_over(
    process: Process,
) -> None:
    def write_and_claim(queries: Queries, now: datetime) -> None:
        _insert(queries, "+1 555 0100", now)
        assert queries.queue.claim("text", now, until=now + LEASE)

    await process.backend.services.store.write(write_and_claim, process.backend.clock())
    process.later(seconds=29)
    await process.writes("+1 555 0101")
    await process.sees("+1 555 0101", next_try_at=None)
    assert process.texts.sent == ["+1 555 0101"]
    process.later(seconds=1)
    await process.sees("+1 555 0100", next_try_at=None)
    assert process.texts.sent == ["+1 555 0101", "+1 555 0100"]


async def test_what_takes_longer_than_a_lease_stays_with_the_process_that_has_it(tmp_path: Path) -> None:
    clock, lease = Clock(), timedelta(seconds=0.3)
    async with run_backend(tmp_path, clock) as one, run_backend(tmp_path, clock) as two:
        await one.joins()
        async with delivers_texts(one, lease) as slow:
            slow.texts.busy_with.add("+1 555 0100")
            await slow.writes("+1 555 0100")
            await wait_until(lambda: slow.texts.tried)
            async with delivers_texts(two, lease) as idle:
                for _ in range(3):
                    clock.advance(seconds=0.2)
                    until = int((clock.now + lease).timestamp() * 1_000_000)
                    await wait_until(lambda until=until: rows(one)[-1]["next_try_at"] >= until)  # type: ignore[misc]
                    idle.waits.set()
                slow.texts.busy_with.clear()
                await slow.sees("+1 555 0100", next_try_at=None)
                assert (slow.texts.sent, idle.texts.tried) == (["+1 555 0100"], [])


async def test_a_stop_puts_back_what_has_not_gone(backend: Backend) -> None:
    await backend.joins()
    async with delivers_texts(backend) as stopped:
        stopped.texts.busy_with.add("+1 555 0100")
        await stopped.writes("+1 555 0100")
        await wait_until(lambda: stopped.texts.tried)
    async with delivers_texts(backend) as started:
        await started.sees("+1 555 0100", next_try_at=None)
        assert (stopped.texts.sent, started.texts.sent) == ([], ["+1 555 0100"])

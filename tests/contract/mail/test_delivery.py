"""No mail is lost, and none is sent twice, whatever the mail server does. A real one, on loopback."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.mail_server import RefusingServer
from tests.kit.mailbox import SmtpServer, first_link
from tests.kit.outbox_rows import row_with, rows, wakes

pytestmark = pytest.mark.both_databases


async def test_a_mail_server_that_is_down_loses_no_mail(tmp_path: Path) -> None:
    smtp = SmtpServer()
    async with run_backend(tmp_path, SMTP_URL=smtp.url) as backend:
        await backend.signs_up()
        assert (await backend.signs_up("bob@example.com")).status == 200
        addresses = ("ada@example.com", "bob@example.com")
        for address in addresses:
            await row_with(backend, recipient=address, tries=1)
        with smtp:
            backend.clock.advance(minutes=1)
            await wakes(backend)
            for address in addresses:
                mail = await smtp.wait_for(to=address)
                assert (await backend.opens(first_link(mail))).query["status"] == "200"
            assert (await row_with(backend, next_try_at=None))["delivered_at"]
        assert len(smtp.messages) == 2


@pytest.mark.parametrize("greets", [False, True])
@pytest.mark.only_on("sqlite")
async def test_a_mail_server_that_hangs_and_is_started_again_loses_no_mail(tmp_path: Path, greets: bool) -> None:
    async def hangs(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        if greets:
            writer.write(b"220 mail.example.com\r\n")
        began.set()
        await over.wait()
        writer.close()

    connections: list[asyncio.StreamWriter] = []
    smtp, began, over = SmtpServer(), asyncio.Event(), asyncio.Event()
    hanging = await asyncio.start_server(hangs, "127.0.0.1", smtp.port)
    async with run_backend(tmp_path, SMTP_URL=smtp.url) as backend:
        await backend.signs_up()
        await began.wait()
        await backend.signs_up("bob@example.com")
        assert (await backend.signs_up("eve@example.com")).status == 200
        hanging.close()
        over.set()
        await row_with(backend, recipient="ada@example.com", tries=1)
        with smtp:
            for address in ("ada@example.com", "bob@example.com", "eve@example.com"):
                await arrives(backend, smtp, address)
    for writer in connections:
        with suppress(ConnectionError):
            await writer.wait_closed()


async def arrives(backend: Backend, smtp: SmtpServer, address: str) -> None:
    """In the end: pauses pass one after the other."""
    deadline = time.monotonic() + 10
    while not smtp.received(to=address):
        assert time.monotonic() < deadline, rows(backend)
        backend.clock.advance(minutes=1)
        await wakes(backend)
        await asyncio.sleep(0.1)


async def test_pauses_between_tries_become_longer(mailing: Backend, smtp: RefusingServer) -> None:
    smtp.answers["ada@example.com"] = "451 try later"
    await mailing.signs_up()
    pauses = []
    for tries in range(1, 4):
        row = await row_with(mailing, tries=tries)
        pauses.append(round((row["next_try_at"] - mailing.clock.now.timestamp() * 1_000_000) / 1_000_000))
        mailing.clock.advance(seconds=pauses[-1] + 1)
        await wakes(mailing)
    assert pauses == sorted(set(pauses))
    assert smtp.messages == []


async def test_a_refused_mail_does_not_keep_the_others(mailing: Backend, smtp: RefusingServer) -> None:
    smtp.answers["ada@example.com"] = "550 no such person here"
    await asyncio.gather(mailing.signs_up(), mailing.signs_up("bob@example.com"))
    await smtp.wait_for(to="bob@example.com")
    await row_with(mailing, recipient="ada@example.com", tries=1)
    smtp.answers.clear()
    mailing.clock.advance(minutes=1)
    await wakes(mailing)
    await smtp.wait_for(to="ada@example.com")
    assert [str(mail["To"]) for mail in smtp.messages] == ["bob@example.com", "ada@example.com"]


async def test_a_mail_written_under_an_older_secret_is_sent_while_that_is_listed(
    tmp_path: Path, smtp: RefusingServer
) -> None:
    clock, late = Clock(), SmtpServer()
    async with run_backend(tmp_path, clock, SMTP_URL=late.url, SECRET_KEY="old") as backend:
        await backend.signs_up()
        await row_with(backend, tries=1)
    clock.advance(minutes=1)
    async with run_backend(tmp_path, clock, SMTP_URL=smtp.url, SECRET_KEY="new,old") as backend:
        mail = await smtp.wait_for(to="ada@example.com")
        assert (await backend.grants((await backend.opens(first_link(mail))).token)).status == 200


async def test_a_mail_whose_secret_is_gone_is_given_up(tmp_path: Path, smtp: RefusingServer) -> None:
    clock, late = Clock(), SmtpServer()
    async with run_backend(tmp_path, clock, SMTP_URL=late.url, SECRET_KEY="old") as backend:
        await backend.signs_up()
        await row_with(backend, tries=1)
    clock.advance(minutes=1)
    async with run_backend(tmp_path, clock, SMTP_URL=smtp.url, SECRET_KEY="new") as backend:
        assert "link" in (await row_with(backend, tries=2, next_try_at=None))["failure"]
        await backend.signs_up("bob@example.com")
        await smtp.wait_for(to="bob@example.com")
        assert len(smtp.messages) == 1


async def test_a_slow_mail_holds_up_no_other(tmp_path: Path, smtp: RefusingServer) -> None:
    """What one process is busy with is its own; all else another one sends."""
    clock = Clock()
    async with (
        run_backend(tmp_path, clock, SMTP_URL=smtp.url) as one,
        run_backend(tmp_path, clock, SMTP_URL=smtp.url) as two,
    ):
        async with smtp.busy_with("ada@example.com"):
            await one.signs_up()
            await smtp.is_busy()
            await one.signs_up("bob@example.com")
            await wakes(two)
            await smtp.wait_for(to="bob@example.com")
            clock.advance(minutes=1)  # its lease is over
            await wakes(two)
        await smtp.wait_for(to="ada@example.com")
        await row_with(two, recipient="ada@example.com", next_try_at=None)


async def test_what_has_gone_stays_gone_whatever_a_slower_process_says(mailing: Backend, smtp: RefusingServer) -> None:
    await mailing.signs_up()
    await smtp.wait_for(to="ada@example.com")
    row = await row_with(mailing, next_try_at=None)
    now = mailing.clock()
    await mailing.services.store.write(
        lambda queries: queries.queue.record_failure(row["id"], failure="x", next_try_at=now)
    )
    assert (await row_with(mailing))["next_try_at"] is None


async def test_the_link_of_a_mail_that_leaves_late_works_from_then_on(tmp_path: Path) -> None:
    smtp = SmtpServer()
    async with run_backend(tmp_path, SMTP_URL=smtp.url) as backend:
        await backend.signs_up()
        await row_with(backend, tries=1)
        backend.clock.advance(hours=3)
        with smtp:
            await wakes(backend)
            link = first_link(await smtp.wait_for(to="ada@example.com"))
            await row_with(backend, next_try_at=None)
            backend.clock.advance(minutes=59)
            assert (await backend.grants((await backend.opens(link)).token)).status == 200


async def test_two_processes_send_a_mail_once(tmp_path: Path, smtp: RefusingServer) -> None:
    clock = Clock()
    async with (
        run_backend(tmp_path, clock, SMTP_URL=smtp.url) as one,
        run_backend(tmp_path, clock, SMTP_URL=smtp.url) as two,
    ):
        people = [f"person{number}@example.com" for number in range(8)]
        await asyncio.gather(*((one if n % 2 else two).signs_up(person) for n, person in enumerate(people)))
        for person in people:
            await smtp.wait_for(to=person)
        await wakes(one)
        await wakes(two)
        await asyncio.sleep(0.1)
        assert sorted(str(mail["To"]) for mail in smtp.messages) == people

"""What becomes of a mail that is refused, answered late or not at all. A real mail server, on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from backend.kernel.keys import new_id
from backend.store.records import Mail
from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.mail_server import RefusingServer
from tests.kit.mailbox import first_link
from tests.kit.outbox_rows import has_no_row, row_with, rows, wakes

pytestmark = pytest.mark.both_databases


@asynccontextmanager
async def greeting_with(words: bytes) -> AsyncIterator[int]:
    """A server that says this and hangs up; its port."""

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_mail_that_is_not_taken_keeps_the_reason_and_is_given_up_after_two_days(
    mailing: Backend, smtp: RefusingServer
) -> None:
    smtp.answers["ada@example.com"] = "451 4.3.0 try later"
    await mailing.signs_up()
    row = await row_with(mailing, tries=1)
    assert "try later" in row["failure"]
    assert (row["code"], row["given_up_at"]) == ("451 4.3.0", None)
    mailing.clock.advance(days=2)
    await wakes(mailing)
    row = await row_with(mailing, tries=2, next_try_at=None)
    assert row["given_up_at"]
    assert "try later" in row["failure"]


@pytest.mark.parametrize(
    ("answer", "code", "tries"),
    [
        ("550 no such person here", "550", 3),
        ("551 5.1.6 moved", "551 5.1.6", 3),
        ("553 5.1.3 no such address", "553 5.1.3", 3),
        ("552 5.2.2 mailbox full", "552 5.2.2", 3),
        ("554 5.7.1 relay access denied", "554 5.7.1", 6),
    ],
)
@pytest.mark.only_on("sqlite")
async def test_a_mail_refused_for_good_is_given_up_after_a_few_tries(
    mailing: Backend, smtp: RefusingServer, caplog: pytest.LogCaptureFixture, answer: str, code: str, tries: int
) -> None:
    smtp.answers["ada@example.com"] = answer
    await mailing.signs_up()
    for number in range(1, tries + 1):
        row = await row_with(mailing, tries=number)
        assert row["code"] == code
        mailing.clock.advance(hours=7 if number < 5 else 24)
        await wakes(mailing)
    row = await row_with(mailing, tries=tries, next_try_at=None)
    assert row["given_up_at"]
    assert answer.partition(" ")[2] in row["failure"]
    told = [record.getMessage() for record in caplog.records if record.name == "backend.queue"]
    assert len(told) == tries
    assert all(f"SMTPRecipientRefused {code}" in line for line in told)
    assert "given up after" in told[-1]
    assert not any("ada@example.com" in line for line in told)


@pytest.mark.parametrize("answer", ["", "550 no such person here"])
async def test_a_mail_to_somebody_whose_account_is_gone_arrives_or_is_given_up_and_leaves_no_address_behind(
    mailing: Backend, smtp: RefusingServer, answer: str
) -> None:
    """It has no link and no user: nothing of the account keeps it from leaving, and nothing else would delete it."""
    smtp.answers["gone@example.com"] = answer or "451 try later"
    now = mailing.clock.now
    mail = Mail(new_id(), "password-changed", None, None, "gone@example.com", "", "en", now, now)
    await mailing.services.store.write(lambda queries: queries.mails.insert(mail))
    for tries in (1, 2):
        await wakes(mailing)
        await row_with(mailing, tries=tries, recipient="gone@example.com")
        mailing.clock.advance(hours=1)
    if not answer:
        smtp.answers.clear()
    await wakes(mailing)
    await has_no_row(mailing)
    assert len(smtp.received(to="gone@example.com")) == (0 if answer else 1)


async def test_what_is_refused_for_everybody_is_not_given_up(tmp_path: Path) -> None:
    """A server that does not want us at all may be mended by its owner, or by ours."""
    async with (
        greeting_with(b"554 5.7.1 go away\r\n") as port,
        run_backend(tmp_path, SMTP_URL=f"smtp://127.0.0.1:{port}") as backend,
    ):
        await backend.signs_up()
        for tries in range(1, 6):
            assert (await row_with(backend, tries=tries))["code"] == "554 5.7.1"
            backend.clock.advance(hours=1)
            await wakes(backend)
        assert (await row_with(backend))["given_up_at"] is None


async def test_a_slow_recipient_holds_up_nobody_else(mailing: Backend, smtp: RefusingServer) -> None:
    async with smtp.busy_with("ada@example.com"):
        await mailing.signs_up()
        await smtp.is_busy()
        for person in ("bob@example.com", "eve@example.com"):
            await mailing.signs_up(person)
            await smtp.wait_for(to=person)
        assert not smtp.received(to="ada@example.com")
    await smtp.wait_for(to="ada@example.com")


async def test_a_mail_whose_answer_is_lost_comes_once_more_and_never_again(
    mailing: Backend, smtp: RefusingServer
) -> None:
    smtp.is_mute = True
    await mailing.signs_up()
    row = await row_with(mailing, lost_answers=1)
    assert (row["tries"], row["delivered_at"]) == (1, None)
    mailing.clock.advance(minutes=9)
    await wakes(mailing)
    mailing.clock.advance(minutes=2)
    await wakes(mailing)
    assert (await row_with(mailing, next_try_at=None))["delivered_at"]
    for _ in range(3):
        mailing.clock.advance(days=1)
        await wakes(mailing)
    first, second = smtp.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first_link(first) == first_link(second)


async def test_a_mail_keeps_its_id_and_bears_the_time_at_which_it_leaves(tmp_path: Path, smtp: RefusingServer) -> None:
    clock = Clock()
    smtp.answers["ada@example.com"] = "451 4.7.1 greylisted"
    async with run_backend(
        tmp_path, clock, SMTP_URL=smtp.url, MAIL_FROM="accounts@a-rather-long-name-of-a-mail-domain.example.com"
    ) as backend:
        await backend.signs_up()
        await row_with(backend, tries=1)
        clock.advance(hours=5)
        smtp.answers.clear()
        await wakes(backend)
        mail = await smtp.wait_for(to="ada@example.com")
        (row,) = rows(backend)
        assert parsedate_to_datetime(mail["Date"]) == clock.now.replace(microsecond=0)
        assert row["id"] in mail["Message-ID"]
        assert mail["X-Auto-Response-Suppress"] == "All"
        assert len(f"Message-ID: {mail['Message-ID']}") <= 78


async def test_a_stop_puts_back_what_has_not_gone(tmp_path: Path, smtp: RefusingServer) -> None:
    """The next start need not wait for a lease to end."""
    clock = Clock()
    async with smtp.busy_with("ada@example.com"), run_backend(tmp_path, clock, SMTP_URL=smtp.url) as backend:
        await backend.signs_up()
        await smtp.is_busy()
    async with run_backend(tmp_path, clock, SMTP_URL=smtp.url):
        await smtp.wait_for(to="ada@example.com")
    assert len(smtp.messages) == 1


async def test_a_stop_waits_for_the_answer_to_a_mail_that_was_handed_over(tmp_path: Path, smtp: RefusingServer) -> None:
    clock = Clock()
    smtp.pause_before_answer = 1.0
    async with run_backend(tmp_path, clock, SMTP_URL=smtp.url) as backend:
        await backend.signs_up()
        await smtp.wait_for(to="ada@example.com")
    async with run_backend(tmp_path, clock, SMTP_URL=smtp.url) as backend:
        assert (await row_with(backend, next_try_at=None))["delivered_at"]
    assert len(smtp.messages) == 1

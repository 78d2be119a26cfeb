"""Who has an account is not told by what the database is asked: the same statements for all. That is counted, for time
would be a matter of luck."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from backend.kernel import fields
from backend.rules import mail_requests
from backend.rules.context import ClientInfo, Services
from tests.kit.backend import Backend, running
from tests.kit.clock import NOON, Clock

pytestmark = pytest.mark.both_databases

WRONG = "not the password"
KNOWN, WAITING, UNKNOWN = "ada@example.com", "waiting@example.com", "nobody@example.com"
EVERYBODY = (KNOWN, WAITING, UNKNOWN)
Send = Callable[[Services, fields.Address, ClientInfo], Awaitable[None]]
DEVICES: tuple[dict[str, str], ...] = ({}, {"X-Device": "a device that nobody has logged in from"})


@contextmanager
def statements() -> Iterator[list[str]]:
    """What any database is asked meanwhile, by the first words of each statement."""
    asked: list[str] = []

    def note(*told: object) -> None:
        asked.append(kind(str(told[2])))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def kind(statement: str) -> str:
    """SELECT and of which table, or that something is written."""
    words = " ".join(statement.split())
    table = re.search(r"^SELECT .*? FROM (\w+)", words)
    return f"SELECT {table[1]}" if table else "BEGIN" if words.startswith("BEGIN") else "write"


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    """With an account and a registration that waits. Mails stay: their delivery would ask the database too."""
    clock = Clock(NOON)
    async with running(tmp_path, clock) as backend:
        await backend.joins(KNOWN)
        await backend.signs_up(WAITING)
    clock.advance(minutes=1)
    async with running(tmp_path, clock, OUTBOX="off") as backend:
        yield backend


@pytest.mark.parametrize("headers", DEVICES, ids=["without a device", "with one"])
async def test_a_wrong_password_asks_the_same_of_all(backend: Backend, headers: dict[str, str]) -> None:
    asked = {}
    for email in EVERYBODY:
        with statements() as asked[email]:
            assert (await backend.signs_in(email, WRONG, headers=headers)).status == 401
    assert asked[KNOWN] == asked[WAITING] == asked[UNKNOWN]
    assert "SELECT users" in asked[UNKNOWN]


@pytest.mark.parametrize(
    "send",
    [
        mail_requests.send_login_link,
        mail_requests.send_password_reset,
        mail_requests.resend_confirmation,
        mail_requests.send_already_registered,
    ],
    ids=lambda send: str(send.__name__),
)
async def test_a_mail_asks_as_much_for_all(backend: Backend, send: Send) -> None:
    asked = {}
    for email in EVERYBODY:
        with statements() as asked[email]:
            await send(backend.services, fields.email(email), ClientInfo("", "127.0.0.1", "en"))
    assert len(asked[KNOWN]) == len(asked[UNKNOWN])
    assert abs(len(asked[WAITING]) - len(asked[UNKNOWN])) <= (send is mail_requests.resend_confirmation)

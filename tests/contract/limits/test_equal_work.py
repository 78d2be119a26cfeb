"""Who has an account is not told by what the database is asked: the same statements for all. That is counted, for time
would be a matter of luck."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from backend.kernel import fields
from backend.kernel.refusals import RefusalError
from backend.rules import mail_requests
from backend.rules.codes import use_code
from backend.rules.context import ClientInfo, Services
from backend.rules.log_in import LoginName, log_in
from backend.rules.references import make_reference, write_reference
from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.statements import kinds, noting

pytestmark = pytest.mark.both_databases

WRONG = "not the password"
KNOWN, WAITING, UNKNOWN = "ada@example.com", "waiting@example.com", "nobody@example.com"
EVERYBODY = (KNOWN, WAITING, UNKNOWN)
SOMEBODY = ClientInfo("", "127.0.0.1", "en", asker="a browser")
Send = Callable[[Services, fields.Address, ClientInfo], Awaitable[None]]
DEVICES = ("", "a device that nobody has logged in from")


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    """With an account and a registration that waits. Mails stay: their delivery would ask the database too."""
    clock = Clock()
    async with run_backend(tmp_path, clock) as backend:
        await backend.joins(KNOWN)
        await backend.signs_up(WAITING)
    clock.advance(minutes=1)
    async with run_backend(tmp_path, clock, OUTBOX="off") as backend:
        yield backend


@pytest.mark.parametrize("device", DEVICES, ids=["without a device", "with one"])
async def test_a_wrong_password_asks_the_same_of_all(backend: Backend, device: str) -> None:
    asked = {}
    for email in EVERYBODY:
        services, asked[email] = noting(backend.services)
        with pytest.raises(RefusalError, match="invalid_sign_in_credentials"):
            await log_in(services, LoginName(email), WRONG, replace(SOMEBODY, device=device))
    assert kinds(asked[KNOWN]) == kinds(asked[WAITING]) == kinds(asked[UNKNOWN])
    assert "SELECT users" in kinds(asked[UNKNOWN])


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
        services, asked[email] = noting(backend.services)
        await send(services, fields.email(email), SOMEBODY)
    assert len(asked[KNOWN]) == len(asked[UNKNOWN])
    assert abs(len(asked[WAITING]) - len(asked[UNKNOWN])) <= (send is mail_requests.resend_confirmation)


async def test_a_wrong_code_asks_the_same_of_all(backend: Backend) -> None:
    asked = {}
    for email in (KNOWN, UNKNOWN):
        address = fields.email(email)
        await mail_requests.send_login_link(backend.services, address, SOMEBODY)
        reference = make_reference(backend.services, address, SOMEBODY)
        assert reference
        services, asked[email] = noting(backend.services)
        with pytest.raises(RefusalError, match="wrong_code"):
            await use_code(services, write_reference(services, reference), "BBBBBBBB", SOMEBODY)
    assert kinds(asked[KNOWN]) == kinds(asked[UNKNOWN])

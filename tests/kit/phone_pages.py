"""Phone numbers at the site: adding one, and the SMS that the outbox shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import NullPool, create_engine, update

from backend.settings import Settings
from backend.store.tables import users
from tests.kit import mailbox
from tests.kit.mailbox import SMS_CODE
from tests.kit.people import Person
from tests.kit.visitor import Visitor

PHONE, SPELT, SHOWN = "+4915112345678", "+49 (0)151 / 1234-5678", "+49 1511 2345678"
OTHER, OTHER_SHOWN = "+436641234567", "+43 664 1234567"
SMS = "Code by SMS"  # as the outbox calls it
WRONG = "123456"
WRONG_CODE = "This code isn’t right, or it no longer works. Check the newest SMS, or send it again."


async def reads_sms(visitor: Visitor, phone: str = PHONE) -> str:
    """The code of the newest SMS to this number."""
    sms = await mailbox.newest(visitor, to=phone, subject=SMS)
    found = SMS_CODE.search(sms.text)
    assert found, f"no code in {sms.text!r}"
    return found[0]


def give_phone(environ: Mapping[str, str], person: Person, phone: str = PHONE) -> None:
    """Put a confirmed number into the site's database."""
    _update(environ, person, phone=phone, phone_verified=True, phone_at=datetime(2026, 3, 1, tzinfo=UTC))


def leave_phone_alone(environ: Mapping[str, str], person: Person, phone: str = PHONE) -> None:
    """Make of an account what a sign-up with a number makes: one with a number, a password and no email address."""
    give_phone(environ, person, phone)
    _update(environ, person, email=None, email_key=None, email_verified=False)


def _update(environ: Mapping[str, str], person: Person, **values: Any) -> None:
    engine = create_engine(Settings.from_environment(environ).database.url, poolclass=NullPool)
    with engine.begin() as database:
        assert database.execute(update(users).where(users.c.email == person.email).values(**values)).rowcount == 1


async def asks_to_log_in_by_sms(
    visitor: Visitor, phone: str = SPELT, *, at: str = "/login-with-code", stays: bool = False
) -> None:
    await visitor.opens(at)
    await visitor.submits("Send me a code", phone=phone, stay=stays)


async def asks_for_a_phone(visitor: Visitor, phone: str = SPELT) -> None:
    """Whoever has not proved lately who they are has to do that first."""
    await visitor.opens("/profile")
    await visitor.follows(visitor.one("change-phone").name())
    await visitor.submits("Send me a code", phone=phone)

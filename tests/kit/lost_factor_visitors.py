"""Visitors who have lost their second factor, and wait for it to be removed."""

from collections.abc import Mapping

from tests.kit import mailbox
from tests.kit.backend import clean_up_site
from tests.kit.clock import Clock
from tests.kit.mailbox import code_in
from tests.kit.people import ADA, arrives
from tests.kit.two_step_pages import logs_in_halfway, sets_up_two_step
from tests.kit.visitor import Visitor

ASK = "/login/lost-factor"
CODE, WANTS, NOW = (
    "Your code",
    "Someone wants to remove two-step verification",
    "You can remove two-step verification now",
)


async def has_two_step(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await sets_up_two_step(visitor, clock, ADA)


async def asks_with_password_and_mailbox(phone: Visitor) -> None:
    """In a browser without the factor."""
    await logs_in_halfway(phone, ADA)
    await phone.follows("Can’t take the second step?")
    assert (phone.path, phone.heading) == (ASK, "Can’t take the second step?")
    await phone.submits("Email me a code")
    assert (phone.status_message, phone.focused) == ("We’ve emailed you a code.", "code")
    mail = await mailbox.newest(phone, to=ADA.email, subject=CODE)
    await phone.submits("Begin the wait", code=code_in(mail.text))
    assert phone.status_message == "The wait has begun. We’ve emailed you."


async def passes(environ: Mapping[str, str], clock: Clock, **time: float) -> None:
    """Time passes, and the clean-up, which mails those who wait, runs once in it."""
    clock.advance(**time)
    await clean_up_site(environ, clock)

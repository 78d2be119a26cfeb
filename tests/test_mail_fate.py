"""Check your mail: what became of it, for the browser that asked, and nothing that tells who has an account."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping

import pytest

from tests.conftest import Clock, browsing, running
from tests.mailbox import SmtpServer, first_link, relative
from tests.people import ADA, CONFIRM, GRACE, asks_for_a_link, registers
from tests.visitor import Visitor
from web.asgi import create

AWAY = "At the moment no mail leaves: the mail server takes none."


@pytest.fixture
def late() -> SmtpServer:
    """A mail server that is not there: `with late: ...` starts it."""
    return SmtpServer()


@pytest.fixture
async def waiting(
    environ: Mapping[str, str], late: SmtpServer, clock: Clock, kind: type[Visitor]
) -> AsyncIterator[Visitor]:
    async with running(create({**environ, "SMTP_URL": late.url}, clock)) as app, browsing(app) as http:
        yield kind(http)


async def looks_again(visitor: Visitor, words: str) -> None:
    """Until they are there."""
    deadline = time.monotonic() + 10
    while not visitor.sees(words):
        assert time.monotonic() < deadline, visitor.text
        await asyncio.sleep(0.05)
        await visitor.opens(visitor.path)


async def test_who_waits_for_a_login_link_is_told_of_an_outage_with_an_account_and_without(
    waiting: Visitor, late: SmtpServer, clock: Clock
) -> None:
    with late:
        await registers(waiting, ADA)
        await waiting.opens(relative(first_link(await late.wait_for(to=ADA.email, subject=CONFIRM)), waiting.site))
        await waiting.submits(f"Confirm {ADA.email}")
        await waiting.submits("Log out", within="header")
    clock.forward(minutes=5)
    pages = []
    for person in (ADA, GRACE):
        await asks_for_a_link(waiting, person)
        await looks_again(waiting, AWAY)
        assert waiting.sees("What waits leaves by itself as soon as it takes some again.")
        pages.append(waiting.text.replace(person.email, "somebody"))
        await waiting.follows("Look again")
        assert (waiting.path, waiting.heading) == ("/login-with-magic-link/sent", "Check your mail")
    assert pages[0] == pages[1]


async def test_where_mails_leave_nothing_more_is_said_of_a_login_link(waiting: Visitor, late: SmtpServer) -> None:
    with late:
        await asks_for_a_link(waiting, GRACE)
        assert not waiting.sees(AWAY)
        assert "Look again" not in [link.name for link in waiting.links()]


async def test_a_page_asks_again_for_a_while_and_ends(waiting: Visitor, clock: Clock) -> None:
    def polls() -> list[str]:
        return [poll.get("hx-trigger") for poll in waiting.html.all("a[hx-trigger]")]

    await asks_for_a_link(waiting, GRACE)
    await looks_again(waiting, AWAY)
    assert polls() == ["click, every 5s"]
    for seconds, expected in ((61, ["click, every 30s"]), (600, [])):
        clock.forward(seconds=seconds)
        await waiting.opens(waiting.path)
        assert polls() == expected
    assert "?" not in waiting.url

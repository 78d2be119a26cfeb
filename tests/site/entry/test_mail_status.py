"""Check your mail: what became of it, for the browser that asked, and nothing that tells who has an account."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping

import httpx
import pytest

from tests.kit.app import open_browser, run_app
from tests.kit.clock import Clock
from tests.kit.mail_server import RefusingServer
from tests.kit.mailbox import SmtpServer, first_link, relative
from tests.kit.people import ADA, CONFIRM, GRACE, asks_for_a_link, registers
from tests.kit.visitor import Visitor
from tests.kit.wire import SILENCES, over_wire, say
from web.asgi import create

AWAY = "We can’t send emails at the moment because the mail server isn’t accepting any."


@pytest.fixture
def late() -> SmtpServer:
    """A mail server that is not there: `with late: ...` starts it."""
    return SmtpServer()


@pytest.fixture
async def waiting(
    environ: Mapping[str, str], late: SmtpServer, clock: Clock, kind: type[Visitor]
) -> AsyncIterator[Visitor]:
    async with run_app(create({**environ, "SMTP_URL": late.url}, clock)) as app, open_browser(app) as http:
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
        await waiting.submits("Confirm this address")
        await waiting.submits("Log out", within="header")
    clock.advance(minutes=5)
    pages = []
    for person in (ADA, GRACE):
        await asks_for_a_link(waiting, person)
        await looks_again(waiting, AWAY)
        assert waiting.sees("Waiting emails will be sent as soon as it accepts them again.")
        pages.append(waiting.text.replace(person.email, "somebody"))
        await waiting.follows("Check again")
        await waiting.opens(waiting.path)
        assert not waiting.sees("spam folder"), "nothing has left yet"
        assert (waiting.path, waiting.heading) == ("/login-with-magic-link/sent", "Check your email")
    assert pages[0] == pages[1]


async def test_where_mails_leave_nothing_more_is_said_of_a_login_link(
    waiting: Visitor, late: SmtpServer, clock: Clock
) -> None:
    with late:
        await asks_for_a_link(waiting, GRACE)
        assert not waiting.sees(AWAY)
        assert waiting.one("mail-status").text().startswith("If you use the link in another browser")
        assert waiting.sees("spam folder")
        clock.advance(minutes=10)
        await waiting.opens(waiting.path)
        assert "Check again" not in [link.name for link in waiting.links()]


async def test_a_page_asks_again_for_a_while_and_ends(waiting: Visitor, clock: Clock) -> None:
    def polls() -> list[str]:
        return [poll.get("hx-trigger").partition(", visibilitychange")[0] for poll in waiting.html.all("a[hx-trigger]")]

    await asks_for_a_link(waiting, GRACE)
    await looks_again(waiting, AWAY)
    assert polls() == ["click, every 3s"]
    for seconds, expected in ((61, ["click, every 10s"]), (240, ["click, every 30s"]), (300, [])):
        clock.advance(seconds=seconds)
        await waiting.opens(waiting.path)
        assert polls() == expected
    assert "?" not in waiting.url


# What the backend tells, in words. That it tells no more than it may is tests/contract/mail/test_mail_status.py's


REFUSED = "The mail server rejected the email. Check that the address is correct, or use a different email address."
FATES = [
    ("sending", None, "We’re sending the email.", True),
    ("sent", None, "We sent the email at 10:42 UTC.", True),
    ("delayed", "10:47", "The mail server hasn’t accepted the email yet. We’ll try again at 10:47 UTC.", True),
    (
        "refused",
        "10:52",
        f"{REFUSED} We’ll try again at 10:52 UTC.",
        True,
    ),
    (
        "refused",
        None,
        "The mail server rejected the email. Check that the address is correct, or use a different email address.",
        False,
    ),
    ("unanswered", "10:52", "We’ll send it again at 10:52 UTC.", True),
]


@pytest.mark.parametrize(("state", "next_try", "words", "may_change"), FATES)
async def test_who_signs_up_is_told_what_became_of_the_mail(
    environ: Mapping[str, str],
    clock: Clock,
    kind: type[Visitor],
    state: str,
    next_try: str | None,
    words: str,
    may_change: bool,
) -> None:
    app, wire = over_wire(environ, clock, outbox="")
    mail = {"state": state, "dtm": at("10:42"), "nextTryDtm": next_try and at(next_try)}
    answer = say(200, json.dumps({"state": "waiting", "mail": mail, "mailServer": "here"}), "application/json")

    async def telling(request: httpx.Request) -> httpx.Response:
        is_asked = request.url.path.endswith("/account/pending")
        return await (answer if is_asked else wire.whole.handle_async_request)(request)

    wire.instead = telling
    async with run_app(app) as started, open_browser(started) as http:
        visitor = kind(http)
        await registers(visitor, ADA)
        assert visitor.sees(words)
        assert ("Check again" in [link.name for link in visitor.links()]) == may_change
        if state == "refused":
            await visitor.follows("use a different email address", within="#mail-status")
            assert visitor.field("email") == ADA.email
        else:
            await visitor.opens("/register/again")


@pytest.mark.parametrize("silence", ["nobody", "an error of its own", "another shape"])
async def test_a_backend_that_cannot_tell_leaves_the_page_as_it_is(
    environ: Mapping[str, str], clock: Clock, kind: type[Visitor], silence: str
) -> None:
    app, wire = over_wire(environ, clock, outbox="")

    async def silent(request: httpx.Request) -> httpx.Response:
        is_asked = request.url.path.endswith("/account/pending")
        return await (SILENCES[silence] if is_asked else wire.whole.handle_async_request)(request)

    wire.instead = silent
    async with run_app(app) as started, open_browser(started) as http:
        visitor = kind(http)
        await registers(visitor, ADA)
        assert (visitor.status, visitor.heading) == (200, "Check your email")
        assert "Check again" not in [link.name for link in visitor.links()]


def at(time: str) -> str:
    return f"2026-03-14T{time}:00.000Z"


# Who signs up: one mail goes out to every address, so its status tells nothing of who has an account


@pytest.fixture
def smtp() -> Iterator[RefusingServer]:
    with RefusingServer() as server:
        yield server


@pytest.fixture
async def registrant(
    environ: Mapping[str, str], smtp: RefusingServer, clock: Clock, kind: type[Visitor]
) -> AsyncIterator[Visitor]:
    async with run_app(create({**environ, "SMTP_URL": smtp.url}, clock)) as app, open_browser(app) as http:
        yield kind(http)


async def test_who_signs_up_is_told_when_the_mail_was_handed_over(registrant: Visitor, clock: Clock) -> None:
    await registers(registrant, ADA)
    await looks_again(registrant, f"We sent the email at {clock():%H:%M} UTC.")
    clock.advance(minutes=2)
    await registrant.submits("Resend email")
    await looks_again(registrant, f"We sent the email at {clock():%H:%M} UTC.")


async def test_who_signs_up_with_a_known_address_is_told_the_same(registrant: Visitor, smtp: RefusingServer) -> None:
    pages = []
    for _ in range(2):
        await registers(registrant, ADA)
        await looks_again(registrant, "We sent the email at")
        pages.append(registrant.text)
        await registrant.opens(relative(first_link(await smtp.wait_for(to=ADA.email)), registrant.site))
        if len(pages) == 1:
            await registrant.submits("Confirm this address")
            await registrant.submits("Log out", within="header")
    assert pages[0] == pages[1]


async def test_a_mail_that_is_put_off_says_when_the_next_try_is(registrant: Visitor, smtp: RefusingServer) -> None:
    smtp.answers[ADA.email] = "450 4.2.0 greylisted"
    await registers(registrant, ADA)
    await looks_again(registrant, "The mail server hasn’t accepted the email yet. We’ll try again at 09:26 UTC.")
    await registrant.follows("Check again")
    assert registrant.heading == "Check your email"


async def test_a_mail_that_is_refused_says_what_to_do(registrant: Visitor, smtp: RefusingServer) -> None:
    smtp.answers[ADA.email] = "550 5.1.1 no such person"
    await registers(registrant, ADA)
    await looks_again(
        registrant,
        "The mail server rejected the email. Check that the address is correct, or use a different email address.",
    )
    await registrant.follows("use a different email address", within="#mail-status")
    assert registrant.field("email") == ADA.email


async def test_another_address_in_the_form_is_told_nothing(registrant: Visitor) -> None:
    """Or it could be asked about anybody's account."""
    await registers(registrant, ADA)
    await looks_again(registrant, "We sent the email at")
    await registrant.http.post(
        "/register/again", data={"email": GRACE.email}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    await registrant.opens("/register/again")
    assert registrant.sees(GRACE.email)
    assert not registrant.sees("We sent the email")

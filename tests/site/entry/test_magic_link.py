"""Logging in with a mailed link. What else its landing says is in test_auth_redirect.py."""

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    GRACE,
    LOGIN_LINK,
    SAFARI,
    Person,
    asks_for_a_link,
    comes_back_by_mail,
    is_signed_in,
    joins,
    logs_out,
    opens_mailed_link,
    registers,
)
from tests.kit.visitor import Visitor


async def test_a_mailed_link_logs_in(visitor: Visitor) -> None:
    await comes_back_by_mail(visitor, ADA)
    assert visitor.sees(f"If there’s an account for {ADA.email}, we’ve emailed it a login link.")
    mail = await mailbox.newest(visitor, to=ADA.email, subject=LOGIN_LINK)
    assert "Use this link to log in" in mail.text
    await visitor.opens(mail.link)
    assert visitor.sees(f"This link is for {ADA.email}.")
    assert visitor.sees("Requested on 14 March 2026 at 09:26 UTC from Firefox on Windows.")
    await visitor.submits(f"Log in as {ADA.email}")

    assert (visitor.path, visitor.who) == ("/profile", ADA.name)
    assert visitor.status_message == "You’re logged in."


async def test_the_answer_is_the_same_for_known_and_unknown_addresses(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    guest = new_browser(SAFARI)
    await registers(guest, GRACE)  # her address is not confirmed
    pages = {}
    for email in (ADA.email, "nobody@example.com", GRACE.email):
        await asks_for_a_link(guest, Person(email, ""))
        pages[email] = (guest.status, guest.path, guest.text.replace(email, "…"), guest.buttons(), guest.links())

    assert pages[ADA.email] == pages["nobody@example.com"] == pages[GRACE.email]
    assert len(await mailbox.list_paths(guest, subject=LOGIN_LINK)) == 1


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", "Enter your email address."),
        ("ada@", "Enter an email address in the correct format, like name@example.com."),
    ],
)
async def test_what_is_no_address_is_said_beside_the_field(visitor: Visitor, typed: str, error: str) -> None:
    await asks_for_a_link(visitor, Person(typed, ""))
    assert (visitor.status, visitor.error("email"), visitor.field("email")) == (422, error, typed)


async def test_the_mail_is_sent_again_and_each_link_works_for_its_own_time(visitor: Visitor, clock: Clock) -> None:
    await comes_back_by_mail(visitor, ADA)
    first = await mailbox.newest(visitor, to=ADA.email, subject=LOGIN_LINK)
    clock.advance(minutes=30)
    await visitor.submits("Resend email")
    assert visitor.heading == "Check your email"
    assert len(await mailbox.list_paths(visitor, to=ADA.email, subject=LOGIN_LINK)) == 2

    await visitor.opens(first.link)
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.path == "/profile"


async def test_using_one_link_spends_the_others(visitor: Visitor, clock: Clock) -> None:
    await comes_back_by_mail(visitor, ADA)
    first = await mailbox.newest(visitor, to=ADA.email, subject=LOGIN_LINK)
    clock.advance(seconds=11)
    await visitor.submits("Resend email")
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits(f"Log in as {ADA.email}")
    await logs_out(visitor)

    await visitor.opens(first.link)
    assert (visitor.status, visitor.heading) == (410, "This link has already been used")


async def test_the_address_is_changed(visitor: Visitor) -> None:
    await asks_for_a_link(visitor, ADA)
    await visitor.follows("Use a different email address")
    assert (visitor.path, visitor.heading) == ("/login-with-magic-link", "Log in with an email link")


@pytest.mark.parametrize("state", ["used", "expired"])
async def test_a_link_that_no_longer_works_is_replaced_by_one_button(
    visitor: Visitor, clock: Clock, state: str
) -> None:
    await comes_back_by_mail(visitor, ADA)
    old = await mailbox.newest(visitor, to=ADA.email, subject=LOGIN_LINK)
    if state == "used":
        await visitor.opens(old.link)
        await visitor.submits(f"Log in as {ADA.email}")
        await logs_out(visitor)
    clock.advance(**{"seconds": 11} if state == "used" else {"hours": 1})

    await visitor.opens(old.link)
    headings = {"used": "This link has already been used", "expired": "This link has expired"}
    assert (visitor.status, visitor.heading) == (410, headings[state])
    assert visitor.sees(f"We can send a new one to {ADA.email}.")
    assert not await is_signed_in(visitor)
    await visitor.submits("Send a new link")
    assert visitor.heading == "Check your email"
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.path == "/profile"


async def test_the_waiting_page_alone_leads_to_the_form(visitor: Visitor) -> None:
    await visitor.opens("/login-with-magic-link/sent")
    assert visitor.path == "/login-with-magic-link"

"""A new password for a forgotten one. What else the landing of its link says is in test_auth_redirect_answers.py."""

import httpx
import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.bare import at_plain_altogic_too
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    CHROME,
    GRACE,
    RESET,
    SAFARI,
    Person,
    asks_for_a_new_password,
    is_signed_in,
    joins,
    logs_in,
    logs_out,
    opens_mailed_link,
    registers,
)
from tests.kit.visitor import Visitor

NEW = "words chosen anew today"
SAVED = "New password saved. You can log in with it now."


async def test_whoever_forgot_the_password_chooses_another_and_goes_on_where_they_wanted_to(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/login?next=/profile/name")
    await visitor.submits("Forgot your password?", email=ADA.email)
    await visitor.submits("Email me a link")
    assert (visitor.path, visitor.heading) == ("/forgot-password/sent", "Check your email")
    assert visitor.sees(f"If there’s an account for {ADA.email}, we’ve emailed it a link to choose a new password.")

    await opens_mailed_link(visitor, ADA, RESET)
    await visitor.submits("Save new password", new_password=NEW)
    assert (visitor.path, visitor.status_message) == ("/login", SAVED)
    assert not await is_signed_in(visitor)
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=NEW)
    assert (visitor.path, visitor.who) == ("/profile/name", ADA.name)


@at_plain_altogic_too
async def test_a_forgotten_password_is_replaced(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await asks_for_a_new_password(visitor, ADA.email)
    await opens_mailed_link(visitor, ADA, RESET)
    await visitor.submits("Save new password", new_password=NEW)
    assert (visitor.path, visitor.status_message) == ("/login", SAVED)
    await logs_in(visitor, Person(ADA.email, ADA.name, NEW))
    assert visitor.who == ADA.name


async def test_the_answer_is_the_same_for_known_and_unknown_addresses(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    guest = new_browser(SAFARI)
    await registers(guest, GRACE)  # her address is not confirmed
    pages = {}
    for email in (ADA.email, "nobody@example.com", GRACE.email):
        await asks_for_a_new_password(guest, email)
        pages[email] = (guest.status, guest.path, guest.text.replace(email, "…"), guest.buttons(), guest.links())

    assert pages[ADA.email] == pages["nobody@example.com"] == pages[GRACE.email]
    assert len(await mailbox.list_paths(guest, subject=RESET)) == 1


async def test_the_limits_are_the_same_for_known_and_unknown_addresses(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    answers: dict[str, list[int]] = {}
    for email in (ADA.email, "nobody@example.com"):
        for _time in range(7):
            clock.advance(seconds=11)
            await asks_for_a_new_password(visitor, email)
            answers.setdefault(email, []).append(visitor.status)

    assert answers[ADA.email] == answers["nobody@example.com"]
    assert (answers[ADA.email][0], answers[ADA.email][-1]) == (200, 429)
    assert visitor.sees("Too many attempts.")


async def test_the_old_password_works_until_there_is_a_new_one(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await asks_for_a_new_password(new_browser(CHROME), ADA.email)
    await logs_in(visitor, ADA)
    assert visitor.path == "/profile"
    await opens_mailed_link(visitor, ADA, RESET)
    assert await is_signed_in(visitor), "a link that is only opened changes nothing"


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", "Enter your email address."),
        ("ada@", "Enter an email address in the correct format, like name@example.com."),
    ],
)
async def test_what_is_no_address_is_said_beside_the_field(visitor: Visitor, typed: str, error: str) -> None:
    await asks_for_a_new_password(visitor, typed)
    assert (visitor.status, visitor.error("email"), visitor.field("email")) == (422, error, typed)


async def test_of_two_addresses_neither_gets_a_mail(visitor: Visitor, plain: httpx.AsyncClient) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    for body in (f"email={ADA.email}&email=eve@example.com", f"email[]={ADA.email}&email[]=eve@example.com"):
        sent = await plain.post(
            "/forgot-password",
            content=body,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"},
        )
        assert sent.status_code in (400, 422), body
    assert await mailbox.list_paths(visitor, subject=RESET) == []


async def test_the_mail_is_sent_again(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await asks_for_a_new_password(visitor, ADA.email)
    clock.advance(minutes=1)
    await visitor.submits("Resend email")
    assert visitor.status_message.startswith("We’re sending the email again")
    assert len(await mailbox.list_paths(visitor, to=ADA.email, subject=RESET)) == 2
    await visitor.follows("Use a different email address")
    assert (visitor.path, visitor.field("email")) == ("/forgot-password", ADA.email)


async def test_each_form_saves_the_password_of_the_account_that_it_names(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    """Two links in two tabs of one browser."""
    await joins(new_browser(CHROME), GRACE)
    await joins(visitor, ADA)
    await logs_out(visitor)
    for person in (ADA, GRACE):
        await asks_for_a_new_password(visitor, person.email)
    await opens_mailed_link(visitor, ADA, RESET)
    tab = mailbox.another_tab(visitor)
    await opens_mailed_link(tab, GRACE, RESET)
    await visitor.submits("Save new password", new_password=NEW)

    assert visitor.status_message == SAVED
    await logs_in(visitor, Person(ADA.email, ADA.name, NEW))
    assert visitor.who == ADA.name
    await logs_out(visitor)
    await logs_in(visitor, GRACE)
    assert visitor.who == GRACE.name


async def test_an_unknown_link_offers_another_to_a_new_password(visitor: Visitor) -> None:
    await visitor.opens("/_auth/verify?key=made-up&action=reset-pwd")
    assert (visitor.status, visitor.heading) == (410, "This link no longer works")
    await visitor.submits("Send a new link", email=ADA.email)
    assert (visitor.path, visitor.heading) == ("/forgot-password/sent", "Check your email")


async def test_the_waiting_page_alone_leads_to_the_form(visitor: Visitor) -> None:
    await visitor.opens("/forgot-password/sent")
    assert visitor.path == "/forgot-password"
    await visitor.opens("/login-with-magic-link")
    await visitor.submits("Email me a login link", email=ADA.email)
    await visitor.opens("/forgot-password/sent")
    assert (visitor.path, visitor.field("email")) == ("/forgot-password", ADA.email)


async def test_whoever_is_logged_in_finds_their_own_address_there(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/forgot-password")
    assert (visitor.status, visitor.field("email")) == (200, ADA.email)
    await visitor.submits("Email me a link")
    assert visitor.heading == "Check your email"
    assert await is_signed_in(visitor)

"""Changing one's own address, in the row of the profile and on a page of its own."""

import asyncio

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser, open_browser, run_app
from tests.kit.bare import at_plain_altogic_too
from tests.kit.clock import Clock
from tests.kit.new_addresses import (
    CONFIRM_NEW,
    NEW,
    REQUESTED,
    asks_for_a_new_address,
    confirms_it,
    enters_the_new_address,
)
from tests.kit.passwordless import remove_password
from tests.kit.people import ADA, CHROME, GRACE, PASSWORD, Person, is_signed_in, joins, logs_in, logs_out, registers
from tests.kit.visitor import Visitor
from web.asgi import create


@at_plain_altogic_too
async def test_a_new_address_counts_once_it_is_confirmed(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/email")
    assert visitor.one("new_email-hint").text().endswith(f"Until you open it, your address stays {ADA.email}.")
    await asks_for_a_new_address(visitor)
    assert visitor.path == "/profile"
    assert visitor.status_message == f"Almost done. Open the link that we emailed to {NEW}."
    assert visitor.one("email-row").text().startswith(f"Email address {ADA.email}")

    await confirms_it(visitor)
    await visitor.opens("/profile")
    assert visitor.one("email-row").text().startswith(f"Email address {NEW}")
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    assert visitor.status == 422
    await logs_in(visitor, Person(NEW, ADA.name))
    assert visitor.path == "/profile"


async def test_what_is_pending_is_seen_wherever_one_is_logged_in(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    elsewhere = new_browser(CHROME)
    await logs_in(elsewhere, ADA)
    for each in (visitor, elsewhere):
        assert each.sees(f"Waiting for {NEW} to be confirmed. The link that we emailed there works until")


async def test_the_link_is_mailed_again(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    await mailbox.newest(visitor, to=NEW, subject=CONFIRM_NEW)
    clock.advance(hours=2)
    await visitor.opens("/profile")
    assert visitor.sees("The link that we emailed there has expired.")
    await visitor.submits("Resend email")
    assert visitor.path == "/profile"
    assert visitor.status_message.startswith("We’re sending the email again (")
    assert visitor.does_not_see("has expired")
    await confirms_it(visitor)
    assert visitor.heading == "Your email address has been changed"


async def test_the_change_is_cancelled(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    link = (await mailbox.newest(visitor, to=NEW, subject=CONFIRM_NEW)).link
    await visitor.submits("Cancel the change")
    assert visitor.path == "/profile"
    assert visitor.status_message == "Cancelled. Your email address stays as it is."
    assert not visitor.has("email-pending")
    await visitor.opens(link)
    assert (visitor.status, visitor.heading) == (410, "Your email address hasn’t been changed")


async def test_whoever_cancels_too_late_is_told_what_happened(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    await visitor.opens("/profile")
    await confirms_it(new_browser(CHROME))
    await visitor.submits("Cancel the change")
    assert visitor.status_message == "This address was confirmed already. It’s your email address now."
    assert visitor.one("email-row").text().startswith(f"Email address {NEW}")


async def test_two_tabs_press_both_buttons(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    tab = mailbox.another_tab(visitor)
    await tab.opens("/profile")
    await visitor.submits("Cancel the change")
    await tab.submits("Resend email")
    assert tab.status_message == "No new email address was waiting any more."


@pytest.mark.parametrize("path", ["/profile/email/cancel", "/profile/email/again"])
async def test_each_button_has_a_page_of_its_own(visitor: Visitor, path: str) -> None:
    await joins(visitor, ADA)
    await visitor.opens(path)
    assert visitor.path == "/profile/email", "nothing is pending"
    await enters_the_new_address(visitor)
    await visitor.opens(path)
    assert visitor.sees(f"Waiting for {NEW} to be confirmed.")
    await visitor.submits("Cancel the change")
    assert (visitor.path, visitor.has("email-pending")) == ("/profile", False)


@at_plain_altogic_too
@pytest.mark.parametrize(
    ("new", "error"),
    [
        ("", "Enter your email address."),
        ("countess", "Enter an email address in the correct format, like name@example.com."),
        (ADA.email, "This is your email address already."),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(
    visitor: Visitor, new: str, error: str
) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor, new)
    assert (visitor.status, visitor.error("new_email")) == (422, error)
    assert visitor.field("new_email") == new


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
@pytest.mark.parametrize(
    ("password", "error"),
    [("", "Enter your current password."), ("words of somebody", "This isn’t your current password.")],
)
async def test_at_a_plain_altogic_the_form_asks_for_the_password(visitor: Visitor, password: str, error: str) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/email")
    await visitor.submits("Change email address", new_email=NEW, current_password=password)
    assert (visitor.status, visitor.error("current_password")) == (422, error)
    assert (visitor.field("new_email"), visitor.field("current_password")) == (NEW, "")


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_at_a_plain_altogic_whoever_came_by_a_provider_is_told_that_there_is_no_password(
    visitor: Visitor, environ: dict[str, str]
) -> None:
    await joins(visitor, ADA)
    remove_password(environ, ADA, provider="google")
    await visitor.opens("/profile/email")
    await visitor.submits("Change email address", new_email=NEW, current_password=PASSWORD)
    assert (visitor.status, visitor.error("current_password")) == (422, "This account has no password.")


async def test_whoever_has_just_logged_in_is_not_asked_again(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    await visitor.opens("/profile")
    await visitor.follows("Change email address")
    await visitor.submits("Change email address", new_email=NEW)
    assert visitor.path == "/profile"
    assert visitor.status_message == f"Almost done. Open the link that we emailed to {NEW}."
    assert visitor.has("email-pending")


async def test_the_proof_lasts_fifteen_minutes(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    clock.advance(minutes=15)
    await visitor.opens("/profile/email")
    await visitor.submits("Change email address", new_email="countess2@example.com")
    assert (visitor.path, visitor.heading) == ("/confirm", "Confirm it’s you to change your email address")


@at_plain_altogic_too
async def test_nobody_learns_whose_an_address_is(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(new_browser(CHROME), GRACE)
    await joins(visitor, ADA)
    seen = []
    for new in (NEW, GRACE.email):
        await asks_for_a_new_address(visitor, new)
        await visitor.opens("/profile")
        seen.append((visitor.status, visitor.text.replace(new, "")))
    assert seen[0] == seen[1]


async def test_its_owner_gets_a_mail_that_fits(visitor: Visitor, new_browser: NewBrowser) -> None:
    owner = new_browser(CHROME)
    await joins(owner, GRACE)
    await logs_out(owner)
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor, GRACE.email)
    mail = await mailbox.newest(owner, to=GRACE.email, subject="You already have an account with this email address")
    assert "wants to use this email address for another account" in " ".join(mail.text.split())
    await owner.opens(mail.link)
    await owner.submits(f"Log in as {GRACE.email}")
    await owner.opens("/profile")
    assert owner.who == GRACE.name


async def test_a_likely_typo_is_pointed_out_and_mended(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor, "countess@gmial.com")
    await visitor.opens("/profile")
    assert visitor.sees("The address ends in gmial.com. Did you mean gmail.com?")
    await visitor.follows("gmail.com")
    assert visitor.field("new_email") == "countess@gmail.com"


async def test_a_double_click_mails_once(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    await asyncio.gather(asks_for_a_new_address(visitor), asks_for_a_new_address(mailbox.another_tab(visitor)))
    assert len(await mailbox.list_paths(visitor, to=NEW)) == 1
    assert len(await mailbox.list_paths(visitor, to=ADA.email, subject=REQUESTED)) == 1


async def test_what_was_typed_survives_the_end_of_the_session(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/email")
    elsewhere = new_browser(CHROME)
    await logs_in(elsewhere, ADA)
    await elsewhere.opens("/profile/sessions/others")
    await elsewhere.submits("Log out the other session (1)")
    await visitor.submits("Change email address", new_email=NEW)
    assert visitor.path == "/login"
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=PASSWORD)
    assert (visitor.path, visitor.field("new_email")) == ("/profile/email", NEW)


async def test_too_many_mails_are_said_in_the_row(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    for _ in range(6):
        clock.advance(minutes=1)
        await visitor.opens("/profile/email/again")
        await visitor.submits("Resend email")
    assert visitor.status == 429
    assert visitor.sees("Too many attempts. Wait")
    assert visitor.sees(f"Waiting for {NEW} to be confirmed.")


async def test_the_row_is_left_as_it_was(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile")
    await visitor.follows("Change email address")
    await visitor.follows("Cancel")
    assert visitor.path == "/profile"
    assert visitor.one("change-email").name() == "Change email address"


async def test_everybody_else_is_logged_out_when_it_is_confirmed(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    elsewhere = new_browser(CHROME)
    await logs_in(elsewhere, ADA)
    await asks_for_a_new_address(visitor)
    await confirms_it(visitor)
    assert await is_signed_in(visitor)
    assert not await is_signed_in(elsewhere)


async def test_without_confirmation_it_changes_at_once(environ: dict[str, str], kind: type[Visitor]) -> None:
    async with run_app(create({**environ, "EMAIL_CONFIRMATION": "off"}, Clock())) as app, open_browser(app) as http:
        visitor = kind(http)
        await registers(visitor, ADA)
        await visitor.opens("/profile")
        await visitor.follows("Change email address")
        assert visitor.does_not_see("We’ll email it a link.")
        await enters_the_new_address(visitor)
        assert visitor.status_message == "Email address changed."
        assert visitor.one("who").text().endswith(NEW)
        assert visitor.one("email-row").text().startswith(f"Email address {NEW}")
        assert await mailbox.newest(visitor, to=ADA.email, subject="Your email address was changed")


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_at_a_plain_altogic_nothing_is_said_to_be_pending(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    await visitor.opens("/profile")
    assert not visitor.has("email-pending")
    for path in ("/profile/email/cancel", "/profile/email/again"):
        await visitor.opens(path)
        assert visitor.status == 404

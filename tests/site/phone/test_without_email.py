"""An account without an email address, as Altogic's client makes it by a sign-up with a phone number."""

from __future__ import annotations

import pytest

from tests.kit import mailbox
from tests.kit.clock import Clock
from tests.kit.people import ADA, Person, joins, logs_in, logs_out
from tests.kit.phone_pages import PHONE, SHOWN, asks_to_log_in_by_sms, leave_phone_alone, reads_sms
from tests.kit.visitor import Visitor

NEW = "countess@example.com"


@pytest.fixture
async def ada(visitor: Visitor, environ: dict[str, str]) -> Visitor:
    """She has logged in with a code by SMS."""
    await joins(visitor, ADA)
    await logs_out(visitor)
    leave_phone_alone(environ, ADA)
    await asks_to_log_in_by_sms(visitor)
    await visitor.submits("Log in", code=await reads_sms(visitor))
    return visitor


async def confirms(visitor: Visitor) -> None:
    """Proves with her password who she is, where that is asked."""
    if visitor.path == "/confirm":
        assert visitor.one("account").get("value") == PHONE
        await visitor.submits("Continue", current_password=ADA.password)


async def test_every_page_of_the_account_says_the_number_in_its_place(ada: Visitor) -> None:
    assert (ada.path, ada.one("who").text()) == ("/profile", f"{ADA.name} {SHOWN}")
    assert ada.one("email-row").text().startswith("Email address No email address yet")
    assert ada.one("change-email").name() == "Add an email address"
    pages = {
        "/profile/security": "Login link No email address yet Add",
        "/profile/sessions": "This browser",
        "/profile/history": "Logged in using a code by SMS",
        "/profile/data": "Download your data",
        "/profile/leave": "Delete your account?",
        "/profile/password": "Change password",
        "/profile/passkeys": "Passkeys",
        "/profile/name": "Change name",
        "/profile/phone": "To remove it, add an email address first",
        "/login?switch=yes": f"You’re logged in as {SHOWN}.",
        "/forgot-password": "Forgot your password?",
        "/logout": ADA.name,
    }
    for path, words in pages.items():
        await ada.opens(path)
        await confirms(ada)
        assert (ada.status, bool(ada.sees(words))) == (200, True), f"{path}: {ada.text}"


async def test_an_email_address_is_added_and_logs_in(ada: Visitor, clock: Clock) -> None:
    await ada.follows("Add an email address")
    await ada.submits("Add an email address", new_email=NEW)
    if ada.path == "/confirm":
        await confirms(ada)
        assert ada.field("new_email") == NEW
        await ada.submits("Add an email address")
    await ada.opens("/profile")
    assert ada.sees(f"Waiting for {NEW} to be confirmed.")
    await ada.submits("Cancel", within="#email-pending")
    clock.advance(minutes=1)
    assert ada.status_message == "Cancelled. No email address was added."
    await ada.opens("/profile/email")
    await ada.submits("Add an email address", new_email=NEW)
    mail = await mailbox.newest(ada, to=NEW)
    await ada.submits("Continue", code=mailbox.code_in(mail.text))
    assert ada.one("who").text() == f"{ADA.name} {NEW}"
    await logs_out(ada)
    await logs_in(ada, Person(NEW, ADA.name))
    assert ada.who == ADA.name


async def test_the_password_is_changed(ada: Visitor) -> None:
    await ada.opens("/profile/password")
    assert not ada.has("forgot-password")
    await ada.submits("Save new password", current_password=ADA.password, new_password="words chosen anew today")
    assert ada.status_message.startswith("Password changed.")


async def test_everything_can_be_taken_along_and_the_account_deleted(ada: Visitor, clock: Clock) -> None:
    await ada.opens("/profile/data/export")
    await confirms(ada)
    await ada.opens("/profile/data/export")
    assert ada.response.headers["content-type"] == "application/zip"
    await ada.opens("/profile/leave")
    assert ada.does_not_see("You get an email now")
    await ada.submits("Delete account", sure="yes")
    assert ada.status_message.startswith("Your account will be deleted on")
    clock.advance(minutes=1)
    await asks_to_log_in_by_sms(ada)
    await ada.submits("Log in", code=await reads_sms(ada))
    assert ada.sees(f"Your account {SHOWN} will be deleted on")
    assert not ada.has("delete-now")
    await ada.submits("Keep my account")
    assert (ada.path, ada.who) == ("/profile", ADA.name)


async def test_the_number_is_the_last_way_in_and_stays(ada: Visitor) -> None:
    await ada.opens("/profile/phone")
    assert not ada.has("remove-phone")
    await ada.opens("/profile/phone/remove")
    await ada.submits("Remove")
    if ada.path == "/confirm":
        await confirms(ada)
        await ada.submits("Remove")
    assert ada.status == 422
    assert ada.sees("An account needs an email address or a phone number. Add an email address first.")

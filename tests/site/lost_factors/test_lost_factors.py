"""Lost factors at the site: asked for at the second step, seen and stopped by the owner, and removed after the wait."""

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.lost_factor_visitors import (
    ASK,
    CODE,
    NOW,
    WANTS,
    asks_with_password_and_mailbox,
    has_two_step,
    passes,
)
from tests.kit.people import ADA, CHROME, GRACE, LOGIN_LINK, SAFARI, arrives, asks_for_a_link, joins, opens_mailed_link
from tests.kit.two_step_pages import logs_in_halfway, sets_up_two_step
from tests.kit.visitor import Visitor

STOPPED = "Stopped: two-step verification stays. If you don’t know who asked for this, choose a new password."


async def test_whoever_has_lost_everything_waits_three_days_and_chooses_a_new_password(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock, environ: dict[str, str]
) -> None:
    await has_two_step(visitor, clock)
    phone = new_browser(SAFARI)
    await asks_with_password_and_mailbox(phone)
    assert phone.sees("You can remove two-step verification from 17 March 2026")
    for _ in range(3):
        await passes(environ, clock, days=1, minutes=1)
    await phone.opens((await mailbox.newest(phone, to=ADA.email, subject=NOW)).link)
    assert phone.heading == "Remove two-step verification?"
    await phone.submits("Remove two-step verification", current_password="not it at all")
    assert phone.error("current_password") == "This isn’t your current password."
    await phone.submits("Remove two-step verification", current_password=ADA.password)
    assert phone.status_message == (
        "Two-step verification is removed, and everyone is logged out. Now choose a new password."
    )
    await phone.submits("Save new password", new_password="words chosen after all that")
    await phone.opens("/login")
    await phone.submits("Log in", within="#login-form", email=ADA.email, password="words chosen after all that")
    assert phone.path == "/profile"
    await visitor.opens("/profile")
    assert visitor.path == "/login"


async def test_after_a_login_link_the_mailbox_alone_begins_a_wait_of_seven_days(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await has_two_step(visitor, clock)
    phone = new_browser(SAFARI)
    await asks_for_a_link(phone, ADA)
    await opens_mailed_link(phone, ADA, LOGIN_LINK)
    await phone.submits("Log in", within="#go")
    await phone.follows("Can’t take the second step?")
    await phone.submits("Begin the wait", current_password="not it at all", within="#password-form")
    assert phone.error("current_password") == "This isn’t your current password."
    await phone.submits("Begin the wait of 7 days")
    assert phone.sees("You can remove two-step verification from 21 March 2026")


async def test_the_mail_stops_it_and_opened_it_only_shows(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await has_two_step(visitor, clock)
    await asks_with_password_and_mailbox(new_browser(SAFARI))
    mail = await mailbox.newest(visitor, to=ADA.email, subject=WANTS)
    assert "17 March 2026" in mail.text
    other = new_browser(CHROME)
    for _ in range(2):
        await other.opens(mail.link)
        assert other.heading == "Keep two-step verification?"
    await other.submits("Stop this")
    assert (other.path, other.status_message) == ("/login", STOPPED)
    await other.opens(mail.link)
    assert (other.status, other.heading) == (410, "This link no longer works")
    await visitor.opens("/profile")
    assert visitor.does_not_see("Someone asked to remove two-step verification")


async def test_whoever_is_logged_in_sees_it_on_every_page_of_the_account_and_stops_it(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await has_two_step(visitor, clock)
    await asks_with_password_and_mailbox(new_browser(SAFARI))
    for path in ("/profile", "/profile/sessions", "/profile/history"):
        await visitor.opens(path)
        assert visitor.sees("Someone asked to remove two-step verification from your account."), path
    await visitor.opens("/profile")
    assert visitor.title.startswith(f"{WANTS} – "), "the title is read aloud after a log-in"
    assert visitor.text.index("Someone asked") < visitor.text.index("How you log in"), "above the sections on a phone"
    await visitor.opens("/profile/lost-factor")
    assert visitor.heading == "Keep two-step verification?"
    assert visitor.sees("If it was you, there’s nothing to do.")
    await visitor.follows("Go back")
    assert visitor.path == "/profile"
    await visitor.opens("/profile/lost-factor")
    await visitor.opens("/profile")
    await visitor.submits("Stop this")
    assert (visitor.path, visitor.status_message) == ("/profile", STOPPED)
    assert not visitor.has("banner")
    await visitor.opens("/profile/history")
    assert visitor.sees("Removal of two-step verification stopped")
    await visitor.opens("/profile/lost-factor")
    assert visitor.path == "/profile", "there is nothing to stop"


async def test_a_wrong_code_says_so(visitor: Visitor, new_browser: NewBrowser, clock: Clock) -> None:
    await has_two_step(visitor, clock)
    phone = new_browser(SAFARI)
    await logs_in_halfway(phone, ADA)
    await phone.opens(ASK)
    await phone.submits("Begin the wait")
    assert phone.error("code") == "Enter the code from the email."
    await phone.submits("Resend email")
    assert phone.one("outbox").text() == "Open the outbox"
    await phone.submits("Begin the wait", code="BBBB-BBBB")
    assert phone.error("code")
    await phone.submits("Begin the wait", code="BBB")
    assert phone.error("code") == "Enter the 8 letters of the code, such as WDJB-MJHT."


async def test_of_two_tabs_each_asks_for_the_account_that_its_page_showed(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    grace, phone = new_browser(CHROME), new_browser(SAFARI)
    await arrives(grace, GRACE)
    await sets_up_two_step(grace, clock, GRACE)
    await has_two_step(visitor, clock)
    await logs_in_halfway(phone, ADA, at="/login?next=/profile/name")
    tab = mailbox.another_tab(phone)
    await logs_in_halfway(tab, GRACE)
    for person, page in ((ADA, phone), (GRACE, tab)):
        await page.follows("Can’t take the second step?")
        await page.submits("Email me a code")
        assert await mailbox.newest(visitor, to=person.email, subject=CODE)


async def test_without_a_login_that_waits_it_begins_with_the_log_in(visitor: Visitor) -> None:
    await visitor.opens(ASK)
    assert (visitor.path, visitor.status_message) == ("/login", "Log in first. The second step then leads on.")


async def test_after_ten_minutes_the_log_in_begins_again(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await has_two_step(visitor, clock)
    phone = new_browser(SAFARI)
    await logs_in_halfway(phone, ADA)
    await phone.opens(ASK)
    clock.advance(minutes=10)
    await phone.submits("Email me a code")
    assert phone.path == "/login"


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_where_the_backend_has_nothing_of_it_there_are_no_pages(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for path in (ASK, "/profile/lost-factor"):
        await visitor.opens(path)
        assert visitor.status == 404

"""The links of a change of address: one in the new box that confirms it, two in the old one that undo it."""

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.new_addresses import CONFIRM_NEW, NEW, REQUESTED, asks_for_a_new_address, confirms_it
from tests.kit.people import ADA, CHROME, GRACE, SAFARI, Person, is_signed_in, joins, logs_in
from tests.kit.visitor import Visitor

CHANGED = "Your email address was changed"
OWN = "words of the owner alone"


async def changes_the_address(visitor: Visitor, new: str = NEW) -> None:
    await asks_for_a_new_address(visitor, new)
    await confirms_it(visitor, new)
    assert visitor.heading == "Your email address has been changed"


async def opens_undo(visitor: Visitor, subject: str = CHANGED) -> None:
    await visitor.opens((await mailbox.newest(visitor, to=ADA.email, subject=subject)).link)


# --- in the new box


async def test_in_a_browser_that_is_not_logged_in_it_says_what_was_done(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    phone = new_browser(SAFARI)
    await confirms_it(phone)
    assert phone.heading == "Your email address has been changed"
    assert phone.sees(f"{NEW} is confirmed. Use it to log in from now on.")
    assert not await is_signed_in(phone)
    assert await is_signed_in(visitor)


async def test_somebody_else_who_is_logged_in_there_stays_who_they_are(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    other = new_browser(CHROME)
    await joins(other, GRACE)
    await confirms_it(other)
    assert other.sees(f"{NEW} is confirmed.")
    assert other.sees(f"You’re logged in as {GRACE.email}. Nothing has changed there.")
    await other.opens("/profile")
    assert other.who == GRACE.name
    assert other.one("email-row").text().startswith(f"Email address {GRACE.email}")


async def test_opened_again_it_is_good_news(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await changes_the_address(visitor)
    for browser in (visitor, new_browser(SAFARI)):
        await browser.opens((await mailbox.newest(browser, to=NEW, subject=CONFIRM_NEW)).link)
        assert (browser.status, browser.heading) == (200, "Your email address has been changed")


async def test_expired_it_offers_another_while_the_change_is_pending(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    link = (await mailbox.newest(visitor, to=NEW, subject=CONFIRM_NEW)).link
    clock.advance(hours=2)
    await visitor.opens(link)
    assert (visitor.status, visitor.heading) == (410, "This link has expired")
    await visitor.submits("Send a new link")
    assert visitor.sees(f"We’ve emailed a new link to {NEW}.")
    await mailbox.newest(visitor, to=NEW, subject=CONFIRM_NEW)  # it has left, or its link would begin when it does
    clock.advance(hours=23)
    await visitor.opens(link)
    await visitor.submits("Send a new link")
    assert visitor.path == "/profile/email"
    assert visitor.sees("This change of your email address was cancelled or has waited too long.")


# --- in the old box


async def test_the_owner_gets_the_address_back_without_logging_in(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await changes_the_address(visitor)
    owner = new_browser(CHROME)
    mail = await mailbox.newest(owner, to=ADA.email, subject=CHANGED)
    assert "has got the email address c…@… instead of this one. If it wasn’t you" in " ".join(mail.text.split())
    assert NEW not in mail.text
    await owner.opens(mail.link)
    assert owner.heading == "Get your email address back?"
    assert owner.sees("Changed on 14 March 2026 at")
    assert owner.sees(f"Your account has got the email address c…@… instead of {ADA.email}.")
    assert await is_signed_in(visitor), "opening it changes nothing"

    assert owner.sees("Passkeys, authenticator apps and recovery codes added since then are removed.")
    await owner.submits("Undo this change")
    assert owner.heading == "Choose a new password"
    assert owner.sees("This address is yours again, and everyone is logged out. Now choose a new password.")
    assert not await is_signed_in(visitor)
    await owner.submits("Save new password", new_password=OWN)
    assert owner.path == "/login"
    await logs_in(visitor, Person(NEW, ADA.name))
    assert visitor.status == 422
    await logs_in(visitor, ADA)
    assert visitor.status == 422
    await logs_in(owner, Person(ADA.email, ADA.name, OWN))
    assert owner.one("email-row").text().startswith(f"Email address {ADA.email}")
    await owner.opens("/profile/history")
    assert owner.sees("Change of email address undone")


async def test_until_then_a_thief_cannot_delete_the_account_at_once(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await changes_the_address(visitor)
    await visitor.opens("/profile/leave")
    await visitor.submits("Delete account", sure=True)
    await logs_in(visitor, Person(NEW, ADA.name))
    await visitor.submits("Email me a link to delete it now", sure=True)
    assert (visitor.status, visitor.heading) == (422, "Keep your account?")
    assert visitor.sees("Your email address was changed a few days ago.")
    owner = new_browser(CHROME)
    await opens_undo(owner)
    await owner.submits("Undo this change")
    await owner.submits("Save new password", new_password=OWN)
    await logs_in(owner, Person(ADA.email, ADA.name, OWN))
    assert owner.path == "/profile"


async def test_before_it_is_confirmed_the_owner_ends_it(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    owner = new_browser(CHROME)
    await opens_undo(owner, REQUESTED)
    assert owner.heading == "Keep your email address?"
    await owner.submits("This wasn’t me")
    assert owner.heading == "Choose a new password"
    assert not await is_signed_in(visitor)
    await owner.opens((await mailbox.newest(owner, to=NEW, subject=CONFIRM_NEW)).link)
    assert owner.heading == "Your email address hasn’t been changed"


async def test_it_works_where_somebody_else_is_logged_in(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await changes_the_address(visitor)
    other = new_browser(CHROME)
    await joins(other, GRACE)
    await opens_undo(other)
    await other.submits("Undo this change")
    assert other.heading == "Choose a new password"
    assert await is_signed_in(other)
    assert not await is_signed_in(visitor)


async def test_it_works_once_in_whichever_browser(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await changes_the_address(visitor)
    first, second = new_browser(CHROME), new_browser(SAFARI)
    for browser in (first, second):
        await opens_undo(browser)
    await first.submits("Undo this change")
    await second.submits("Undo this change")
    assert first.heading == "Choose a new password"
    assert (second.status, second.heading) == (410, "This link no longer works")
    assert second.sees(f"{ADA.email} is the email address of your account.")


async def test_it_works_for_seven_days(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await changes_the_address(visitor)
    link = (await mailbox.newest(visitor, to=ADA.email, subject=CHANGED)).link
    clock.advance(days=6)
    await visitor.opens(link)
    assert visitor.status == 200
    clock.advance(days=1, minutes=1)
    await visitor.opens(link)
    assert (visitor.status, visitor.heading) == (410, "This link no longer works")
    assert visitor.sees("A change of email address can be undone for 7 days")


async def test_a_page_left_open_says_that_the_address_is_another_accounts_by_now(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    await changes_the_address(visitor)
    owner = new_browser(CHROME)
    await opens_undo(owner)
    clock.advance(minutes=1)
    await joins(new_browser(SAFARI), Person(ADA.email, "Somebody", "words of somebody else"))
    await owner.submits("Undo this change")
    assert (owner.status, owner.heading) == (410, "This link no longer works")
    await visitor.opens("/profile")
    assert visitor.one("email-row").text().startswith(f"Email address {NEW}")

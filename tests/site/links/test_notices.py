"""A mail tells the owner of a log-in from a new browser; "This wasn't me" puts everybody out."""

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import ADA, CHROME, SAFARI, Person, is_signed_in, joins, logs_in, logs_out
from tests.kit.visitor import Visitor

NEW_LOGIN = "New login"
NEW = "words of the owner alone"
WITHOUT_ME = "Everyone is logged out of your account. Now choose a new password."


async def opens_notice(visitor: Visitor) -> None:
    await visitor.opens((await mailbox.newest(visitor, to=ADA.email, subject=NEW_LOGIN)).link)


async def test_the_owner_puts_a_stranger_out_and_chooses_a_new_password(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    thief = new_browser(SAFARI)
    await logs_in(thief, ADA)
    await opens_notice(visitor)
    assert (visitor.status, visitor.heading) == (200, NEW_LOGIN)
    assert visitor.sees(f"Someone logged in to {ADA.email} on 14 March 2026 at 09:26 UTC from Safari on iOS.")
    assert visitor.sees("IP address: 127.0.0.1")
    assert await is_signed_in(thief), "a link that is only opened changes nothing"

    await visitor.submits("This wasn’t me")
    assert (visitor.path, visitor.heading) == ("/auth-redirect", "Choose a new password")
    assert visitor.status_message == WITHOUT_ME
    assert not await is_signed_in(thief)
    assert not await is_signed_in(visitor)
    await visitor.submits("Save new password", new_password=NEW)
    assert (visitor.path, visitor.status_message) == ("/login", "New password saved. You can log in with it now.")
    await logs_in(thief, ADA)
    assert thief.status == 422
    await logs_in(visitor, Person(ADA.email, ADA.name, NEW))
    assert visitor.who == ADA.name


async def test_it_works_on_a_phone_that_is_not_logged_in_and_after_the_stranger_has_gone(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    thief, phone = new_browser(CHROME), new_browser(SAFARI)
    await logs_in(thief, ADA)
    await logs_out(thief)
    await opens_notice(phone)
    await phone.submits("This wasn’t me")
    assert (phone.heading, phone.status_message) == ("Choose a new password", WITHOUT_ME)


async def test_opened_again_it_goes_on_where_it_was_left(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await logs_in(new_browser(CHROME), ADA)
    await opens_notice(visitor)
    await visitor.submits("This wasn’t me")
    phone = new_browser(SAFARI)
    await opens_notice(phone)
    assert phone.heading == "Choose a new password"
    await visitor.submits("Save new password", new_password=NEW)
    await phone.submits("Save new password", new_password="words of somebody else")
    assert (phone.status, phone.heading) == (410, "This link has already been used")


async def test_two_tabs_are_one_outcome(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await logs_in(new_browser(CHROME), ADA)
    await opens_notice(visitor)
    tab = mailbox.another_tab(visitor)
    await tab.opens("/auth-redirect")
    for each in (visitor, tab):
        await each.submits("This wasn’t me")
        assert (each.heading, each.status_message) == ("Choose a new password", WITHOUT_ME)


async def test_whoever_it_was_goes_on(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    phone = new_browser(SAFARI)
    await logs_in(phone, ADA)
    await opens_notice(phone)
    await phone.follows("It was me")
    assert phone.path == "/profile"


async def test_after_a_day_the_link_says_so(visitor: Visitor, new_browser: NewBrowser, clock: Clock) -> None:
    await joins(visitor, ADA)
    await logs_in(new_browser(SAFARI), ADA)
    mail = await mailbox.newest(visitor, to=ADA.email, subject=NEW_LOGIN)
    clock.advance(hours=25)
    await visitor.opens(mail.link)
    assert (visitor.status, visitor.heading) == (410, "This link has expired")


async def test_the_page_of_the_button_alone_leads_to_the_landing(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await logs_in(new_browser(SAFARI), ADA)
    await opens_notice(visitor)
    await visitor.opens("/auth-redirect/disown")
    assert (visitor.path, visitor.heading) == ("/auth-redirect", NEW_LOGIN)


async def test_nobody_is_mailed_about_the_browser_that_they_use(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for _ in range(2):
        await logs_out(visitor)
        await logs_in(visitor, ADA)
    assert await mailbox.list_paths(visitor, subject=NEW_LOGIN) == []


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_where_the_backend_cannot_disown_the_mails_link_leads_to_a_new_password(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    for browser in (CHROME, SAFARI):
        clock.advance(minutes=1)
        await logs_in(new_browser(browser), ADA)
    await opens_notice(visitor)
    assert visitor.heading == "Choose a new password"

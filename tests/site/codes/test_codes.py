"""The code of a mail, typed in the browser that asked for it. What the contract promises is in tests/contract/codes."""

import pytest
from itsdangerous import URLSafeSerializer

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.bare import at_plain_altogic_too
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    CHROME,
    CONFIRM,
    GRACE,
    LOGIN_LINK,
    RESET,
    SAFARI,
    Person,
    asks_for_a_link,
    asks_for_a_new_password,
    comes_back_by_mail,
    is_signed_in,
    joins,
    logs_in,
    logs_out,
    opens_mailed_link,
    registers,
    stays_logged_in,
)
from tests.kit.typed_codes import WRONG_CODE, types_wrong_codes
from tests.kit.visitor import Visitor

NEW = "words chosen anew today"


async def reads_code(visitor: Visitor, person: Person, subject: str) -> str:
    mail = await mailbox.newest(visitor, to=person.email, subject=subject)
    return mailbox.code_in(mail.text)


async def test_the_code_of_a_login_link_logs_in_where_it_was_asked_for(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/login-with-magic-link?next=/profile/name")
    await visitor.submits("Email me a login link", email=ADA.email, stay="yes")
    await visitor.submits("Continue", code=await reads_code(visitor, ADA, LOGIN_LINK))
    assert stays_logged_in(visitor)
    assert (visitor.path, visitor.who, visitor.status_message) == ("/profile/name", ADA.name, "You’re logged in.")


async def test_a_sign_up_is_confirmed_by_its_code_and_needs_no_new_password(visitor: Visitor) -> None:
    await registers(visitor, ADA, at="/register?next=/profile/name")
    await visitor.submits("Continue", code=(await reads_code(visitor, ADA, CONFIRM)).lower().replace("-", " "))
    assert (visitor.path, visitor.who) == ("/profile/name", ADA.name)
    assert visitor.status_message == "Your email address is confirmed. You’re logged in."
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    assert visitor.who == ADA.name


async def test_the_code_of_a_reset_leads_to_the_form_for_a_new_password(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await asks_for_a_new_password(visitor, ADA.email)
    await visitor.submits("Continue", code=await reads_code(visitor, ADA, RESET))
    assert (visitor.path, visitor.heading) == ("/auth-redirect", "Choose a new password")
    assert visitor.sees(f"New password for {ADA.email}.")
    assert not await is_signed_in(visitor)
    await visitor.submits("Save new password", new_password=NEW)
    await logs_in(visitor, Person(ADA.email, ADA.name, NEW))
    assert visitor.who == ADA.name


async def test_the_form_has_a_page_of_its_own(visitor: Visitor) -> None:
    await comes_back_by_mail(visitor, ADA)
    code = await reads_code(visitor, ADA, LOGIN_LINK)
    await visitor.opens("/code")
    assert visitor.sees(f"It’s in the email to {ADA.email}.")
    await visitor.submits("Continue", code=code)
    assert (visitor.path, visitor.who) == ("/profile", ADA.name)


async def test_a_wrong_code_stays_in_its_field_with_the_error_beside_it(visitor: Visitor) -> None:
    await comes_back_by_mail(visitor, ADA)
    code = await reads_code(visitor, ADA, LOGIN_LINK)
    await types_wrong_codes(visitor)
    await visitor.submits("Continue", code=code)
    assert visitor.who == ADA.name


async def test_the_code_of_another_browser_is_worthless(visitor: Visitor, new_browser: NewBrowser) -> None:
    """Ada reads her code to Eve on the telephone, who has asked for a mail herself."""
    await joins(visitor, ADA)
    await logs_out(visitor)
    eve, guest = new_browser(SAFARI), new_browser(CHROME)
    await asks_for_a_link(eve, GRACE)
    await asks_for_a_link(visitor, ADA)
    code = await reads_code(visitor, ADA, LOGIN_LINK)
    await eve.submits("Continue", code=code)
    assert (eve.status, eve.error("code")) == (422, WRONG_CODE)
    await asks_for_a_link(eve, ADA)
    await eve.submits("Continue", code=code)
    assert eve.error("code") == WRONG_CODE
    await guest.opens("/code")
    await guest.submits("Continue", code=code)
    assert guest.error("code").startswith("This browser isn’t waiting for a code.")
    await visitor.submits("Continue", code=code)
    assert visitor.who == ADA.name


async def test_after_five_wrong_codes_the_link_still_works(visitor: Visitor) -> None:
    await comes_back_by_mail(visitor, ADA)
    code = await reads_code(visitor, ADA, LOGIN_LINK)
    for _time in range(5):
        await visitor.submits("Continue", code="WDJB-MJHT")
    await visitor.submits("Continue", code=code)
    assert visitor.error("code") == WRONG_CODE
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.who == ADA.name


async def test_a_code_that_is_sent_again_ends_the_one_before_it(visitor: Visitor, clock: Clock) -> None:
    await comes_back_by_mail(visitor, ADA)
    first = await reads_code(visitor, ADA, LOGIN_LINK)
    clock.advance(seconds=11)
    await visitor.submits("Resend email")
    await visitor.submits("Continue", code=first)
    assert visitor.error("code") == WRONG_CODE
    await visitor.submits("Continue", code=await reads_code(visitor, ADA, LOGIN_LINK))
    assert visitor.who == ADA.name


async def test_a_confirmation_asked_for_in_another_browser_needs_a_new_password(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await registers(new_browser(CHROME), Person(ADA.email, "Eve", "words that a stranger typed"))
    clock.advance(minutes=1)
    await visitor.opens("/register/again")
    await visitor.submits("Resend email", email=ADA.email)
    await visitor.submits("Continue", code=await reads_code(visitor, ADA, CONFIRM))
    assert (visitor.path, visitor.heading) == ("/auth-redirect", "Confirm your email address")
    await visitor.submits("Confirm this address", name=ADA.name, new_password=NEW)
    assert visitor.who == ADA.name


async def test_the_second_click_of_a_double_click_goes_on_too(visitor: Visitor) -> None:
    await comes_back_by_mail(visitor, ADA)
    code = await reads_code(visitor, ADA, LOGIN_LINK)
    tab = mailbox.another_tab(visitor)
    await tab.opens("/code")
    await visitor.submits("Continue", code=code)
    await tab.submits("Continue", code=code)
    assert (tab.path, tab.who) == ("/profile", ADA.name)


async def test_whoever_is_logged_in_as_somebody_else_is_asked_first(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(new_browser(CHROME), GRACE)
    await comes_back_by_mail(visitor, ADA)
    code = await reads_code(visitor, ADA, LOGIN_LINK)
    await logs_in(mailbox.another_tab(visitor), GRACE)
    await visitor.submits("Continue", code=code)
    assert (visitor.status, await is_signed_in(visitor)) == (409, True)
    assert visitor.sees(f"You’re logged in as {GRACE.email}. If you continue, that account will be logged out")
    await visitor.submits("Continue", code=code)
    assert visitor.who == ADA.name


async def test_nobody_learns_from_codes_who_has_an_account(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    pages = {}
    for email in (ADA.email, "nobody@example.com"):
        guest = new_browser(SAFARI)
        await asks_for_a_link(guest, Person(email, ""))
        note = URLSafeSerializer("").loads_unsafe(guest.http.cookies["waiting"])[1]
        asked = (sorted(note), [len(part) for part in note["reference"].split(".")])
        await guest.submits("Continue", code="WDJB-MJHT")
        pages[email] = (asked, guest.status, guest.text.replace(email, "…"), guest.buttons())
    assert pages[ADA.email] == pages["nobody@example.com"]


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_without_codes_at_the_backend_there_is_no_field_for_them(visitor: Visitor) -> None:
    await asks_for_a_link(visitor, ADA)
    assert (visitor.heading, visitor.has("code")) == ("Check your email", False)
    await visitor.opens("/code")
    assert visitor.status == 404


@at_plain_altogic_too
async def test_the_link_logs_in_as_before(visitor: Visitor) -> None:
    await comes_back_by_mail(visitor, ADA)
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits("Log in")
    assert await is_signed_in(visitor)

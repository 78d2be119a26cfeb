"""Whoever confirms an address owns its account alone, and a form acts for the link that its page shows."""

from tests.kit import mailbox
from tests.kit.app import SITE, NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    CHROME,
    CONFIRM,
    GRACE,
    LOGIN_LINK,
    SAFARI,
    Person,
    asks_for_a_link,
    comes_back_by_mail,
    is_signed_in,
    joins,
    logs_in,
    logs_out,
    opens_mailed_link,
    registers,
)
from tests.kit.visitor import Visitor

MALLORY = Person(ADA.email, ADA.name, "mallory chose this one")
NEW = "chosen at the confirmation"


async def is_let_in(browser: Visitor, password: str) -> bool:
    await logs_in(browser, Person(ADA.email, ADA.name, password))
    if browser.path != "/profile":
        return False
    await logs_out(browser)
    return True


async def registers_thrice(mallory: Visitor, clock: Clock) -> None:
    for number in range(3):
        clock.advance(minutes=1)
        await registers(mallory, Person(ADA.email, ADA.name, f"{MALLORY.password} {number}"))


async def test_sent_again_and_confirmed_the_account_is_of_who_asked(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await registers(visitor, ADA)
    mallory = new_browser(CHROME)
    await registers_thrice(mallory, clock)
    clock.advance(minutes=1)
    await visitor.submits("Resend email")
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm this address")
    assert visitor.who == ADA.name
    await logs_out(visitor)
    assert await is_let_in(visitor, ADA.password)
    assert [await is_let_in(mallory, f"{MALLORY.password} {number}") for number in range(3)] == [False] * 3


async def test_the_topmost_mail_may_be_a_strangers_and_the_own_password_counts(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await registers(visitor, ADA)
    mallory = new_browser(CHROME)
    await registers_thrice(mallory, clock)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm this address")
    await logs_out(visitor)
    assert await is_let_in(visitor, ADA.password)
    assert not await is_let_in(mallory, f"{MALLORY.password} 2")


async def test_in_another_browser_a_new_password_is_chosen_in_one_step(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await registers(visitor, ADA)
    phone = new_browser(SAFARI)
    await opens_mailed_link(phone, ADA, CONFIRM)
    assert phone.one("new_password").get("autocomplete") == "new-password"
    assert (phone.one("account").get("autocomplete"), phone.field("email")) == ("username", ADA.email)
    await phone.submits("Confirm this address", name=ADA.name, new_password="short")
    assert (phone.status, phone.field("name")) == (422, ADA.name)
    assert phone.error("new_password") == "Password must be 12 characters or more."
    await phone.submits("Confirm this address", name="", new_password=NEW)
    assert phone.error("name") == "Enter your name."
    await phone.submits("Confirm this address", name=ADA.name, new_password=NEW)

    assert (phone.path, phone.who) == ("/profile", ADA.name)
    assert not await is_let_in(visitor, ADA.password)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    assert visitor.heading == "Your email address is already confirmed"
    assert await is_let_in(visitor, NEW)


async def test_a_password_chosen_at_the_confirmation_is_judged_as_at_the_sign_up(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await registers(visitor, ADA)
    phone = new_browser(SAFARI)
    await opens_mailed_link(phone, ADA, CONFIRM)
    for password, words in (
        (
            "leavemealone",
            "This password is in lists of leaked passwords, or very like one that is. Choose another one.",
        ),
        ("accountpages!", "This password is too similar to the name of this site. Choose another one."),
        (f"{ADA.email}1", "This password is too similar to your name or email address. Choose another one."),
    ):
        await phone.submits("Confirm this address", name=ADA.name, new_password=password)
        assert (phone.status, phone.error("new_password")) == (422, words), password
        assert (phone.field("name"), phone.field("new_password")) == (ADA.name, "")
        assert not await is_signed_in(phone)
    await phone.submits("Confirm this address", name=ADA.name, new_password=NEW)
    assert phone.who == ADA.name


async def test_a_button_without_its_secret_asks_for_a_password(visitor: Visitor) -> None:
    await registers(visitor, ADA)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    visitor.http.cookies.delete("registration")
    await visitor.submits("Confirm this address")
    assert visitor.status == 422
    assert visitor.error("new_password").startswith("Choose a password.")
    await visitor.submits("Confirm this address", name=ADA.name, new_password=NEW)
    assert visitor.path == "/profile"


async def test_sent_again_from_another_browser_the_owner_gets_in(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    mallory = new_browser(CHROME)
    await registers(mallory, MALLORY)
    clock.advance(minutes=1)
    await visitor.opens("/register/again")
    await visitor.submits("Resend email", email=ADA.email)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm this address", name=ADA.name, new_password=NEW)
    assert visitor.who == ADA.name
    assert not await is_let_in(mallory, MALLORY.password)


async def both_ask_for_a_link(new_browser: NewBrowser) -> None:
    for person, browser in ((ADA, new_browser(CHROME)), (GRACE, new_browser(SAFARI))):
        await comes_back_by_mail(browser, person)


async def test_of_two_links_in_two_tabs_each_button_acts_for_its_own(visitor: Visitor, new_browser: NewBrowser) -> None:
    await both_ask_for_a_link(new_browser)
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    tab = mailbox.another_tab(visitor)
    await opens_mailed_link(tab, GRACE, LOGIN_LINK)
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.who == ADA.name
    await tab.opens("/auth-redirect")
    await tab.submits(f"Log in as {GRACE.email}")
    assert tab.who == GRACE.name


async def test_a_form_whose_link_is_gone_does_nothing_for_another(visitor: Visitor, new_browser: NewBrowser) -> None:
    await both_ask_for_a_link(new_browser)
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    tab = mailbox.another_tab(visitor)
    for number in range(6):  # so many a browser does not keep
        await tab.opens(f"/auth-redirect?status=200&action=magic-link&access_token=planted-{number}")
    await opens_mailed_link(tab, GRACE, LOGIN_LINK)
    kept = [name for name in visitor.http.cookies if name.startswith("link-")]
    assert len(kept) == 5
    await visitor.submits(f"Log in as {ADA.email}")
    assert not await is_signed_in(visitor)
    assert visitor.status_message.startswith("Nothing was changed: that link is no longer open in this browser.")
    assert visitor.sees(f"This link is for {GRACE.email}.")


async def test_after_a_log_out_no_opened_link_is_left_for_the_next_person(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await asks_for_a_link(visitor, ADA, at="/login-with-magic-link?next=/profile/name")
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await logs_in(visitor, ADA)
    await logs_out(visitor)
    assert {*visitor.http.cookies} <= {"device", "language", "flash"}
    await visitor.opens("/auth-redirect")
    assert visitor.heading == "No link to open"


async def test_what_one_wished_does_not_count_for_another(visitor: Visitor, new_browser: NewBrowser) -> None:
    grace = new_browser(CHROME)
    await comes_back_by_mail(grace, GRACE)
    await visitor.opens("/login-with-magic-link?next=/profile/name")
    await visitor.submits("Email me a login link", email=ADA.email, stay=True)
    await opens_mailed_link(visitor, GRACE, LOGIN_LINK)
    await visitor.submits(f"Log in as {GRACE.email}")
    assert visitor.path == "/profile"
    session = next(cookie for cookie in visitor.http.cookies.jar if cookie.name == "session")
    assert session.expires is None


async def test_a_link_opened_elsewhere_leads_where_it_was_wished(visitor: Visitor, new_browser: NewBrowser) -> None:
    await registers(visitor, ADA, at="/register?next=/profile/name")
    phone = new_browser(SAFARI)
    await opens_mailed_link(phone, ADA, CONFIRM)
    await phone.submits("Confirm this address", name=ADA.name, new_password=NEW)
    assert phone.path == "/profile/name"
    await logs_out(phone)
    await asks_for_a_link(visitor, ADA, at="/login-with-magic-link?next=/profile/avatar")
    await opens_mailed_link(phone, ADA, LOGIN_LINK)
    await phone.submits(f"Log in as {ADA.email}")
    assert phone.path == "/profile/avatar"


async def test_nobody_is_told_of_a_change_of_address_that_was_none(visitor: Visitor) -> None:
    planted = "/auth-redirect?status=200&action=change-email"
    await visitor.opens(planted)
    assert visitor.url == f"{SITE}{planted}"
    assert visitor.does_not_see("Your email address has been changed")
    await joins(visitor, ADA)
    await visitor.opens(planted)
    assert visitor.does_not_see("Your email address has been changed")

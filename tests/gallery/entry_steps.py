"""Steps of whoever is not logged in: sign-up, log-in, mailed links."""

from __future__ import annotations

import itertools

from playwright.sync_api import Page, expect

from tests.gallery.sites import Sites
from tests.gallery.steps import follow_mailed_link, log_in, log_in_anew, make_account, opens_from, submit
from tests.kit import browser_steps
from tests.kit.browser_steps import heading, new_address, open_mail, open_newest_mail, sign_up_elsewhere
from tests.kit.people import PASSWORD

numbers = itertools.count(1)


def weak_password(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/register")
    page.locator("#password").fill("aaaaaaaaaaaaaa")


def show_password(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/register")
    page.locator("#password").fill("three unrelated words")
    page.locator("#show-password").click()


def register(page: Page, sites: Sites) -> str:
    """With a typo in the address, which is returned. No other state asks for mails to it: what was mailed just before
    is not mailed again."""
    email = f"newcomer{next(numbers)}@gmial.com"
    page.goto(f"{sites.open}/register")
    for field, value in {"email": email, "name": "Newcomer", "password": PASSWORD}.items():
        page.locator(f"#{field}").fill(value)
    page.locator("#create-account").click()
    expect(heading(page)).to_have_text(sites.say("Check your email"))
    return email


def wait_for_mail(page: Page, sites: Sites) -> None:
    register(page, sites)


def land(page: Page, sites: Sites) -> None:
    open_mail(page, register(page, sites))


def disown(page: Page, sites: Sites) -> None:
    land(page, sites)
    page.goto(f"{sites.open}/auth-redirect/disown")


def land_elsewhere(page: Page, sites: Sites) -> None:
    """In a browser in which nothing was typed."""
    email = register(page, sites)
    page.context.clear_cookies()
    page.goto(f"{sites.open}/outbox")
    open_newest_mail(page, email)


def refuse_elsewhere(page: Page, sites: Sites) -> None:
    land_elsewhere(page, sites)
    page.locator("#name").fill("Newcomer")
    page.locator("#new_password").fill("password1234")
    page.locator("#go-on").click()
    page.locator("#problem").wait_for()


def confirm_elsewhere(page: Page, sites: Sites) -> None:
    """Reach the tab that still waits after the address has been confirmed in another browser."""
    email = f"newcomer{next(numbers)}@example.com"
    submit("/register", "create-account", email=email, name="Newcomer", password=PASSWORD)(page, sites)
    expect(heading(page)).to_have_text(sites.say("Check your email"))
    browser = page.context.browser
    assert browser
    phone = browser.new_page()
    phone.goto(f"{sites.open}/outbox")
    open_newest_mail(phone, email)
    phone.locator("#name").fill("Newcomer")
    phone.locator("#new_password").fill(PASSWORD)
    phone.locator("#go-on").click()
    phone.wait_for_url("**/profile")
    phone.close()
    page.goto(f"{sites.open}/register/again")


def the_mail(page: Page, sites: Sites) -> None:
    email = register(page, sites)
    opens_from(page, sites.open, sites.name_mail("Confirm your email address"), email)


def registers_again(page: Page, sites: Sites) -> None:
    """With the address of an account that there is."""
    make_account(page, sites, "grace")
    submit("/register", "create-account", email="grace@example.com", name="Grace", password=PASSWORD)(page, sites)


def asks_for_a_link(page: Page, sites: Sites) -> None:
    ask_for_a_link(page, sites)


def ask_for_a_link(page: Page, sites: Sites) -> str:
    """Return the address of the account, which is a new one: no other state asks for mails to it."""
    email = join_elsewhere(sites)
    submit("/login-with-magic-link", "send-link", email=email)(page, sites)
    return email


def join_elsewhere(sites: Sites) -> str:
    sign_up_elsewhere(sites.open, email := new_address(), "Ada Lovelace")
    return email


def use_the_link_elsewhere(page: Page, sites: Sites) -> None:
    """While the tab that asked for it waits: there the link was pressed in another browser."""
    email = ask_for_a_link(page, sites)
    phone = page.context.browser.new_context().new_page()  # type: ignore[union-attr]
    phone.goto(f"{sites.open}/outbox")
    open_newest_mail(phone, email, sites.name_mail("Your login link"))
    phone.locator("#go-on").click()
    phone.locator("#log-out").wait_for()
    phone.context.close()
    page.reload()


def type_a_wrong_code(page: Page, sites: Sites) -> None:
    asks_for_a_link(page, sites)
    page.locator("#code").fill("WDJB-MJHT")
    page.locator("#use-code").click()
    page.locator("#problem").wait_for()


def show_the_page_of_codes(page: Page, sites: Sites) -> None:
    asks_for_a_link(page, sites)
    page.goto(f"{sites.open}/code")


def too_many(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.strict}/login")
    for _ in range(2):
        page.locator("#email").fill("ada@example.com")
        page.locator("#password").fill("not it at all")
        page.locator("#log-in").click()
        page.locator("#problem").wait_for()
        page.wait_for_load_state("networkidle")


def wait_without_mail(page: Page, sites: Sites) -> None:
    """Wait for a mail while the mail server accepts nothing."""
    page.goto(f"{sites.mailless}/register")
    for field, value in {"email": f"ada{next(numbers)}@example.com", "name": "Ada", "password": PASSWORD}.items():
        page.locator(f"#{field}").fill(value)
    page.locator("#create-account").click()
    page.locator("#mail-status .attention").wait_for()


def log_out(page: Page, sites: Sites) -> None:
    log_in_anew(page, sites)
    browser_steps.log_out(page)


def confirm(page: Page, sites: Sites) -> None:
    email = f"newcomer{next(numbers)}@example.com"
    submit("/register", "create-account", email=email, name="Newcomer", password=PASSWORD)(page, sites)
    open_mail(page, email)
    page.locator("#go-on").click()
    page.locator("#profile-name").wait_for()


def login_by_link(page: Page, sites: Sites) -> None:
    follow_mailed_link(page, sites.open, sites.name_mail("Your login link"), ask_for_a_link(page, sites))
    page.locator("#go-on").wait_for()


def choose_new_password(page: Page, sites: Sites) -> None:
    email = join_elsewhere(sites)
    submit("/forgot-password", "send-link", email=email)(page, sites)
    follow_mailed_link(page, sites.open, sites.name_mail("Choose a new password"), email)
    page.locator("#new_password").wait_for()


def refuse_new_password(page: Page, sites: Sites) -> None:
    choose_new_password(page, sites)
    page.locator("#new_password").fill("password1234")
    page.locator("main form button.main").click()
    page.locator("#problem").wait_for()


def see_notice(page: Page, sites: Sites) -> None:
    """Open the link of the mail about a login. Its button ends the password."""
    log_in(page, sites, email := join_elsewhere(sites))
    page.context.clear_cookies()
    follow_mailed_link(page, sites.open, sites.say("New login"), email)
    page.locator("#not-me").wait_for()


def answer_notice(page: Page, sites: Sites) -> None:
    see_notice(page, sites)
    page.locator("#not-me").click()
    page.locator("#new_password").wait_for()

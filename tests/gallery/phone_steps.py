"""Steps of phone numbers: the log-in with a code by SMS, and the number of an account."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from playwright.sync_api import Page

from tests.gallery.sites import Sites
from tests.kit.browser_steps import arrive_quickly, heading, read_sms
from tests.kit.people import Person
from tests.kit.phone_pages import leave_phone_alone

numbers = itertools.count(10)


def make_number() -> str:
    return f"+49151123456{next(numbers)}"


def ask_for_number(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.named}/login-with-code")


def refuse_number(page: Page, sites: Sites) -> None:
    ask_for_number(page, sites)
    send(page, "0151 12345678")
    page.locator("#problem").wait_for()


def wait_for_code(page: Page, sites: Sites) -> None:
    ask_for_number(page, sites)
    send(page, "+49 (0)151 12345678")
    page.locator("#code").wait_for()


def refuse_code(page: Page, sites: Sites) -> None:
    wait_for_code(page, sites)
    page.locator("#code").fill("123 456")
    page.locator("#log-in").click()
    page.locator("#problem").wait_for()


def offer_login(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.named}/login")


def edit(page: Page, sites: Sites) -> None:
    join(page, sites)
    page.locator("#change-phone").click()
    page.locator("#phone").wait_for()


def refuse_new_number(page: Page, sites: Sites) -> None:
    edit(page, sites)
    page.locator("#phone").fill("0151 12345678")
    page.locator("#save-phone").click()
    page.locator("#problem").wait_for()


def wait(page: Page, sites: Sites) -> str:
    """Ask for a number. Return it."""
    edit(page, sites)
    number = make_number()
    page.locator("#phone").fill(number)
    page.locator("#save-phone").click()
    page.locator("#phone-pending").wait_for()
    return number


def wait_in_row(page: Page, sites: Sites) -> None:
    wait(page, sites)


def wait_alone(page: Page, sites: Sites) -> None:
    wait(page, sites)
    page.goto(f"{sites.named}/profile/phone")


def refuse_new_code(page: Page, sites: Sites) -> None:
    wait(page, sites)
    page.locator("#sms-code").fill("123456")
    page.locator("#use-sms-code").click()
    page.locator("#problem").wait_for()


def add(page: Page, sites: Sites) -> None:
    number = wait(page, sites)
    code = read_sms(page, number)
    page.locator("#sms-code").fill(code)
    page.locator("#use-sms-code").click()
    page.locator("#phone-pending").wait_for(state="detached")


def change_alone(page: Page, sites: Sites) -> None:
    add(page, sites)
    page.goto(f"{sites.named}/profile/phone")


def remove(page: Page, sites: Sites) -> None:
    add(page, sites)
    page.goto(f"{sites.named}/profile/phone/remove")
    heading(page).wait_for()


def see_security(page: Page, sites: Sites) -> None:
    add(page, sites)
    page.goto(f"{sites.named}/profile/security")


def see_history(page: Page, sites: Sites) -> None:
    add(page, sites)
    page.goto(f"{sites.named}/profile/history")


def have_no_email(page: Page, sites: Sites) -> None:
    """Have an account as a sign-up with a phone number makes it, by Altogic's client."""
    leave_phone_alone(sites.find_data("named"), Person(arrive_quickly(page, sites.named), "Ada"), make_number())
    page.goto(f"{sites.named}/profile")


def have_no_email_at(path: str) -> Callable[[Page, Sites], None]:
    def reach(page: Page, sites: Sites) -> None:
        have_no_email(page, sites)
        page.goto(f"{sites.named}{path}")

    return reach


def see_outbox(page: Page, sites: Sites) -> None:
    wait(page, sites)
    page.goto(f"{sites.named}/outbox")


def see_sms(page: Page, sites: Sites) -> None:
    see_outbox(page, sites)
    page.locator("a[href^='/outbox/']").first.click()


def join(page: Page, sites: Sites) -> None:
    arrive_quickly(page, sites.named)
    page.goto(f"{sites.named}/profile")


def send(page: Page, number: str) -> None:
    page.locator("#phone").fill(number)
    page.locator("#send-code").click()

"""Phone numbers by keyboard alone, in a window of 360 pixels: added in the profile, then a way to log in."""

from __future__ import annotations

import itertools
import re

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.kit.browser_steps import (
    arrive_quickly,
    expect_focus,
    heading,
    join_quickly,
    new_address,
    open_page,
    read_sms,
    tab_through,
    tab_to,
    who,
)
from tests.kit.people import PASSWORD

NARROW: ViewportSize = {"width": 360, "height": 740}
WIDTH = "document.documentElement.scrollWidth"
OFFERED_BY_PHONES = {"#phone": ("tel", "tel", "tel"), "#code": ("text", "one-time-code", "numeric")}
_numbers = itertools.count(100)


def new_number() -> str:
    return f"+4915112345{next(_numbers)}"


def test_a_number_is_added_and_then_logs_in(chromium: Browser, named_site: str, javascript: bool) -> None:
    phone = new_number()
    with open_page(chromium, named_site, javascript=javascript) as page:
        page.set_viewport_size(NARROW)
        join_quickly(page, new_address(), "Ada")
        add_number(page, phone)
        confirm_number(page, phone)
        tab_to(page, "log-out", most=40)
        page.keyboard.press("Enter")
        log_in_by_sms(page, phone)


def add_number(page: Page, phone: str) -> None:
    """Somebody who has not proved lately who they are types the number once for all that."""
    tab_to(page, "change-phone", most=20)
    page.keyboard.press("Enter")
    expect_focus(page, "phone")
    expect_offered(page, "#phone")
    page.keyboard.type(phone)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Confirm it’s you to change your phone number")
    expect_focus(page, "current_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect_focus(page, "phone")
    expect(page.locator("#phone")).to_have_value(phone)
    page.keyboard.press("Enter")


def confirm_number(page: Page, phone: str) -> None:
    expect(page.locator("#phone-pending")).to_be_visible()
    assert page.evaluate(WIDTH) <= NARROW["width"]
    tab_to(page, "sms-code", most=25)
    page.keyboard.type(read_sms(page, phone))
    page.keyboard.press("Enter")
    expect(page.locator("#phone-pending")).to_have_count(0)
    expect(page.locator("#phone-row")).to_contain_text(phone[-7:])


def log_in_by_sms(page: Page, phone: str) -> None:
    expect(heading(page)).to_have_text("Log in")
    tab_to(page, "by-sms", most=20)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Log in with a code by SMS")
    tab_to(page, "phone", most=10)
    expect_offered(page, "#phone")
    page.keyboard.type("0151 12345")
    page.keyboard.press("Enter")
    expect_focus(page, "problem")
    tab_through(page, "to-phone")
    page.keyboard.press("Enter")
    expect_focus(page, "phone")
    page.keyboard.press("Control+A")
    page.keyboard.type(phone)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Enter the code from the SMS")
    expect_focus(page, "code")
    expect_offered(page, "#code")
    assert page.evaluate(WIDTH) <= NARROW["width"]
    page.keyboard.type(read_sms(page, phone))
    page.keyboard.press("Enter")
    expect(who(page)).to_have_text("Ada")


def expect_offered(page: Page, field: str) -> None:
    """Phones offer the right keyboard, one's own number, and the code above it."""
    kind, autocomplete, keyboard = OFFERED_BY_PHONES[field]
    expect(page.locator(field)).to_have_attribute("type", kind)
    expect(page.locator(field)).to_have_attribute("autocomplete", autocomplete)
    expect(page.locator(field)).to_have_attribute("inputmode", keyboard)


def test_a_wrong_code_is_refused_in_the_row_and_mended(chromium: Browser, named_site: str) -> None:
    phone = new_number()
    with open_page(chromium, named_site) as page:
        arrive_quickly(page, name="Ada")
        page.goto("/profile")
        page.locator("#change-phone").focus()
        page.keyboard.press("Enter")
        expect_focus(page, "phone")
        page.keyboard.press("Escape")
        expect_focus(page, "change-phone")
        page.keyboard.press("Enter")
        expect_focus(page, "phone")
        page.keyboard.type(phone)
        page.keyboard.press("Enter")
        expect_focus(page, "sms-code")
        page.keyboard.type("123456")
        page.keyboard.press("Enter")
        expect_focus(page, "problem")
        tab_through(page, "to-sms-code")
        page.keyboard.press("Enter")
        expect_focus(page, "sms-code")
        page.keyboard.press("Control+A")
        page.keyboard.type(read_sms(page, phone))
        page.keyboard.press("Enter")
        expect_focus(page, "change-phone")
        expect(page.locator("#status")).to_have_text(re.compile("Phone number saved"))
        expect(page).to_have_url(re.compile("/profile$"))

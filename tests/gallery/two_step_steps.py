"""Steps of whoever has two-step verification, or switches it on, each with an account of its own."""

from __future__ import annotations

import pyotp
from playwright.sync_api import Page

from tests.gallery.sites import Sites
from tests.kit.browser_steps import arrive_quickly
from tests.kit.browser_two_step import switch_on_quickly
from tests.kit.people import PASSWORD

WRONG = "000000"


def set_up(page: Page, sites: Sites) -> str:
    """Reach the page with the QR code, and return the address."""
    email = arrive_quickly(page, sites.open)
    page.goto(f"{sites.open}/profile/two-step")
    page.locator("#secret").wait_for()
    return email


def see_qr_code(page: Page, sites: Sites) -> None:
    set_up(page, sites)


def refuse_first_code(page: Page, sites: Sites) -> None:
    set_up(page, sites)
    page.locator("#code").fill(WRONG)
    page.locator("#save-app").click()
    page.locator("#code-error").wait_for()


def show_first_code(page: Page, sites: Sites) -> str:
    """Type the code of the app, which leads to the recovery codes. Return the address."""
    email = set_up(page, sites)
    secret = page.locator("#secret").input_value().replace(" ", "")
    page.locator("#code").fill(pyotp.TOTP(secret).now())
    page.locator("#save-app").click()
    page.wait_for_url("**/profile/recovery-codes")
    return email


def wait_for_codes(page: Page, sites: Sites) -> None:
    show_first_code(page, sites)
    page.goto(f"{sites.open}/profile/two-step")


def switch_on(page: Page, sites: Sites) -> str:
    """Save the recovery codes, too, and return the address."""
    email = arrive_quickly(page, sites.open)
    switch_on_quickly(page, sites.open)
    page.goto(f"{sites.open}/profile/two-step")
    page.locator("#app").wait_for()
    return email


def see_state(page: Page, sites: Sites) -> None:
    switch_on(page, sites)


def see_security(page: Page, sites: Sites) -> None:
    switch_on(page, sites)
    page.goto(f"{sites.open}/profile/security")


def ask_to_remove(page: Page, sites: Sites) -> None:
    switch_on(page, sites)
    page.locator("#remove-app").click()


def ask_to_turn_off(page: Page, sites: Sites) -> None:
    switch_on(page, sites)
    page.locator("#turn-off").click()
    page.locator("#keep-on").wait_for()


def confirm_by_app(page: Page, sites: Sites) -> None:
    ask_to_remove(page, sites)
    page.locator("#remove-app").click()
    page.locator("#confirm-form").wait_for()


def refuse_confirmation(page: Page, sites: Sites) -> None:
    confirm_by_app(page, sites)
    page.locator("#with-recovery-code").click()
    page.locator("#recovery_code").fill("BCDF-GHJK-LMNP-QRST")
    page.locator("#confirm-me").click()
    page.locator("#recovery_code-error").wait_for()


def log_in_halfway(page: Page, sites: Sites) -> None:
    go_halfway(page, sites)


def go_halfway(page: Page, sites: Sites) -> str:
    """Log in with the password, which leads to the second step. Return the address."""
    email = arrive_quickly(page, sites.open)
    switch_on_quickly(page, sites.open)
    page.context.clear_cookies(name="session")
    page.goto(f"{sites.open}/login")
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("#log-in").click()
    page.locator("#second-step").wait_for()
    return email


def refuse_code(page: Page, sites: Sites) -> None:
    log_in_halfway(page, sites)
    page.locator("#code").fill(WRONG)
    page.locator("#log-in").click()
    page.locator("#code-error").wait_for()


def ask_for_recovery_code(page: Page, sites: Sites) -> None:
    log_in_halfway(page, sites)
    page.locator("#with-recovery-code").click()
    page.locator("#recovery_code").wait_for()

"""What people do with two-step verification in a browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
from playwright.sync_api import Page, expect

from tests.kit.browser_steps import heading
from tests.kit.people import PASSWORD


def set_up(page: Page) -> pyotp.TOTP:
    """Reach the page with the QR code."""
    page.goto("/profile/two-step")
    page.locator("#current_password").fill(PASSWORD)
    page.locator("#current_password").press("Enter")
    page.locator("#secret").wait_for()
    return pyotp.TOTP(page.locator("#secret").input_value().replace(" ", ""))


def switch_on(page: Page) -> pyotp.TOTP:
    app = set_up(page)
    page.locator("#code").fill(app.now())
    page.locator("#code").press("Enter")
    page.wait_for_url("**/profile/recovery-codes")
    if not page.locator("#keep-codes").count():
        page.locator("#make-codes").click()
    page.locator("#keep-codes").click()
    return app


def log_in_halfway(page: Page, email: str) -> None:
    page.goto("/login")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Log in: second step")


def show_next_code(app: pyotp.TOTP) -> str:
    """The code that comes next, which is taken half a minute early: the present one was used."""
    return app.at(datetime.now(UTC) + timedelta(seconds=30))

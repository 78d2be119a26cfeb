"""What people do with two-step verification in a browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
from playwright.sync_api import Page, expect

from tests.kit.browser_steps import find, heading
from tests.kit.people import PASSWORD

SECRET = r'id="secret"[^>]*>([^<]+)<'
SET = r'name="set" value="([^"]+)"'


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
    page.locator("#keep-codes, #make-codes").first.wait_for()
    if not page.locator("#keep-codes").count():
        page.locator("#make-codes").click()
    page.locator("#keep-codes").click()
    return app


def switch_on_quickly(page: Page, site: str = "") -> pyotp.TOTP:
    """Let whoever is logged in, and has just proved who it is, have an app and recovery codes, by requests."""
    http = page.context.request
    app = pyotp.TOTP(find(SECRET, http.get(f"{site}/profile/two-step").text()).replace(" ", ""))
    codes = http.post(f"{site}/profile/two-step", form={"code": app.now()})
    assert codes.url.endswith("/profile/recovery-codes"), codes.url
    kept = http.post(f"{site}/profile/recovery-codes/confirm", form={"set": find(SET, codes.text())}, max_redirects=0)
    assert kept.status == 303
    page.context.clear_cookies(name="flash")
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

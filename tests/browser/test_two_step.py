"""Two-step verification in a browser: set up and logged in with by keyboard, clean under the content security
policy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
from playwright.sync_api import Browser, Page, expect

from tests.kit.browser_steps import expect_focus, heading, join_quickly, new_address, open_page, tab_to, who
from tests.kit.people import PASSWORD


def set_up(page: Page) -> pyotp.TOTP:
    """Reach the page with the QR code."""
    page.goto("/profile/two-step")
    page.locator("#current_password").fill(PASSWORD)
    page.locator("#current_password").press("Enter")
    page.locator("#secret").wait_for()
    return pyotp.TOTP(page.locator("#secret").inner_text().replace(" ", ""))


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


def test_set_up_and_logged_in_with_by_keyboard(chromium: Browser, site: str, javascript: bool) -> None:
    email = new_address()
    with open_page(chromium, site, javascript=javascript) as page:
        join_quickly(page, email, "Ada")
        app = switch_on(page)
        page.locator("#log-out").press("Enter")
        log_in_halfway(page, email)
        expect_focus(page, "code")
        page.keyboard.type("000000")
        page.keyboard.press("Enter")
        expect_focus(page, "problem")
        expect(page.locator("#code")).to_have_value("000000")
        assert page.title().startswith("Error: ")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect_focus(page, "code")
        page.keyboard.press("Control+A")
        page.keyboard.type(show_next_code(app))
        page.keyboard.press("Enter")
        expect(who(page)).to_have_text("Ada")


def test_another_factor_is_a_tab_and_enter_away(chromium: Browser, site: str) -> None:
    email = new_address()
    with open_page(chromium, site) as page:
        join_quickly(page, email, "Ada")
        switch_on(page)
        page.locator("#log-out").click()
        log_in_halfway(page, email)
        tab_to(page, "with-recovery-code")
        page.keyboard.press("Enter")
        expect_focus(page, "recovery_code")
        page.go_back()
        expect(page.locator("#code")).to_be_visible()


def test_the_qr_code_is_dark_on_white_in_either_scheme_and_fits_a_small_phone(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.set_viewport_size({"width": 320, "height": 640})
        join_quickly(page, new_address(), "Ada")
        set_up(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            picture = page.locator(".qr-code")
            box = picture.bounding_box()
            assert box is not None
            assert 150 < box["width"] <= 280
            assert abs(box["width"] - box["height"]) < 1
            assert picture.evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_one_click_selects_the_whole_key(chromium: Browser, site: str, javascript: bool) -> None:
    with open_page(chromium, site, javascript=javascript) as page:
        join_quickly(page, new_address(), "Ada")
        set_up(page)
        page.locator("#secret").click()
        assert page.evaluate("getSelection().toString()") == page.locator("#secret").inner_text()

"""Proving again who one is, in a browser: from a row of the profile and back, by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.kit.browser_steps import expect_focus, join_quickly, new_address, open_page
from tests.kit.people import PASSWORD

NEW = "somebody@new.example"


def test_what_was_typed_in_a_row_is_there_again_after_the_password(
    chromium: Browser, site: str, javascript: bool
) -> None:
    with open_page(chromium, site, javascript=javascript) as page:
        join_quickly(page, new_address(), "Ada")
        page.locator("#change-email").press("Enter")
        page.locator("#new_email").fill(NEW)
        page.locator("#new_email").press("Enter")
        page.locator("#confirm-form").wait_for()
        expect_focus(page, "current_password")
        page.locator("#current_password").fill("not it at all")
        page.locator("#current_password").press("Enter")
        expect_focus(page, "problem")
        expect(page.locator("#current_password-error")).to_contain_text("This isn’t your current password.")
        page.locator("#current_password").fill(PASSWORD)
        page.locator("#current_password").press("Enter")
        expect(page.locator("#new_email")).to_have_value(NEW)
        expect(page).to_have_title(re.compile("^What you typed is filled in again. It isn’t sent yet."))
        page.locator("#new_email").press("Enter")
        expect(page.get_by_text(f"Waiting for {NEW} to be confirmed.")).to_be_visible()

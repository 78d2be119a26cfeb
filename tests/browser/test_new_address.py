"""A new address in the row of the profile, in a browser and by keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.kit.browser_steps import expect_focus, join_quickly, new_address, open_page
from tests.kit.people import PASSWORD

NEW = "somebody@new.example"
ROW = "#email-row"


def test_asked_for_mailed_again_and_cancelled_in_its_row(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.goto(f"{site}/confirm?next=/profile")
        page.locator("#current_password").fill(PASSWORD)
        page.locator("#current_password").press("Enter")

        page.locator("#change-email").press("Enter")
        expect_focus(page, "new_email")
        page.keyboard.press("Escape")
        expect_focus(page, "change-email")

        page.keyboard.press("Enter")
        expect_focus(page, "new_email")
        page.keyboard.type("somebody")
        page.keyboard.press("Enter")
        expect_focus(page, "problem")
        expect(page.locator("#new_email")).to_have_value("somebody")
        page.locator("#new_email").fill(NEW)
        page.locator("#new_email").press("Enter")
        words = f"Almost done. Open the link that we emailed to {NEW}."
        expect(page.locator(f"{ROW} .said")).to_have_text(words)
        expect(page.locator("#status")).to_have_text(words)
        expect_focus(page, "change-email")
        assert page.url == f"{site}/profile"

        page.locator("#email-again").press("Enter")
        expect(page.locator(f"{ROW} .said")).to_contain_text("We’re sending the email again")
        expect_focus(page, "change-email")
        page.locator("#email-cancel").press("Enter")
        expect(page.locator(f"{ROW} .said")).to_have_text("Cancelled. Your email address stays as it is.")
        expect(page.locator("#email-pending")).to_have_count(0)
        expect_focus(page, "change-email")

"""A new address in the row of the profile, in a browser and by keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.kit.browser_steps import expect_focus, heading, join_quickly, new_address, open_page
from tests.kit.people import PASSWORD

NEW = "somebody@new.example"
ROW = "#email-row"
PAUSE = 3_000  # milliseconds, of the page's own clock


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
        expect(page).to_have_url(f"{site}/profile")

        page.locator("#email-again").press("Enter")
        expect(page.locator(f"{ROW} .said")).to_contain_text("We’re sending the email again")
        expect_focus(page, "change-email")
        page.locator("#email-cancel").press("Enter")
        expect(page.locator(f"{ROW} .said")).to_have_text("Cancelled. Your email address stays as it is.")
        expect(page.locator("#email-pending")).to_have_count(0)
        expect_focus(page, "change-email")


def poll(page: Page, status: int) -> None:
    with page.expect_response(lambda response: "/profile?seen=" in response.url) as answered:
        page.clock.fast_forward(PAUSE)
    assert answered.value.status == status


def test_what_is_typed_beside_polls_stays_and_a_link_used_elsewhere_is_told(chromium: Browser, site: str) -> None:
    new = new_address()
    with open_page(chromium, site) as page, open_page(chromium, site) as elsewhere:
        join_quickly(page, new_address(), "Ada")
        page.goto(f"{site}/confirm?next=/profile")
        page.locator("#current_password").fill(PASSWORD)
        page.locator("#current_password").press("Enter")
        page.clock.install()
        page.locator("#change-email").press("Enter")
        page.locator("#new_email").fill(new)
        page.locator("#new_email").press("Enter")

        field = page.get_by_label("Code from the email")
        field.focus()
        for letter in "wdjbmjht":
            page.keyboard.type(letter)
            poll(page, 204)
            expect(field).to_be_focused()
        expect(field).to_have_value("wdjbmjht")
        page.keyboard.press("Enter")
        expect_focus(page, "problem")
        expect(field).to_have_value("wdjbmjht")

        page.locator("#change-name").click()
        expect_focus(page, "name")
        page.keyboard.type("Countess")
        elsewhere.goto("/outbox")
        elsewhere.locator("li", has_text=new).get_by_role("link").first.click()
        elsewhere.locator("#mailed-link").click()
        elsewhere.locator("#confirm").click()
        expect(heading(elsewhere)).to_have_text("Your email address has been changed")
        poll(page, 200)
        expect(page.locator(f"{ROW} .value bdi")).to_have_text(new)
        expect(page.locator("#who")).to_contain_text(new)
        expect(page.locator("#status")).to_have_text("Your new email address is confirmed.")
        expect(page.locator("#email-pending")).to_have_count(0)
        expect_focus(page, "name")
        expect(page.locator("#name")).to_have_value("Countess")
        elsewhere.goto("/profile")
        expect(heading(elsewhere)).to_have_text("Log in")

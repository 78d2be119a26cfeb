"""An open tab whose session was ended elsewhere says so when it is looked at again."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.kit.browser_steps import end_sessions_from_elsewhere, join_quickly, new_address, open_page, who

LOOKED_AT_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"


def test_a_page_leads_to_the_log_in(chromium: Browser, site: str) -> None:
    email = new_address()
    with open_page(chromium, site) as page:
        join_quickly(page, email, "Ada")
        page.evaluate(LOOKED_AT_AGAIN)
        expect(who(page)).to_have_text("Ada")
        end_sessions_from_elsewhere(site, email)
        page.evaluate(LOOKED_AT_AGAIN)
        expect(page).to_have_url(re.compile("/login"))
        expect(page.locator("#status")).to_contain_text("You were logged out.")


def test_a_form_in_use_is_not_taken_away(chromium: Browser, site: str) -> None:
    email = new_address()
    with open_page(chromium, site) as page:
        join_quickly(page, email, "Ada")
        open_and_type(page)
        end_sessions_from_elsewhere(site, email)
        page.evaluate(LOOKED_AT_AGAIN)
        expect(page.locator("#status")).to_contain_text("You were logged out.")
        expect(page.locator("#name")).to_have_value("Ada Lovelace")


def open_and_type(page: Page) -> None:
    page.locator("#change-name").click()
    page.locator("#name").fill("Ada Lovelace")

"""What a page says to those who hear it: after a redirect, and when a dialog has gone."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.kit.browser_steps import (
    expect_focus,
    expect_message,
    heading,
    join_quickly,
    log_in_elsewhere,
    new_address,
    open_page,
)
from tests.kit.window import expect as expect_value

NOTE_LIVE_REGIONS = """addEventListener("DOMContentLoaded", () => {
    window.said = [];
    const find = (node) => (node.closest ? node : node.parentElement).closest("[role=status], [aria-live]");
    new MutationObserver((changes) => {
        for (const { target } of changes) if (find(target)) window.said.push(find(target).textContent);
    }).observe(document, { subtree: true, childList: true, characterData: true });
})"""

TIMES_SAID = "window.said.filter((text) => text.includes('Logged out 2 other sessions.')).length"


def test_a_page_says_it_in_its_title_and_does_not_repeat_it(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.goto("/profile")
        page.add_init_script(NOTE_LIVE_REGIONS)
        page.clock.install()
        page.locator("#log-out").click()
        expect(heading(page)).to_have_text("Log in")
        expect(page).to_have_title("You’re logged out. – Log in – Account pages")
        expect(page.locator("#status")).to_have_text("You’re logged out.")
        page.clock.run_for(600)  # milliseconds: a repetition would have come by now
        assert page.evaluate("window.said") == []


def test_the_title_says_it_until_something_else_is_said(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.goto("/language?next=/profile/name")
        page.locator("#save-language").click()
        expect(page).to_have_title("Language and time zone saved. – Change name – Account pages")
        page.goto("/language?next=/profile")
        page.locator("#save-language").click()
        expect(page).to_have_title("Language and time zone saved. – Your profile – Account pages")
        page.locator("#change-name").click()
        expect_focus(page, "name")
        expect(page).to_have_title("Your profile – Account pages")


def test_what_a_dialog_did_is_said_when_it_has_gone(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        email = new_address()
        join_quickly(page, email, "Ada")
        log_in_elsewhere(site, email, 2)
        page.add_init_script(NOTE_LIVE_REGIONS)
        page.goto("/profile")
        page.locator("#end-others").click()
        page.locator("#end-others-now").click()
        expect_message(page, "Logged out 2 other sessions.")
        expect_focus(page, "sessions-heading")
        # Once with the list that took the dialog away, which no screen reader notes, and once afterwards.
        expect_value(lambda: page.evaluate(TIMES_SAID), 2)
        expect_message(page, "Logged out 2 other sessions.")

"""What a page says after a redirect, for those who hear it."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.kit.browser_steps import expect_focus, heading, join_quickly, new_address, open_page

SHIFTS = """() => new Promise((resolve) => {
    let moved = 0;
    new PerformanceObserver((list) => { for (const { value } of list.getEntries()) moved += value; })
        .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(moved), 600);
})"""


def test_what_a_page_says_from_its_first_byte_is_read_aloud_all_the_same(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.goto("/profile")
        page.locator("#log-out").click()
        expect(heading(page)).to_have_text("Log in")
        again = page.locator("#main > .unseen[role=status]")
        expect(again).to_have_text("You’re logged out.")
        expect(page.locator("#status")).to_have_text("You’re logged out.")
        assert page.evaluate(SHIFTS) == 0
        expect(again).to_have_count(0, timeout=10_000)


def test_the_title_says_it_until_something_else_is_said(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.goto("/language?next=/profile/name")
        page.locator("#save-language").click()
        assert page.title() == "Language and time zone saved. – Change name – Account pages"
        page.goto("/language?next=/profile")
        page.locator("#save-language").click()
        page.locator("#change-name").click()
        expect_focus(page, "name")
        assert page.title() == "Your profile – Account pages"

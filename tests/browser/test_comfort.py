"""What scripts and styles add for those who have them, where its absence would trip somebody up."""

from __future__ import annotations

import re
from contextlib import ExitStack

from playwright.sync_api import Browser, expect

from tests.browser.chromium import visiting
from tests.browser.steps import at, expect_focus, expect_said, heading, joins, logs_in, new_address

JUST_TOO_LARGE = 16 * 1024 * 1024 + 1


def test_a_double_click_on_a_session_ends_that_one_alone(chromium: Browser, site: str) -> None:
    with ExitStack() as browsers, at(chromium, site) as page:
        email = new_address()
        joins(page, email, "Ada")
        for _ in range(3):
            logs_in(browsers.enter_context(visiting(chromium, site)).new_page(), email)
        page.reload()
        page.locator("#session-list li").nth(1).get_by_role("button").click(click_count=2, delay=20)
        expect(page.locator("#session-list li")).to_have_count(3)
        page.wait_for_timeout(300)  # a second log-out would have come by now
        expect(page).to_have_url(re.compile("/profile$"))
        expect(page.locator("#session-list li")).to_have_count(3)


def test_what_is_said_moves_no_button(chromium: Browser, site: str) -> None:
    with at(chromium, site) as page:
        joins(page, new_address(), "Ada")
        page.reload()
        before = page.locator("#change-photo").bounding_box()
        page.locator("#change-name").click()
        page.locator("#name").press("Enter")
        expect_said(page, "Name saved.")
        assert page.locator("#change-photo").bounding_box() == before


def test_a_title_says_that_there_are_errors_and_no_longer_when_there_are_none(chromium: Browser, site: str) -> None:
    with at(chromium, site) as page:
        joins(page, new_address(), "Ada")
        page.locator("#change-name").click()
        page.locator("#name").fill(" ")
        page.locator("#name").press("Enter")
        expect(page).to_have_title(re.compile("^Error: Your profile"))
        page.locator("#name").press("Escape")
        expect(heading(page)).to_have_text("Hello, Ada")
        expect(page).to_have_title(re.compile("^Your profile"))


def test_space_presses_what_looks_like_a_button(chromium: Browser, site: str) -> None:
    with at(chromium, site) as page:
        joins(page, new_address(), "Ada")
        page.locator("#change-name").click()
        page.locator("#cancel-name").press(" ")
        expect_focus(page, "change-name")


def test_a_new_name_has_new_initials(chromium: Browser, site: str) -> None:
    with at(chromium, site) as page:
        joins(page, new_address(), "Ada Lovelace")
        expect(page.locator("#portrait")).to_have_text("AL")
        page.locator("#change-name").click()
        page.locator("#name").fill("Grace Hopper")
        page.locator("#name").press("Enter")
        expect(page.locator("#portrait")).to_have_text("GH")


def test_a_photo_that_is_too_large_is_not_sent_in_vain(chromium: Browser, site: str) -> None:
    with at(chromium, site) as page:
        joins(page, new_address(), "Ada")
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.method))
        photo = {"name": "large.png", "mimeType": "image/png", "buffer": bytes(JUST_TOO_LARGE)}
        page.locator("#avatar").set_input_files(photo)  # type: ignore[arg-type]
        page.locator("#change-photo").click()
        expect_said(page, "The photo must be smaller than 16 MB. Choose a smaller one.")
        expect_focus(page, "change-photo")
        assert "POST" not in sent

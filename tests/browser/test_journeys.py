"""From creating an account to logging out in a real Chromium, with JavaScript and with JavaScript switched off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Error, FilePayload, Page, expect

from tests.kit.browser_steps import (
    end_sessions_from_elsewhere,
    expect_focus,
    expect_message,
    expect_selected,
    heading,
    join,
    join_quickly,
    log_in,
    new_address,
    open_page,
    photo,
    who,
)
from tests.kit.people import SAFARI

PHOTO = "#portrait img"
LOOKS = 50  # at a page that comes back: one that was left is seen in the first ones


def test_from_creating_an_account_to_logging_out(chromium: Browser, site: str, javascript: bool) -> None:
    email = new_address()
    with open_page(chromium, site, javascript=javascript) as page:
        page.goto("/")
        page.get_by_role("main").get_by_role("link", name="Create account").click()
        create_an_account(page, email)
        change_the_name(page, javascript)
        change_the_photo(page, javascript)
        with open_page(chromium, site, javascript=javascript, user_agent=SAFARI) as elsewhere:
            log_in(elsewhere, email)
            end_the_other_session(page)
            elsewhere.reload()
            expect(elsewhere).to_have_url(re.compile(r"/login\?next=/profile$"))
        log_out(page)


def create_an_account(page: Page, email: str) -> None:
    """With everything forgotten at first."""
    page.get_by_role("button", name="Create account").click()
    expect(page.locator("#problem")).to_be_focused()
    expect(page.get_by_label("Email address")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("link", name="Enter your email address.").click()
    expect_focus(page, "email")
    join(page, email, "Ada")
    expect_message(page, "Your email address is confirmed. You’re logged in.")


def change_the_name(page: Page, javascript: bool) -> None:
    page.locator("#change-name").click()
    expect_focus(page, "name")
    expect(page).to_have_url(re.compile("/profile$" if javascript else "/profile/name\\??$"))
    page.get_by_label("Name", exact=True).fill("Ada Lovelace")
    page.keyboard.press("Enter")
    expect(who(page)).to_have_text("Ada Lovelace")
    expect_message(page, "Name saved. You can undo this." if javascript else re.compile(r"^\s*Name saved\.\s*Undo\s*$"))
    if javascript:
        change_the_name_in_place(page)
    page.reload()
    expect_message(page, "")


def change_the_name_in_place(page: Page) -> None:
    expect_focus(page, "change-name")
    page.locator("#change-name").click()
    expect_focus(page, "name")
    expect_selected(page, "Ada Lovelace")
    page.keyboard.type("Somebody else")
    page.keyboard.press("Escape")
    expect_focus(page, "change-name")
    expect(who(page)).to_have_text("Ada Lovelace")


def change_the_photo(page: Page, javascript: bool) -> None:
    expect(page.locator(PHOTO)).to_have_count(0)
    send_photo(page, javascript, "Add photo", photo())
    expect_message(page, "Photo saved.")
    assert page.locator(PHOTO).evaluate("image => image.decode().then(() => image.naturalWidth)") == 512
    first = page.locator(PHOTO).get_attribute("src")
    send_photo(page, javascript, "Change photo", photo("crimson"))
    expect(page.locator(PHOTO)).not_to_have_attribute("src", str(first))
    page.get_by_role("button", name="Remove photo").click()
    expect_message(page, "Photo removed.")
    expect(page.locator(PHOTO)).to_have_count(0)


def send_photo(page: Page, javascript: bool, link: str, file: FilePayload) -> None:
    if javascript:
        with page.expect_file_chooser() as opened:
            page.get_by_role("link", name=link).click()
        opened.value.set_files(file)
        expect(page.locator("#preview img")).to_have_count(1)
    else:
        page.get_by_role("link", name=link).click()
        page.locator("#avatar").set_input_files(file)
    page.locator("#save-photo").click()


def end_the_other_session(page: Page) -> None:
    page.reload()
    row = page.locator("li.session", has_text="on iOS")
    row.get_by_role("button").click()
    expect(page.locator("#status")).to_contain_text("Logged out")
    expect(page.locator("li.session")).to_have_count(1)


def log_out(page: Page) -> None:
    page.locator("#log-out").click()
    expect(page).to_have_url(re.compile("/login$"))
    expect_message(page, "You’re logged out.")


@pytest.mark.parametrize("way", ["the button at the top", "the page of its own"])
def test_back_after_a_log_out_shows_nothing_private(chromium: Browser, site: str, javascript: bool, way: str) -> None:
    """Twice, because a new Chromium keeps no page for Back the first time."""
    email = new_address()
    with open_page(chromium, site, javascript=javascript) as page:
        join_quickly(page, email, "Private Person")
        log_out_and_go_back(page, way)
        log_in(page, email)
        log_out_and_go_back(page, way)


def test_a_page_that_back_brings_to_life_is_asked_for_again(chromium: Browser, site: str) -> None:
    """Kept by the browser as it was, while the session was ended from elsewhere."""
    email = new_address()
    with open_page(chromium, site) as page:
        join_quickly(page, email, "Private Person")
        end_sessions_from_elsewhere(site, email)
        page.goto("/logout")
        expect(heading(page)).to_have_text("You’re logged out")
        go_back(page)
        expect_nothing_private(page)


def log_out_and_go_back(page: Page, way: str) -> None:
    log_out_by(page, way)
    go_back(page)
    expect_nothing_private(page)


def go_back(page: Page) -> None:
    """Until the page before begins to come, or is there as it was left."""
    page.go_back(wait_until="commit")


def log_out_by(page: Page, way: str) -> None:
    page.goto("/profile")
    expect(who(page)).to_have_text("Private Person")
    if way == "the page of its own":
        page.goto("/logout")
        page.locator("#log-out-now").click()
    else:
        page.locator("#log-out").click()
    expect_message(page, "You’re logged out.")


def expect_nothing_private(page: Page) -> None:
    """From the first moment on, and when a page for guests has come."""
    for _look in range(LOOKS):
        assert "Private Person" not in read_visible_text(page)
    expect(page).to_have_url(re.compile(r"/(login|logout)(\?|$)"))
    assert "Private Person" not in read_visible_text(page)


def read_visible_text(page: Page) -> str:
    try:
        return str(page.evaluate("document.documentElement.hidden ? '' : document.body.innerText"))
    except Error:  # between two pages
        return ""

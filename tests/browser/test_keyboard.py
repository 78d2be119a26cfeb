"""The same with the keyboard alone: Tab, Enter, Space and Escape. What has the focus is asserted at every step."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.kit.browser_steps import (
    expect_focus,
    expect_message,
    expect_selected,
    heading,
    join_quickly,
    log_in_elsewhere,
    new_address,
    open_page,
    photo,
    read_focus,
    tab_through,
    tab_to,
    who,
)
from tests.kit.people import PASSWORD, SAFARI


def test_from_creating_an_account_to_logging_out(chromium: Browser, site: str, javascript: bool) -> None:
    email = new_address()
    with open_page(chromium, site, javascript=javascript) as page:
        create_an_account(page, email)
        confirm_by_the_mailed_link(page, email)
        if javascript:
            rename_in_place(page)
        else:
            rename_on_a_page(page)
        change_the_photo(page, javascript)
        log_in_elsewhere(site, email, user_agent=SAFARI)
        name_the_other_session(page, javascript)
        leave_all_others_logged_in(page, javascript)
        end_the_other_session(page, javascript)
        log_out(page)
        log_in_again(page, email)


def test_further_sessions_come_where_the_keyboard_is(chromium: Browser, site: str, javascript: bool) -> None:
    email = new_address()
    with open_page(chromium, site, javascript=javascript) as page:
        join_quickly(page, email, "Ada")
        log_in_elsewhere(site, email, 51)
        page.goto("/profile/sessions")
        page.locator("li.session").nth(-2).locator("summary").focus()
        tab_to(page, "more-sessions", most=8)
        press(page)
        expect(page.locator("li.session")).to_have_count(52 if javascript else 2)
        first = page.locator("li.session").nth(-2)
        expect(first.locator("summary")).to_be_focused()
        expect(first).to_be_in_viewport()
        page.keyboard.press("Shift+Tab")
        press(page)
        expect(page.get_by_role("textbox", name="Name for Chrome on Linux")).to_be_focused()
        if javascript:
            press(page, "Escape")
            expect(first.get_by_role("link", name="Name this device")).to_be_focused()
            expect(page.locator("li.session")).to_have_count(52)


def press(page: Page, key: str = "Enter") -> None:
    page.keyboard.press(key)


def create_an_account(page: Page, email: str) -> None:
    page.goto("/")
    tab_through(page, "Skip to content")
    press(page)
    page.keyboard.press("Tab")  # past the header, to the first way in
    assert read_focus(page).startswith("Log in")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert read_focus(page).startswith("Create account")
    press(page)
    expect(heading(page)).to_have_text("Create account")
    tab_to(page, "email")
    page.keyboard.type(email)
    tab_through(page, "name")
    page.keyboard.type("Ada")
    press(page)  # too early: the password is missing
    expect_focus(page, "problem")
    tab_through(page, "to-password")
    press(page)
    expect_focus(page, "password")
    page.keyboard.type(PASSWORD)
    tab_to(page, "create-account", most=2)
    press(page, "Space")
    expect(heading(page)).to_have_text("Check your email")


def confirm_by_the_mailed_link(page: Page, email: str) -> None:
    tab_to(page, "outbox")
    press(page)
    expect(heading(page)).to_have_text("Outbox")
    page.keyboard.press("Tab")  # the newest mail comes first
    press(page)
    expect(page.locator("main")).to_contain_text(email)
    tab_to(page, "mailed-link")
    press(page)
    expect(heading(page)).to_have_text("Confirm your email address")
    tab_to(page, "go-on")
    press(page, "Space")
    expect(who(page)).to_have_text("Ada")


def rename_in_place(page: Page) -> None:
    tab_to(page, "change-name")
    press(page, "Space")
    expect_focus(page, "name")
    expect_selected(page, "Ada")
    page.keyboard.type(" ")
    press(page)
    expect(page.locator("#name-error")).to_contain_text("Enter your name.")
    expect_focus(page, "name")
    page.keyboard.type("Ada Lovelace")
    press(page)
    expect_focus(page, "change-name")
    expect_message(page, "Name saved. You can undo this.")
    expect(who(page)).to_have_text("Ada Lovelace")
    press(page)
    expect_focus(page, "name")
    page.keyboard.type("Somebody else")
    press(page, "Escape")
    expect_focus(page, "change-name")
    expect(who(page)).to_have_text("Ada Lovelace")
    cancel_with_the_link(page)


def cancel_with_the_link(page: Page) -> None:
    press(page)
    expect_focus(page, "name")
    tab_through(page, "save-name", "cancel-name")
    press(page)
    expect_focus(page, "change-name")


def rename_on_a_page(page: Page) -> None:
    tab_to(page, "change-name")
    press(page)
    expect(page).to_have_url(re.compile(r"/profile/name$"))
    expect_focus(page, "name")
    press(page, "End")
    page.keyboard.type(" Lovelace")
    tab_through(page, "save-name", "cancel-name")
    press(page, "Shift+Tab")
    expect_focus(page, "save-name")
    press(page)
    expect(who(page)).to_have_text("Ada Lovelace")
    expect_message(page, re.compile(r"^\s*Name saved\.\s*Undo\s*$"))


def change_the_photo(page: Page, javascript: bool) -> None:
    page.on("filechooser", lambda _: None)  # early: a browser that begins to listen may miss the key that follows
    tab_to(page, "change-photo", most=30)
    if not javascript:
        press(page)
        expect(heading(page)).to_have_text("Change photo")
        tab_to(page, "avatar")
    with page.expect_file_chooser() as opened:
        press(page, "Space")
    opened.value.set_files(photo())
    if javascript:
        expect_focus(page, "save-photo")
    else:
        tab_through(page, "save-photo")
    press(page)
    expect_message(page, "Photo saved.")
    if javascript:
        expect_focus(page, "change-photo")
    expect(page.locator("#portrait img")).to_have_count(1)
    tab_to(page, "remove-photo")
    press(page)
    expect_message(page, "Photo removed.")
    expect(page.locator("#portrait img")).to_have_count(0)
    if javascript:
        expect_focus(page, "change-photo")


def name_the_other_session(page: Page, javascript: bool) -> None:
    page.reload()
    link = page.locator("li.session", has_text="on iOS").get_by_role("link", name="Name this device")
    link_id = str(link.get_attribute("id"))
    tab_to(page, link_id)
    press(page)
    expect_focus(page, link_id.replace("label-", "label-field-"))
    page.keyboard.type("My phone")
    press(page)
    expect_message(page, "Name saved.")
    expect(page.locator(".session-name", has_text="My phone")).to_have_count(1)
    if javascript:
        expect_focus(page, link_id)


def leave_all_others_logged_in(page: Page, javascript: bool) -> None:
    tab_to(page, "end-others", most=30)
    press(page)
    if not javascript:
        expect(page).to_have_url(re.compile("/others$"))
        tab_to(page, "keep")
        press(page)
        expect(page).to_have_url(re.compile("/profile$"))
        return
    expect(page.get_by_role("dialog", name="Log out the other session?")).to_be_visible()
    expect_focus(page, "others-dialog")
    press(page, "Escape")
    expect_focus(page, "end-others")


def end_the_other_session(page: Page, javascript: bool) -> None:
    page.reload()
    other = page.locator("li.session", has_text="on iOS").get_by_role("button")
    tab_to(page, str(other.get_attribute("id")))
    press(page, "Space")
    expect(page.locator("#status")).to_contain_text("Logged out")
    expect(page.locator("li.session")).to_have_count(1)
    if javascript:
        expect_focus(page, "sessions-heading")  # no other row is left


def log_out(page: Page) -> None:
    page.reload()
    tab_to(page, "log-out")
    press(page)
    expect(page).to_have_url(re.compile("/login$"))
    expect_message(page, "You’re logged out.")


def log_in_again(page: Page, email: str) -> None:
    tab_to(page, "email")
    page.keyboard.type(email)
    tab_through(page, "password")
    page.keyboard.type("something else")
    press(page)
    expect_focus(page, "problem")
    expect(page.locator("#problem")).to_contain_text("Email address or password is incorrect.")
    tab_to(page, "password")
    expect(page.locator("#password")).to_have_value("")
    expect(page.locator("#email")).to_have_value(email)
    page.keyboard.type(PASSWORD)
    press(page)
    expect(who(page)).to_have_text("Ada Lovelace")

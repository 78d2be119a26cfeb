"""What is said for a while moves nothing: everything stays where people were about to look or press."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_theme import SHIFTS
from tests.kit.browser_steps import arrive_quickly, log_in_elsewhere, photo
from tests.kit.chromium import new_context
from tests.kit.people import PASSWORD

TOPS = """() => Object.fromEntries([...document.querySelectorAll("h1, .card, .row, .row > h2, .heading > h2, footer")]
    .map((part) => [part.id || part.innerText.split("\\n")[0], part.getBoundingClientRect().top + scrollY]))"""
HEIGHT = "document.querySelector('.heading').getBoundingClientRect().height"
COVERED = """() => [...document.querySelectorAll(".row .said")].flatMap((said) => {
    const box = said.getBoundingClientRect();
    return [...said.closest(".row").querySelectorAll("h2, .value > p, .button, .pending")].filter((part) => {
        const { left, right, top, bottom } = part.getBoundingClientRect(); // where a word may be, and the whole message
        return part !== said && left < box.right && right > box.left && top < box.bottom && bottom > box.top;
    }).map((part) => part.innerText);
})"""
GUESSED = ("a", "aaaaaaaaaaaaaa", "ada@example.com ada", "a word and more", "three unrelated words")
BOTH = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])


def save_name(page: Page) -> None:
    page.locator("#change-name").click()
    page.locator("#name").fill("Ada King")
    page.locator("#save-name").click()
    page.locator("#undo").wait_for()


def undo_name(page: Page) -> None:
    page.locator("#undo").click()
    expect(page.locator("#profile-name .said")).to_contain_text("Previous name restored.")


def save_time_zone(page: Page) -> None:
    page.locator("#change-time-zone").click()
    page.locator("#save-time-zone").click()
    page.locator("#preferences-time-zone .said").wait_for()


def name_session(page: Page) -> None:
    page.locator("a[id^=label-]").first.click()
    page.locator("input[name=label]").fill("Work")
    page.locator(".session button.main").click()
    page.locator(".session .said").wait_for()


def refuse_photo(page: Page) -> None:
    page.locator("#avatar").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no photo"})
    page.locator("#save-photo").click()
    page.locator("#avatar-error:not(:empty)").wait_for()


def save_photo(page: Page) -> None:
    page.locator("#avatar").set_input_files(photo())
    page.locator("#save-photo").click()
    page.locator("#profile-photo .said").wait_for()


def remove_photo(page: Page) -> None:
    page.locator("#remove-photo").click()
    expect(page.locator("#profile-photo .said")).to_contain_text("removed")


def ask_for_an_address(page: Page) -> None:
    page.locator("#change-email").click()
    page.locator("#new_email").fill("countess@new.example")
    page.locator("#save-email").click()
    page.locator("#email-row .said").wait_for()


def mail_again(page: Page) -> None:
    page.locator("#email-again").click()
    expect(page.locator("#email-row .said")).to_contain_text("again")


def cancel_address(page: Page) -> None:
    page.locator("#email-cancel").click()
    expect(page.locator("#email-row .said")).to_contain_text("Cancelled.")


def change_password(page: Page) -> None:
    page.locator("#change-password").click()
    page.locator("#current_password").fill(PASSWORD)
    page.locator("#new_password").fill("words chosen anew today")
    page.locator("#save-password").click()
    page.locator("#password-row .said").wait_for()


# What is done one after the other where the page stays as it is.
IN_ROWS = ((save_name, undo_name), (save_time_zone,), (name_session,), (refuse_photo,), (save_photo, remove_photo))

IN_WORDS = ((save_name,), (save_time_zone,), (ask_for_an_address, mail_again, cancel_address), (change_password,))


@contextmanager
def open_profile(chromium: Browser, site: str, *, phone: bool) -> Iterator[Page]:
    with new_context(chromium, site, phone=phone) as context:
        page = context.new_page()
        log_in_elsewhere(site, arrive_quickly(page, name="Ada"), 2)
        page.goto("/profile")
        yield page


@BOTH
def test_what_is_said_in_a_row_takes_no_place_of_its_own(chromium: Browser, site: str, phone: bool) -> None:
    with open_profile(chromium, site, phone=phone) as page:
        for acts in IN_ROWS:
            page.goto("/profile")
            before = page.evaluate(TOPS)
            for act in acts:
                act(page)
                assert page.evaluate(TOPS) == before, act.__name__


@BOTH
def test_what_is_said_in_a_row_covers_none_of_its_words(chromium: Browser, site: str, phone: bool) -> None:
    with open_profile(chromium, site, phone=phone) as page:
        for acts in IN_WORDS:
            page.goto("/profile")
            for act in acts:
                act(page)
                assert page.evaluate(COVERED) == [], act.__name__


@BOTH
def test_the_bar_moves_nothing_when_it_comes(chromium: Browser, site: str, phone: bool) -> None:
    with open_profile(chromium, site, phone=phone) as page:
        page.locator("#change-name").click()
        page.locator("#name").wait_for()
        moved = page.evaluate(SHIFTS)
        page.context.set_offline(True)
        page.locator("#save-name").click()
        page.locator("#status .trouble").wait_for()
        assert page.evaluate(SHIFTS) == moved


@BOTH
def test_what_is_said_of_a_session_that_ended_leaves_the_heading_in_its_place(
    chromium: Browser, site: str, phone: bool
) -> None:
    with open_profile(chromium, site, phone=phone) as page:
        before = page.evaluate(HEIGHT)
        page.locator("#session-list button[id^=end-][aria-label]").first.click()
        page.locator("#session-said").wait_for()
        assert page.evaluate(HEIGHT) == before


@BOTH
def test_what_is_said_of_a_password_moves_nothing(chromium: Browser, site: str, phone: bool) -> None:
    with new_context(chromium, site, phone=phone) as context:
        page = context.new_page()
        page.goto("/register")
        for typed in GUESSED:
            page.locator("#password").fill(typed)
            page.locator("#password-strength:not(:empty)").wait_for()
        assert page.evaluate(SHIFTS) == 0

"""What is said for a while moves nothing: everything stays where people were about to look or press."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_theme import SHIFTS
from tests.kit.browser_steps import join_quickly, log_in_elsewhere, new_address, photo
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
    save_name(page)
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


def ask_for_an_address(page: Page) -> None:
    page.goto("/confirm?next=/profile")
    page.locator("#current_password").fill(PASSWORD)
    page.locator("#confirm-me").click()
    page.locator("#change-email").click()
    page.locator("#new_email").fill("countess@new.example")
    page.locator("#save-email").click()
    page.locator("#email-row .said").wait_for()


def mail_again(page: Page) -> None:
    ask_for_an_address(page)
    page.locator("#email-again").click()
    expect(page.locator("#email-row .said")).to_contain_text("again")


def cancel_address(page: Page) -> None:
    ask_for_an_address(page)
    page.locator("#email-cancel").click()
    expect(page.locator("#email-row .said")).to_contain_text("Cancelled.")


def change_password(page: Page) -> None:
    page.locator("#change-password").click()
    page.locator("#current_password").fill(PASSWORD)
    page.locator("#new_password").fill("words chosen anew today")
    page.locator("#save-password").click()
    page.locator("#password-row .said").wait_for()


def save_photo(page: Page) -> None:
    page.locator("#avatar").set_input_files(photo())
    page.locator("#save-photo").click()
    page.locator("#profile-photo .said").wait_for()


def remove_photo(page: Page) -> None:
    save_photo(page)
    page.locator("#remove-photo").click()
    expect(page.locator("#profile-photo .said")).to_contain_text("removed")


def refuse_photo(page: Page) -> None:
    page.locator("#avatar").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no photo"})
    page.locator("#save-photo").click()
    page.locator("#avatar-error:not(:empty)").wait_for()


IN_ROWS = (save_name, undo_name, save_time_zone, name_session, save_photo, remove_photo, refuse_photo)

IN_WORDS = (save_name, save_time_zone, ask_for_an_address, mail_again, cancel_address, change_password)


@contextmanager
def open_profile(chromium: Browser, site: str, *, phone: bool) -> Iterator[Page]:
    with new_context(chromium, site, phone=phone) as context:
        page, email = context.new_page(), new_address()
        join_quickly(page, email, "Ada")
        log_in_elsewhere(site, email, 2)
        page.goto("/profile")
        yield page


@BOTH
@pytest.mark.parametrize("say", IN_ROWS, ids=lambda say: say.__name__)
def test_what_is_said_in_a_row_takes_no_place_of_its_own(
    chromium: Browser, site: str, say: Callable[[Page], None], phone: bool
) -> None:
    with open_profile(chromium, site, phone=phone) as page:
        before = page.evaluate(TOPS)
        say(page)
        assert page.evaluate(TOPS) == before


@BOTH
@pytest.mark.parametrize("say", IN_WORDS, ids=lambda say: say.__name__)
def test_what_is_said_in_a_row_covers_none_of_its_words(
    chromium: Browser, site: str, say: Callable[[Page], None], phone: bool
) -> None:
    with open_profile(chromium, site, phone=phone) as page:
        say(page)
        assert page.evaluate(COVERED) == []


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

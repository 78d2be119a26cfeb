"""The same by ear: every control is found by what it is and what it is called, as a screen reader finds it, in both
languages. What happened is known by what is said and by the level of a heading, never by where something stands."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.kit.browser_steps import new_address, open_page, photo
from tests.kit.people import PASSWORD, SAFARI
from translations import LANGUAGES


class Ear:
    """A page in one language; words are given as the code has them, in English."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.catalogue = page, LANGUAGES[language].catalogue

    def words(self, message: str, **holes: Any) -> str:
        text = self.catalogue.gettext(message)
        return re.sub("<.*?>", "", text) % holes if holes else text

    def finds(self, role: Any, message: str, **holes: Any) -> Locator:
        """One control in the page's main part."""
        return self.page.get_by_role("main").get_by_role(role, name=self.words(message, **holes), exact=True)

    def presses(self, message: str, **holes: Any) -> None:
        self.finds("button", message, **holes).click()

    def follows(self, message: str, **holes: Any) -> None:
        self.finds("link", message, **holes).click()

    def fills(self, message: str, value: str) -> None:
        self.finds("textbox", message).fill(value)

    def hears(self, message: str, **holes: Any) -> None:
        """In the region that is read out when it changes."""
        said = self.page.get_by_role("status").filter(has_text=self.words(message, **holes))
        expect(said.first).to_be_attached()  # a flash message is repeated in a region of its own for a while

    def is_with(self, name: str) -> None:
        """On the pages of somebody's account."""
        account = self.page.get_by_role("navigation", name=self.words("Your account"))
        expect(account).to_contain_text(name)

    def is_at(self, message: str, **holes: Any) -> None:
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_have_text(self.words(message, **holes))


@pytest.mark.parametrize("language", [code for code in LANGUAGES if "-" not in code])
def test_from_creating_an_account_to_logging_out(chromium: Browser, site: str, javascript: bool, language: str) -> None:
    email = new_address()
    with open_page(chromium, site, javascript=javascript, locale=language) as page:
        ear = Ear(page, language)
        create_an_account(ear, email)
        change_the_name(ear)
        change_the_photo(ear, javascript)
        with open_page(chromium, site, javascript=javascript, locale=language, user_agent=SAFARI) as other:
            log_in(Ear(other, language), email)
        name_and_end_the_other_session(ear)
        log_out(ear)


def create_an_account(ear: Ear, email: str) -> None:
    ear.page.goto("/register")
    ear.is_at("Create account")
    ear.presses("Create account")
    alert = ear.page.get_by_role("alert", name="")
    expect(alert).to_contain_text(ear.words("There is a problem"))
    ear.fills("Email address", email)
    ear.fills("Name", "Ada")
    ear.fills("Create a password", PASSWORD)
    ear.presses("Create account")
    ear.is_at("Check your email")
    ear.page.goto("/outbox")
    ear.page.get_by_role("listitem").filter(has_text=email).get_by_role("link").click()
    ear.page.get_by_role("link", name=re.compile("_auth.verify")).click()
    ear.is_at("Confirm your email address")
    ear.presses("Confirm this address")
    ear.hears("Your email address is confirmed. You’re logged in.")
    ear.is_with("Ada")


def change_the_name(ear: Ear) -> None:
    ear.follows("Change name")
    ear.fills("Name", " ")
    ear.presses("Save")
    field = ear.finds("textbox", "Name")
    expect(field).to_have_accessible_description(re.compile(ear.words("Enter your name.")))
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("Ada Lovelace")
    ear.presses("Save")
    ear.hears("Name saved.")
    ear.is_with("Ada Lovelace")
    ear.presses("Undo")
    ear.is_with("Ada")


def change_the_photo(ear: Ear, javascript: bool) -> None:
    if javascript:
        with ear.page.expect_file_chooser() as opened:
            ear.follows("Add photo")
        opened.value.set_files(photo())
        ear.presses("Save photo")
    else:
        ear.follows("Add photo")
        ear.finds("button", "Choose a photo").set_input_files(photo())
        ear.presses("Upload photo")
    ear.hears("Photo saved.")
    ear.presses("Remove photo")
    ear.hears("Photo removed.")


def log_in(ear: Ear, email: str) -> None:
    ear.page.goto("/login")
    ear.fills("Email address", email)
    ear.fills("Password", PASSWORD)
    ear.finds("checkbox", "Stay logged in on this device").check()
    ear.presses("Log in")
    ear.is_with("Ada")


def name_and_end_the_other_session(ear: Ear) -> None:
    ear.page.reload()
    device = ear.page.get_by_role("listitem").get_by_text(re.compile("^Safari .* iOS$")).inner_text()
    ear.follows("Name this device: %(name)s", name=device)
    ear.finds("textbox", "Name for %(device)s", device=device).fill("Pocket")
    ear.presses("Save")
    ear.hears("Name saved.")
    ear.presses("Log out %(name)s", name="Pocket")
    ear.hears("Logged out %(device)s.", device="Pocket")


def log_out(ear: Ear) -> None:
    top = ear.page.get_by_role("banner")
    top.get_by_role("button", name=ear.words("Log out"), exact=True).click()
    ear.hears("You’re logged out.")
    ear.is_at("Log in")

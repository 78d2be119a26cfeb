"""Steps of whoever leaves, each with an account of its own."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.gallery.sites import Sites
from tests.gallery.steps import follow_mailed_link
from tests.kit.browser_steps import arrive_quickly
from tests.kit.people import PASSWORD

DELETION = "Confirm the deletion of your account"


def leave(page: Page, sites: Sites) -> str:
    """Leave, and return the address."""
    email = arrive_quickly(page, sites.open, "Lin")
    page.goto(f"{sites.open}/profile/leave")
    page.locator("#sure").check()
    page.locator("#delete-account").click()
    page.locator("#login-form").wait_for()
    return email


def has_left(page: Page, sites: Sites) -> None:
    leave(page, sites)


def comes_back(page: Page, sites: Sites) -> None:
    come_back(page, sites)


def come_back(page: Page, sites: Sites) -> str:
    email = leave(page, sites)
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("#log-in").click()
    page.locator("#keep-account").wait_for()
    return email


def asks_to_be_gone(page: Page, sites: Sites) -> None:
    ask_to_be_gone(page, sites)


def ask_to_be_gone(page: Page, sites: Sites) -> str:
    email = come_back(page, sites)
    page.locator("#sure").check()
    page.locator("#delete-now").click()
    page.locator("#delete-form").wait_for()
    return email


def types_a_wrong_code(page: Page, sites: Sites) -> None:
    asks_to_be_gone(page, sites)
    page.locator("#code").fill("WDJB-MJHT")
    page.locator("#delete-account").click()
    page.locator("#problem").wait_for()


def opens_the_link(page: Page, sites: Sites) -> None:
    follow_mailed_link(page, sites.open, sites.say(DELETION), ask_to_be_gone(page, sites))
    page.locator("#delete-account").wait_for()


def is_gone(page: Page, sites: Sites) -> None:
    opens_the_link(page, sites)
    page.locator("#delete-account").click()
    page.locator("#login-form").wait_for()


def comes_back_and_ticks_nothing(page: Page, sites: Sites) -> None:
    comes_back(page, sites)
    page.locator("#delete-now").click()
    page.locator("#problem").wait_for()

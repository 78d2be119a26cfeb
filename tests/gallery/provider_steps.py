"""Steps with providers, at a site that offers eight of them, four of which are there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.gallery.sites import Sites
from tests.kit.browser_steps import join_quickly, new_address
from tests.kit.chromium import new_context
from tests.kit.people import Person
from tests.kit.provider_steps import LIST, becomes


def at(path: str) -> Callable[[Page, Sites], None]:
    def reach(page: Page, sites: Sites) -> None:
        page.goto(f"{sites.offering}{path}")

    return reach


def log_in(page: Page, sites: Sites) -> str:
    """With a new account there and here. Return its address."""
    site, email = sites.offering, new_address()
    becomes(sites.provider, Person(email, "Ada Lovelace"))
    page.goto(f"{site}/login")
    page.locator("#with-acme").click()
    page.locator("#profile-name").wait_for()
    return email


def have_logged_in(page: Page, sites: Sites) -> None:
    log_in(page, sites)
    page.locator("#log-out").click()
    page.locator("#used-last").wait_for()


def fail(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.offering}/login")
    page.locator("#with-silent").click()
    page.locator("#try-again").wait_for()


def need_address(page: Page, sites: Sites) -> None:
    site = sites.offering
    becomes(sites.provider, Person(new_address(), "Ada Lovelace"))
    page.goto(f"{site}/login")
    page.locator("#with-vague").click()
    page.locator("#send-address").wait_for()


def mistype_address(page: Page, sites: Sites) -> None:
    need_address(page, sites)
    page.locator("#email").fill("countess")
    page.locator("#send-address").click()
    page.locator("#problem").wait_for()


def have_account(page: Page, sites: Sites) -> None:
    """Come from the provider with an address that has an account here."""
    browser, email = page.context.browser, new_address()
    assert browser
    with new_context(browser, sites.offering, locale=sites.locale) as elsewhere:
        join_quickly(elsewhere.new_page(), email, "Ada")
    becomes(sites.provider, Person(email, "Ada Lovelace"))
    page.goto(f"{sites.offering}/login")
    page.locator("#with-acme").click()
    page.locator("#use-code").wait_for()


def see_list(page: Page, sites: Sites) -> None:
    log_in(page, sites)
    page.goto(f"{sites.offering}{LIST}")


def ask_to_disconnect(page: Page, sites: Sites) -> None:
    see_list(page, sites)
    page.locator("a[id^=remove-]").first.click()
    page.locator("#remove").wait_for()


def see_security(page: Page, sites: Sites) -> None:
    log_in(page, sites)
    page.goto(f"{sites.offering}/profile/security")

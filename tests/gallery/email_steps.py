"""Steps of a change of address, and of the owner who undoes it."""

from __future__ import annotations

import itertools

from playwright.sync_api import Page

from tests.gallery.sites import Sites
from tests.gallery.steps import follow_mailed_link
from tests.kit.browser_steps import arrive_quickly, heading

numbers = itertools.count(1)
ASKED, CHANGED = "New email address requested", "Your email address was changed"


def ask(page: Page, sites: Sites) -> tuple[str, str]:
    """Ask for an address with a typo in it. Return the old one and it."""
    old = arrive_quickly(page, sites.open, "Newcomer")
    page.goto(f"{sites.open}/profile/email")
    new = f"newcomer{next(numbers)}.countess@gmial.com"
    page.locator("#new_email").fill(new)
    page.locator("#save-email").click()
    page.locator("#email-pending").wait_for()
    return old, new


def wait(page: Page, sites: Sites) -> None:
    ask(page, sites)


def wait_alone(page: Page, sites: Sites) -> None:
    ask(page, sites)
    page.goto(f"{sites.open}/profile/email")


def type_wrong_code(page: Page, sites: Sites) -> None:
    ask(page, sites)
    _type_wrong_code(page)


def type_wrong_code_alone(page: Page, sites: Sites) -> None:
    wait_alone(page, sites)
    _type_wrong_code(page)


def _type_wrong_code(page: Page) -> None:
    page.locator("#code").fill("WDJB-MJHT")
    page.locator("#use-code").click()
    page.locator("#problem").wait_for()


def change(page: Page, sites: Sites) -> None:
    _change(page, sites)


def _change(page: Page, sites: Sites) -> str:
    """Return the old address."""
    old, new = ask(page, sites)
    _open_mail(page, sites, new)
    page.locator("#confirm").click()
    page.locator("#confirm").wait_for(state="detached")
    heading(page).wait_for()
    return old


def cancel(page: Page, sites: Sites) -> None:
    """Open the link of a change that was cancelled."""
    _old, new = ask(page, sites)
    page.locator("#email-cancel").click()
    page.locator("#email-pending").wait_for(state="detached")
    _open_mail(page, sites, new)


def keep(page: Page, sites: Sites) -> None:
    old, _new = ask(page, sites)
    _open_mail(page, sites, old, ASKED)


def get_back(page: Page, sites: Sites) -> None:
    _open_mail(page, sites, _change(page, sites), CHANGED)


def undo(page: Page, sites: Sites) -> None:
    _undo(page, sites)


def _undo(page: Page, sites: Sites) -> str:
    """Return the old address."""
    old = _change(page, sites)
    _open_mail(page, sites, old, CHANGED)
    page.locator("#undo-email").click()
    page.locator("#new_password").wait_for()
    return old


def undo_twice(page: Page, sites: Sites) -> None:
    _open_mail(page, sites, _undo(page, sites), CHANGED)


def _open_mail(page: Page, sites: Sites, email: str, subject: str = "") -> None:
    follow_mailed_link(page, sites.open, sites.say(subject) if subject else "", email)

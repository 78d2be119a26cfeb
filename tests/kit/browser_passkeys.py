"""What people do with passkeys in a browser, at a site that is opened by its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.kit import browser_steps
from tests.kit.browser_steps import arrive_quickly, open_page
from tests.kit.people import PASSWORD
from tests.kit.virtual_authenticators import OPTIONS, Authenticator

LIST = "/profile/passkeys"


@contextmanager
def ada_at(chromium: Browser, site: str, **options: Any) -> Iterator[tuple[Page, str]]:
    """Ada, logged in with her password."""
    with open_page(chromium, site, **options) as page:
        yield page, arrive_quickly(page, name="Ada")


def log_out(page: Page) -> None:
    page.goto("/profile")
    browser_steps.log_out(page)


def fill_in(page: Page, email: str) -> None:
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)


def add(page: Page, name: str = "") -> None:
    page.goto(LIST)
    page.locator("#name").fill(name)
    page.locator("#use-passkey").click()


def add_first(page: Page, **kind: Any) -> Authenticator:
    """Add a passkey of a device that is new."""
    device = Authenticator(page, **kind)
    add(page)
    expect(page.locator("#passkeys-list h3")).to_have_count(1)
    return device


def leave_with_resting_passkey(page: Page) -> Authenticator:
    """Add a passkey, which nobody touches from then on, and log out: the log-in page offers it."""
    device = add_first(page)
    device.rest()
    log_out_to_offer(page)
    return device


def log_out_to_offer(page: Page) -> None:
    """Log out, and wait until the log-in page has asked for passkeys to offer below the address."""
    with page.expect_response(OPTIONS):
        log_out(page)


def switch_on_two_step(page: Page) -> list[str]:
    """With the passkey that there is, and recovery codes, which are returned."""
    page.goto("/profile/recovery-codes")
    page.locator("#make-codes").click()
    page.locator("#codes").wait_for()
    codes = page.locator("#codes code").all_inner_texts()
    page.locator("#keep-codes").click()
    page.locator("#turn-on").click()
    page.locator("#turn-off").wait_for()
    return codes

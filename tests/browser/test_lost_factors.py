"""A lost second factor, in a browser: whoever has lost it waits and gets in, and the owner stops somebody else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.kit.backend import clean_up_site
from tests.kit.browser_steps import (
    expect_focus,
    expect_message,
    heading,
    join_quickly,
    log_out,
    new_address,
    open_mail_about,
    open_page,
    read_code,
    tab_to,
    who,
)
from tests.kit.browser_two_step import log_in_halfway, switch_on
from tests.kit.chromium import mark_loop
from tests.kit.clock import Clock
from tests.kit.mailbox import free_port
from tests.kit.people import PASSWORD
from tests.kit.serving import serve

WANTS, NOW = "Someone wants to remove two-step verification", "You can remove two-step verification now"
STOPPED = "Stopped: two-step verification stays. If you don’t know who asked for this, choose a new password."
OWN = "words chosen after all that"
PHONE = ViewportSize(width=360, height=740)


@dataclass
class AgingSite:
    """`python -m web`, which is started again whenever its clock has moved."""

    folder: Path
    hours_off: int = 0
    port: int = field(default_factory=free_port)
    life: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        return {"DATA_DIR": str(self.folder / "var"), "LIMIT_FACTOR": "1000", "OUTBOX": "on", "PORT": str(self.port)}

    def start(self) -> None:
        off = {"PROGRAM": "web", "HOURS_OFF": str(self.hours_off)}
        self.life.enter_context(serve("tests.faults.an_hour_off", {**self.environ, **off}, self.folder))

    def stop(self) -> None:
        self.life.close()

    def pass_days(self, days: int) -> None:
        """Let each day pass, and with it the clean-up, which mails those who wait."""
        self.stop()
        for _day in range(days):
            self.hours_off += 25
            with mark_loop(None):
                asyncio.run(clean_up_site(self.environ, Clock(datetime.now(UTC) + timedelta(hours=self.hours_off))))
        self.start()


@pytest.fixture
def aging(tmp_path: Path) -> Iterator[AgingSite]:
    site = AgingSite(tmp_path)
    site.start()
    yield site
    site.stop()


def ask(page: Page, email: str) -> None:
    """At the second step, by the keyboard: the mailbox is shown, too."""
    tab_to(page, "lost-factor")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Can’t take the second step?")
    tab_to(page, "mail-code")
    page.keyboard.press("Enter")
    expect_message(page, "We’ve emailed you a code.")
    code = read_code(page, email)
    expect_focus(page, "code")
    page.keyboard.type(code.lower())
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_text("The wait has begun. We’ve emailed you.")
    expect(page.locator("#mail-form")).to_have_count(0)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"])


def test_whoever_has_lost_the_app_waits_three_days_and_gets_in_by_keyboard_on_a_small_phone(
    chromium: Browser, aging: AgingSite, javascript: bool
) -> None:
    email = new_address()
    with open_page(chromium, aging.url, javascript=javascript) as page:
        page.set_viewport_size(PHONE)
        join_quickly(page, email, "Ada")
        switch_on(page)
        log_out(page)
        log_in_halfway(page, email)
        assert fits(page)
        ask(page, email)
        assert fits(page)

        aging.pass_days(3)
        open_mail_about(page, email, NOW)
        expect(heading(page)).to_have_text("Remove two-step verification?")
        assert fits(page)
        tab_to(page, "current_password")
        page.keyboard.type("not it at all")
        page.keyboard.press("Enter")
        expect_focus(page, "problem")
        tab_to(page, "to-current_password")
        page.keyboard.press("Enter")
        expect_focus(page, "current_password")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text("Choose a new password")
        expect(page.locator("#status")).to_contain_text("Two-step verification is removed")
        tab_to(page, "new_password")
        page.keyboard.type(OWN)
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text("Log in")

        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password").fill(OWN)
        page.locator("#log-in").click()
        page.wait_for_url("**/profile")
        expect(who(page)).to_have_text("Ada")
        page.goto("/profile/security")
        expect(page.locator("#to-two-step")).to_have_accessible_name("Set up two-step verification")


def test_the_owner_stops_somebody_else_by_the_mail_without_logging_in(
    chromium: Browser, site: str, javascript: bool
) -> None:
    email = new_address()
    with ExitStack() as pages:
        ada, eve, elsewhere = [pages.enter_context(open_page(chromium, site, javascript=javascript)) for _ in range(3)]
        join_quickly(ada, email, "Ada")
        switch_on(ada)
        log_in_halfway(eve, email)
        ask(eve, email)

        open_mail_about(elsewhere, email, WANTS)
        expect(heading(elsewhere)).to_have_text("Keep two-step verification?")
        tab_to(elsewhere, "stop-removal")
        elsewhere.keyboard.press("Enter")
        expect_message(elsewhere, STOPPED)
        expect(heading(elsewhere)).to_have_text("Log in")
        ada.goto("/profile")
        expect(ada.locator("#banner")).to_have_count(0)
        eve.reload()
        expect(eve.locator("#mail-form")).to_be_visible()


def test_the_owner_who_is_logged_in_sees_it_and_stops_it_by_a_button(
    chromium: Browser, site: str, javascript: bool
) -> None:
    email = new_address()
    with ExitStack() as pages:
        ada, eve = [pages.enter_context(open_page(chromium, site, javascript=javascript)) for _ in range(2)]
        join_quickly(ada, email, "Ada")
        switch_on(ada)
        log_in_halfway(eve, email)
        ask(eve, email)

        ada.goto("/profile/security")
        expect(ada.locator("#banner")).to_contain_text("Someone asked to remove two-step verification")
        tab_to(ada, "stop-removal", most=30)
        ada.keyboard.press("Enter")
        expect_message(ada, STOPPED)
        expect(ada.locator("#banner")).to_have_count(0)
        eve.reload()
        expect(eve.locator("#mail-form")).to_be_visible()

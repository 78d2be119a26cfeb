"""Passkeys in Chromium that prove less than they could: keys that check nobody, copies, answers that do not hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.kit.browser_passkeys import (
    LIST,
    ada_at,
    add,
    add_first,
    fill_in,
    log_out,
    log_out_to_offer,
    switch_on_two_step,
)
from tests.kit.browser_steps import heading, who
from tests.kit.virtual_authenticators import INTERNAL, OPTIONS, SECURITY_KEY, U2F, Authenticator

BOUND_KEY = {**INTERNAL, "transport": "usb"}  # checks who holds it, and keeps its passkeys for ever
SYNCHRONIZED = {"defaultBackupEligibility": True, "defaultBackupState": True}
COPIED = "Someone may have a copy of this key."
LETTER = "Check your security key"


def log_out_beside(page: Page, device: Authenticator) -> None:
    """Log out without being logged in again by what is offered below the address."""
    device.rest()
    (log_out_to_offer if device.is_offered else log_out)(page)
    device.touch()


def use(page: Page) -> None:
    page.locator("#use-passkey").click()


def use_once(page: Page, device: Authenticator) -> None:
    log_out_beside(page, device)
    use(page)
    expect(who(page)).to_have_text("Ada")


def has_letter(page: Page, email: str) -> bool:
    page.goto("/outbox")
    return page.locator("main li", has_text=email).filter(has_text=LETTER).count() > 0  # a page that does not change


@pytest.mark.parametrize("kind", [SECURITY_KEY, U2F], ids=["usb", "u2f"])
def test_a_key_that_checks_nobody_is_a_second_step(chromium: Browser, named_site: str, kind: dict[str, Any]) -> None:
    with ada_at(chromium, named_site) as (page, email):
        key = Authenticator(page, **kind)
        add(page)
        expect(page.locator("#passkeys-list h3")).to_have_text("Security key")
        expect(page.locator("#passkeys-list")).to_contain_text("Only as a second step")
        switch_on_two_step(page)
        key.rest()
        log_out(page)
        fill_in(page, email)
        page.locator("#log-in").click()
        expect(heading(page)).to_have_text("Log in: second step")
        with page.expect_response(OPTIONS) as asked:
            use(page)
        (allowed,) = asked.value.json()["publicKey"]["allowCredentials"]
        assert allowed["transports"] == ["usb"]
        key.touch()
        use(page)
        expect(who(page)).to_have_text("Ada")


def test_a_copied_key_has_to_be_followed_by_something_else_and_stays_in_use(chromium: Browser, named_site: str) -> None:
    with ada_at(chromium, named_site) as (page, email):
        key = add_first(page, **BOUND_KEY)
        codes = switch_on_two_step(page)
        (copy,) = key.credentials
        use_once(page, key)
        key.replace(copy)
        log_out_beside(page, key)
        use(page)
        expect(heading(page)).to_have_text("Log in: second step")
        page.locator("#recovery_code").fill(codes[0])
        page.locator("#log-in").click()
        expect(who(page)).to_have_text("Ada")
        page.goto(LIST)
        expect(page.locator("#passkeys-list")).to_contain_text(COPIED)
        assert has_letter(page, email)
        use_once(page, key)


def test_a_synchronized_passkey_whose_counter_goes_back_raises_no_alarm(chromium: Browser, named_site: str) -> None:
    with ada_at(chromium, named_site) as (page, email):
        device = add_first(page, **SYNCHRONIZED)
        (before,) = device.credentials
        use_once(page, device)
        device.replace(before)
        use_once(page, device)
        page.goto(LIST)
        expect(page.locator("#passkeys-list")).not_to_contain_text(COPIED)
        assert not has_letter(page, email)


WRONG: dict[str, Callable[[Authenticator, bool], None]] = {
    "signature": lambda device, is_wrong: device.answer(isBogusSignature=is_wrong),
    "verification": lambda device, is_wrong: device.answer(isBadUV=is_wrong),
    "presence": lambda device, is_wrong: device.answer(isBadUP=is_wrong),
    "eligibility": lambda device, is_wrong: device.change(backupEligibility=is_wrong),
}


def test_an_answer_that_does_not_hold_is_refused_with_words_that_lead_on(chromium: Browser, named_site: str) -> None:
    with ada_at(chromium, named_site) as (page, _email):
        device = add_first(page)
        for what, spoil in WRONG.items():
            spoil(device, True)
            log_out_beside(page, device)
            use(page)
            expect(page.locator(".summary")).to_contain_text("We couldn’t verify this passkey.")
            assert not [cookie for cookie in page.context.cookies() if cookie["name"] == "session"], what
            spoil(device, False)
            use(page)
            expect(who(page)).to_have_text("Ada")

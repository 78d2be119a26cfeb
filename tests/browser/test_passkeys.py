"""Passkeys in Chromium, with authenticators that it pretends to have."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.kit.browser_passkeys import (
    LIST,
    ada_at,
    add,
    add_first,
    fill_in,
    leave_with_resting_passkey,
    log_out_to_offer,
)
from tests.kit.browser_steps import expect_focus, expect_message, heading, open_page, record_posts, tab_to, who
from tests.kit.chromium import new_context
from tests.kit.virtual_authenticators import OPTIONS, Authenticator

BUDGET = 31_000  # bytes of a first visit: 30,000 of what the page links, and what comes once it stands


def rename_by_keyboard(page: Page) -> None:
    link = str(page.get_by_role("link", name="Rename Work laptop").get_attribute("id"))
    tab_to(page, link)
    page.keyboard.press("Enter")
    expect_focus(page, "new-name")
    page.keyboard.press("Escape")
    expect_focus(page, link)
    page.keyboard.press("Enter")
    expect_focus(page, "new-name")
    page.keyboard.type("n" * 61)
    page.keyboard.press("Enter")
    expect(page.locator("#new-name-error")).to_be_visible()
    expect_focus(page, "new-name")
    page.keyboard.press("Control+A")
    page.keyboard.type("Phone")
    page.keyboard.press("Enter")
    expect_focus(page, link)
    expect_message(page, "Name saved.")


def test_ada_adds_a_passkey_logs_in_with_it_by_keyboard_and_removes_it(chromium: Browser, named_site: str) -> None:
    with ada_at(chromium, named_site) as (page, _email):
        device = Authenticator(page)
        add(page, "Work laptop")
        expect(page.locator("#passkeys-list h3")).to_have_text("Work laptop")
        expect(page.locator("#passkeys-list")).to_contain_text("Logs you in by itself.")
        assert [each["isResidentCredential"] for each in device.credentials] == [True]
        device.rest()
        log_out_to_offer(page)
        page.locator("#stay").check()
        device.touch()
        tab_to(page, "use-passkey")
        page.keyboard.press("Enter")
        expect(who(page)).to_have_text("Ada")
        (session,) = (cookie for cookie in page.context.cookies() if cookie["name"] == "session")
        assert session["expires"] > 0
        page.goto(LIST)
        rename_by_keyboard(page)
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text("Remove this passkey?")
        tab_to(page, "remove")
        page.keyboard.press("Enter")
        expect(page.locator("#passkeys-list")).to_contain_text("You don’t have any yet.")
        assert device.credentials == []


def test_a_passkey_is_offered_below_the_address_and_never_in_the_way_of_the_password(
    chromium: Browser, named_site: str
) -> None:
    with ada_at(chromium, named_site) as (page, email):
        device = leave_with_resting_passkey(page)
        fill_in(page, email)
        page.locator("#password").press("Enter")
        expect(who(page)).to_have_text("Ada")
        log_out_to_offer(page)
        device.touch()
        page.goto("/login")
        expect(who(page)).to_have_text("Ada")


def test_after_a_refused_password_passkeys_are_still_offered(chromium: Browser, named_site: str) -> None:
    with ada_at(chromium, named_site) as (page, email):
        device = leave_with_resting_passkey(page)
        page.locator("#email").fill(email)
        page.locator("#password").fill("not it at all")
        with page.expect_response(OPTIONS):
            page.locator("#log-in").click()
        expect(page.locator("#use-passkey")).to_be_visible()
        page.locator("#password").fill("not it at all, either")
        device.touch()
        page.locator("#log-in").click()
        expect(who(page)).to_have_text("Ada")


def test_the_button_works_in_a_form_that_htmx_has_swapped_in(chromium: Browser, named_site: str) -> None:
    with ada_at(chromium, named_site) as (page, email):
        device = leave_with_resting_passkey(page)
        page.locator("#email").fill(email)
        page.locator("#password").fill("not it at all")
        with page.expect_response(OPTIONS):
            page.locator("#log-in").click()
        page.locator("#problem").wait_for()
        device.touch()
        page.locator("#use-passkey").click()
        expect(who(page)).to_have_text("Ada")


def test_what_goes_wrong_is_said_beside_the_button_and_nothing_is_sent(chromium: Browser, named_site: str) -> None:
    with ada_at(chromium, named_site) as (page, _email):
        device = add_first(page)
        sent = record_posts(page, LIST)
        page.locator("#use-passkey").click()
        expect(page.locator("#credential-error")).to_have_text("This device has a passkey for your account already.")
        expect(page.locator("#status")).to_be_empty()
        expect(page).to_have_title("Error: Passkeys – Account pages")  # what was said of the one before is over
        device.rest()
        log_out_to_offer(page)
        sent_to_log_in = record_posts(page, "/login/passkey")
        device.touch()
        device.fail()
        page.locator("#use-passkey").click()
        expect(page.locator("#credential-error")).to_contain_text("That was cancelled, or took too long.")
        fill_in(page, "nobody@example.com")
        assert (sent, sent_to_log_in) == ([], [])


def test_two_tabs_ask_at_the_same_time(chromium: Browser, named_site: str) -> None:
    with ada_at(chromium, named_site) as (page, _email):
        device = leave_with_resting_passkey(page)
        other = page.context.new_page()
        with other.expect_response(OPTIONS):
            other.goto("/login")
        device.touch()
        page.locator("#use-passkey").click()
        expect(who(page)).to_have_text("Ada")


def test_eve_with_a_key_that_ada_has_removed_is_refused_and_her_device_forgets_it(
    chromium: Browser, named_site: str
) -> None:
    with ada_at(chromium, named_site) as (page, _email), new_context(chromium, named_site) as elsewhere:
        device = add_first(page)
        eve = elsewhere.new_page()
        copy = Authenticator(eve)
        copy.take(device.credentials[0])
        page.get_by_role("link", name=re.compile("^Remove ")).click()
        page.locator("#remove").click()
        expect(page.locator("#passkeys-list")).to_contain_text("You don’t have any yet.")
        eve.goto("/login/passkey")
        eve.locator("#use-passkey").click()
        expect(eve.locator(".summary")).to_contain_text("This passkey isn’t known here any more.")
        assert copy.credentials == []
        assert not [cookie for cookie in elsewhere.cookies() if cookie["name"] == "session"]


def test_without_a_script_all_but_adding_works(chromium: Browser, named_site: str) -> None:
    with ada_at(chromium, named_site) as (page, email):
        add_first(page)
    with open_page(chromium, named_site, javascript=False) as page:
        page.goto("/login")
        expect(page.locator("#use-passkey")).to_be_hidden()
        expect(page.locator(".passkey noscript p")).to_be_visible()
        fill_in(page, email)
        page.locator("#log-in").click()
        page.goto(LIST)
        expect(page.locator(".passkey noscript p")).to_be_visible()
        page.get_by_role("link", name=re.compile("^Rename ")).click()
        page.locator("#new-name").fill("Phone")
        page.locator("#save-name").click()
        expect(page.locator("#passkeys-list h3")).to_have_text("Phone")
        page.get_by_role("link", name="Remove Phone").click()
        page.locator("#remove").click()
        expect(page.locator("#passkeys-list h3")).to_have_count(0)


def test_at_a_number_a_sentence_leads_to_the_name(chromium: Browser, named_site: str) -> None:
    with open_page(chromium, named_site.replace("localhost", "127.0.0.1")) as page:
        page.goto("/login")
        expect(page.locator("form[data-passkey]")).to_have_count(0)
        page.locator("#named").click()
        expect(page).to_have_url(f"{named_site}/login")
        expect(page.locator("#use-passkey")).to_be_visible()


def test_a_new_name_is_that_of_the_passkey_too(chromium: Browser, named_site: str) -> None:
    with ada_at(chromium, named_site) as (page, email):
        device = add_first(page)
        page.goto("/profile")
        page.locator("#change-name").click()
        page.locator("#name").fill("Countess")
        page.locator("#save-name").click()
        expect(page.locator("#profile-name .said")).to_be_visible()
        expect(page.locator("[data-signal]")).to_have_count(0)
        device.wait_for(lambda passkey: (passkey["userName"], passkey["userDisplayName"]) == (email, "Countess"))


def test_the_log_in_page_asks_for_little_more_once_it_stands(chromium: Browser, named_site: str) -> None:
    with open_page(chromium, named_site) as page:
        devtools, sizes = page.context.new_cdp_session(page), list[float]()
        devtools.send("Network.enable")
        devtools.on("Network.loadingFinished", lambda loaded: sizes.append(loaded["encodedDataLength"]))
        with page.expect_response(OPTIONS) as asked:
            page.goto("/login")
        asked.value.finished()
        loaded = page.evaluate("performance.getEntriesByType('resource').map(each => each.initiatorType)")
        assert loaded == ["link", "script", "script", "fetch"], "of these passkeys.js and the options"
        assert sum(sizes) <= BUDGET

"""What other engines, voices and extensions meet, as far as Chromium can show it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.kit.browser_steps import (
    expect_focus,
    join_quickly,
    log_in_elsewhere,
    new_address,
    open_page,
    photo,
)
from tests.kit.chromium import new_context

CHOOSE_A_TOO_LARGE_ONE = """() => { const chosen = new DataTransfer(), field = document.querySelector("#avatar");
    chosen.items.add(new File([new Uint8Array(2 ** 24 + 1)], "me.png", { type: "image/png" }));
    field.files = chosen.files;
    field.dispatchEvent(new Event("change", { bubbles: true })); }"""
# As password managers do beside a field, and translators to every text.
PUT_BESIDE = """() => document.querySelectorAll("input[type=password]").forEach((field) => field.after(
    document.createElement("com-manager-icon")))"""
TRANSLATE = """() => document.querySelectorAll("main button").forEach((button) => {
    const walker = document.createTreeWalker(button, NodeFilter.SHOW_TEXT), texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    texts.forEach((text) => { const font = document.createElement("font"); text.before(font); font.append(text); });
})"""
COVERED = """() => { const e = document.activeElement.getBoundingClientRect();
    const bar = document.querySelector("#status").getBoundingClientRect();
    return e.top < bar.bottom && e.bottom > bar.top || e.bottom > innerHeight + 1 || e.top < -1; }"""
IS_INERT = "e => getComputedStyle(e).pointerEvents === 'none'"
IN_ORDER = """row => { const stops = [...row.querySelectorAll("button, a, summary")];
    const places = stops.map((stop) => stop.getBoundingClientRect());
    return places.every((place, at) => !at || place.bottom > places[at - 1].top); }"""
LOW_IN_THE_WINDOW = "e => scrollBy(0, e.getBoundingClientRect().top - 179)"


@pytest.mark.parametrize("change", [PUT_BESIDE, TRANSLATE], ids=["a password manager", "a translator"])
def test_a_password_is_shown_whatever_others_put_into_the_page(chromium: Browser, site: str, change: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/login")
        page.evaluate(change)
        page.locator("#password").fill("half a secret")
        page.locator("#show-password").click()
        expect(page.locator("#password")).to_have_attribute("type", "text")
        page.locator("#show-password").click()
        expect(page.locator("#password")).to_have_attribute("type", "password")


def test_an_upload_is_stopped_on_a_translated_page(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        slowly = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 30_000}
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slowly)
        page.evaluate(TRANSLATE)
        page.locator("#avatar").set_input_files({**photo(), "buffer": b"\x89PNG" + bytes(900_000)})
        page.locator("#save-photo").click()
        page.locator("#cancel-photo font").click()
        expect(page.locator("progress")).to_be_hidden()
        expect_focus(page, "save-photo")


def test_a_link_of_the_summary_leads_into_the_field_by_script(chromium: Browser, site: str) -> None:
    """WebKit types nothing into a field that the link itself leads to."""
    with open_page(chromium, site) as page:
        page.goto("/register")
        page.locator("#create-account").click()
        page.locator("#to-password").click()
        expect_focus(page, "password")
        assert page.url.endswith("/register")  # it did not navigate
        page.keyboard.type("letters")
        expect(page.locator("#password")).to_have_value("letters")


def test_a_refused_edit_keeps_its_very_field_and_says_why(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.locator("#change-name").click()
        expect_refused_in_place(page, "#name", " ", "Enter your name.")
        page.locator("#cancel-name").click()
        page.locator("#session-list li").first.get_by_role("link", name="Name this device:").click()
        expect_refused_in_place(page, "input[name=label]", "x" * 200, "or fewer")


def expect_refused_in_place(page: Page, field: str, typed: str, why: str) -> None:
    page.locator(field).fill(typed)
    page.evaluate("field => { window.before = document.querySelector(field); }", field)
    page.locator(field).press("Enter")
    expect(page.get_by_role("alert").filter(has_text=why)).to_have_count(1)
    expect(page.locator(field)).to_be_focused()
    expect(page.locator(field)).to_have_attribute("aria-invalid", "true")
    assert page.evaluate("field => window.before === document.querySelector(field)", field)


def test_nothing_said_covers_the_field_at_400_percent(chromium: Browser, site: str) -> None:
    with new_context(chromium, site) as context:
        page = context.new_page()
        page.set_viewport_size({"width": 320, "height": 256})
        join_quickly(page, new_address(), "Ada")
        page.locator("#change-name").click()
        expect_focus(page, "name")
        context.set_offline(True)
        page.locator("#name").evaluate(LOW_IN_THE_WINDOW)
        page.keyboard.press("Enter")
        expect(page.locator("#status")).to_contain_text("You’re offline.")
        assert not page.evaluate(COVERED)
        context.set_offline(False)
        page.locator("#name").evaluate(LOW_IN_THE_WINDOW)
        page.locator("#name").press("Enter")
        expect(page.locator("#status")).to_contain_text("Name saved.")
        assert not page.evaluate(COVERED)


def test_a_photo_that_is_refused_is_told_once(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.locator("#avatar").set_input_files({"name": "me.txt", "mimeType": "text/plain", "buffer": b"no picture"})
        page.locator("#save-photo").click()
        expect(page.locator("#avatar-error")).not_to_be_empty()
        expect_focus(page, "change-photo")
        expect(page.locator("#change-photo")).to_have_accessible_description(re.compile("photo"))
        expect(page.get_by_role("alert")).to_have_count(0)
        page.evaluate(CHOOSE_A_TOO_LARGE_ONE)
        expect(page.get_by_role("alert")).to_contain_text("smaller than 16 MB")


def test_sessions_react_at_once_where_nothing_moved(chromium: Browser, site: str) -> None:
    email = new_address()
    with open_page(chromium, site) as page:
        join_quickly(page, email, "Ada")
        log_in_elsewhere(site, email, 2)
        page.reload()
        buttons = page.locator("#session-list li").get_by_role("button")
        assert not any(buttons.nth(index).evaluate(IS_INERT) for index in range(3))
        page.locator("#end-others").click()
        expect_focus(page, "others-dialog")
        assert not page.locator("#leave-others").evaluate(IS_INERT)
        page.keyboard.press("Escape")
        expect_focus(page, "end-others")
        buttons.nth(1).click()
        expect(page.locator("#session-list li")).to_have_count(2)
        assert buttons.nth(1).evaluate(IS_INERT)  # it moved under the pointer


def test_tab_goes_through_a_session_as_the_eye_does(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        for width in (1280, 390, 300):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.locator("#session-list li").first.evaluate(IN_ORDER), width


def test_the_focus_has_a_ring_where_the_mouse_was_used_before(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.locator("#change-name").click()
        page.locator("#name").press("Escape")
        expect_focus(page, "change-name")
        expect(page.locator("#change-name:focus-visible")).to_have_count(1)

"""Two-step verification in a browser: set up and logged in with by keyboard, clean under the content security
policy."""

from __future__ import annotations

import pyotp
from playwright.sync_api import Browser, Page, expect

from tests.kit.browser_steps import (
    ERROR,
    expect_focus,
    expect_message,
    expect_selected,
    heading,
    join_quickly,
    log_out,
    new_address,
    open_page,
    tab_through,
    tab_to,
    who,
)
from tests.kit.browser_two_step import log_in_halfway, set_up, show_next_code, switch_on
from tests.kit.people import PASSWORD

CLIPBOARD = "navigator.clipboard.readText()"
EDGES = "[...document.querySelectorAll('#copy-codes span span')].map((word) => word.getBoundingClientRect().left)"


def set_up_by_keyboard(page: Page) -> pyotp.TOTP:
    app = set_up(page)
    tab_to(page, "secret")
    tab_to(page, "code", most=2)
    correct_the_code(page, app.now())
    tab_through(page, "end_others", "save-app")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Recovery codes")
    return app


def correct_the_code(page: Page, code: str) -> None:
    """Type a wrong one, and what it should be after the error."""
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect_focus(page, "problem")
    expect(page).to_have_title(ERROR)
    tab_through(page, "to-code")
    page.keyboard.press("Enter")
    expect_focus(page, "code")
    expect(page.locator("#code")).to_have_value("000000")
    page.keyboard.press("Control+A")
    page.keyboard.type(code)


def keep_the_codes_by_keyboard(page: Page, javascript: bool) -> None:
    if javascript:
        tab_to(page, "copy-codes")
        tab_through(page, "print-codes")
    tab_to(page, "download-codes")
    tab_through(page, "keep-codes")
    page.keyboard.press("Enter")
    expect_message(page, "Your recovery codes are saved. Two-step verification is on.")


def test_set_up_and_logged_in_with_by_keyboard(chromium: Browser, site: str, javascript: bool) -> None:
    email = new_address()
    with open_page(chromium, site, javascript=javascript) as page:
        join_quickly(page, email, "Ada")
        app = set_up_by_keyboard(page)
        keep_the_codes_by_keyboard(page, javascript)
        page.locator("#log-out").press("Enter")
        page.locator("#login-form").wait_for()
        log_in_halfway(page, email)
        expect_focus(page, "code")
        correct_the_code(page, show_next_code(app))
        page.keyboard.press("Enter")
        expect(who(page)).to_have_text("Ada")


def test_another_factor_is_a_tab_and_enter_away(chromium: Browser, site: str) -> None:
    email = new_address()
    with open_page(chromium, site) as page:
        join_quickly(page, email, "Ada")
        switch_on(page)
        log_out(page)
        log_in_halfway(page, email)
        tab_to(page, "with-recovery-code")
        page.keyboard.press("Enter")
        expect_focus(page, "recovery_code")
        page.go_back()
        expect(page.locator("#code")).to_be_visible()


def test_the_qr_code_is_dark_on_white_in_either_scheme_and_fits_a_small_phone(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.set_viewport_size({"width": 320, "height": 640})
        join_quickly(page, new_address(), "Ada")
        set_up(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            picture = page.locator(".qr-code")
            box = picture.bounding_box()
            assert box is not None
            assert 150 < box["width"] <= 280
            assert abs(box["width"] - box["height"]) < 1
            assert picture.evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_key_is_copied_by_keyboard(chromium: Browser, site: str, javascript: bool) -> None:
    with open_page(chromium, site, javascript=javascript) as page:
        join_quickly(page, new_address(), "Ada")
        set_up(page)
        tab_to(page, "secret")
        page.keyboard.press("Control+A")
        page.keyboard.press("Control+C")
        page.locator("#code").focus()
        page.keyboard.press("Control+V")
        expect(page.locator("#code")).to_have_value(page.locator("#secret").input_value())


def test_one_click_selects_the_whole_key(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        set_up(page)
        page.locator("#secret").click()
        expect_selected(page, page.locator("#secret").input_value())


def test_a_button_copies_the_key_after_a_wrong_code_too_and_another_the_recovery_codes(
    chromium: Browser, site: str
) -> None:
    with open_page(chromium, site) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        join_quickly(page, new_address(), "Ada")
        app = set_up(page)
        page.locator("#code").fill("000000")
        page.locator("#code").press("Enter")
        page.locator("#code-error").wait_for()
        expect(page.locator("#copy-secret")).to_have_accessible_name("Copy key")
        page.locator("#copy-secret").click()
        expect(page.locator("#copy-secret")).to_have_accessible_name("Copied")
        expect(page.locator("#status")).to_have_text("The key is copied.")
        assert page.evaluate(CLIPBOARD).replace(" ", "") == app.secret
        page.locator("#code").fill(app.now())
        page.locator("#code").press("Enter")
        page.locator("#copy-codes").click()
        expect(page.locator("#status")).to_have_text("The codes are copied.")
        assert page.evaluate(CLIPBOARD).split() == page.locator("#codes code").all_inner_texts()
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            copy, copied = page.evaluate(EDGES)
            assert copy == copied, "one word stands in the place of the other"


def test_an_app_and_when_it_was_set_up_stand_in_one_line_on_a_small_phone(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        switch_on(page)
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto("/profile/two-step")
        app, codes = (
            page.locator("#app > .value").bounding_box(),
            page.locator("#recovery-codes > .value").bounding_box(),
        )
        assert app
        assert codes
        assert app["height"] == codes["height"]


def test_recovery_codes_are_as_wide_as_the_paper_either_way_up(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.goto("/profile/recovery-codes")
        page.locator("#make-codes").click()
        page.locator("#current_password").fill(PASSWORD)
        page.locator("#current_password").press("Enter")
        page.locator("#make-codes").click()
        page.locator("#codes").wait_for()
        page.emulate_media(media="print")
        for width in (718, 1047):  # of A4 between margins, in the pixels of a style sheet
            page.set_viewport_size({"width": width, "height": 800})
            assert page.locator(".rail").is_hidden()
            card = page.locator("#pending").bounding_box()
            assert card
            assert card["width"] > 600

"""Codes, in a browser: the page asks every few seconds, and what is being typed meanwhile stays."""

from __future__ import annotations

from functools import partial

from playwright.sync_api import Browser, Page, Route, expect

from tests.kit.browser_steps import ERROR, heading, join, log_out, new_address, open_page, read_code, who
from tests.kit.chromium import new_context

POLLS, PAUSE = 10, 3_000  # milliseconds, of the page's own clock


def ask_for_a_link(page: Page, email: str) -> None:
    log_out(page)
    page.goto("/login-with-magic-link")
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Email me a login link").click()
    expect(heading(page)).to_have_text("Check your email")


def poll(page: Page, status: int) -> None:
    is_poll = "/login-with-magic-link/sent"
    with page.expect_response(lambda response: is_poll in response.url) as answered:
        page.clock.fast_forward(PAUSE)
    assert answered.value.status == status


def refuse(status: int, route: Route) -> None:
    route.fulfill(status=status, body="<p>No</p>")


def test_letters_typed_through_ten_polls_are_all_there(chromium: Browser, site: str) -> None:
    email = new_address()
    with open_page(chromium, site) as page:
        join(page, email, "Ada")
        page.clock.install()
        ask_for_a_link(page, email)
        code, field = read_code(page, email), page.get_by_label("Code from the email")
        field.focus()
        for letter in code[:4] + code[5:]:
            page.keyboard.type(letter.lower())
            poll(page, 204)
            expect(field).to_be_focused()
        for _time in range(POLLS - 8):
            poll(page, 204)
        expect(field).to_have_value((code[:4] + code[5:]).lower())
        expect(page.locator("#status")).to_be_empty()
        page.keyboard.press("Enter")
        expect(who(page)).to_have_text("Ada")


def test_without_a_backend_polls_say_nothing_and_go_on(chromium: Browser, site: str) -> None:
    email = new_address()
    with new_context(chromium, site) as context:  # whose console tells of lost requests
        page = context.new_page()
        join(page, email, "Ada")
        page.clock.install()
        ask_for_a_link(page, email)
        field = page.get_by_label("Code from the email")
        field.fill("WDJB")
        for status in (503, 429):
            page.route("**/sent?*", partial(refuse, status))
            poll(page, status)
            page.unroute("**/sent?*")
        context.set_offline(True)
        with page.expect_event("requestfailed"):
            page.clock.fast_forward(PAUSE)
        context.set_offline(False)
        poll(page, 204)
        expect(field).to_have_value("WDJB")
        expect(page.locator("#status")).to_be_empty()


def test_the_tab_goes_on_when_the_link_is_used_in_another_tab(chromium: Browser, site: str) -> None:
    email = new_address()
    with open_page(chromium, site) as page:
        join(page, email, "Ada")
        page.clock.install()
        ask_for_a_link(page, email)
        tab = page.context.new_page()
        tab.goto("/outbox")
        tab.locator("li", has_text=email).get_by_role("link").first.click()
        tab.locator("a[href*='/_auth/verify']").first.click()
        tab.locator("#go-on").click()
        expect(who(tab)).to_have_text("Ada")
        page.clock.fast_forward(PAUSE)
        expect(who(page)).to_have_text("Ada")


def test_a_wrong_code_is_refused_in_place_and_mended_by_keyboard(chromium: Browser, site: str) -> None:
    email = new_address()
    with open_page(chromium, site) as page:
        join(page, email, "Ada")
        ask_for_a_link(page, email)
        code = read_code(page, email)
        page.get_by_label("Code from the email").fill("WDJB-MJHT")
        page.keyboard.press("Enter")
        expect(page.locator("#problem")).to_be_focused()
        expect(page).to_have_title(ERROR)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Code from the email")).to_be_focused()
        page.keyboard.press("Control+A")
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        expect(who(page)).to_have_text("Ada")

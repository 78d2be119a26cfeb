"""When something goes wrong between the browser and the site, and where room is scarce."""

from __future__ import annotations

import re
from functools import partial

from playwright.sync_api import Browser, Page, Route, expect

from tests.kit.browser_steps import (
    end_sessions_from_elsewhere,
    expect_focus,
    heading,
    is_post,
    join_quickly,
    new_address,
    open_page,
    record_posts,
    register,
    who,
)
from tests.kit.chromium import new_context
from tests.kit.people import PASSWORD

NARROW = 320
TWICE_AS_LARGE = "document.documentElement.style.fontSize = '200%'"
NO_ANSWER = "We couldn’t reach the server."
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepf"
FOR_GUESTS = ("/", "/register", "/login", "/login-with-magic-link", "/register/again", "/auth-redirect", "/logout")
FOR_MEMBERS = ("/profile", "/profile/name", "/profile/avatar", "/profile/avatar/remove", "/profile/sessions/others")
NOWHERE = ("/no/such/page", "/outbox", "/auth-redirect?status=400&action=email-confirm&error=x", "/logout")


def open_name_form(page: Page) -> None:
    page.goto("/profile")
    page.locator("#change-name").click()
    expect_focus(page, "name")


def expect_kept(page: Page, typed: str, said: str = NO_ANSWER, *, focus: bool = True) -> None:
    """Expect the message, and the form with what was typed in it and the focus where it was."""
    expect(page.locator("#status")).to_contain_text(said)
    expect(page.locator("#name")).to_have_value(typed)
    if focus:
        expect_focus(page, "name")


def save(page: Page, name: str) -> None:
    page.locator("#name").press("Enter")
    expect(who(page)).to_have_text(name)
    expect(page.locator("#status")).to_have_text(re.compile("Name saved."))


def test_a_double_click_sends_one_form(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        open_name_form(page)
        sent = record_posts(page, "/profile/name")
        page.locator("#name").fill("Ada Lovelace")
        delay_answers(page, 300)
        page.locator("#save-name").dblclick()
        expect(who(page)).to_have_text("Ada Lovelace")
        expect_focus(page, "change-name")
        assert len(sent) == 1


def delay_answers(page: Page, milliseconds: int) -> None:
    """As over a slow line: long enough for a second click."""
    line = {"offline": False, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)


def test_a_foreign_page_is_never_put_into_ours(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        for status in (200, 404, 502, 504):
            open_name_form(page)
            page.locator("#name").fill(f"Ada Lovelace {status}")
            page.route("**/profile/name", partial(answer_in_our_place, status))
            page.locator("#name").press("Enter")
            expect_kept(page, f"Ada Lovelace {status}")
            assert "Bad Gateway" not in page.content()
            page.unroute("**/profile/name")
            save(page, f"Ada Lovelace {status}")


def answer_in_our_place(status: int, route: Route) -> None:
    if is_post(route.request, "/profile/name"):
        route.fulfill(status=status, content_type="text/html", body="<html><h1>Bad Gateway</h1><hr>proxy</html>")
    else:
        route.continue_()


def test_without_a_line_nothing_typed_is_lost(chromium: Browser, site: str) -> None:
    with new_context(chromium, site) as context:
        page = context.new_page()
        join_quickly(page, new_address(), "Ada")
        open_name_form(page)
        page.locator("#name").fill("Ada Lovelace")
        context.set_offline(True)
        page.locator("#name").press("Enter")
        expect_kept(page, "Ada Lovelace", "You’re offline. What you typed is still here.")
        page.get_by_role("button", name="Try again").click()
        expect_kept(page, "Ada Lovelace", "You’re offline.", focus=False)
        context.set_offline(False)
        page.get_by_role("button", name="Try again").click()
        expect(who(page)).to_have_text("Ada Lovelace")
        expect_focus(page, "change-name")


def test_a_session_that_ended_meets_a_form(chromium: Browser, site: str) -> None:
    """Log in again, and find the form as it was typed, not sent."""
    email = new_address()
    with open_page(chromium, site) as page:
        join_quickly(page, email, "Ada")
        open_name_form(page)
        page.locator("#name").fill("Ada Lovelace")
        end_sessions_from_elsewhere(site, email)
        page.locator("#name").press("Enter")
        expect(heading(page)).to_have_text("Log in")
        expect(page.locator("#status")).to_have_text(
            "You were logged out. Log in to continue. We’ve kept what you typed."
        )
        page.locator("#email").fill(email)
        page.locator("#password").fill(PASSWORD)
        page.locator("#log-in").click()
        expect(page.locator("#name")).to_have_value("Ada Lovelace")
        save(page, "Ada Lovelace")


def test_what_was_said_of_the_line_goes_when_there_is_one_again(chromium: Browser, site: str) -> None:
    with new_context(chromium, site) as context:
        page = context.new_page()
        join_quickly(page, new_address(), "Ada")
        page.locator("#change-name").click()
        context.set_offline(True)
        page.locator("#save-name").click()
        page.get_by_role("button", name="Try again").press("Enter")
        expect(page.get_by_role("button", name="Try again")).to_be_focused()
        context.set_offline(False)
        page.locator("#name").press("Escape")
        expect_focus(page, "change-name")
        expect(page.locator("#status")).to_be_empty()


def test_names_have_room_on_a_phone_where_text_is_twice_as_large(chromium: Browser, site: str) -> None:
    with open_page(chromium, site, phone=True, locale="de-DE") as page:
        page.goto("/login")
        page.evaluate(TWICE_AS_LARGE)
        expect_no_sideways(page, 390)
    with open_page(chromium, site, phone=True) as page:
        join_quickly(page, new_address(), "Ada")
        page.evaluate(TWICE_AS_LARGE)
        expect_no_sideways(page, 390)
        box = page.locator(".session-name").first.bounding_box()
        assert box
        assert box["width"] > 200
        for part in page.locator("#who p > *").all():
            assert part.evaluate("({ scrollWidth, clientWidth }) => scrollWidth - clientWidth") == 0, "it is cut off"


def test_nothing_scrolls_sideways_on_the_smallest_phone(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.set_viewport_size({"width": NARROW, "height": 640})
        for path in (*FOR_GUESTS, *NOWHERE):
            page.goto(path)
            expect_no_sideways(page)
        expect_refusals_to_fit(page)
        email = f"{'a' * 60}@{'very-long-name-of-a-domain.' * 4}example.com"
        join_quickly(page, email, LONG_NAME)
        for path in (*FOR_MEMBERS, *NOWHERE):
            page.goto(path)
            expect_no_sideways(page)


def test_nothing_scrolls_sideways_where_text_is_twice_as_large(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.set_viewport_size({"width": 2 * NARROW, "height": 900})
        join_quickly(page, new_address(), LONG_NAME)
        for path in FOR_MEMBERS:
            page.goto(path)
            page.evaluate(TWICE_AS_LARGE)
            expect_no_sideways(page, 2 * NARROW)


def expect_refusals_to_fit(page: Page) -> None:
    for path in ("/register", "/login", "/login-with-magic-link"):
        page.goto(path)
        page.locator("main form button").last.click()
        expect(page.locator("#problem")).to_be_visible()
        expect_no_sideways(page)
    register(page, f"{'b' * 60}@example.com", LONG_NAME)
    expect_no_sideways(page)


def expect_no_sideways(page: Page, width: int = NARROW) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{page.url} is {wide} px wide"

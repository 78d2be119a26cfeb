"""Logging in with a provider, in a browser, at one that is certified and has pages of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.kit.browser_steps import arrive_quickly, expect_message, heading, open_page, tab_to, who
from tests.kit.openid_provider import log_in_there, open_page_there, refuse_there, serve_with_provider
from tests.kit.serving import serve_site

LIST = "/profile/connected"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def offering_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One that offers a provider."""
    with serve_with_provider(tmp_path_factory.mktemp("offering")) as site:
        yield site


def new_login() -> str:
    """Somebody who has an account at the provider, and none here."""
    return f"grace{next(_numbers)}"


def begin(page: Page, path: str = "/login") -> None:
    page.goto(path)
    page.get_by_role("button", name="Continue with Acme").click()
    page.wait_for_url("**/interaction/**")


def test_grace_registers_logs_out_and_logs_in_again(chromium: Browser, offering_site: str, *, javascript: bool) -> None:
    with open_page_there(chromium, offering_site, javascript=javascript) as page:
        begin(page, "/register")
        log_in_there(page, login := new_login())
        expect(who(page)).to_have_text(login.capitalize())
        expect_message(page, "You’re logged in.")
        page.locator("#log-out").click()
        expect(page.locator("#used-last")).to_have_text("Used last time in this browser")
        page.goto("/login?next=/profile/sessions")
        page.locator("#stay").check()
        page.locator("#with-acme").click()  # nobody is asked there again
        expect(who(page)).to_have_text(login.capitalize())
        expect(page).to_have_url(f"{offering_site}/profile/sessions")
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
        assert cookies["session"]["expires"] > 0, "it outlives the browser"


def test_ada_connects_and_disconnects(chromium: Browser, offering_site: str, *, javascript: bool) -> None:
    with open_page_there(chromium, offering_site, javascript=javascript) as page:
        arrive_quickly(page)
        page.goto(LIST)
        page.get_by_role("button", name="Connect Acme").click()
        log_in_there(page, login := new_login())
        expect_message(page, "Acme connected. You can log in with it from now on.")
        expect(page.locator(".session")).to_contain_text(f"{login}@example.com")
        page.get_by_role("link", name="Disconnect Acme").click()
        page.get_by_role("button", name="Disconnect").click()
        expect_message(page, "Acme disconnected. You can’t log in with it any more.")


def test_whoever_cancels_there_can_try_again(chromium: Browser, offering_site: str) -> None:
    with open_page_there(chromium, offering_site) as page:
        begin(page, "/login?next=/profile/history")
        refuse_there(page)
        expect(heading(page)).to_have_text("Login cancelled")
        page.get_by_role("button", name="Try again").click()
        page.wait_for_url("**/interaction/**")
        log_in_there(page, new_login())
        expect(page).to_have_url(f"{offering_site}/profile/history")


def test_back_from_the_provider_is_the_log_in(chromium: Browser, offering_site: str) -> None:
    """And not the page between the two, which would lead forward again."""
    with open_page_there(chromium, offering_site) as page:
        begin(page)
        page.evaluate("history.back()")
        expect(heading(page)).to_have_text("Log in")
        page.locator("#with-acme").click()
        log_in_there(page, login := new_login())
        expect(who(page)).to_have_text(login.capitalize())
        page.evaluate("history.back()")
        page.wait_for_url("**/interaction/**", wait_until="commit")
        page.goto("/profile")
        expect(who(page)).to_have_text(login.capitalize())


def test_two_tabs_log_in(chromium: Browser, offering_site: str) -> None:
    with open_page_there(chromium, offering_site) as page:
        begin(page)
        other = page.context.new_page()
        begin(other)
        log_in_there(page, login := new_login())
        expect(who(page)).to_have_text(login.capitalize())
        log_in_there(other, login, agrees=False)  # the site is known there by now
        expect(who(other)).to_have_text(login.capitalize())


def test_it_takes_the_keyboard_alone(chromium: Browser, offering_site: str) -> None:
    with open_page_there(chromium, offering_site) as page:
        page.goto("/login")
        tab_to(page, "with-acme")
        page.keyboard.press("Enter")
        expect(page.locator("input[name=login]")).to_be_focused()
        page.keyboard.type(login := new_login())
        page.keyboard.press("Tab")
        page.keyboard.type("any")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Continue").press("Enter")
        expect(who(page)).to_have_text(login.capitalize())
        page.goto(LIST)
        link = page.get_by_role("link", name="Disconnect Acme")
        tab_to(page, str(link.get_attribute("id")))


def test_no_name_of_a_provider_is_broken_on_a_phone(chromium: Browser, tmp_path: Path) -> None:
    named = (
        f"{name}_CLIENT_{part}" for name in ("GOOGLE", "GITHUB", "MICROSOFT", "FACEBOOK") for part in ("ID", "SECRET")
    )
    settings = {"DATA_DIR": str(tmp_path / "var"), **dict.fromkeys(named, "ours")}
    with serve_site(settings, tmp_path) as site, open_page(chromium, site) as page:
        page.set_viewport_size({"width": 360, "height": 760})
        page.goto("/login")
        expect(page.locator(".many .provider")).to_have_count(4)
        heights = page.locator(".many .provider").evaluate_all("all => all.map(button => button.clientHeight)")
        assert len(set(heights)) == 1, heights
        assert heights[0] < 50, "a name stands on two lines"

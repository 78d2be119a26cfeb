"""Where a proxy between browser and site drops headers that it does not know, nobody is left on half a page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.kit.browser_steps import (
    expect_message,
    join_quickly,
    new_address,
    open_page,
    photo,
    record_posts,
    sign_up_elsewhere,
    who,
)
from tests.kit.people import PASSWORD

WAYS = ("of requests", "of answers", "both ways")


def drop_htmx_headers(page: Page, way: str) -> None:
    """Put a proxy between this page and the site that drops the HX-* headers of requests, answers or both."""

    def pass_on(route: Route) -> None:
        sent = {name: value for name, value in route.request.all_headers().items() if not name.startswith("hx-")}
        headers = route.request.all_headers() if way == "of answers" else sent
        if route.request.is_navigation_request() or way == "of requests":
            route.continue_(headers=headers)
            return
        answer = route.fetch(headers=headers, max_redirects=0 if way == "of answers" else 20)
        route.fulfill(
            response=answer,
            headers={name: value for name, value in answer.headers.items() if not name.startswith("hx-")},
        )

    page.route(re.compile(r"/(login|profile|register)"), pass_on)


def expect_one_page(page: Page) -> None:
    """And not one within the other."""
    expect(page.locator("main")).to_have_count(1)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.get_by_role("banner")).to_have_count(1)


@pytest.mark.parametrize("way", WAYS)
def test_log_in_and_changes_lead_on_and_a_refusal_keeps_what_was_typed(chromium: Browser, site: str, way: str) -> None:
    sign_up_elsewhere(site, email := new_address(), "Ada")
    with open_page(chromium, site) as page:
        drop_htmx_headers(page, way)
        page.goto("/login")
        page.locator("#email").fill(email)
        page.locator("#password").fill("not the right one")
        page.locator("#log-in").click()
        expect(page.locator("#problem")).to_contain_text("Email address or password is incorrect.")
        expect(page.locator("#email")).to_have_value(email)
        expect_one_page(page)
        page.locator("#password").fill(PASSWORD)
        page.locator("#log-in").click()
        expect(page).to_have_url(re.compile("/profile$"))
        expect(who(page)).to_have_text("Ada")
        expect_one_page(page)
        change_name_and_photo(page)


def change_name_and_photo(page: Page) -> None:
    page.locator("#change-name").click()
    page.locator("#name").fill(" ")
    sent = record_posts(page, "/profile/name")
    page.locator("#save-name").click()
    expect(page.locator("#name-error")).to_contain_text("Enter your name.")
    expect_one_page(page)
    page.locator("#name").fill("Ada Lovelace")
    page.locator("#save-name").click()
    expect(who(page)).to_have_text("Ada Lovelace")
    expect_one_page(page)
    assert len(sent) <= 3  # a refused one may be sent again as browsers do, one that was taken never
    page.wait_for_load_state()  # it may have come anew: its script has to be there
    page.locator("#avatar").set_input_files(photo())
    page.locator("#save-photo").click()
    expect(page.locator("#portrait img")).to_have_count(1)
    expect_one_page(page)


def test_a_backend_that_is_away_leaves_the_form_as_it_is(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.locator("#change-name").click()
        page.locator("#name").fill("Ada Lovelace")
        answer = {"status": 503, "content_type": "text/html", "headers": {"Vary": "HX-Request-Type"}}
        page.route("**/profile/name", lambda route: route.fulfill(body="<p id=notice>Away</p>", **answer))
        page.locator("#save-name").click()
        expect_message(page, re.compile("We couldn’t reach the server."))
        expect(page.locator("#name")).to_have_value("Ada Lovelace")

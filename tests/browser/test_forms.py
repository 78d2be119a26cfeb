"""Forms of the entry in a browser: what is said in them, and what stays in them."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, expect

from tests.gallery.sites import Sites
from tests.kit.browser_steps import ERROR, expect_focus, new_address, open_page, sign_up_elsewhere, tab_through, who
from tests.kit.people import PASSWORD


def test_a_log_in_that_nobody_answers_says_so_in_the_form_and_keeps_the_password(
    chromium: Browser, gallery_sites: Sites
) -> None:
    with open_page(chromium, gallery_sites.silent) as page:
        page.goto("/login")
        page.locator("#email").fill("ada@example.com")
        page.locator("#password").fill(PASSWORD)
        page.locator("#stay").check()
        page.locator("#password").press("Enter")
        expect(page.locator("#problem")).to_contain_text("We cannot log you in at the moment. Try again in a minute.")
        expect_focus(page, "problem")
        expect(page).to_have_title(ERROR)
        expect(page.locator("#status")).to_be_empty()
        expect(page.locator("#email")).to_have_value("ada@example.com")
        expect(page.locator("#password")).to_have_value(PASSWORD)
        expect(page.locator("#stay")).to_be_checked()
        page.locator("#password").press("Enter")
        expect_focus(page, "problem")
        expect(page.locator("#password")).to_have_value(PASSWORD)


def test_without_script_it_says_so_too_and_keeps_the_address(chromium: Browser, gallery_sites: Sites) -> None:
    with open_page(chromium, gallery_sites.silent, javascript=False) as page:
        page.goto("/register")
        page.locator("#email").fill("ada@example.com")
        page.locator("#name").fill("Ada")
        page.locator("#password").fill(PASSWORD)
        page.locator("#create-account").click()
        expect(page.locator("#problem")).to_contain_text("We cannot create your account at the moment.")
        expect(page).to_have_title(ERROR)
        expect(page.locator("#email")).to_have_value("ada@example.com")
        expect(page.locator("#name")).to_have_value("Ada")


@pytest.mark.parametrize("last", ["password", "create-account"])
def test_a_refused_form_leads_to_its_summary_and_nowhere_before(chromium: Browser, site: str, last: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/register")
        page.locator(f"#{last}").focus()
        page.evaluate("""() => {
            window.focused = [];
            document.addEventListener("focusin", ({ target }) => window.focused.push(target.id));
        }""")
        page.keyboard.press("Enter")
        expect_focus(page, "problem")
        assert set(page.evaluate("window.focused")) == {"problem"}


def test_a_summary_takes_the_focus_once_and_not_back_from_where_it_led(chromium: Browser, site: str) -> None:
    """However late the browser's timers are, as on a busy phone."""
    with open_page(chromium, site) as page:
        page.clock.install(time=0)
        page.goto("/register")
        page.clock.pause_at(1000)
        page.locator("#name").press("Enter")
        expect_focus(page, "problem")
        tab_through(page, "to-email")
        page.keyboard.press("Enter")
        expect_focus(page, "email")
        page.keyboard.type("ada@")
        page.clock.run_for(1000)
        page.keyboard.type("example.com")
        expect_focus(page, "email")
        expect(page.locator("#email")).to_have_value("ada@example.com")


def test_enter_logs_in_and_does_not_press_the_button_below_the_password(chromium: Browser, site: str) -> None:
    sign_up_elsewhere(site, email := new_address(), "Ada")
    for javascript in (True, False):
        for field in ("email", "password"):
            with open_page(chromium, site, javascript=javascript) as page:
                page.goto("/login")
                page.locator("#email").fill(email)
                page.locator("#password").fill(PASSWORD)
                page.locator(f"#{field}").press("Enter")
                expect(who(page)).to_have_text("Ada")


def test_tab_goes_through_the_log_in_in_the_order_in_which_it_is_seen(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/login")
        page.locator("#email").focus()
        for stop in ("password", "show-password", "forgot-password", "stay", "log-in", "send-link"):
            page.keyboard.press("Tab")
            expect_focus(page, stop)
        tops = [page.locator(f"#{stop}").bounding_box() for stop in ("password", "forgot-password", "stay", "log-in")]
        assert [top["y"] for top in tops if top] == sorted(top["y"] for top in tops if top)


def test_a_browser_tells_its_time_zone_and_language_by_itself(chromium: Browser, site: str) -> None:
    with open_page(chromium, site, locale="de-AT", timezone_id="Asia/Calcutta") as page:
        for path in ("/login", "/register", "/login-with-magic-link"):
            page.goto(path)
            for _first_and_again in range(2):  # refused, the form is sent a second time
                with page.expect_request(lambda request: request.method == "POST") as sent:
                    page.locator("main form:not([hidden]) button.main").first.click()
                expect(page.locator("#problem")).to_be_visible()
                form = dict(parse_qsl(sent.value.post_data or ""))
                assert (form["language"], form["timezone"]) == ("de-AT", "Asia/Calcutta"), path


def test_what_a_browser_tells_by_itself_is_not_sent_with_a_choice_of_the_language(chromium: Browser, site: str) -> None:
    with open_page(chromium, site, timezone_id="Europe/Vienna") as page:
        page.goto("/login")
        page.locator("#email").fill("ada@example.com")
        page.locator("#language-de").click()
        expect(page.locator("#status")).to_have_text("Die Sprache ist jetzt Deutsch.")
        expect(page.locator("#email")).to_have_value("ada@example.com")

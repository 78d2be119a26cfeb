"""Another language and another clock, chosen in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.kit.browser_steps import heading, join_quickly, new_address, open_page, tab_to
from web.i18n.time_zones import find_listed_name, list_names


def test_what_was_typed_is_there_in_the_new_language(chromium: Browser, site: str, javascript: bool) -> None:
    """With script; without it the page comes back empty, as every page does that is left."""
    with open_page(chromium, site, javascript=javascript) as page:
        page.goto("/register?next=/profile/name")
        page.get_by_label("Email address").fill("ada@example.com")
        page.get_by_label("Name").fill("Ada")
        page.get_by_label("Create a password").fill("three unrelated words")
        tab_to(page, "language-de")
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text("Konto erstellen")
        expect(page).to_have_url(f"{site}/register?next=/profile/name")
        expect(page.locator("html")).to_have_attribute("lang", "de")
        expect(page.locator("#status")).to_have_text("Die Sprache ist jetzt Deutsch.")
        expect(page.get_by_label("E-Mail-Adresse")).to_have_value("ada@example.com" if javascript else "")
        expect(page.get_by_label("Name")).to_have_value("Ada" if javascript else "")
        expect(page.get_by_label("Passwort wählen")).to_have_value("")


@pytest.mark.parametrize(("edit", "field"), [("#change-name", "Name"), ("[id^=label-]", "Name for")])
def test_an_edit_begun_in_place_goes_on_in_the_new_language(
    chromium: Browser, site: str, edit: str, field: str
) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        for button, title in (("Deutsch", "Deutsch"), ("English", "English")):
            page.goto("/profile")
            page.locator(edit).click()
            page.locator("input[type=text]").fill(f"Ada, {title}")
            page.get_by_role("button", name=button, exact=True).click()
            expect(page.locator("html")).to_have_attribute("lang", button[:2].lower())
            expect(page.locator("input[type=text]")).to_have_value(f"Ada, {title}")
        expect(page.locator("input[type=text]")).to_have_accessible_name(re.compile(field))
        expect(page.locator(".attention")).to_have_text("We’ve restored what you typed. It isn’t saved yet.")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/profile"))
        expect(page.locator("main")).to_contain_text("Ada, English")


def test_what_was_typed_waits_while_a_time_zone_is_chosen(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        for button in ("Save", "Cancel"):
            page.goto("/register")
            page.get_by_label("Email address").fill("ada@example.com")
            page.get_by_role("button", name="Time zone").click()
            expect(heading(page)).to_have_text("Language and time zone")
            page.get_by_role("main").get_by_text(button, exact=True).click()
            expect(heading(page)).to_have_text("Create account")
            expect(page.get_by_label("Email address")).to_have_value("ada@example.com")


def test_an_untouched_form_brings_nothing_along(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/login?next=/profile")
        page.get_by_role("button", name="Deutsch", exact=True).click()
        expect(heading(page)).to_have_text("Anmelden")
        assert "draft" not in {cookie["name"] for cookie in page.context.cookies()}


def test_the_browser_s_own_time_zone_is_proposed(chromium: Browser, site: str, javascript: bool) -> None:
    with open_page(chromium, site, javascript=javascript, locale="de-AT", timezone_id="Europe/Vienna") as page:
        page.goto("/login")
        tab_to(page, "time-zone")
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text("Sprache und Zeitzone")
        zone = page.get_by_label("Zeitzone")
        expect(zone).to_have_value("Europe/Vienna" if javascript else "UTC")
        tab_to(page, "timezone")
        page.keyboard.type("Tok")
        expect(zone).to_have_value("Asia/Tokyo")
        tab_to(page, "save-language")
        page.keyboard.press("Enter")
        expect(page.locator("#status")).to_have_text("Sprache und Zeitzone gespeichert.")
        expect(page).to_have_url(f"{site}/login")
        page.goto("/language")
        expect(zone).to_have_value("Asia/Tokyo")


@pytest.mark.parametrize(
    ("own", "listed"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Asia/Katmandu", "Asia/Kathmandu"),
    ],
)
def test_a_zone_that_the_browser_calls_by_an_older_name_is_proposed_too(
    chromium: Browser, site: str, own: str, listed: str
) -> None:
    with open_page(chromium, site, timezone_id=own) as page:
        page.goto("/language")
        expect(page.get_by_label("Time zone")).to_have_value(listed)


def test_every_zone_that_the_browser_knows_can_be_chosen(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/language")
        names = page.evaluate("Intl.supportedValuesOf('timeZone')")
        assert len(names) > 400
        assert [name for name in names if find_listed_name(name) not in list_names()] == []
        offered = page.locator("#timezone option").evaluate_all(
            "options => options.flatMap((option) => [option.value, ...(option.dataset.also || '').split(' ')])"
        )
        assert set(names) <= set(offered)

"""In whose time a page tells: the time zone of the person, the browser or the setting of another front end."""

from __future__ import annotations

from zoneinfo import available_timezones

import httpx
import pytest

from tests.kit import inspection
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.german import joins_in_german, logged_in_at, logs_in_in_german
from tests.kit.people import ADA, CHROME, joins, logs_in
from tests.kit.visitor import Visitor
from translations import LANGUAGES, Locale, find_time_zone, use_locale
from web.i18n.time_zones import find_listed_name, list_names, list_other_names, name_city

HERE = {"Sec-Fetch-Site": "same-origin"}


async def test_times_are_those_of_ones_own_clock(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    assert "14 March 2026 at 09:26 UTC" in logged_in_at(visitor)
    assert visitor.sees("Time zone UTC")
    await visitor.follows("Change time zone")
    assert (visitor.field("timezone"), visitor.focused) == ("UTC", "timezone")
    await visitor.submits("Save", within="main", timezone="Asia/Kolkata")
    assert (visitor.path, visitor.status_message) == ("/profile", "Time zone saved.")
    assert visitor.focused == ("change-time-zone" if visitor.javascript else "")
    assert visitor.sees("Time zone Kolkata")
    assert "14 March 2026 at 14:56" in logged_in_at(visitor)
    assert visitor.does_not_see("UTC")
    assert {time.get("datetime") for time in visitor.html.all("time")} == {"2026-03-14T09:26:53+00:00"}

    elsewhere = new_browser(CHROME)
    await logs_in(elsewhere, ADA)
    assert "14 March 2026 at 14:56" in logged_in_at(elsewhere)
    await elsewhere.follows("Change time zone")
    assert elsewhere.field("timezone") == "Asia/Kolkata"
    await elsewhere.follows("Cancel")
    assert elsewhere.focused == ("change-time-zone" if elsewhere.javascript else "")


async def test_a_time_zone_that_is_none_is_refused_beside_its_field(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for typed in ("Mars/Olympus", ""):
        answer = await visitor.http.post("/profile/time-zone", data={"timezone": typed}, headers=HERE)
        page = inspection.inspect_page(answer.text, path="/profile/time-zone")
        assert (answer.status_code, page.all("#timezone-error")[0].text()) == (
            422,
            "Error: Choose a time zone from the list.",
        )


async def test_the_language_is_changed_in_its_row(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    assert visitor.sees("Language English")
    await visitor.follows("Change language")
    assert visitor.focused == "language"
    await visitor.submits("Save", within="main", language="de")
    assert (visitor.path, visitor.status_message) == ("/profile", "Die Sprache ist jetzt Deutsch.")
    assert visitor.sees("Sprache Deutsch")
    elsewhere = new_browser(CHROME)
    await logs_in(elsewhere, ADA)
    assert elsewhere.sees("Sprache Deutsch")
    refused = await visitor.http.post("/profile/language", data={"language": "tlh"}, headers=HERE)
    assert (refused.status_code, "Wähle eine Sprache aus der Liste." in refused.text) == (422, True)


def test_a_city_has_its_name_in_each_language() -> None:
    for language, cities in (
        ("en", ["Vienna", "New York"]),
        ("de", ["Wien", "New York"]),
    ):
        with use_locale(Locale(LANGUAGES[language])):
            assert [name_city(name) for name in ("Europe/Vienna", "America/New_York")] == cities


async def test_a_guest_has_a_time_zone_too(visitor: Visitor, clock: Clock) -> None:
    await visitor.opens("/language")
    await visitor.submits("Save", within="main", language="de", timezone="Europe/Vienna")
    assert (visitor.path, visitor.status_message) == ("/language", "Sprache und Zeitzone gespeichert.")
    await joins_in_german(visitor, ADA)
    assert "14. März 2026 um 10:26 Uhr" in logged_in_at(visitor)
    clock.advance(days=30)  # summer
    await visitor.opens("/login")
    await logs_in_in_german(visitor, ADA)
    assert "13. April 2026 um 11:26 Uhr" in logged_in_at(visitor)


async def test_every_name_of_a_zone_is_taken_and_shown_by_the_one_in_the_list(plain: httpx.AsyncClient) -> None:
    for name, listed in (
        *(("Asia/Calcutta", "Asia/Kolkata"), ("Europe/Kiev", "Europe/Kyiv"), ("Asia/Saigon", "Asia/Ho_Chi_Minh")),
        *(("America/Buenos_Aires", "America/Argentina/Buenos_Aires"), ("Pacific/Truk", "Pacific/Chuuk")),
        *(("US/Pacific", "America/Los_Angeles"), ("GB", "Europe/London"), ("Etc/Greenwich", "UTC"), ("Zulu", "UTC")),
    ):
        answer = await plain.post("/language", data={"timezone": name, "next": "/login"}, headers=HERE)
        assert answer.status_code == 303, name
        page = inspection.inspect_page((await plain.get("/language")).text, path="/language")
        assert [option.get("value") or option.text() for option in page.all("option[selected]")][1:] in (
            [listed],
            [] if listed == "UTC" else [listed],
        )


def test_no_zone_of_the_database_is_missing_or_listed_twice() -> None:
    known = {name: find_listed_name(name) for name in available_timezones() - {"Factory", "localtime"}}
    unlisted = [name for name, listed in known.items() if listed not in list_names()]
    assert [name for name in unlisted if not name.startswith("Etc/GMT")] == []
    assert all(find_listed_name(name) == name for name in list_names())
    others = [alias for aliases in list_other_names().values() for alias in aliases.split()]
    assert len(set(others)) == len(others)
    assert not list_names() & set(others)


def test_every_zone_that_is_offered_has_a_clock() -> None:
    assert len(list_names()) > 400
    assert not [name for name in list_names() if find_time_zone(name) is None]


@pytest.mark.parametrize("name", ["", "Mars", "Europe", "../UTC", "/etc/passwd", "a\0b", "Europe/Berlin\n", None, 7])
def test_what_is_no_zone_is_none(name: object) -> None:
    assert find_time_zone(name) is None

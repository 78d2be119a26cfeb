"""What a User-Agent header becomes for people: names from our own list, and nothing in the words of who sent it."""

from __future__ import annotations

import json

import pytest

from backend.kernel.devices import describe_user_agent, parse_user_agent
from tests.kit.app import NewBrowser
from tests.kit.people import ADA, CHROME, asks_for_a_link, joins, logs_in, opens_mailed_link
from tests.kit.visitor import Visitor
from tests.site.sessions.test_sessions import rows
from translations.devices import BROWSERS, SYSTEMS, describe_device, entitle_device

WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
PHONE = "Mozilla/5.0 (Linux; Android 10; K)"
AGENTS = [
    (f"{WINDOWS} {BLINK} Chrome/140.0.0.0 Safari/537.36", "Chrome on Windows"),
    (f"{WINDOWS} {BLINK} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows"),
    (f"{WINDOWS} {BLINK} Chrome/140.0.0.0 Safari/537.36 OPR/122.0.0.0", "Opera on Windows"),
    (f"{WINDOWS} {BLINK} Chrome/140.0.0.0 Safari/537.36 Vivaldi/7.5", "Vivaldi on Windows"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Windows"),
    ("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer on Windows"),
    (f"{MAC} {WEBKIT} Version/18.5 Safari/605.1.15", "Safari on macOS"),
    (f"{MAC} {BLINK} Chrome/140.0.0.0 Safari/537.36", "Chrome on macOS"),
    ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Ubuntu"),
    (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {BLINK} Chrome/140.0.0.0 Safari/537.36", "Chrome on ChromeOS"),
    (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Version/18.5 Safari/605.1.15", "a browser on Linux"),
    (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Version/18.5 Safari/605.1.15 Epiphany/605.1.15", "GNOME Web on Linux"),
    (f"{IPHONE} {WEBKIT} Version/18.5 Mobile/15E148 Safari/604.1", "Safari on iOS"),
    (f"{IPHONE} {WEBKIT} CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome on iOS"),
    (f"{IPHONE} {WEBKIT} FxiOS/145.0 Mobile/15E148 Safari/605.1.15", "Firefox on iOS"),
    (f"{IPHONE} {WEBKIT} EdgiOS/140.0 Version/18.0 Mobile/15E148 Safari/604.1", "Edge on iOS"),
    (f"{IPHONE} {WEBKIT} GSA/380.0 Mobile/15E148 Safari/604.1", "Google on iOS"),
    (f"{IPHONE} {WEBKIT} Mobile/15E148", "a browser on iOS"),
    (f"{IPHONE} {WEBKIT} Mobile/15E148 [FBAN/FBIOS;FBAV/500.0]", "Facebook on iOS"),
    (f"{IPHONE} {WEBKIT} Mobile/15E148 Instagram 400.0 (iPhone14,5)", "Instagram on iOS"),
    (f"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) {WEBKIT} Version/17.5 Safari/604.1", "Safari on iOS"),
    (f"{PHONE} {BLINK} Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
    (f"{PHONE} {BLINK} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "Samsung Internet on Android"),
    ("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "Firefox on Android"),
    (f"Mozilla/5.0 (Linux; Android 13; SM-A54; wv) {BLINK} Version/4.0 Chrome/140.0 Mobile Safari/537.36",
     "a browser on Android"),
    ("Mozilla/5.0 (Linux; U; Android 4.0.3; de-de) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile"
     " Safari/534.30", "a browser on Android"),
    ("Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UQ1A)", "a browser on Android"),
    ("Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko)"
     " Chrome/52.0 Mobile Safari/537.36 Edge/15.15063", "Edge on Windows Phone"),
    (f"Mozilla/5.0 (PlayStation 5/6.00) {WEBKIT} Version/13.0 Safari/605.1.15", "a browser on PlayStation"),
    (f"Mozilla/5.0 (Web0S; Linux/SmartTV) {BLINK} Chrome/120.0.0.0 Safari/537.36", "Chrome on webOS"),
    ("Mozilla/5.0 (compatible; +https://example.com/bot)", "a browser"),
    ("App/1.0 CFNetwork/1490.0.4 Darwin/23.2.0", "a browser"),
    ("curl/8.5.0", "curl"),
    ("python-requests/2.31.0", "a browser"),
    ("", "a browser"),
]  # fmt: skip
STRANGERS = [
    "You owe us money: pay at http://evil.example/1.0 CFNetwork/894 Darwin/17.4.0",
    "Call-1-900-555-0199/1.0",
    "Mozilla/5.0 (compatible; YourAccountIsSuspended/1.0; +http://evil.example)",
    "evil.example/1.0 (Linux; Android 9; pay at evil.example Build/1)",
    "Opera/9.80 (evil.example) Version/evil.example",
    "a" * 9_000,
    "(" * 9_000,
    "Windows NT " * 800,
]  # fmt: skip


@pytest.mark.parametrize(("agent", "words"), AGENTS)
def test_a_browser_is_called_by_the_name_that_people_use(agent: str, words: str) -> None:
    assert describe_user_agent(agent) == words


@pytest.mark.parametrize("agent", [*STRANGERS, *(agent for agent, _words in AGENTS)])
def test_a_browser_or_a_system_has_no_name_but_those_of_the_list(agent: str) -> None:
    browser, _on, system = describe_user_agent(agent).partition(" on ")
    assert browser in (*BROWSERS, "a browser")
    assert system in (*SYSTEMS, "")
    assert "evil" not in json.dumps(parse_user_agent(agent))


@pytest.mark.parametrize(
    ("family", "system", "words"),
    [
        ("evil.example", "evil.example", "a browser"),
        ("Chrome Mobile", "Android", "Chrome on Android"),
        ("Mobile Safari", "iOS", "Safari on iOS"),
        ("Safari", "Linux", "a browser on Linux"),
        ("Other", "Other", "a browser"),
        ("Firefox", "", "Firefox"),
        ("constructor", "__proto__", "a browser"),
    ],
)
def test_what_another_backend_found_goes_through_the_same_list(family: str, system: str, words: str) -> None:
    assert describe_device(family, system) == words
    assert entitle_device(family, system) == words[0].upper() + words[1:]


def test_the_contract_has_the_families_that_parsers_have() -> None:
    chrome = parse_user_agent(f"{MAC} {BLINK} Chrome/99.0.4844.51 Safari/537.36")
    assert (chrome["family"], chrome["major"], chrome["minor"], chrome["patch"]) == ("Chrome", "99", "0", "4844")
    assert chrome["os"] == {"family": "Mac OS X", "major": "10", "minor": "15", "patch": "7"}
    assert chrome["device"] == {"family": "Other", "major": "0", "minor": "0", "patch": "0"}
    safari = parse_user_agent(f"{IPHONE} {WEBKIT} Version/18.5 Mobile/15E148 Safari/604.1")
    assert (safari["family"], safari["major"], safari["minor"]) == ("Mobile Safari", "18", "5")
    assert (safari["os"]["family"], safari["os"]["major"], safari["device"]["family"]) == ("iOS", "18", "iPhone")


async def test_a_strangers_words_stay_out_of_mails_and_of_the_page_that_they_lead_to(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    stranger = new_browser(STRANGERS[0])
    await asks_for_a_link(stranger, ADA)
    elsewhere = new_browser(CHROME)
    await opens_mailed_link(elsewhere, ADA, "Your login link")
    assert elsewhere.sees("UTC from a browser.")
    assert not elsewhere.sees("evil.example")


async def test_ones_own_list_names_it_a_browser_and_has_its_words_in_the_details(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    await logs_in(new_browser(f"<b>words</b> {'of mine ' * 60}"), ADA)
    await visitor.opens("/profile")
    title = rows(visitor)[1]
    assert title.startswith("A browser Last active")
    details = visitor.html.all("code")[1].text()
    assert details.startswith("<b>words</b> of mine")
    assert len(details) <= 200
    await visitor.submits("Log out a browser")
    assert visitor.status_message == "Logged out a browser."

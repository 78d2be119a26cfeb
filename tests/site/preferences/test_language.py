"""The same site in German: for whom, by which wish, and on every page."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from starlette.types import ASGIApp

from tests.kit import mailbox
from tests.kit.app import SITE, NewBrowser, open_browser, run_app
from tests.kit.clock import Clock
from tests.kit.german import joins_in_german, logged_in_at, logs_in_in_german, page_language
from tests.kit.over_http import Broken, OverHttp
from tests.kit.people import ADA, CHROME, asks_for_a_link, joins, logs_in, sends_photo
from tests.kit.site_forms import FORMS
from tests.kit.visitor import Visitor
from tests.kit.wire import nobody, over_wire
from web.app import create_app
from web.settings import Settings

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """With all pages that there can be."""
    environ["PHONE_SIGN_UP"] = "on"
    return environ


@pytest.fixture
def german(visitor: Visitor) -> Visitor:
    """Somebody whose browser asks for German."""
    visitor.headers["Accept-Language"] = "de-AT,de;q=0.9,en;q=0.5"
    return visitor


# A whole journey


async def test_from_the_registration_to_the_log_out_in_german(german: Visitor, new_browser: NewBrowser) -> None:
    await german.opens("/register")
    await german.submits("Konto erstellen", email=ADA.email, name="", password="kurz")
    assert german.title.startswith("Fehler:") or german.javascript
    assert german.error("name") == "Gib deinen Namen ein."
    assert german.error("password") == "Das Passwort muss mindestens 12 Zeichen lang sein."
    await joins_in_german(german, ADA)
    assert (german.path, german.who, page_language(german)) == ("/profile", "Ada Lovelace", "de")
    assert german.status_message == "Deine E-Mail-Adresse ist bestätigt. Du bist angemeldet."
    assert "14. März 2026 um 09:26 Uhr UTC" in logged_in_at(german)

    await german.follows("Namen ändern")
    await german.submits("Speichern", name="")
    assert german.error("name") == "Gib deinen Namen ein."
    await german.submits("Speichern", name="Gräfin Lovelace")
    undo = "Du kannst das rückgängig machen." if german.javascript else "Rückgängig"
    assert (german.who, german.status_message) == ("Gräfin Lovelace", f"Name gespeichert. {undo}")

    for _ in range(2):
        await logs_in(new_browser(CHROME), ADA)
    await german.opens("/profile")
    await german.follows("Alle anderen Sitzungen abmelden (2)")
    await german.submits("Alle anderen Sitzungen abmelden (2)")
    assert german.status_message == "2 andere Sitzungen wurden abgemeldet."

    await german.submits("Abmelden", within="header")
    assert (german.path, german.status_message) == ("/login", "Du bist abgemeldet.")
    await german.submits("Anmelden", within="#login-form", email=ADA.email, password="falsch geraten")
    assert german.sees("E-Mail-Adresse oder Passwort ist falsch.")
    await logs_in_in_german(german, ADA)
    assert german.who == "Gräfin Lovelace"


async def test_mails_and_the_page_that_shows_them_are_german(german: Visitor) -> None:
    await german.opens("/register")
    await german.submits("Konto erstellen", email=ADA.email, name=ADA.name, password=ADA.password)
    mail = await mailbox.newest(german, to=ADA.email)
    assert mail.subject.startswith("Bestätige deine E-Mail-Adresse für Account pages, Code ")
    assert "Hallo, um Account pages zu nutzen, bestätige bitte, dass dies deine E-Mail-Adresse ist." in mail.text
    assert "Einmal nutzbar, 1 Stunde lang gültig." in mail.text
    assert "am 14. März 2026 um 09:26 Uhr UTC (Firefox unter Windows)" in mail.text
    assert "Als HTML ansehen" in mail.text
    alone = (await german.http.get(f"{mail.path}/html")).text
    assert alone.count('lang="de" dir="ltr"') == 2  # the page, and what is left of it in a program that drops <html>
    assert "E-Mail-Adresse bestätigen</a>" in alone


GUEST_PAGES = ["/", "/language", "/nothing", "/login?next=/profile", "/login-with-magic-link/sent", *FORMS]
OWN_PAGES = ["/profile", "/language", "/nothing", *FORMS]
ENGLISH = ["Log ", "Create", "Choose", "Change", "Password", "Error", "Send", "Save", " your ", " the "]


@pytest.mark.parametrize("pages", [GUEST_PAGES, OWN_PAGES], ids=["guest", "user"])
async def test_every_page_is_whole_and_german(german: Visitor, pages: list[str]) -> None:
    if pages is OWN_PAGES:
        await joins_in_german(german, ADA)
    for path in pages:
        await german.opens(path)
        assert page_language(german) == "de", path
        assert not [word for word in ENGLISH if word in f" {german.text} {german.title} "], path


# Which language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("DE-ch", "de"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("de;q=0.4, en;q=0.5", "en"),
        ("en;q=0.4, de;q=0.5", "de"),
        ("fr, it;q=0.9, de;q=0.1", "de"),
        ("fr", "en"),
        ("*", "en"),
        ("*, de", "de"),
        ("de, *", "de"),
        ("*, de;q=0.5", "en"),
        ("*;q=0.5, de;q=0.5", "de"),
        ("fr, *;q=0.1", "en"),
        ("de-CH;q=0, *", "en"),
        ("de-CH;q=0, de;q=0.5, en;q=0.4", "de"),
        ("fr," * 65 + "de", "de"),
        ("fr," * 166 + "de", "de"),
        ("fr," * 166 + "de,en", "de"),
        ("fr," * 166 + "de-AT,en", "en"),
        ("en;q=0, *", "de"),
        ("en;q=0, de;q=0", "en"),
        ("de;q=1.5, en", "en"),
        ("de; q=0.9 ,en ; q=0.8", "de"),
        ("den", "en"),
        ("de_DE", "en"),
        ("de;" * 5_000, "en"),
        ("\x00\u00ff,;=q,,de", "de"),
    ],
)
async def test_the_browser_asks_for_a_language(plain: httpx.AsyncClient, header: str, language: str) -> None:
    answer = await plain.get("/login", headers={b"Accept-Language": header.encode("latin-1")})
    assert f'<html lang="{language}">' in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("header", "lead"),
    [
        ("de-formal", "Wir schicken Ihnen"),
        ("de;q=0.9, de-formal", "Wir schicken Ihnen"),
        ("de", "Wir schicken dir"),
        ("de-AT, de-formal;q=0.5", "Wir schicken dir"),
        ("en;q=0, *", "Wir schicken dir"),
        ("en;q=0, de;q=0, *", "email you"),
    ],
)
async def test_a_formal_form_is_asked_for_by_its_own_name_only(
    plain: httpx.AsyncClient, header: str, lead: str
) -> None:
    answer = await plain.get("/login-with-magic-link", headers={"Accept-Language": header})
    assert lead in answer.text
    assert f'<html lang="{"de" if "Wir" in lead else "en"}">' in answer.text


async def test_the_formal_form_is_chosen_and_kept_like_any_language(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await visitor.submits("Deutsch (Sie)")
    assert (visitor.who, page_language(visitor)) == (ADA.name, "de")
    elsewhere = new_browser(CHROME)
    await asks_for_a_link(elsewhere, ADA)
    mail = await mailbox.newest(elsewhere, to=ADA.email, subject="Ihr Anmeldelink")
    assert f"Guten Tag {ADA.name}" in mail.text
    await elsewhere.opens(mail.link)
    await elsewhere.submits(f"Log in as {ADA.email}")
    assert (elsewhere.status_message, elsewhere.who) == ("Sie sind angemeldet.", ADA.name)


async def test_the_cookie_wins_over_the_browser_and_the_user_over_both(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    await visitor.submits("Deutsch")
    assert (visitor.path, page_language(visitor), visitor.status_message) == (
        "/profile",
        "de",
        "Die Sprache ist jetzt Deutsch.",
    )
    await visitor.submits("Abmelden", within="header")
    assert (visitor.heading, page_language(visitor)) == ("Anmelden", "de")

    elsewhere = new_browser(CHROME)
    await elsewhere.opens("/login")
    await elsewhere.submits("English")
    await logs_in(elsewhere, ADA)
    assert (elsewhere.who, page_language(elsewhere)) == ("Ada Lovelace", "de")
    await elsewhere.submits("English")
    await elsewhere.submits("Log out", within="header")
    assert page_language(elsewhere) == "en"
    await visitor.opens("/login")
    await logs_in_in_german(visitor, ADA)
    assert (visitor.who, page_language(visitor)) == ("Ada Lovelace", "en")


async def test_a_log_in_by_link_is_told_in_the_users_language(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await visitor.submits("Deutsch")
    elsewhere = new_browser(CHROME)
    await asks_for_a_link(elsewhere, ADA)
    mail = await mailbox.newest(elsewhere, to=ADA.email, subject="Dein Anmeldelink")
    await elsewhere.opens(mail.link)
    await elsewhere.submits(f"Log in as {ADA.email}")
    assert (elsewhere.status_message, elsewhere.who) == ("Du bist angemeldet.", "Ada Lovelace")


async def test_a_fragment_is_in_the_language_of_its_reader(german: Visitor) -> None:
    await joins_in_german(german, ADA)
    await german.submits("English")
    await german.follows("Change name")
    await german.submits("Save", name="")
    assert german.error("name") == "Enter your name."


async def test_a_photo_is_refused_in_the_language_of_its_owner(german: Visitor) -> None:
    await joins_in_german(german, ADA)
    await sends_photo(german, ("a.png", b"no photo", "image/png"))
    assert german.error("avatar") == "Das Foto muss ein JPG, PNG, WebP, AVIF oder HEIC sein."


async def test_the_mail_is_in_the_language_chosen_on_the_site(visitor: Visitor) -> None:
    await visitor.opens("/register")
    await visitor.submits("Deutsch")
    await visitor.submits("Konto erstellen", email=ADA.email, name=ADA.name, password=ADA.password)
    mail = await mailbox.newest(visitor, to=ADA.email)
    assert mail.subject.startswith("Bestätige deine E-Mail-Adresse für Account pages, Code ")


async def test_a_forged_cookie_says_nothing(plain: httpx.AsyncClient) -> None:
    for forged in ("de", '{"language": "de"}', "eyJsYW5ndWFnZSI6ImRlIn0", "\u00e4", "a.b.c"):
        answer = await plain.get("/login", headers={b"Cookie": f"language={forged}".encode()})
        assert '<html lang="en">' in answer.text


# What cannot be answered as asked


async def test_refusals_and_failures_are_german_too(plain: httpx.AsyncClient) -> None:
    plain.headers["Accept-Language"] = "de"
    for method, path, headers, status, words in (
        ("GET", "/nothing", {}, 404, "Seite nicht gefunden"),
        ("POST", "/login", {"Origin": "https://evil.example"}, 403, "Diese Anfrage kam von einer anderen Website"),
        ("POST", "/profile", {}, 405, "So lässt sich diese Seite nicht verwenden"),
        ("GET", "/login", {"Host": "evil.example"}, 421, "Diese Website hat eine andere Adresse."),
        ("POST", "/login", {"Content-Length": "20000"}, 413, "Du hast zu viel Text eingegeben."),
    ):
        page = await plain.request(method, path, headers=headers)
        assert (page.status_code, words in page.text, '<html lang="de">' in page.text) == (status, True, True), path
        notice = await plain.request(method, path, headers=headers | HTMX)
        assert (notice.status_code, words in notice.text, "<html" in notice.text) == (status, True, False), path


async def test_silence_is_told_in_the_language_of_this_browser(
    environ: Mapping[str, str], clock: Clock, kind: type[Visitor]
) -> None:
    site, wire = over_wire(environ, clock)
    async with run_app(site) as app, open_browser(app) as http:
        visitor = kind(http)
        await visitor.opens("/login")
        await visitor.submits("Deutsch")
        await joins_in_german(visitor, ADA)
        wire.instead = nobody
        await visitor.opens("/profile")
        assert (visitor.status, visitor.heading) == (503, "Wir können dein Konto gerade nicht erreichen")


async def test_our_own_mistakes_are_owned_up_to_in_german(environ: Mapping[str, str], clock: Clock) -> None:
    broken = create_app(Settings.from_environment(environ), OverHttp(SITE, Broken()), clock)
    async with run_app(broken) as app:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=SITE, headers={"Accept-Language": "de"}) as http:
            typed = {"email": ADA.email, "password": "p"}
            for headers in ({}, HTMX):
                answer = await http.post("/login", data=typed, headers=headers)
                assert (answer.status_code, "Der Fehler liegt bei uns" in answer.text) == (500, True)


async def test_people_of_two_languages_do_not_disturb_each_other(app: ASGIApp) -> None:
    async def reads(language: str, words: str) -> None:
        async with open_browser(app) as http:
            for _ in range(20):
                answer = await http.get("/register", headers={"Accept-Language": language})
                assert words in answer.text

    await asyncio.gather(*(reads(*each) for each in [("de", "Konto erstellen"), ("en", "Create account")] * 4))

"""The backend's own pages: the outbox, the page with the button, and what may be reached from outside when embedded."""

import re
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from backend.app import create_app
from backend.embedding import Embedded
from backend.settings import Settings
from tests.kit.backend import FIREFOX, PUBLIC, Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.contract import API, KEY, headers_of
from web.settings import Settings as SiteSettings


async def test_a_newcomer_reads_mails_in_the_outbox(backend: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    await backend.signs_up(name="<b>Ada</b>")
    listing = await backend.http.get("/outbox")
    (path,) = re.findall(r'href="(/outbox/[0-9a-f]{24})"', listing.text)
    page = await backend.http.get(path)
    alone = await backend.http.get(f"{path}/html")
    assert "Ada" not in page.text  # who typed it is not known to be who reads it
    assert "Ada" not in alone.text  # who typed it is not known to be who reads it
    assert "sandbox allow-popups" in alone.headers["content-security-policy"]
    assert "script" not in alone.headers["content-security-policy"].replace("default-src 'none'", "")
    for answer in (listing, page, alone):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
    assert "verify?key=" not in capsys.readouterr().out


FROM_ELSEWHERE = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1:8002"},
    {"Host": "127.0.0.2:8001"},
    {"Host": "127.evil.example:8001"},
    {"Origin": "https://accounts.example.com"},
    {"Origin": "null"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-Host": "accounts.example.com"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Server": "accounts.example.com"},
    {"X-Real-IP": "127.0.0.1"},
    {"Forwarded": "for=127.0.0.1"},
    {"Via": "1.1 proxy"},
]


async def test_the_outbox_answers_only_this_machine_by_its_own_name_and_not_through_a_proxy(backend: Backend) -> None:
    await backend.signs_up()
    listing = await backend.http.get("/outbox")
    (path,) = re.findall(r'href="(/outbox/[0-9a-f]{24})"', listing.text)
    for headers in ({"Host": "localhost:8001"}, {"Host": "[::1]:8001"}, {"Origin": PUBLIC}):
        assert (await backend.http.get("/outbox", headers=headers)).status_code == 200
    for headers in FROM_ELSEWHERE:
        for page in ("/outbox", path, f"{path}/html"):
            assert (await backend.http.get(page, headers=headers)).status_code == 404, headers
    assert (await backend.http.get("/outbox/" + "0" * 24)).status_code == 404


async def test_the_outbox_is_only_where_it_is_asked_for(tmp_path: Path) -> None:
    async with run_backend(tmp_path, OUTBOX="") as backend:
        await backend.signs_up()
        assert (await backend.http.get("/outbox")).status_code == 404


async def test_with_a_mail_server_there_is_no_outbox(tmp_path: Path) -> None:
    async with run_backend(tmp_path, SMTP_URL="smtp://127.0.0.1:9") as backend:
        assert (await backend.http.get("/outbox")).status_code == 404


async def test_a_mailed_link_leads_to_a_page_in_the_language_of_its_mail(with_button: Backend) -> None:
    await with_button.signs_up(headers={"Accept-Language": "de"})
    link = await with_button.newest_link()
    page = (await with_button.http.get(link, headers={"Accept-Language": "en"})).text
    assert '<html lang="de">' in page
    assert "<h1>Bestätige deine E-Mail-Adresse</h1>" in page
    assert "Angefordert am 14. März 2026 um 09:26 Uhr UTC (Firefox unter Windows)." in page
    disowned = re.search(r'action="(/_auth/disown[^"]+)"', page)
    assert disowned
    gone = await with_button.http.post(disowned[1].replace("&amp;", "&"), headers={"Accept-Language": "en"})
    assert "<h1>Registrierung gelöscht</h1>" in gone.text


async def test_the_outbox_is_in_the_language_of_who_looks_and_each_mail_in_its_own(backend: Backend) -> None:
    await backend.signs_up(headers={"Accept-Language": "de"})
    for language, heading in (("de", "Postausgang"), ("en", "Outbox")):
        page = (await backend.http.get("/outbox", headers={"Accept-Language": language})).text
        assert f"<h1>{heading}</h1>" in page
        assert '" lang="de">Bestätige deine E-Mail-Adresse für Account pages</a>' in page


async def test_the_pages_are_whole(with_button: Backend) -> None:
    await with_button.signs_up()
    link = await with_button.newest_link()
    for path in ("/outbox", link):
        page = await with_button.http.get(path)
        assert '<link rel="icon" href="/_auth/favicon.svg"' in page.text
        assert '<link rel="apple-touch-icon" href="/_auth/apple-touch-icon.png">' in page.text
        assert page.text.count('<meta name="theme-color" content="#') == 2
        assert "img-src 'self'" in page.headers["content-security-policy"]
        assert page.headers["cross-origin-opener-policy"] == "same-origin"
        assert page.text.count("<h1>") == 1
        assert '<main id="main">' in page.text
        assert '<html lang="en">' in page.text
        assert "style=" not in page.text
        assert "<script" not in page.text
    css, icon = await with_button.http.get("/_auth/pages.css"), await with_button.http.get("/_auth/favicon.svg")
    assert css.headers["content-type"] == "text/css; charset=utf-8"
    assert (icon.headers["content-type"], icon.status_code) == ("image/svg+xml", 200)


@pytest.mark.parametrize(("path", "size"), [("/favicon.ico", (32, 32)), ("/_auth/apple-touch-icon.png", (180, 180))])
async def test_an_icon_is_there_for_those_who_ask_unasked(with_button: Backend, path: str, size: object) -> None:
    icon = await with_button.http.get(path)
    assert Image.open(BytesIO(icon.content)).size == size
    assert icon.headers["cache-control"] == "public, max-age=3600"


SITE = "https://accounts.example.com"
HELP = {
    "": "",
    "https://example.com/help": "https://example.com/help",
    "mailto:help@example.com": "mailto:help@example.com",
    "/help": f"{SITE}/help",  # a path of the site's, which may be at another address than the backend
}


@pytest.mark.parametrize(("url", "leads_to"), HELP.items())
async def test_help_is_at_the_foot_of_the_pages_where_the_owner_offers_it(
    tmp_path: Path, url: str, leads_to: str
) -> None:
    at_site = f"{SITE}/auth-redirect"
    async with run_backend(tmp_path, SUPPORT_URL=url, REDIRECT_URL=at_site, LINK_BUTTON="on") as backend:
        await backend.signs_up()
        for path in ("/outbox", await backend.newest_link()):
            page = (await backend.http.get(path)).text
            assert re.findall(r'<a id="help" href="(.*)">Help</a>', page) == ([leads_to] if leads_to else [])


async def test_the_pages_have_the_accent_of_the_site(tmp_path: Path) -> None:
    async with run_backend(tmp_path, ACCENT_COLOR="#ffd400") as backend:
        css, icon = await backend.http.get("/_auth/pages.css"), await backend.http.get("/_auth/favicon.svg")
    assert "--fill: #ffd400;" in css.text
    assert "rect{fill:#ffd400}" in icon.text


async def test_embedded_only_the_doors_answer_the_public_and_headers_are_not_believed(tmp_path: Path) -> None:
    site = SiteSettings.from_environment({"DATA_DIR": str(tmp_path), "ALTOGIC_CLIENT_KEY": KEY, "PUBLIC_URL": PUBLIC})
    settings = Settings.from_environment({}, site=site)
    async with Embedded(create_app(settings, Clock())) as embedded:
        transport = httpx.ASGITransport(embedded.public, raise_app_exceptions=False, client=("203.0.113.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as public:
            for path in (f"{API}/auth/user", "/readyz", "/", "/_authx", "/e:" + "0" * 24 + f"{API}/x"):
                assert (await public.get(path, headers=headers_of())).status_code == 404
            assert (await public.get("/_auth/verify")).status_code == 400
            assert (await public.get("/_auth/pages.css")).status_code == 200
            assert (await public.get("/outbox", headers={"X-Forwarded-For": "127.0.0.1"})).status_code == 404
        body = {"email": "ada@example.com", "password": "three unrelated words"}
        inside = httpx.ASGITransport(embedded.api, raise_app_exceptions=False)
        headers = {**headers_of(), "X-Forwarded-For": "203.0.113.7", "User-Agent": FIREFOX}
        async with httpx.AsyncClient(transport=inside, base_url=PUBLIC, headers=headers) as caller:
            assert (await caller.post(f"{API}/auth/signup-email", json=body)).status_code == 200

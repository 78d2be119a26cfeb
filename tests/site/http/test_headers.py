"""The security headers on every kind of answer there is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from starlette.types import ASGIApp

from tests.kit import mailbox
from tests.kit.app import SITE, open_browser, run_app
from tests.kit.clock import Clock
from tests.kit.over_http import Broken, OverHttp
from tests.kit.people import ADA, CONFIRM, joins, registers, sends_photo
from tests.kit.photo_files import make_png
from tests.kit.visitor import Visitor
from web.app import create_app
from web.asgi import create
from web.settings import Settings

HTML = "text/html; charset=utf-8"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",  # redirects, too: or WebKit's Back after a log-out never ends
}
OF_OUR_PAGES = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "HX-Request-Type, Cookie, Accept-Language",
    "Content-Type": HTML,
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}
REMOTE = {"ALTOGIC_ENV_URL": "https://c1.example.com/e:1", "ALTOGIC_CLIENT_KEY": "key"}
URLENCODED = "application/x-www-form-urlencoded"


def policy_of(answer: httpx.Response) -> dict[str, str]:
    directives = answer.headers["Content-Security-Policy"].split(";")
    return dict(directive.strip().split(" ", 1) for directive in directives)


def check_always(answer: httpx.Response) -> None:
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert re.fullmatch(r"[\w-]{8,}", answer.headers["X-Request-Id"])
    assert answer.headers.get("Referrer-Policy")
    assert answer.headers.get("Cross-Origin-Resource-Policy") == "same-origin"
    assert answer.headers.get("Cache-Control")
    assert "Strict-Transport-Security" not in answer.headers
    assert "Server" not in answer.headers


def check_page(answer: httpx.Response) -> None:
    check_always(answer)
    assert {name: answer.headers.get(name) for name in OF_OUR_PAGES} == OF_OUR_PAGES
    assert policy_of(answer) == POLICY


@pytest.fixture
async def signed_in(app: ASGIApp) -> AsyncIterator[Visitor]:
    async with open_browser(app) as http:
        visitor = Visitor(http)
        await joins(visitor, ADA)
        yield visitor


# Pages, fragments and errors


@pytest.mark.parametrize(
    ("status", "method", "path", "sent"),
    [
        (200, "GET", "/", {}),
        (200, "GET", "/login", {"headers": PARTIAL}),
        (422, "POST", "/login", {"data": {"email": "", "password": ""}}),
        (422, "POST", "/login", {"data": {"email": "", "password": ""}, "headers": PARTIAL}),
        (400, "POST", "/login", {"content": "email=a&email=b", "headers": {"Content-Type": URLENCODED}}),
        (403, "POST", "/login", {"headers": CROSS_SITE}),
        (403, "POST", "/login", {"headers": CROSS_SITE | PARTIAL}),
        (404, "GET", "/no/such/page", {}),
        (404, "GET", "/static/site.css", {}),
        (404, "GET", "/static/../web/settings.py", {}),
        (404, "GET", "/login/", {}),
        (404, "GET", "/no/such/page", {"headers": PARTIAL}),
        (405, "POST", "/", {}),
        (405, "DELETE", "/login", {}),
        (413, "POST", "/login", {"content": b"x" * 20_000, "headers": {"Content-Type": URLENCODED}}),
        (415, "POST", "/login", {"json": {"email": "ada@example.com"}}),
        (421, "GET", "/", {"headers": {"Host": "evil.example"}}),
        (421, "POST", "/login", {"headers": {"Host": "evil.example"}}),
    ],
)
async def test_every_page_and_fragment_has_them(
    plain: httpx.AsyncClient, status: int, method: str, path: str, sent: dict[str, object]
) -> None:
    answer = await plain.request(method, path, **sent)  # type: ignore[arg-type]
    assert answer.status_code == status
    check_page(answer)


async def test_an_answer_to_head_has_them(plain: httpx.AsyncClient) -> None:
    answer = await plain.head("/login")
    assert (answer.status_code, answer.content) == (200, b"")
    check_page(answer)


async def test_what_does_not_do_that_says_what_it_does(plain: httpx.AsyncClient) -> None:
    """RFC 9110: a 405 lists the methods, all of them."""
    answer = await plain.delete("/login")
    assert answer.status_code == 405
    assert {"GET", "HEAD", "POST"} <= {method.strip() for method in answer.headers.get("Allow", "").split(",")}


async def test_a_page_of_a_signed_in_person_has_them(signed_in: Visitor) -> None:
    for path in ("/profile", "/profile/name", "/profile/avatar", "/logout"):
        check_page(await signed_in.http.get(path))
    check_page(await signed_in.http.get("/profile/name", headers=PARTIAL))


async def test_redirects_have_them(plain: httpx.AsyncClient) -> None:
    for headers, status in (({}, 303), (PARTIAL, 204)):
        answer = await plain.get("/profile", headers=headers)
        assert answer.status_code == status
        assert answer.headers.get("Location", answer.headers.get("HX-Redirect")) == "/login?next=/profile"
        assert answer.headers["Cache-Control"] == "no-store"
        check_always(answer)


async def test_our_own_mistake_has_them_too(environ: Mapping[str, str], clock: Clock) -> None:
    """A page that says so, without a word about what went wrong. The signed-in page asks the broken backend."""
    broken = create_app(Settings.from_environment(environ), OverHttp(SITE, Broken()), clock)
    async with run_app(broken) as app:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=SITE) as http:
            answers = [await http.get("/readyz")]
            answers += [await http.post("/login", data={"email": ADA.email, "password": "p"}, headers=PARTIAL)]
            answers += [await http.post("/login", data={"email": ADA.email, "password": "p"})]
    for answer in answers:
        assert answer.status_code == 500
        assert answer.headers["Connection"] == "close"  # the server ends it, for it was left in the middle
        check_page(answer)
        assert "ZeroDivision" not in answer.text
    assert answers[2].headers["X-Request-Id"] in answers[2].text


async def test_a_backend_that_is_away_has_them(environ: dict[str, str], clock: Clock) -> None:
    away = create({**environ, "ALTOGIC_ENV_URL": "http://127.0.0.1:9", "ALTOGIC_CLIENT_KEY": "key"}, clock)
    async with run_app(away) as app, open_browser(app) as http:
        answer = await http.post("/login", data={"email": ADA.email, "password": "p"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.headers["Referrer-Policy"] == "same-origin"


# Files


async def test_static_files_are_kept_for_good_under_a_name_with_a_version(plain: httpx.AsyncClient) -> None:
    page = (await plain.get("/")).text
    addresses = re.findall(r'"(/static/[^"]+)"', page)
    assert len(addresses) == 3
    for address in addresses:
        answer = await plain.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"
        check_always(answer)


async def test_a_photo_is_kept_for_good_and_can_do_nothing(signed_in: Visitor) -> None:
    await sends_photo(signed_in, ("me.png", make_png(), "image/png"))
    picture = signed_in.one("portrait").find("img")
    assert picture
    answer = await signed_in.http.get(picture.get("src"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    check_always(answer)


async def test_photos_of_a_remote_backend_may_be_shown_and_nothing_else_of_it(environ: dict[str, str]) -> None:
    for more, origin in (
        ({}, "https://c1.example.com"),
        ({"STORAGE_ORIGIN": "https://f.example"}, "https://f.example"),
    ):
        async with run_app(create({**environ, **REMOTE, **more})) as app, open_browser(app) as http:
            assert policy_of(await http.get("/login")) == {**POLICY, "img-src": f"'self' blob: {origin}"}


# Mailed links and the session cookie


async def test_a_mailed_links_secret_goes_nowhere(plain: httpx.AsyncClient) -> None:
    for query in ("status=200&action=email-confirm&access_token=secret", "status=400&action=magic-link&ref=secret"):
        answer = await plain.get(f"/auth-redirect?{query}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/auth-redirect")
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Cache-Control"] == "no-store"
        clean = await plain.get("/auth-redirect")
        assert clean.headers["Referrer-Policy"] == "same-origin"
        assert "secret" not in clean.text


async def test_the_session_cookie_is_for_this_site_alone(visitor: Visitor) -> None:
    await registers(visitor, ADA)
    await visitor.opens((await mailbox.newest(visitor, to=ADA.email, subject=CONFIRM)).link)
    await visitor.submits("Confirm this address")
    cookies = [header for each in visitor.responses for header in each.headers.get_list("Set-Cookie")]
    session = next(cookie for cookie in cookies if cookie.startswith("session="))
    attributes = {part.strip().lower() for part in session.split(";")[1:]}
    assert attributes == {"httponly", "samesite=lax", "path=/"}
    for cookie in cookies:
        assert {"httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in cookie.split(";")[1:]}


async def test_the_page_after_a_log_out_empties_the_cache(signed_in: Visitor) -> None:
    await signed_in.submits("Log out", within="header")
    emptier = next(image.get("src") for image in signed_in.html.all("img"))
    answer = await signed_in.http.get(emptier)
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (200, '"cache"')
    assert answer.headers["Cache-Control"] == "no-store"
    check_always(answer)


async def test_one_word_answers_have_them(plain: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/readyz"):
        check_always(await plain.get(path))

"""What another site makes a browser send here changes nothing, and shows nothing of what was sent."""

from __future__ import annotations

from itertools import product
from urllib.parse import urlencode

import httpx
import pytest
from starlette.routing import Route

from tests.kit import inspection
from tests.kit.app import SITE
from tests.kit.people import ADA, is_signed_in, joins
from tests.kit.visitor import Visitor
from web.routes import pages, public_routes

ELSEWHERE = "https://evil.example"
SECRET_WORDS = "words that nobody else may see"
TYPED = {"email": "typed@example.com", "name": SECRET_WORDS, "password": SECRET_WORDS, "new_password": SECRET_WORDS}
POSTS = sorted(
    route.path.replace("{id}", "0123456789abcdef")
    for route in [*pages, *public_routes]
    if isinstance(route, Route) and "POST" in (route.methods or ())
)
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site", "Origin": ELSEWHERE},
    {"Sec-Fetch-Site": "cross-site", "Origin": SITE},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:9999"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "anything else", "Origin": SITE},
    {"Sec-Fetch-Site": "", "Origin": SITE},
    {"Sec-Fetch-Site": "same-origin", "Origin": ELSEWHERE},  # behind a proxy that changes the Host
    {"Sec-Fetch-Site": "none", "Origin": ELSEWHERE},
    {"Sec-Fetch-Site": "same-origin", "Origin": ""},
    {"Origin": ELSEWHERE},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "https://127.0.0.1:8000"},
    {"Origin": "http://127.0.0.1:8001"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": f"{SITE}.evil.example"},
    {"Origin": "http://localhost.evil.example:8000"},
]
OWN = [
    {"Sec-Fetch-Site": "same-origin", "Origin": SITE},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost.:8000"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": SITE},
    {"Origin": "http://localhost:8000"},
    {"Origin": "http://[::1]:8000"},
    {},
]


def name_headers(headers: dict[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in headers.items()) or "neither"


async def test_what_another_site_sends_is_refused_on_a_readable_page(plain: httpx.AsyncClient) -> None:
    for path, headers in product(POSTS, FOREIGN):
        answer = await plain.post(path, data=TYPED, headers=headers)
        assert answer.status_code == 403, f"{path}, {name_headers(headers)}"
        inspection.inspect_response(answer)
        page = inspection.inspect_page(answer.text, path=path)
        assert "another site" in page.text()
        assert not [value for value in TYPED.values() if value in answer.text]
        assert "Set-Cookie" not in answer.headers
        assert page.find(f'a[href="{path}"]'), f"the page leads to the form at {path}"


async def test_what_our_own_pages_send_is_taken(plain: httpx.AsyncClient) -> None:
    for path, headers in product(POSTS, OWN):
        plain.cookies.clear()
        answer = await plain.post(path, data={}, headers=headers)
        assert answer.status_code != 403, f"{path}, {name_headers(headers)}"
        assert answer.status_code < 500, f"{path}, {name_headers(headers)}"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "REPORT"])
async def test_no_unsafe_method_is_forgotten(plain: httpx.AsyncClient, method: str) -> None:
    for path in ("/profile", "/logout", "/no/such/page", "/static/site.css", "/healthz"):
        answer = await plain.request(method, path, headers=FOREIGN[0])
        assert answer.status_code == 403, path


async def test_reading_is_open_to_links_from_anywhere(plain: httpx.AsyncClient) -> None:
    for path in ("/", "/login", "/register", "/auth-redirect", "/logout"):
        assert (await plain.get(path, headers=FOREIGN[0])).status_code == 200


async def test_a_fragment_request_is_told_in_the_status_line(plain: httpx.AsyncClient) -> None:
    headers = {**FOREIGN[0], "HX-Request": "true", "HX-Request-Type": "partial"}
    answer = await plain.post("/register", data=TYPED, headers=headers)
    assert (answer.status_code, answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == (
        403,
        "#status",
        "innerHTML",
    )
    assert SECRET_WORDS not in answer.text


async def test_another_site_can_neither_rename_nor_log_out(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    body = urlencode({"name": "Mallory"})
    headers = {**FOREIGN[0], "Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/profile/name", "/profile/avatar/remove", "/profile/sessions/others", "/logout"):
        assert (await visitor.http.post(path, headers=headers, content=body)).status_code == 403
    await visitor.opens("/profile")
    assert visitor.who == ADA.name
    assert await is_signed_in(visitor)


async def test_what_apple_s_page_posts_is_kept_and_no_other_path_takes_a_form_from_elsewhere(
    plain: httpx.AsyncClient,
) -> None:
    form, headers = {"code": "a", "state": "of no log-in"}, FOREIGN[0]
    kept = await plain.post("/_auth/apple/callback", data=form, headers=headers)
    assert kept.status_code == 303
    assert kept.headers["Location"].startswith("/_auth/apple/callback?posted=")
    ended = await plain.get(kept.headers["Location"])
    assert "code=login_expired" in ended.headers["Location"]
    for path in ("/_auth/google/callback", "/_auth/apple/callback/", "/_auth/Apple/callback", "/_auth/verify?key=k"):
        assert (await plain.post(path, data=form, headers=headers)).status_code == 403, path
    assert (await plain.put("/_auth/apple/callback", data=form, headers=headers)).status_code == 403

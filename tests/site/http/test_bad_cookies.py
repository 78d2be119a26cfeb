"""Cookies that we never set: they are no session and no note, and never our mistake."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx
import pytest
from itsdangerous import Signer, URLSafeSerializer
from starlette.types import ASGIApp

from tests.kit.app import open_browser
from tests.kit.people import ADA, joins
from tests.kit.visitor import Visitor


def cookies_of_any_shape(kept: str) -> Iterator[str]:
    token, _dot, signature = kept.rpartition(".")
    yield from ("", ".", "a", "a.b", "null", "%00", "\xff\xfe", '"', '"unfinished', "a" * 8_000, "." * 500, "{}")
    yield from (token, signature, kept[:-1], kept[: len(kept) // 2], f"{kept}a", f"{token}x.{signature}", f".{kept}")
    yield base64.b64encode(bytes(range(256))).decode()
    for key, salt in (("", "account-pages.session"), ("guessed", "account-pages.session")):
        yield Signer(key, salt=salt).sign(token).decode()


async def test_a_cookie_of_any_shape_is_no_session(app: ASGIApp) -> None:
    async with open_browser(app) as ours:
        await joins(Visitor(ours), ADA)
        kept = ours.cookies["session"]
    async with open_browser(app) as http:
        for value in cookies_of_any_shape(kept):
            await is_guest(http, f"session={value}")
        await is_guest(http, f"session={kept[:-2]}; session={kept[:-1]}")
        await is_guest(http, f"Session={kept}; __Host-session={kept}; sess={kept}")
        for header in ("=", ";;;", "session", "\x01\x02", "a" * 20_000, "; ".join(f"c{n}={n}" for n in range(2_000))):
            await is_guest(http, header)


def as_header(cookie: str) -> dict[bytes, bytes]:
    """With bytes that no header should have."""
    return {b"Cookie": cookie.encode("latin-1")}


async def is_guest(http: httpx.AsyncClient, cookie: str) -> None:
    header = as_header(cookie)
    answer = await http.get("/profile", headers=header)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/profile"), cookie[:80]
    for path in ("/", "/login", "/auth-redirect", "/register/again"):
        assert (await http.get(path, headers=header)).status_code == 200, cookie[:80]


async def test_a_cookie_signed_for_another_purpose_is_no_session(app: ASGIApp) -> None:
    """Of each purpose, what is signed for one is nothing to the others."""
    async with open_browser(app) as http:
        await http.get("/auth-redirect?status=200&action=email-confirm&access_token=x")
        (link,) = (value for name, value in http.cookies.items() if name.startswith("link-"))
        http.cookies.clear()
        for name in ("session", "draft", "flash", "waiting"):
            await is_guest(http, f"{name}={link}")


@pytest.mark.parametrize("name", ["link-a", "draft", "flash", "waiting", "registration"])
async def test_a_note_of_any_shape_is_no_note(plain: httpx.AsyncClient, name: str) -> None:
    forged = URLSafeSerializer("guessed", salt=f"account-pages.{name}").dumps(
        {"text": "Mallory was here", "email": "m@m.m"}
    )
    for value in ("", ".", "a.b", "\xff", "[]", "a" * 8_000, ".eJw.x", str(forged)):
        for path in ("/", "/login", "/register", "/register/again", "/auth-redirect", "/forgot-password"):
            answer = await plain.get(path, headers=as_header(f"{name}={value}"))
            assert answer.status_code == 200
            assert "Mallory" not in answer.text
            assert "m@m.m" not in answer.text

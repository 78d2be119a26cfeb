"""Guests' pages out of the cache: what another guest would be shown, and nothing that is anybody's own."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.kit.app import SITE, open_browser, run_app
from tests.kit.backend import file_new_database
from tests.kit.clock import Clock
from tests.kit.people import ADA, SAFARI, joins, logs_out, registers
from tests.kit.visitor import Visitor
from web.asgi import create
from web.http.page_cache import GuestPageCache
from web.routes import guest_pages

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
BEHIND_PROXY = {"X-Forwarded-For": "198.51.100.7", "Via": "1.1 proxy", "User-Agent": SAFARI, "Accept": "*/*"}


class CachingSite:
    """A site, and what it has in its cache."""

    def __init__(self, environ: Mapping[str, str], clock: Clock) -> None:
        self.outermost = create(environ, clock)
        self.running = run_app(self.outermost)

    async def __aenter__(self) -> CachingSite:
        self.app = await self.running.__aenter__()
        await self.guest("/login")  # so that it is put together
        self.cache = find_cache(self.outermost)
        self.cache.pages.clear()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.running.__aexit__(None, None, None)

    async def guest(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        async with open_browser(self.app) as http:
            return await http.get(path, headers=headers)


def find_cache(app: Any) -> GuestPageCache:
    while not isinstance(app, GuestPageCache):
        app = getattr(app, "middleware_stack", None) or app.app
    return app


@pytest.fixture
async def site(environ: Mapping[str, str], clock: Clock) -> AsyncIterator[CachingSite]:
    async with CachingSite(environ, clock) as site:
        yield site


@pytest.fixture
async def other_site(environ: Mapping[str, str], tmp_path: Path) -> AsyncIterator[CachingSite]:
    """One that has shown nothing yet, a year later."""
    elsewhere = {**environ, "DATA_DIR": str(tmp_path / "other")}
    file_new_database(elsewhere)
    later = Clock()
    later.advance(days=400, hours=9)
    async with CachingSite(elsewhere, later) as site:
        yield site


def describe(answer: httpx.Response) -> dict[str, Any]:
    """All of an answer but what is new each time: the request id and the secrets in cookies."""
    cookies = [re.sub("=[^;]+", "=", header, count=1) for header in answer.headers.get_list("set-cookie")]
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "set-cookie")}
    return {"status": answer.status_code, "headers": headers, "cookies": cookies, "body": answer.content}


def secrets(answer: httpx.Response) -> list[str]:
    return [
        cookie.value for header in answer.headers.get_list("set-cookie") for cookie in SimpleCookie(header).values()
    ]


@pytest.mark.parametrize("language", ["en", "de"])
async def test_a_cached_page_is_what_any_other_guest_is_shown_at_any_time(
    site: CachingSite, other_site: CachingSite, language: str
) -> None:
    for path in guest_pages:
        first = await site.guest(path, {"Accept-Language": language})
        assert [key[:2] for key in site.cache.pages] == [(path, language)]
        other = await ask_as_another(other_site, path, language)
        assert [other, first.content] == [*site.cache.pages.values()] * 2, path
        site.cache.pages.clear()


async def ask_as_another(site: CachingSite, path: str, language: str) -> bytes:
    """Return what a guest from elsewhere is shown, who has chosen a language and a time zone and has been to forms."""
    transport = httpx.ASGITransport(site.app, client=("203.0.113.9", 1024))
    async with httpx.AsyncClient(transport=transport, base_url=SITE) as http:
        chosen = {"language": language, "timezone": "Pacific/Auckland"}
        await http.post("/language", data=chosen, headers={"Accept-Language": "fr"})
        await http.get("/register")
        await http.get("/login")
        http.cookies.delete("flash")
        assert set(http.cookies) == {"language", "device", "registration"}
        site.cache.pages.clear()
        return (await http.get(path, headers=BEHIND_PROXY)).content


async def test_a_cached_answer_differs_from_a_rendered_one_in_nothing_but_secrets(site: CachingSite) -> None:
    for path in guest_pages:
        rendered = await site.guest(path)
        cached, again = await site.guest(path), await site.guest(path)
        assert describe(rendered) == describe(cached), path
        assert rendered.headers["X-Request-Id"] != cached.headers["X-Request-Id"]
        assert not set(secrets(cached)) & {*secrets(rendered), *secrets(again)}, path


async def test_a_browser_that_is_known_keeps_its_secrets(site: CachingSite) -> None:
    async with open_browser(site.app) as http:
        for path in ("/login", "/register"):
            assert secrets(await http.get(path))
        assert len(site.cache.pages) == 2
        for path in ("/login", "/register"):
            assert not secrets(await http.get(path))


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("?next=/profile", {}),
        ("?switch", {}),
        ("", PARTIAL),
        ("", {"HX-Request": "true", "HX-Boosted": "true"}),
        ("", {"Cookie": "flash=anything"}),
        ("", {"Cookie": "session=anything"}),
        ("", {"Cookie": "draft-8000=anything"}),
        ("", {"Cookie": "waiting=anything"}),
        ("", {"Cookie": "link-0123456789abcdef=anything"}),
    ],
)
async def test_nothing_is_cached_of_a_request_in_which_something_could_show(
    site: CachingSite, query: str, headers: dict[str, str]
) -> None:
    for path in guest_pages:
        await site.guest(f"{path}{query}", headers)
        async with open_browser(site.app) as http:
            await http.head(path)
            await http.post(path, data={"email": ADA.email})
        assert site.cache.pages == {}, path


async def test_what_is_personal_is_shown_to_its_person_alone(site: CachingSite, kind: type[Visitor]) -> None:
    for path in guest_pages:
        await site.guest(path)
    before = dict(site.cache.pages)
    async with open_browser(site.app) as http, open_browser(site.app) as others:
        visitor, other = kind(http), kind(others)
        await registers(visitor, ADA)
        await visitor.opens("/register")
        assert (visitor.field("email"), visitor.field("name")) == (ADA.email, ADA.name)
        await joins(visitor, ADA)
        await visitor.opens("/login")
        assert visitor.path == "/profile"
        await visitor.opens("/login?switch")
        assert visitor.sees(ADA.email)
        await logs_out(visitor)
        assert visitor.sees("You’re logged out.")
        for path in guest_pages:
            await other.opens(path)
            assert not other.sees(ADA.email)
            assert not other.sees("You’re logged out.")
    assert site.cache.pages == before


async def test_pages_are_rendered_anew_when_the_backend_tells_other_capabilities(site: CachingSite) -> None:
    await site.guest("/register")
    capabilities = site.cache.site.capabilities
    capabilities.known = replace(capabilities.current, password_minimum=31)
    assert "At least 31 characters" in (await site.guest("/register")).text

"""The same site against a backend in a process of its own, and against one that knows none of our additions."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.kit.app import SITE
from tests.kit.bare import PlainAltogic
from tests.kit.over_http import OverHttp
from tests.kit.people import ADA, GRACE, Person, asks_for_a_link, is_signed_in, logs_in, registers, sends_photo
from tests.kit.photo_files import make_png
from tests.kit.remote import Elsewhere
from tests.kit.visitor import Visitor
from web.app import create_app
from web.asgi import create
from web.settings import Settings


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    backend = Elsewhere.at(tmp_path_factory.mktemp("remote"), LIMIT_FACTOR="100")
    with backend.run():
        yield backend


@pytest.fixture
async def visitor(elsewhere: Elsewhere, kind: type[Visitor]) -> AsyncIterator[Visitor]:
    async with elsewhere.visit(kind) as visitor:
        yield visitor


async def confirms(visitor: Visitor, backend: Elsewhere, email: str) -> None:
    await visitor.opens(await backend.mailed_link(email))
    await visitor.submits("Confirm this address")


def new(person: Person, visitor: Visitor) -> Person:
    """The backend keeps its people from test to test."""
    return replace(person, email=f"{type(visitor).__name__.lower()}.{id(visitor)}@example.com")


# The whole journey


async def test_from_the_registration_to_the_log_out(visitor: Visitor, elsewhere: Elsewhere) -> None:
    ada = new(ADA, visitor)
    await registers(visitor, ada)
    assert visitor.heading == "Check your email"
    await confirms(visitor, elsewhere, ada.email)
    assert (visitor.path, visitor.who) == ("/profile", ada.name)

    await visitor.follows("Change name")
    await visitor.submits("Save", name="Countess of Lovelace")
    assert visitor.who == "Countess of Lovelace"
    await changes_the_photo(visitor, elsewhere)
    await ends_another_session(visitor, ada)
    await logs_out_for_good(visitor)


async def changes_the_photo(visitor: Visitor, backend: Elsewhere) -> None:
    await sends_photo(visitor, ("me.png", make_png(), "image/png"))
    assert visitor.sees("Photo saved.")
    source = visitor.one("portrait").all("img")[0].get("src")
    assert source.startswith(f"{backend.url}/_storage/")
    await visitor.opens("/profile")
    images = re.search(r"img-src ([^;]+)", visitor.response.headers["Content-Security-Policy"])
    assert images
    assert images[1].split() == ["'self'", "blob:", backend.url]
    answer = await visitor.http.get(source)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    await visitor.submits("Remove photo")
    assert not visitor.one("portrait").all("img")
    assert (await visitor.http.get(source)).status_code == 404


async def ends_another_session(visitor: Visitor, person: Person) -> None:
    async with httpx.AsyncClient(base_url=SITE, transport=visitor.http._transport) as http:
        phone = Visitor(http)
        await logs_in(phone, person)
        assert phone.path == "/profile"
        await visitor.opens("/profile")
        await visitor.follows("Log out the other session (1)")
        await visitor.submits("Log out the other session (1)")
        assert visitor.sees("Logged out 1 other session.")
        assert not await is_signed_in(phone)


async def logs_out_for_good(visitor: Visitor) -> None:
    old = dict(visitor.http.cookies)
    await visitor.submits("Log out", within="header")
    assert visitor.path == "/login"
    visitor.http.cookies.update(old)
    assert not await is_signed_in(visitor)


async def test_the_backends_own_button_before_ours(tmp_path: Path) -> None:
    """LINK_BUTTON=on, as for front ends that grant at once: its button, then the site's."""
    backend = Elsewhere.at(tmp_path, LINK_BUTTON="on")
    with backend.run():
        async with backend.visit() as visitor:
            await registers(visitor, ADA)
            await visitor.opens(await backend.mailed_link(ADA.email))
            assert visitor.url.startswith(f"{backend.url}/_auth/verify")
            await visitor.submits(visitor.buttons()[0], in_place=True)  # it answers 302, as Altogic does
            assert visitor.url == f"{SITE}/auth-redirect"
            await visitor.submits("Confirm", within="#go")
            assert visitor.who == ADA.name


# A backend of the contract that has none of our additions


@pytest.fixture
async def at_altogic(elsewhere: Elsewhere, kind: type[Visitor]) -> AsyncIterator[Visitor]:
    plain = OverHttp(elsewhere.url, PlainAltogic(httpx.AsyncHTTPTransport()))
    site = create_app(Settings.from_environment(elsewhere.site_environ), plain)
    async with elsewhere.visit(kind, site) as visitor:
        yield visitor


async def test_without_our_additions_everything_still_works(at_altogic: Visitor, elsewhere: Elsewhere) -> None:
    visitor, grace = at_altogic, new(GRACE, at_altogic)
    await registers(visitor, grace)
    await visitor.opens(await elsewhere.mailed_link(grace.email))
    assert grace.email not in visitor.text, "nobody told whose link it is"
    await visitor.submits("Confirm email address")
    assert (visitor.path, visitor.who) == ("/profile", grace.name)
    await visitor.follows("Change name")
    await visitor.submits("Save", name="Rear Admiral Hopper")
    assert visitor.who == "Rear Admiral Hopper"
    await changes_the_photo(visitor, elsewhere)
    await ends_another_session(visitor, grace)
    await logs_out_for_good(visitor)


async def test_without_our_additions_language_and_time_zone_are_kept_in_the_browser(
    at_altogic: Visitor, elsewhere: Elsewhere
) -> None:
    visitor, grace = at_altogic, new(GRACE, at_altogic)
    await registers(visitor, grace)
    await visitor.opens(await elsewhere.mailed_link(grace.email))
    await visitor.submits("Confirm email address")
    await visitor.opens("/language?next=/profile")
    await visitor.submits("Save", within="main", language="de", timezone="Europe/Berlin")
    assert (visitor.path, visitor.status_message) == ("/profile", "Sprache und Zeitzone gespeichert.")
    assert visitor.who == grace.name
    assert visitor.does_not_see("UTC")


async def test_without_our_additions_a_link_that_failed_offers_a_new_one(at_altogic: Visitor) -> None:
    query = "status=400&action=magic-link&error=Invalid+or+expired+access+token"
    await at_altogic.opens(f"/auth-redirect?{query}")
    assert (at_altogic.status, at_altogic.heading) == (410, "This link no longer works")
    assert at_altogic.does_not_see("expired access token")
    await at_altogic.submits("Email me a login link", email=new(GRACE, at_altogic).email)
    assert at_altogic.heading == "Check your email"


async def test_without_our_additions_a_spent_link_is_no_mistake(at_altogic: Visitor) -> None:
    await at_altogic.opens("/auth-redirect?status=200&action=email-confirm&access_token=spent")
    await at_altogic.submits("Confirm email address")
    assert at_altogic.status == 410
    await at_altogic.submits("Send a new link", email=new(GRACE, at_altogic).email)
    assert at_altogic.heading == "Check your email"


# A backend that goes away


async def test_a_backend_that_goes_away_logs_nobody_out(tmp_path: Path, kind: type[Visitor]) -> None:
    backend = Elsewhere.at(tmp_path)
    async with backend.visit(kind) as visitor:
        with backend.run():
            await registers(visitor, ADA)
            await confirms(visitor, backend, ADA.email)
            await visitor.follows("Change name")
        await finds_nothing_lost(visitor)
        with backend.run():
            await visitor.opens("/profile")
            assert visitor.who == ADA.name


async def finds_nothing_lost(visitor: Visitor) -> None:
    cookie = visitor.http.cookies["session"]
    await visitor.submits("Save", name="Countess of Lovelace")
    assert (visitor.status, visitor.response.headers["Retry-After"]) == (503, "10")
    if visitor.javascript:
        assert "Try again in a moment" in visitor.status_message
        assert visitor.field("name") == "Countess of Lovelace"
    await visitor.opens("/profile")
    assert (visitor.status, visitor.heading) == (503, "We cannot reach your account at the moment")
    for path in ("/", "/login", "/register", "/login-with-magic-link", "/logout", "/healthz"):
        await visitor.opens(path)
        assert visitor.status == 200, path
    await visitor.opens("/login")
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)
    assert visitor.status == 503
    assert visitor.http.cookies["session"] == cookie


async def test_a_log_out_that_the_backend_did_not_hear_of_is_none(tmp_path: Path) -> None:
    """Else the session would live on, and the person would think it ended."""
    backend = Elsewhere.at(tmp_path)
    async with backend.visit() as visitor:
        with backend.run():
            await registers(visitor, ADA)
            await confirms(visitor, backend, ADA.email)
        cookie = visitor.http.cookies["session"]
        await visitor.submits("Log out", within="header")
        assert visitor.status == 503
        assert visitor.http.cookies["session"] == cookie


async def test_a_wrong_client_key_is_silence_and_no_crash(elsewhere: Elsewhere, kind: type[Visitor]) -> None:
    wrong = {**elsewhere.site_environ, "ALTOGIC_CLIENT_KEY": "somebody-elses-key"}
    async with elsewhere.visit(kind, create(wrong)) as visitor:
        for does in (logs_in, registers, asks_for_a_link):
            await does(visitor, ADA)
            assert visitor.status == 503, f"{does.__name__}: {visitor.text}"
        for path in ("/", "/login", "/register", "/auth-redirect"):
            await visitor.opens(path)
            assert visitor.status == 200, path

"""Two copies of the site on two ports of one host: over http a browser sends the cookies of each to both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from starlette.requests import HTTPConnection
from starlette.responses import Response

from tests.kit.app import open_browser, run_app
from tests.kit.clock import Clock
from tests.kit.people import ADA, CONFIRM, Person, is_signed_in, joins, logs_in, logs_out, opens_mailed_link, registers
from tests.kit.visitor import Visitor
from web.asgi import create
from web.http.cookies import Cookies
from web.settings import Settings

BEA = Person("bea@example.com", "Bea Hopper")
PURPOSES = ("session", "device", "registration", "draft", "flash", "waiting", "language")
FIRST_KEY, SECOND_KEY = "the key of one copy of the site, long enough", "the key of another copy of it, long enough"
Copies = tuple[Visitor, Visitor]


@pytest.fixture
async def copies(
    environ: Mapping[str, str], tmp_path: Path, clock: Clock, kind: type[Visitor]
) -> AsyncIterator[Copies]:
    """One browser with a tab at each of the two."""
    other = {"DATA_DIR": str(tmp_path / "other"), "OUTBOX": "on", "PORT": "8001"}
    async with AsyncExitStack() as stack:
        apps = [await stack.enter_async_context(run_app(create(each, clock))) for each in (environ, other)]
        here = await stack.enter_async_context(open_browser(apps[0]))
        there = await stack.enter_async_context(open_browser(apps[1], "http://127.0.0.1:8001"))
        there.cookies = here.cookies.jar
        yield kind(here), kind(there)


async def test_who_logs_in_at_both_stays_logged_in_at_both(copies: Copies) -> None:
    here, there = copies
    await joins(here, ADA)
    await joins(there, BEA)
    assert await is_signed_in(here)
    assert await is_signed_in(there)

    await logs_out(here)
    assert not await is_signed_in(here)
    assert await is_signed_in(there)
    await logs_in(here, ADA)
    await logs_out(there)
    assert await is_signed_in(here)
    assert not await is_signed_in(there)

    await logs_in(there, BEA)
    assert here.who == ADA.name
    assert there.who == BEA.name


async def test_a_link_opened_and_a_language_chosen_at_one_outlast_a_log_out_of_the_other(copies: Copies) -> None:
    here, there = copies
    await joins(here, ADA)
    await registers(there, BEA)
    await opens_mailed_link(there, BEA, CONFIRM)
    await there.opens("/auth-redirect")
    await there.submits("Deutsch")
    await logs_out(here)
    assert here.heading == "Log in"
    await there.submits("Diese Adresse bestätigen")
    assert there.path == "/profile"


async def test_a_cookie_that_somebody_else_planted_locks_nobody_out(visitor: Visitor) -> None:
    for purpose in PURPOSES:
        visitor.http.cookies.set(purpose, f"{purpose}.of.somebody.else", domain="127.0.0.1", path="/")
        visitor.http.cookies.set(f"{purpose}-8000", "and-more.of-them", domain="127.0.0.1", path="/")
    await joins(visitor, ADA)
    assert await is_signed_in(visitor)
    await logs_out(visitor)
    assert not await is_signed_in(visitor)
    assert visitor.http.cookies["session"] == "session.of.somebody.else"
    await logs_in(visitor, ADA)
    assert await is_signed_in(visitor)


def of(**environ: str) -> Cookies:
    return Cookies.of(Settings.from_environment({"OUTBOX": "on", **environ}))


def sending(**cookies: str) -> HTTPConnection:
    header = "; ".join(f"{name.replace('_', '-').replace('--', '__')}={value}" for name, value in cookies.items())
    return HTTPConnection({"type": "http", "headers": [(b"cookie", header.encode())]})


def written(cookies: Cookies, connection: HTTPConnection) -> dict[str, str]:
    """By name; what is cleared is empty."""
    response = Response()
    cookies.session.write(connection, response, "token", remember=False)
    headers = (value for name, value in response.headers.items() if name == "set-cookie")
    pairs = (header.split(";")[0].partition("=") for header in headers)
    return {name: value.strip('"') for name, _, value in pairs}


def test_copies_of_one_key_are_one_site_on_whatever_ports() -> None:
    one, other = of(SECRET_KEY=FIRST_KEY), of(SECRET_KEY=FIRST_KEY, PORT="8001")
    [(name, value)] = written(one, sending()).items()
    assert name == "session"
    assert other.session.read(sending(session=value)) == "token"
    assert list(written(other, sending(session=value))) == ["session"]


def test_the_plain_name_is_taken_again_when_it_is_free() -> None:
    one, other = of(SECRET_KEY=FIRST_KEY), of(SECRET_KEY=SECOND_KEY, PORT="8001")
    theirs = written(one, sending())["session"]
    [(name, value)] = written(other, sending(session=theirs)).items()
    assert name == "session-8001"
    assert other.session.read(sending(session=theirs, session_8001=value)) == "token"
    assert written(other, sending(session_8001=value)) == {"session-8001": "", "session": value}


def test_over_https_a_cookie_has_one_name_and_is_nobody_elses() -> None:
    cookies = of(SECRET_KEY=FIRST_KEY, PUBLIC_URL="https://localhost:8001")
    assert list(written(cookies, sending(__Host_session="x.y"))) == ["__Host-session"]
    signed = written(cookies, sending())["__Host-session"]
    assert cookies.session.read(sending(session_8001=signed, session=signed)) is None

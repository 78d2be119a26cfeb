"""Mail through a real mail server on loopback: what arrives, where its link leads, and a server that is down."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from html import unescape
from pathlib import Path

import pytest

from tests.kit.app import open_browser, run_app
from tests.kit.backend import file_new_database
from tests.kit.clock import Clock
from tests.kit.hashing import hash_quickly
from tests.kit.mailbox import SmtpServer, first_link, links, relative, text_of, without_code
from tests.kit.people import (
    ADA,
    CONFIRM,
    GRACE,
    LOGIN_LINK,
    Person,
    asks_for_a_link,
    is_signed_in,
    logs_in,
    logs_out,
    registers,
)
from tests.kit.visitor import Visitor
from web.asgi import create

UNSAFE_NAMES = [
    'Ada <b>"Countess" & Co.</b>',
    "愛達·勒芙蕾絲",
    "עדה\u202e evil",
    "{{ token }} {% if %}",
    "=?utf-8?q?Bcc:_x?=",
    "Ada, Bcc: mallory@example.com",
]


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def environ(tmp_path: Path, smtp: SmtpServer) -> dict[str, str]:
    environ = {
        "DATA_DIR": str(tmp_path / "var"),
        "SMTP_URL": smtp.url,
        "MAIL_FROM": "accounts@example.org",
        "SITE_NAME": "Analytical Engines",
    }
    file_new_database(environ)
    return hash_quickly(environ)


@pytest.fixture
def late() -> SmtpServer:
    """A mail server that is not there yet: `with late: ...` starts it."""
    return SmtpServer()


@pytest.fixture
async def patient(environ: Mapping[str, str], late: SmtpServer, clock: Clock) -> AsyncIterator[Visitor]:
    async with run_app(create({**environ, "SMTP_URL": late.url}, clock)) as app, open_browser(app) as http:
        yield Visitor(http)


async def test_from_the_registration_to_the_profile_by_mail(visitor: Visitor, smtp: SmtpServer) -> None:
    await registers(visitor, ADA)
    assert visitor.heading == "Check your email"
    assert not [link for link in visitor.links() if "outbox" in link.href]
    mail = await smtp.wait_for(to=ADA.email, subject=CONFIRM)

    await visitor.opens(relative(first_link(mail), visitor.site))
    await visitor.submits("Confirm this address")
    assert (visitor.path, visitor.who) == ("/profile", ADA.name)

    await logs_out(visitor)
    await logs_in(visitor, ADA)
    assert visitor.who == ADA.name
    assert len(smtp.messages) == 1


async def test_a_login_link_by_mail(visitor: Visitor, smtp: SmtpServer) -> None:
    await registers(visitor, ADA)
    await visitor.opens(relative(first_link(await smtp.wait_for(to=ADA.email)), visitor.site))
    await visitor.submits("Confirm this address")
    await logs_out(visitor)
    await asks_for_a_link(visitor, ADA)
    mail = await smtp.wait_for(to=ADA.email, subject=LOGIN_LINK)
    await visitor.opens(relative(first_link(mail), visitor.site))
    assert not await is_signed_in(visitor)
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.path == "/profile"


async def test_the_mail_says_what_it_is_in_text_and_html(visitor: Visitor, smtp: SmtpServer, clock: Clock) -> None:
    await registers(visitor, ADA)
    mail = await smtp.wait_for(to=ADA.email)
    assert mail.get_content_type() == "multipart/alternative"
    assert str(mail["From"]) == "Analytical Engines <accounts@example.org>"
    assert (str(mail["To"]), without_code(mail)) == (ADA.email, f"{CONFIRM} for Analytical Engines")
    assert str(mail["Auto-Submitted"]) == "auto-generated"
    assert mail["Date"]
    assert mail["Message-ID"]
    for kind in ("plain", "html"):
        words = " ".join(
            unescape(re.sub(r"<[^>]*>", " ", text_of(mail, kind)) if kind == "html" else text_of(mail)).split()
        )
        assert "To use Analytical Engines, confirm that this is your email address." in words
        assert "1 hour" in words
        assert f"{clock():%-d %B %Y} at {clock():%H:%M} UTC" in words
        assert "Firefox on Windows" in words
        assert ADA.password not in words


async def test_both_forms_hold_the_one_link(visitor: Visitor, smtp: SmtpServer) -> None:
    await registers(visitor, ADA)
    mail = await smtp.wait_for(to=ADA.email)
    link = first_link(mail)
    assert link.startswith(f"{visitor.site}/_auth/verify?")
    assert set(links(text_of(mail))) == {link}
    assert set(links(text_of(mail, "html"))) <= {link, visitor.site, f"{visitor.site}/"}
    assert "<script" not in text_of(mail, "html")
    assert "<img" not in text_of(mail, "html"), "nothing that tells who opened the mail"


@pytest.mark.parametrize("name", UNSAFE_NAMES)
async def test_no_name_adds_a_header_a_recipient_or_a_tag(visitor: Visitor, smtp: SmtpServer, name: str) -> None:
    await registers(visitor, Person(ADA.email, name))
    mail = await smtp.wait_for()
    assert str(mail["To"]) == ADA.email
    assert {header.lower() for header in mail} <= HEADERS
    assert "<b>" not in text_of(mail, "html")
    assert len(smtp.messages) == 1


HEADERS = {
    *(
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "content-type",
        "auto-submitted",
        "x-auto-response-suppress",
    ),
    *("x-peer", "x-mailfrom", "x-rcptto", "content-transfer-encoding"),
}


async def test_a_name_of_two_lines_never_reaches_a_mail(visitor: Visitor, smtp: SmtpServer) -> None:
    fields = {"email": ADA.email, "name": "Ada\r\nBcc: mallory@example.com", "password": ADA.password}
    answer = await visitor.http.post("/register", data=fields)
    assert answer.status_code == 422
    await registers(visitor, GRACE)
    await smtp.wait_for(to=GRACE.email)
    assert [str(mail["To"]) for mail in smtp.messages] == [GRACE.email]


@pytest.mark.parametrize(
    "address", ["a@example.com\r\nRCPT TO:<b@example.com>", "a@example.com,b@example.com", "<a@b.com>"]
)
async def test_no_address_adds_a_recipient(visitor: Visitor, smtp: SmtpServer, address: str) -> None:
    for path in ("/register", "/register/again", "/login-with-magic-link"):
        fields = {"email": address, "name": "Ada", "password": ADA.password}
        assert (await visitor.http.post(path, data=fields)).status_code == 422
    assert smtp.messages == []


async def test_a_mail_server_that_is_down_loses_no_mail_and_blocks_no_page(
    patient: Visitor, late: SmtpServer, clock: Clock
) -> None:
    began = time.monotonic()
    await registers(patient, ADA)
    assert patient.heading == "Check your email"
    assert time.monotonic() - began < 2
    with late:
        clock.advance(minutes=2)
        mail = await late.wait_for(to=ADA.email, subject=CONFIRM)
        await patient.opens(relative(first_link(mail), patient.site))
        await patient.submits("Confirm this address")
        assert patient.who == ADA.name
        assert len(late.messages) == 1


async def test_a_restart_of_the_site_loses_no_mail_either(
    environ: Mapping[str, str], clock: Clock, smtp: SmtpServer, late: SmtpServer
) -> None:
    async with run_app(create({**environ, "SMTP_URL": late.url}, clock)) as app, open_browser(app) as http:
        await registers(Visitor(http), ADA)
        cookies = http.cookies
    clock.advance(minutes=5)
    async with run_app(create(environ, clock)) as app, open_browser(app) as http:
        http.cookies.update(cookies)  # the same browser
        mail = await smtp.wait_for(to=ADA.email, subject=CONFIRM)
        visitor = Visitor(http)
        await visitor.opens(relative(first_link(mail), visitor.site))
        await visitor.submits("Confirm this address")
        assert visitor.who == ADA.name


async def test_the_terminal_names_no_link(
    visitor: Visitor, smtp: SmtpServer, capfd: pytest.CaptureFixture[str]
) -> None:
    await registers(visitor, ADA)
    key = first_link(await smtp.wait_for(to=ADA.email)).partition("key=")[2].partition("&")[0]
    assert len(key) > 20
    said = capfd.readouterr()
    assert key not in said.out + said.err

"""Addresses as people type and paste them: read alike by site and backend, and mailed to where that can be."""

from __future__ import annotations

import pytest

from backend.kernel import fields
from backend.kernel.refusals import RefusalError
from serving.addresses import clean_address
from tests.kit.app import open_browser, run_app
from tests.kit.clock import Clock
from tests.kit.mailbox import SmtpServer
from tests.kit.people import ADA, CONFIRM, Person, joins, logs_in, logs_out, registers
from tests.kit.visitor import Visitor
from web.asgi import create
from web.pages.entry.forms import EmailForm

JOERG = Person("jörg@example.com", "Jörg")
TYPED = [
    ("ada\u200b@example.com", "ada@example.com"),
    ("\ufeffada@example.com", "ada@example.com"),
    ("ada@exam\u00adple.com", "ada@example.com"),
    ("\u202aada@example.com\u202c", "ada@example.com"),
    ("ada\u200d@example.com", "ada@example.com"),
    ("ada\u3164@example.com\ufe0f", "ada@example.com"),
    ("\u00a0ada@example.com\u3000", "ada@example.com"),
    ("ada＠example.com", "ada@example.com"),
    ("ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ada@example.com"),
    ("ada@example。com", "ada@example.com"),
    ("jo\u0308rg@example.com", "jörg@example.com"),
]
ADDRESSES = [
    *(
        "ada@example.com",
        "a.d+a@example.co.uk",
        "jörg@example.com",
        "用户@例子.公司",
        "ada@bücher.de",
        "o'neill@example.com",
    ),
    *("a" * 64 + "@example.com", "ö" * 32 + "@example.com", "ada@" + "a" * 63 + ".com", "ada@example.test"),
]
NO_ADDRESSES = [
    *("ada", "@example.com", "ada@", "ada@example", "ada@localhost", "ada@@example.com", "ada @example.com"),
    *("a" * 65 + "@example.com", "ö" * 33 + "@example.com", "ada@" + "a" * 64 + ".com", "ada.@example.com"),
    *("ada@example..com", "ada@-example.com", "ada@exa_mple.com", '"ada"@example.com', "ada@[127.0.0.1]"),
    *("Ada <ada@example.com>", "ada@example.com, bea@example.com", "ada@example.com\r\nBcc: x", "a@" + "b." * 9_000),
    "a@" + ".".join(["b" * 63] * 4),
    "ada@نامه\u200cای.com",  # without its joiner it would be another domain
]


@pytest.mark.parametrize(("typed", "meant"), TYPED)
def test_what_nobody_can_see_is_dropped_and_wide_signs_are_read(typed: str, meant: str) -> None:
    assert clean_address(typed) == meant
    assert EmailForm({"email": typed})["email"] == meant
    assert fields.email(typed).typed == meant


@pytest.mark.parametrize("address", ADDRESSES)
def test_both_halves_take_an_address(address: str) -> None:
    assert EmailForm({"email": address}).is_valid()
    assert fields.email(address).typed == address


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_both_halves_refuse_what_is_none(text: str) -> None:
    form = EmailForm({"email": text})
    assert not form.is_valid()
    assert form.errors["email"] == "Enter an email address in the correct format, like name@example.com."
    with pytest.raises(RefusalError):
        fields.email(text)


async def test_somebody_pastes_the_address_and_logs_in_with_it_typed(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await logs_in(visitor, Person("\u200bada＠example.com", ADA.name))
    assert visitor.path == "/profile"


async def test_a_mail_server_that_takes_all_letters_gets_them(
    environ: dict[str, str], clock: Clock, kind: type[Visitor]
) -> None:
    with SmtpServer() as smtp:
        async with run_app(create(environ | {"SMTP_URL": smtp.url}, clock)) as app, open_browser(app) as http:
            visitor = kind(http)
            await registers(visitor, JOERG)
            assert visitor.sees(f"We’ve sent a link to {JOERG.email}.")
            mail = await smtp.wait_for(to=JOERG.email, subject=CONFIRM)
            assert str(mail["To"]) == JOERG.email


async def test_where_it_does_not_that_is_said_beside_the_field(
    environ: dict[str, str], clock: Clock, kind: type[Visitor]
) -> None:
    """It is known from the first mail on."""
    with SmtpServer(takes_utf8=False) as smtp:
        async with run_app(create(environ | {"SMTP_URL": smtp.url}, clock)) as app, open_browser(app) as http:
            visitor = kind(http)
            await registers(visitor, ADA)
            await smtp.wait_for(to=ADA.email)
            await registers(visitor, JOERG)
            assert (visitor.status, visitor.field("email")) == (422, JOERG.email)
            assert visitor.error("email") == (
                "Our mail server only accepts letters without accents (a to z) before the @."
                " Use a different email address."
            )

"""Mails: what they say, and that nobody adds to them. Through a real mail server on loopback."""

from html import unescape
from pathlib import Path

import pytest

from tests.kit.backend import IPHONE, Backend, run_backend
from tests.kit.mail_server import RefusingServer
from tests.kit.mailbox import first_link, links, text_of, without_code
from tests.kit.people import PASSWORD


async def test_a_mail_says_what_it_is_for_in_text_and_html(mailing: Backend, smtp: RefusingServer) -> None:
    await mailing.signs_up(headers={"User-Agent": IPHONE})
    mail = await smtp.wait_for(to="ada@example.com")
    assert without_code(mail) == "Confirm your email address for Account pages"
    assert str(mail["From"]) == "Accounts <accounts@example.org>"
    assert str(mail["To"]) == "ada@example.com"
    assert str(mail["Auto-Submitted"]) == "auto-generated"
    assert str(mail["Date"]) == "Sat, 14 Mar 2026 09:26:53 +0000"
    assert str(mail["Message-ID"]).endswith("@example.org>")
    for kind in ("plain", "html"):
        body = " ".join(unescape(text_of(mail, kind)).split())
        assert "Hello," in body
        assert "Works once, for 1 hour." in body
        assert "Requested on 14 March 2026 at 09:26 UTC from Safari on iOS." in body
        assert links(body)[0] == first_link(mail)
        assert PASSWORD not in body
    landing = await mailing.opens(first_link(mail))
    assert (await mailing.grants(landing.token)).status == 200


@pytest.mark.parametrize(
    ("path", "reason", "subject"),
    [
        ("/auth/send-magic", "", "Your login link for Acme"),
        ("/auth/send-magic", "unheard-of", "Your login link for Acme"),
        ("/auth/send-magic", "sign-up", "You already have an account: your login link for Acme"),
        ("/auth/send-reset", "", "Choose a new password for Acme"),
    ],
)
async def test_each_kind_of_mail_has_its_subject_and_one_link(
    tmp_path: Path, smtp: RefusingServer, path: str, reason: str, subject: str
) -> None:
    settings = {"EMAIL_CONFIRMATION": "off", "LINK_EXPIRY": "5400", "SITE_NAME": "Acme"}
    async with run_backend(tmp_path, None, SMTP_URL=smtp.url, **settings) as backend:
        await backend.signs_up()
        await backend.post(path, params={"email": "ada@example.com", "reason": reason})
        mail = await smtp.wait_for(to="ada@example.com", subject=subject)
        assert without_code(mail) == subject
        assert "Works once, for 90 minutes." in text_of(mail)
        assert set(links(text_of(mail))) == {first_link(mail)}
        assert first_link(mail).startswith("http://127.0.0.1:8001/_auth/verify?key=")


async def test_a_new_address_is_asked_and_the_old_one_is_told(mailing: Backend, smtp: RefusingServer) -> None:
    await mailing.signs_up()
    link = first_link(await smtp.wait_for(to="ada@example.com"))
    session = (await mailing.grants((await mailing.opens(link)).token)).token
    body = {"currentPassword": PASSWORD, "newEmail": "new@example.com"}
    await mailing.post("/auth/change-email", body, session=session)
    mail = await smtp.wait_for(to="new@example.com")
    assert without_code(mail) == "Confirm your new email address for Account pages"
    told = await smtp.wait_for(to="ada@example.com", subject="New email address requested")
    assert "the email address n…@… instead of this one. If it wasn’t you" in " ".join(text_of(told).split())
    assert "new@example.com" not in str(told)
    assert len(smtp.messages) == 3


HEADERS = {
    *("from", "to", "subject", "date", "message-id", "mime-version", "content-type", "auto-submitted"),
    *("x-peer", "x-mailfrom", "x-rcptto", "content-transfer-encoding", "x-auto-response-suppress"),
}


@pytest.mark.parametrize(
    "name",
    ["=?utf-8?q?Bcc:_x?=", "Ada, Bcc: eve@example.com", "{{ token }}{% if %}", '"<b>" <eve@example.com>', "עדה\u202e"],
)
async def test_no_name_adds_to_a_mail(mailing: Backend, smtp: RefusingServer, name: str) -> None:
    await mailing.signs_up(name=name)
    mail = await smtp.wait_for()
    assert str(mail["To"]) == "ada@example.com"
    assert {header.lower() for header in mail} <= HEADERS
    assert "<b>" not in text_of(mail, "html")
    assert smtp.asked == 1


@pytest.mark.parametrize("address", ["o'hara+tag@mailbox.test", "ada@büro.example", '"a b"@example.com'])
async def test_no_address_adds_a_recipient(mailing: Backend, smtp: RefusingServer, address: str) -> None:
    if (await mailing.signs_up(address)).status == 200:
        mail = await smtp.wait_for()
        assert str(mail["To"]).isascii()
        assert smtp.asked == 1
    for several in ("a@example.com,b@example.com", "a@example.com\r\nRCPT TO:<b@example.com>", "A <a@example.com>"):
        assert (await mailing.post("/auth/send-magic", params={"email": several})).status == 400


async def test_the_name_of_the_site_is_the_sender_where_no_other_is_given(tmp_path: Path, smtp: RefusingServer) -> None:
    site = 'Analytical "Engines", Bcc: x@example.com'
    async with run_backend(tmp_path, SMTP_URL=smtp.url, SITE_NAME=site) as backend:
        await backend.signs_up()
        mail = await smtp.wait_for()
        assert [address.addr_spec for address in mail["From"].addresses] == ["no-reply@localhost"]
        assert mail["From"].addresses[0].display_name == site

"""Where the code stands in a mail."""

from html import escape
from pathlib import Path
from typing import Any

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.contract_codes import ADA, asks_for_a_code, types_code
from tests.kit.mailbox import CODE, SmtpServer, text_of
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize(
    ("what", "begins"), [("send-magic", "Your login link for"), ("send-reset", "Choose a new password for")]
)
async def test_the_code_stands_in_the_mail_and_of_a_log_in_in_its_subject(
    tmp_path: Path, what: str, begins: str
) -> None:
    with SmtpServer() as smtp:
        given: dict[str, Any] = {"SMTP_URL": smtp.url, "MAIL_FROM": "accounts@example.org", "EMAIL_CONFIRMATION": "off"}
        async with run_backend(tmp_path, REDIRECT_URL="https://accounts.example.com/auth-redirect", **given) as backend:
            await backend.signs_up()
            reference = await asks_for_a_code(backend, what)
            mail = await smtp.wait_for(to=ADA, subject=begins)
            (code,) = CODE.findall(text_of(mail))
            page = text_of(mail, "html").replace(escape(str(mail["Subject"])), "")
            assert CODE.findall(page) == [code]
            assert CODE.findall(str(mail["Subject"])) == ([code] if what == "send-magic" else [])
            for part in (text_of(mail), text_of(mail, "html")):
                assert "Type it only at accounts.example.com. Nobody from us will ask for it." in " ".join(part.split())
                assert "from Firefox on Windows" in part
            assert (await types_code(backend, reference, code)).status == 200


async def test_a_link_that_nobody_asked_for_has_no_code(backend: Backend) -> None:
    joined = await backend.joins()
    body = {"newPassword": "chosen anew with three words", "oldPassword": PASSWORD}
    changed = await backend.post("/auth/change-pwd", body, session=joined.token)
    assert changed.status in (200, 401)
    await backend.waits_for_mails()
    mails = await backend.mails()
    assert "Your password was changed" in mails[0]
    assert not CODE.search(mails[0])

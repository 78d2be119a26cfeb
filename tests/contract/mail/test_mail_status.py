"""What who waits for a mail is told of it, and what nobody is told."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.mail_server import RefusingServer
from tests.kit.mailbox import SmtpServer, first_link
from tests.kit.outbox_rows import row_with, wakes

pytestmark = pytest.mark.both_databases

ADA = "ada@example.com"
HERS, OTHERS = "browser-of-ada-" + "a" * 20, "browser-of-eve-" + "e" * 20


async def pending(backend: Backend, secret: str = HERS, email: str = ADA) -> dict[str, Any]:
    answer = await backend.get("/account/pending", params={"email": email}, **in_browser(secret))
    assert answer.status == 200
    body: dict[str, Any] = answer.body
    return body


def in_browser(secret: str) -> dict[str, Any]:
    return {"headers": {"X-Registration": secret}}


async def test_a_mail_is_followed_until_it_is_handed_over(mailing: Backend, smtp: RefusingServer) -> None:
    async with smtp.busy_with(ADA):
        await mailing.signs_up(**in_browser(HERS))
        await smtp.is_busy()
        assert (await pending(mailing))["mail"]["state"] == "sending"
    await row_with(mailing, next_try_at=None)
    mail = (await pending(mailing))["mail"]
    assert (mail["state"], mail["nextTryDtm"]) == ("sent", None)
    assert mail["dtm"].startswith("2026-03-14T09:26")


async def test_a_mail_that_is_put_off_says_when_the_next_try_is(mailing: Backend, smtp: RefusingServer) -> None:
    smtp.answers[ADA] = "450 4.2.0 greylisted"
    await mailing.signs_up(**in_browser(HERS))
    await row_with(mailing, tries=1)
    mail = (await pending(mailing))["mail"]
    assert mail["state"] == "delayed"
    assert mail["nextTryDtm"] > mail["dtm"]


async def test_a_mail_that_is_refused_says_so_at_once_and_in_the_end(mailing: Backend, smtp: RefusingServer) -> None:
    smtp.answers[ADA] = "550 5.1.1 no such person"
    await mailing.signs_up(**in_browser(HERS))
    await row_with(mailing, tries=1)
    mail = (await pending(mailing))["mail"]
    assert mail["state"] == "refused"
    assert mail["nextTryDtm"]
    for tries in (2, 3):
        mailing.clock.advance(minutes=15)
        await wakes(mailing)
        await row_with(mailing, tries=tries)
    mail = (await pending(mailing))["mail"]
    assert (mail["state"], mail["nextTryDtm"]) == ("refused", None)


async def test_a_mail_whose_answer_was_lost_says_so(mailing: Backend, smtp: RefusingServer) -> None:
    smtp.is_mute = True
    await mailing.signs_up(**in_browser(HERS))
    await row_with(mailing, lost_answers=1)
    assert (await pending(mailing))["mail"]["state"] == "unanswered"


async def test_an_address_that_has_an_account_is_told_of_its_mail_like_any_other(
    mailing: Backend, smtp: RefusingServer
) -> None:
    """Whether it was a confirmation or the letter to the owner cannot be seen."""
    await mailing.signs_up(**in_browser(OTHERS))
    link = await smtp.wait_for(to=ADA)
    await confirm(mailing, link)
    mailing.clock.advance(minutes=1)
    assert (await mailing.signs_up(password="another password", **in_browser(HERS))).status == 400
    await mailing.post("/auth/send-magic", params={"email": ADA, "reason": "sign-up"}, **in_browser(HERS))
    await mailing.signs_up("new@example.com", **in_browser(HERS))
    for address in (ADA, "new@example.com"):
        await row_with(mailing, recipient=address, kind=KINDS[address], next_try_at=None)
    known, new = await pending(mailing), await pending(mailing, email="new@example.com")
    assert known["mail"]["state"] == new["mail"]["state"] == "sent"
    assert known.keys() == new.keys()


KINDS = {ADA: "magic-link-sign-up", "new@example.com": "email-confirm"}


async def test_nothing_is_told_of_login_links_nor_to_other_browsers(mailing: Backend, smtp: RefusingServer) -> None:
    await mailing.signs_up(**in_browser(HERS))
    await confirm(mailing, await smtp.wait_for(to=ADA))
    mailing.clock.advance(minutes=1)
    answers = []
    for email in (ADA, "nobody@example.com"):
        await mailing.post("/auth/send-magic", params={"email": email}, **in_browser(OTHERS))
        answers.append(await pending(mailing, OTHERS, email))
    await mailing.post("/auth/send-magic", params={"email": ADA}, **in_browser(HERS))
    assert (await pending(mailing))["mail"]["state"] == "sent", "of the sign-up, as before"
    assert answers[0] == answers[1] == {"state": "waiting", "mail": None, "mailServer": "here"}


@pytest.mark.parametrize("email", [ADA, "nobody@example.com"])
async def test_an_outage_is_told_to_everybody_who_waits_whether_or_not_there_is_a_mail(
    tmp_path: Path, email: str
) -> None:
    smtp, clock = SmtpServer(), Clock()
    with smtp:
        async with run_backend(tmp_path, clock, SMTP_URL=smtp.url) as backend:
            await backend.signs_up()
            await confirm(backend, await smtp.wait_for(to=ADA))
    clock.advance(minutes=5)
    async with run_backend(tmp_path, clock, SMTP_URL=smtp.url) as backend:
        await backend.post("/auth/send-magic", params={"email": email})
        await server_is(backend, "away")
        assert await pending(backend, OTHERS, email) == {"state": "waiting", "mail": None, "mailServer": "away"}


async def test_after_an_outage_what_waited_leaves_at_once(tmp_path: Path) -> None:
    smtp = SmtpServer()
    async with run_backend(tmp_path, SMTP_URL=smtp.url) as backend:
        await backend.signs_up()
        for tries in range(1, 7):  # until the pause is minutes long
            await row_with(backend, tries=tries)
            backend.clock.advance(minutes=6)
            await wakes(backend)
        await row_with(backend, tries=7)
        with smtp:
            await backend.signs_up("bob@example.com")
            await smtp.wait_for(to="bob@example.com")
            await smtp.wait_for(to=ADA)
        assert (await pending(backend))["mailServer"] == "here"


async def server_is(backend: Backend, state: str) -> None:
    deadline = time.monotonic() + 10
    while (await pending(backend, OTHERS))["mailServer"] != state:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def confirm(backend: Backend, mail: Any) -> None:
    assert (await backend.grants((await backend.opens(first_link(mail))).token)).status in (200, 401)

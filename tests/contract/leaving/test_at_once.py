"""Deletion at once: asked for with the password, which a thief may know, and confirmed by the mailbox."""

import asyncio
from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.history import load_events
from tests.kit.leaving import (
    asks_to_be_gone,
    cleans_up,
    code_of_deletion,
    comes_back,
    deletion_of,
    is_there,
    leaves,
    link_of_deletion,
    list_letters,
    lives_here,
    run_mailing_backend,
    tables_with,
    types,
)
from tests.kit.mail_server import RefusingServer
from tests.kit.mailbox import first_link, text_of
from tests.kit.outbox_rows import has_no_row

pytestmark = pytest.mark.both_databases

ASKED, DELETED = "Your account will be deleted", "Your account was deleted"
WRONG = "BCDF-GHJK"


async def deletes(backend: Backend, link: str) -> str:
    """Press the button of the mailed link at a site. Returns "", or the code of the refusal."""
    answer = await backend.post("/account/leave/now", params={"key": (await backend.opens(link)).token})
    await backend.waits_for_mails()
    return "" if answer.status == 200 else answer.code


async def test_the_code_deletes_the_account(backend: Backend, smtp: RefusingServer) -> None:
    session = await comes_back(backend)
    assert (await asks_to_be_gone(backend, session)).status == 200
    assert await is_there(backend), "nothing goes before the mail is answered"
    assert (await types(backend, session, code_of_deletion(smtp).lower().replace("-", " "))).status == 200
    assert list_letters(smtp) == [ASKED, DELETED]
    await has_no_row(backend)
    assert tables_with(backend, "ada@example.com") == []
    assert (await backend.signs_in()).code == "invalid_sign_in_credentials"


async def test_the_link_does_in_any_browser(backend: Backend, smtp: RefusingServer) -> None:
    await asks_to_be_gone(backend, await comes_back(backend))
    link = link_of_deletion(smtp)
    for _ in range(3):
        assert (await backend.opens(link)).query["action"] == "delete-account"
    assert await is_there(backend), "opened, it changes nothing"
    assert await deletes(backend, link) == ""
    await has_no_row(backend)
    assert tables_with(backend, "ada@example.com") == []
    assert list_letters(smtp)[-1] == DELETED


async def test_the_password_alone_deletes_nothing(backend: Backend, smtp: RefusingServer) -> None:
    """A thief has it, and the session, but reads no mail."""
    thief = await comes_back(backend)
    missing = await backend.post("/account/leave/now", session=thief)
    assert (missing.code, missing.params) == ("validation_error", ["code"])
    assert (await types(backend, thief, WRONG)).code == "wrong_code"
    await asks_to_be_gone(backend, thief)
    for _ in range(5):
        assert (await types(backend, thief, WRONG)).code == "wrong_code"
    assert (await types(backend, thief, code_of_deletion(smtp))).code == "wrong_code", "five were tried"
    await cleans_up(backend)
    assert await is_there(backend)


async def test_it_deletes_for_no_other_session(backend: Backend, smtp: RefusingServer) -> None:
    """The owner tells nobody anything by typing the code of a mail that a thief has asked for."""
    thief = await comes_back(backend)
    owner = (await backend.signs_in()).token
    await asks_to_be_gone(backend, thief)
    assert (await types(backend, owner, code_of_deletion(smtp))).code == "wrong_code"
    assert await is_there(backend)


async def test_it_says_what_for_from_which_browser_and_what_to_do_else(backend: Backend, smtp: RefusingServer) -> None:
    session = await comes_back(backend)
    await asks_to_be_gone(backend, session)
    mail = deletion_of(smtp)
    assert str(mail["Subject"]).startswith("Confirm the deletion of your account")
    assert code_of_deletion(smtp) not in str(mail["Subject"]), "a locked screen shows it to everybody"
    text = text_of(mail)
    assert "from Firefox on Windows" in text
    assert "Log in, keep your account and choose a new password." in text
    letters = [event["details"].get("letter") for event in await load_events(backend, session)]
    assert "delete-account" in letters


async def test_only_whoever_is_leaving_can_ask(backend: Backend) -> None:
    me = await lives_here(backend)
    assert (await asks_to_be_gone(backend, me.token)).code == "not_leaving"
    await leaves(backend, me.token)
    stale = (await backend.signs_in()).token
    backend.clock.advance(minutes=16)
    assert (await asks_to_be_gone(backend, stale)).code == "confirmation_required"
    answer = await backend.post("/account/leave/now/code", {"id": "0" * 24}, session=(await backend.signs_in()).token)
    assert answer.code == "permission_denied"
    assert (await backend.post("/account/leave/now/code")).code == "missing_session_token"


async def test_kept_meanwhile_neither_code_nor_link_deletes(backend: Backend, smtp: RefusingServer) -> None:
    session = await comes_back(backend)
    await asks_to_be_gone(backend, session)
    code, link = code_of_deletion(smtp), link_of_deletion(smtp)
    await backend.post("/account/leave/cancel", session=session)
    assert (await types(backend, session, code)).code == "not_leaving"
    assert (await backend.opens(link)).query["code"] == "link_used"
    await leaves(backend, session)
    again = (await backend.signs_in()).token
    assert (await types(backend, again, code)).code == "wrong_code", "of the time before"
    assert (await backend.opens(link)).query["code"] == "link_used"
    assert await is_there(backend)


async def test_whoever_resets_the_password_ends_it(backend: Backend, smtp: RefusingServer) -> None:
    """The owner, who is told by the mail that somebody knows it."""
    await asks_to_be_gone(backend, await comes_back(backend))
    link = link_of_deletion(smtp)
    await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
    await backend.waits_for_mails()
    key = {"key": (await backend.opens(first_link(smtp.received(subject="Choose a new password")[-1]))).token}
    assert (await backend.post("/auth/reset-pwd", {"newPassword": "words of the owner"}, params=key)).status == 200
    assert (await backend.opens(link)).query["code"] == "link_used"


async def test_of_code_and_link_at_once_one_deletes_and_one_mail_tells(backend: Backend, smtp: RefusingServer) -> None:
    session = await comes_back(backend)
    await asks_to_be_gone(backend, session)
    code, token = code_of_deletion(smtp), (await backend.opens(link_of_deletion(smtp))).token
    typed, pressed = await asyncio.gather(
        types(backend, session, code), backend.post("/account/leave/now", params={"key": token})
    )
    assert 200 in (typed.status, pressed.status)
    await backend.waits_for_mails()
    await has_no_row(backend)
    assert list_letters(smtp).count(DELETED) == 1


async def test_both_clicks_of_a_double_click_are_answered_alike(backend: Backend, smtp: RefusingServer) -> None:
    session = await comes_back(backend)
    await asks_to_be_gone(backend, session)
    code = code_of_deletion(smtp)
    answers = await asyncio.gather(*(types(backend, session, code) for _ in range(3)))
    assert [answer.status for answer in answers] == [200] * 3
    assert (await types(backend, session, code)).status == 200
    backend.clock.advance(seconds=6)
    assert (await types(backend, session, code)).code == "invalid_session_token"
    await backend.joins()
    await asks_to_be_gone(backend, await comes_back_again(backend))
    link = link_of_deletion(smtp)
    token = (await backend.opens(link)).token
    for _ in range(2):
        assert (await backend.post("/account/leave/now", params={"key": token})).status == 200
    backend.clock.advance(seconds=6)
    assert (await backend.post("/account/leave/now", params={"key": token})).code == "invalid_access_token"


async def comes_back_again(backend: Backend) -> str:
    await leaves(backend, (await backend.signs_in()).token)
    return (await backend.signs_in()).token


async def test_of_two_requests_within_seconds_one_mail_is_sent(backend: Backend, smtp: RefusingServer) -> None:
    session = await comes_back(backend)
    for _ in range(2):
        assert (await backend.post("/account/leave/now/code", session=session)).status == 200
    await backend.waits_for_mails()
    assert len(smtp.received(to="ada@example.com", subject="Confirm the deletion")) == 1


async def test_such_mails_are_limited_like_others(backend: Backend) -> None:
    session = await comes_back(backend)
    statuses = [(await asks_to_be_gone(backend, session)).status for _ in range(7)]
    assert statuses[-1] == 429
    assert statuses.count(200) <= 5


async def test_wrong_links_are_counted(backend: Backend) -> None:
    answers = [await backend.post("/account/leave/now", params={"key": f"{number:043}"}) for number in range(101)]
    assert (answers[0].status, answers[-1].status) == (403, 429)


async def test_other_links_delete_nothing_and_this_one_opens_nothing(backend: Backend, smtp: RefusingServer) -> None:
    session = await comes_back(backend)
    magic = (await backend.opens(first_link(smtp.received(subject=ASKED)[-1]))).token
    assert (await backend.post("/account/leave/now", params={"key": magic})).code == "invalid_token_type"
    await asks_to_be_gone(backend, session)
    token = (await backend.opens(link_of_deletion(smtp))).token
    assert (await backend.grants(token)).code == "invalid_token_type"
    reset = await backend.post("/auth/reset-pwd", {"newPassword": "words of a thief"}, params={"key": token})
    assert reset.code == "invalid_token_type"
    assert await is_there(backend)


async def test_where_nobody_has_proven_the_address_it_goes_when_its_time_is_over(
    tmp_path: Path, smtp: RefusingServer
) -> None:
    """An account from before addresses were confirmed: nobody knows whose mailbox could confirm it."""
    clock = Clock()
    async with (
        run_backend(tmp_path, clock, EMAIL_CONFIRMATION="off") as before,
        run_backend(tmp_path, clock, SMTP_URL=smtp.url, MAIL_FROM="accounts@example.org") as backend,
    ):
        assert (await leaves(backend, (await before.joins()).token)).status == 200
        session = (await before.signs_in()).token
        assert (await asks_to_be_gone(backend, session)).code == "email_not_verified"
        clock.advance(days=14, seconds=1)
        await cleans_up(backend)
        assert tables_with(backend, "ada@example.com") == []
    assert smtp.received(subject="account") == []


async def test_the_backends_own_button_deletes_and_says_so(tmp_path: Path, smtp: RefusingServer) -> None:
    async with run_mailing_backend(tmp_path, smtp, LINK_BUTTON="on") as backend:
        await asks_to_be_gone(backend, await comes_back(backend))
        link = link_of_deletion(smtp)
        page = await backend.http.get(link)
        assert (page.status_code, "Delete account for good" in page.text) == (200, True)
        assert await is_there(backend)
        pages = await asyncio.gather(*(backend.http.post(link) for _ in range(2)))
        assert [("Your account was deleted" in page.text, page.status_code) for page in pages] == [(True, 200)] * 2
        await backend.waits_for_mails()
        await has_no_row(backend)
        assert tables_with(backend, "ada@example.com") == []
        backend.clock.advance(seconds=6)
        assert (await backend.opens(link, "POST")).query["code"] == "link_unknown"

""" "This wasn't me" in a mail that tells of a log-in or of a new password: it puts everybody out."""

import asyncio
from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.browsers_of_ada import LAPTOP, PHONE, is_logged_in, joins
from tests.kit.history import load_events
from tests.kit.notices import disowns, token_of_notice
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

MINE = "words of the owner alone"
THIEFS = "words of the thief alone"


async def test_opening_it_says_what_happened_and_changes_nothing(backend: Backend) -> None:
    await joins(backend)
    thief = (await backend.signs_in(headers=PHONE)).token
    token = await token_of_notice(backend)
    told = (await backend.get("/auth/access-token", params={"key": token})).body
    assert (told["notice"], told["disowned"], told["ip"]) == ("new-login", False, "203.0.113.9")
    assert told["userAgent"]["family"] == "Mobile Safari"
    assert await is_logged_in(backend, thief)


async def test_its_session_device_and_links_end_and_a_new_password_is_chosen(backend: Backend) -> None:
    await joins(backend)
    thief = (await backend.signs_in(headers=PHONE)).token
    token = await token_of_notice(backend)
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"}, headers=PHONE)
    magic = await backend.newest_link()
    assert await disowns(backend, token) == 200
    assert not await is_logged_in(backend, thief)
    assert (await backend.opens(magic)).query["code"] == "link_used"
    assert (await backend.get("/auth/access-token", params={"key": token})).body["disowned"] is True

    assert (await backend.post("/auth/reset-pwd", {"newPassword": MINE}, params={"key": token})).status == 200
    assert (await backend.signs_in(headers=PHONE)).status == 401
    me = await backend.signs_in(password=MINE)
    events = [event for event in await load_events(backend, me.token) if event["kind"] == "event.disowned"]
    assert [(event["details"], event["count"]) for event in events] == [({"letter": "new-login"}, 1)]


async def test_a_thief_who_knows_the_password_is_not_back_before_there_is_a_new_one(backend: Backend) -> None:
    """They would change the address, which ends the owner's link, or delete the account."""
    await joins(backend)
    await backend.signs_in(headers=PHONE)
    token = await token_of_notice(backend)
    assert await disowns(backend, token) == 200
    backend.clock.advance(hours=2)
    assert (await backend.signs_in(headers=PHONE)).code == "invalid_sign_in_credentials"
    assert (await backend.post("/auth/reset-pwd", {"newPassword": MINE}, params={"key": token})).status == 200
    assert (await backend.signs_in(password=MINE)).status == 200


async def test_an_account_whose_address_nobody_has_proven_keeps_its_password(tmp_path: Path) -> None:
    """Without one it would be no account, and whoever types its address could have it."""
    async with run_backend(tmp_path, EMAIL_CONFIRMATION="off") as backend:
        await backend.signs_up(headers=LAPTOP)
        backend.clock.advance(minutes=1)
        thief = (await backend.signs_in(headers=PHONE)).token
        assert await disowns(backend, await token_of_notice(backend)) == 200
        assert not await is_logged_in(backend, thief)
        assert (await backend.signs_in()).status == 200


async def test_it_works_after_the_session_has_ended_and_as_often_as_it_is_pressed(backend: Backend) -> None:
    await joins(backend)
    thief = (await backend.signs_in(headers=PHONE)).token
    token = await token_of_notice(backend)
    await backend.post("/auth/signout", session=thief, headers=PHONE)
    assert await asyncio.gather(*(disowns(backend, token) for _ in range(4))) == [200] * 4
    assert (await backend.post("/auth/reset-pwd", {"newPassword": MINE}, params={"key": token})).status == 200
    assert await disowns(backend, token) == 403


async def test_whoever_has_the_session_and_the_password_cannot_end_the_link(backend: Backend) -> None:
    await joins(backend)
    thief = (await backend.signs_in(headers=PHONE)).token
    token = await token_of_notice(backend)
    body = {"oldPassword": PASSWORD, "newPassword": THIEFS}
    assert (await backend.post("/auth/change-pwd", body, session=thief, headers=PHONE)).status == 200
    await backend.post("/auth/signout-all-except", session=thief, headers=PHONE)
    assert await disowns(backend, token) == 200
    assert not await is_logged_in(backend, thief)
    assert (await backend.post("/auth/reset-pwd", {"newPassword": MINE}, params={"key": token})).status == 200
    assert (await backend.signs_in(password=THIEFS, headers=PHONE)).status == 401


async def test_the_mail_about_a_new_password_is_answered_in_the_same_way(backend: Backend) -> None:
    thief = await joins(backend)
    body = {"oldPassword": PASSWORD, "newPassword": THIEFS}
    assert (await backend.post("/auth/change-pwd", body, session=thief, headers=LAPTOP)).status == 200
    token = await token_of_notice(backend)
    assert (await backend.get("/auth/access-token", params={"key": token})).body["notice"] == "password-changed"
    assert await disowns(backend, token) == 200
    assert not await is_logged_in(backend, thief)


async def test_it_works_for_a_day(backend: Backend) -> None:
    await joins(backend)
    thief = (await backend.signs_in(headers=PHONE)).token
    token = await token_of_notice(backend)
    backend.clock.advance(hours=25)
    assert await disowns(backend, token) == 403
    assert await is_logged_in(backend, thief)


async def test_a_link_that_somebody_asked_for_has_nothing_to_disown(backend: Backend) -> None:
    session = await joins(backend)
    await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
    token = await token_of_notice(backend)
    assert (await backend.get("/auth/access-token", params={"key": token})).body["notice"] is None
    assert await disowns(backend, token) == 401
    assert await disowns(backend, "made up") == 403
    assert await is_logged_in(backend, session)


async def test_the_button_of_the_backends_own_page_does_the_same(with_button: Backend) -> None:
    await with_button.signs_up(headers=LAPTOP)
    await with_button.opens(await with_button.newest_link(), "POST")
    await with_button.signs_in(headers=LAPTOP)
    thief = (await with_button.signs_in(headers=PHONE)).token
    await with_button.waits_for_mails()
    link = await with_button.newest_link()
    page = await with_button.http.get(link)
    assert "<h1>New login</h1>" in page.text
    assert "This wasn’t me" in page.text
    assert await is_logged_in(with_button, thief)
    token = (await with_button.opens(link, "POST")).token
    assert not await is_logged_in(with_button, thief)
    assert (await with_button.post("/auth/reset-pwd", {"newPassword": MINE}, params={"key": token})).status == 200

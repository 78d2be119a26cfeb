"""With two-step verification on, no way in opens a session by itself: what it gives is a ticket, and no more."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.contract_sessions import is_open, sessions
from tests.kit.email_changes import OWN, changes, open_undo, undoes
from tests.kit.history import load_events
from tests.kit.mailbox import code_in
from tests.kit.two_step import joins_with_an_app, logs_in_with, takes_second_step, ticket_of

pytestmark = pytest.mark.both_databases

ADA = "ada@example.com"
LAPTOP, PHONE = ({"X-Device": name * 8} for name in ("laptop", "phone "))
GATE = "/account/factors/sign-in"
BOTH = ["totp", "recovery-code"]


async def asks_for_mail(backend: Backend) -> Answer:
    backend.clock.advance(minutes=1)
    asked = await backend.post("/auth/send-magic", params={"email": ADA}, headers=LAPTOP)
    assert asked.status == 200
    return asked


async def by_password(backend: Backend) -> Answer:
    return await backend.signs_in(headers=LAPTOP)


async def by_link(backend: Backend) -> Answer:
    await asks_for_mail(backend)
    return await backend.grants((await backend.opens(await backend.newest_link())).token, headers=LAPTOP)


async def by_code(backend: Backend) -> Answer:
    reference = (await asks_for_mail(backend)).body["reference"]
    body = {"reference": reference, "code": code_in(await backend.newest_mail())}
    return await backend.post("/account/codes", body, headers=LAPTOP)


WAYS_IN: dict[str, Callable[[Backend], Awaitable[Answer]]] = {
    "password": by_password,
    "magic-link": by_link,
    "mail-code": by_code,
}


@pytest.mark.parametrize("way", WAYS_IN)
async def test_no_way_in_opens_a_session_without_the_second_factor(backend: Backend, way: str) -> None:
    token, _ = await joins_with_an_app(backend)
    mails = len(await backend.mails())
    refused = await WAYS_IN[way](backend)
    details = refused.body["errors"][0]["details"]
    assert (refused.status, refused.code) == (401, "second_factor_required")
    assert (set(details), details["factors"]) == ({"ticket", "factors", "expiryDtm"}, BOTH)
    assert len(await sessions(backend, token)) == 2, "no session but those of before"
    assert len(await backend.mails()) == mails + (way != "password"), "nobody has logged in, so no mail says so"
    assert not await is_open(backend, details["ticket"]), "a ticket is no session"


@pytest.mark.parametrize("way", WAYS_IN)
async def test_the_second_step_finishes_each_of_them(backend: Backend, way: str) -> None:
    _, app = await joins_with_an_app(backend)
    ticket = ticket_of(await WAYS_IN[way](backend))
    told = await backend.get(GATE, params={"ticket": ticket}, headers=LAPTOP)
    assert (told.body["factors"], told.body["email"]) == (BOTH, "a…@e….com")
    taken = await takes_second_step(backend, ticket, app.next_code(), headers=LAPTOP)
    session = taken.body["session"]
    assert (taken.status, taken.body["user"]["email"]) == (200, ADA)
    assert (session["method"], session["factors"]) == (way, ["totp"])
    assert (await backend.get("/account/confirm", session=taken.token)).body["confirmedUntil"] is not None
    opened = (await load_events(backend, taken.token))[0]
    assert (opened["kind"], opened["details"]) == ("session.opened", {"method": way, "factor": "totp"})
    assert opened["isOwnSession"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("email", "hint"),
    [
        ("ada.lovelace@mail.example.org", "a…e@m….org"),
        ("ada@example.com", "a…@e….com"),
        ("a@example.com", "a…@e….com"),
        ("-ada-@example.co.uk", "…@e….uk"),
    ],
)
async def test_the_owner_recognizes_the_address(backend: Backend, email: str, hint: str) -> None:
    await joins_with_an_app(backend, email)
    ticket = ticket_of(await backend.signs_in(email))
    assert (await backend.get(GATE, params={"ticket": ticket})).body["email"] == hint


async def test_the_link_is_spent_by_the_first_factor(backend: Backend) -> None:
    await joins_with_an_app(backend)
    await asks_for_mail(backend)
    token = (await backend.opens(await backend.newest_link())).token
    ticket_of(await backend.grants(token))
    assert (await backend.grants(token)).code == "invalid_access_token"


async def test_whoever_has_not_switched_it_on_meets_nothing_of_it(backend: Backend) -> None:
    await backend.joins()
    opened = await backend.signs_in()
    assert (opened.status, opened.body["session"]["factors"]) == (200, [])
    assert (await backend.get("/account/factors", session=opened.token)).body == {
        "twoStepDtm": None,
        "totp": None,
        "recoveryCodes": None,
        "passkeys": 0,
    }


# The ticket


async def test_a_ticket_ends_after_ten_minutes_and_after_five_attempts(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    late = ticket_of(await by_password(backend))
    backend.clock.advance(minutes=10)
    assert (await takes_second_step(backend, late, app.code(), headers=LAPTOP)).code == "invalid_ticket"
    assert (await backend.get(GATE, params={"ticket": late}, headers=LAPTOP)).code == "invalid_ticket"

    tried = ticket_of(await by_password(backend))
    for _time in range(5):
        assert (await takes_second_step(backend, tried, app.wrong_code(), headers=LAPTOP)).code == "wrong_code"
    assert (await takes_second_step(backend, tried, app.next_code(), headers=LAPTOP)).code == "invalid_ticket"
    assert (await takes_second_step(backend, ticket_of(await by_password(backend)), app.code(), headers=LAPTOP)).token


@pytest.mark.one_database
@pytest.mark.parametrize("ticket", ["", "x" * 43, "x" * 513, None, 7])
async def test_what_is_no_ticket_opens_nothing(backend: Backend, ticket: Any) -> None:
    refused = await backend.post(GATE, {"ticket": ticket, "code": "123456"})
    assert (refused.status, refused.code) in {(400, "validation_error"), (401, "invalid_ticket")}
    assert (await backend.post(GATE, {"ticket": "x" * 43})).params == ["code"]
    assert (await backend.get(GATE)).params == ["ticket"]


async def test_a_ticket_works_in_the_browser_alone_that_got_it(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    ticket = ticket_of(await by_password(backend))
    for elsewhere in (PHONE, {}):
        assert (await takes_second_step(backend, ticket, app.next_code(), headers=elsewhere)).code == "invalid_ticket"
        assert (await backend.get(GATE, params={"ticket": ticket}, headers=elsewhere)).code == "invalid_ticket"
    assert (await takes_second_step(backend, ticket, app.code(), headers=LAPTOP)).status == 200


async def test_a_double_click_logs_in_once_and_both_answers_lead_in(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    before = len(await sessions(backend, token))
    ticket, code = ticket_of(await by_password(backend)), app.next_code()
    answers = await asyncio.gather(*(takes_second_step(backend, ticket, code, headers=LAPTOP) for _ in range(5)))
    assert [answer.status for answer in answers] == [200] * 5
    assert len({answer.token for answer in answers}) == 1
    assert len(await sessions(backend, token)) == before + 1


async def test_a_ticket_that_was_used_opens_nothing_to_whoever_lacks_the_factor(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    ticket = ticket_of(await by_password(backend))
    code = app.next_code()
    assert (await takes_second_step(backend, ticket, code, headers=LAPTOP)).status == 200
    assert (await takes_second_step(backend, ticket, app.wrong_code(), headers=LAPTOP)).code == "invalid_ticket"
    backend.clock.advance(seconds=6)
    assert (await takes_second_step(backend, ticket, code, headers=LAPTOP)).code == "invalid_ticket"


async def test_of_many_guesses_at_once_no_more_than_five_are_compared(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    ticket, wrong = ticket_of(await by_password(backend)), app.wrong_code()
    guesses = [f"{number:06}" for number in range(int(wrong), int(wrong) + 20)]
    answers = await asyncio.gather(*(takes_second_step(backend, ticket, code, headers=LAPTOP) for code in guesses))
    compared = [answer.code for answer in answers].count("wrong_code")
    assert compared <= 5


# Ways back, which open nothing by themselves


async def test_whoever_leaves_comes_back_by_the_second_step_too(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    assert (await backend.post("/account/leave", {}, session=token)).status == 200
    await backend.waits_for_mails()
    ticket = ticket_of(await backend.grants((await backend.opens(await backend.newest_link())).token))
    ticket_of(await by_password(backend))
    assert (await takes_second_step(backend, ticket, app.next_code())).body["user"]["leavingDtm"]


async def test_an_address_that_was_taken_back_leads_to_the_second_step(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    backend.clock.advance(minutes=5)
    await changes(backend, token)
    undone = await undoes(backend, await open_undo(backend))
    assert set(undone.body) == {"resetToken"}
    key = {"key": undone.body["resetToken"]}
    assert (await backend.get("/auth/grant", params=key)).code == "invalid_token_type"
    assert (await backend.post("/auth/reset-pwd", {"newPassword": OWN}, params=key)).body == {}
    ticket = ticket_of(await backend.signs_in(ADA, OWN))
    assert (await takes_second_step(backend, ticket, app.next_code())).status == 200


async def test_not_me_leads_to_a_new_password_and_no_further(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    backend.clock.advance(days=1)
    await logs_in_with(backend, app, headers={"User-Agent": "another browser"})
    key = {"key": (await backend.opens(await backend.newest_link())).token}
    assert (await backend.post("/auth/access-token/disown", params=key)).body == {}
    assert (await backend.get("/auth/grant", params=key)).code == "invalid_token_type"
    assert (await backend.post("/auth/reset-pwd", {"newPassword": OWN}, params=key)).body == {}
    ticket_of(await backend.signs_in(ADA, OWN))

"""A new address confirmed by the code of its mail, typed in the session that asked for it.

Ada asks on her laptop; Eve holds another session of Ada's account, with a password that she has seen.
"""

import asyncio

import pytest

from tests.kit.backend import IPHONE, Backend
from tests.kit.contract import Answer
from tests.kit.contract_codes import WRONG, count_attempts
from tests.kit.contract_sessions import is_open
from tests.kit.email_changes import NEW, NEWER, OLD, asks, confirms_new, find_email, find_pending, open_undo
from tests.kit.history import list_kinds, load_events
from tests.kit.mailbox import CODE, code_in
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

BOB = "bob@example.com"


async def read_code(backend: Backend, to: str = NEW) -> str:
    await backend.waits_for_mails()
    return code_in(next(mail for mail in await backend.mails() if f"<bdi>{to}</bdi>" in mail))


async def types(backend: Backend, session: str, code: str) -> Answer:
    return await backend.post("/account/email/code", {"code": code}, session=session)


async def signs_in_as_eve(backend: Backend) -> str:
    return (await backend.signs_in(headers={"User-Agent": IPHONE})).token


async def test_the_code_confirms_it_in_the_session_that_asked(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    confirmed = await types(backend, session, (await read_code(backend)).lower())
    assert (confirmed.status, confirmed.body["email"], confirmed.body["emailVerified"]) == (200, NEW, True)
    assert await find_email(backend, session) == NEW
    assert await find_pending(backend, session) is None
    assert (await list_kinds(backend, session))[-2:] == ["email.requested", "email.changed"]
    assert await open_undo(backend, OLD), "the old box is told, as by the link"
    assert (await confirms_new(backend)).query["code"] == "link_used"


async def test_everybody_is_logged_out_but_who_asked(backend: Backend) -> None:
    session = (await backend.joins()).token
    eve = await signs_in_as_eve(backend)
    await asks(backend, session)
    assert (await types(backend, session, await read_code(backend))).status == 200
    assert (await is_open(backend, session), await is_open(backend, eve)) == (True, False)


async def test_eve_can_do_nothing_with_it_in_another_session(backend: Backend) -> None:
    """However she came by the code, and though it is Ada's own account; nor with that of a mail that she asked for."""
    session = (await backend.joins()).token
    eve = await signs_in_as_eve(backend)
    await asks(backend, session)
    code = await read_code(backend)
    assert (await types(backend, eve, code)).code == "wrong_code"
    backend.clock.advance(minutes=1)
    assert (await backend.post("/account/email/again", session=eve)).status == 200
    assert (await types(backend, eve, await read_code(backend))).code == "wrong_code"
    assert (await types(backend, session, code)).code == "wrong_code", "a newer mail ends it"
    assert await find_email(backend, session) == OLD
    assert (await types(backend, session, await read_code(backend))).status == 200, "it is for whoever asked first"
    assert not await is_open(backend, eve)


async def test_where_the_code_can_be_typed_is_told(backend: Backend) -> None:
    session = (await backend.joins()).token
    eve = await signs_in_as_eve(backend)
    await asks(backend, session)
    for each, can_type in ((session, True), (eve, False)):
        pending = await find_pending(backend, each)
        me = await backend.get("/account/me", params={"sessions": "1"}, session=each)
        assert pending is not None
        assert pending == me.body["pendingEmail"]
        assert bool(pending["codeExpiryDtm"]) == can_type


async def test_altogics_own_client_gets_no_code(backend: Backend) -> None:
    """For it has no field where that could be typed."""
    session = (await backend.joins()).token
    body = {"currentPassword": PASSWORD, "newEmail": NEW}
    headers = {"X-Client": "altogic-js"}
    assert (await backend.post("/auth/change-email", body, session=session, headers=headers)).status == 200
    await backend.waits_for_mails()
    assert not CODE.search(await backend.newest_mail())
    pending = await find_pending(backend, session)
    assert pending
    assert pending["codeExpiryDtm"] is None


async def test_it_is_over_after_ten_minutes_and_its_link_is_not(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    code = await read_code(backend)
    backend.clock.advance(minutes=10)
    assert (await types(backend, session, code)).code == "wrong_code"
    assert (await confirms_new(backend)).query["status"] == "200"


async def test_after_five_wrong_codes_only_the_link_is_good(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    code = await read_code(backend)
    answers = await asyncio.gather(*(types(backend, session, WRONG) for _ in range(8)))
    assert {answer.status for answer in answers} <= {401, 503}
    assert await count_attempts(backend) == 5
    assert (await types(backend, session, code)).code == "wrong_code"
    refused = [event for event in await load_events(backend, session) if event["kind"] == "code.refused"]
    assert [event["count"] for event in refused] == [5]
    assert (await confirms_new(backend)).query["status"] == "200"


async def test_codes_are_counted_over_all_addresses_that_are_asked_for(backend: Backend) -> None:
    """Whoever holds a session gets no more attempts by asking for the same address again and again."""
    session = (await backend.joins()).token
    answers = []
    for _hour in range(7):
        backend.clock.advance(hours=1, minutes=1)
        assert (await asks(backend, session)).status == 200
        answers += [(await types(backend, session, WRONG)).status for _time in range(5)]
    assert answers == [401] * 30 + [429] * 5


async def test_a_change_that_was_taken_back_is_not_confirmed(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    code = await read_code(backend)
    await backend.post("/account/email/cancel", session=session)
    assert (await types(backend, session, code)).code == "wrong_code"
    await asks(backend, session, NEWER)
    assert (await types(backend, session, code)).code == "wrong_code", "it was for another address"
    assert await find_email(backend, session) == OLD


async def test_of_the_code_and_the_link_at_once_the_address_changes_once(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    code = await read_code(backend)
    typed, pressed = await asyncio.gather(types(backend, session, code), confirms_new(backend))
    assert (typed.status, pressed.query["status"]) in ((200, "400"), (401, "200"))
    assert await find_email(backend, session) == NEW
    assert (await list_kinds(backend, session)).count("email.changed") == 1
    assert await is_open(backend, session)


async def test_both_clicks_of_a_double_click_get_the_new_address(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    code = await read_code(backend)
    clicks = await asyncio.gather(*(types(backend, session, code) for _click in range(2)))
    assert [(click.status, click.body.get("email")) for click in clicks] == [(200, NEW)] * 2
    assert (await list_kinds(backend, session)).count("email.changed") == 1
    backend.clock.advance(seconds=5)
    assert (await types(backend, session, code)).code == "wrong_code"


async def test_an_address_that_somebody_else_has_got_meanwhile_stays_theirs(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session, BOB)
    code = await read_code(backend, BOB)
    await backend.joins(BOB, name="Bob")
    assert (await types(backend, session, code)).code == "email_not_unique"
    assert await find_email(backend, session) == OLD
    assert await find_pending(backend, session) is None


async def test_nobody_learns_by_codes_whose_an_address_is(backend: Backend) -> None:
    await backend.joins(BOB, name="Bob")
    session = (await backend.joins()).token
    seen = []
    for new in (NEW, BOB):
        backend.clock.advance(minutes=1)
        pending = (await asks(backend, session, new)).body["pending"]
        answers = [await types(backend, session, WRONG) for _time in range(6)]
        seen.append((bool(pending["codeExpiryDtm"]), [(each.status, each.body) for each in answers]))
    assert seen[0] == seen[1]


async def test_whoever_is_logged_out_types_it_nowhere(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    code = await read_code(backend)
    assert (await backend.post("/account/email/code", {"code": code})).code == "missing_session_token"
    assert (await types(backend, session, "short")).params == ["code"]
    await backend.post("/auth/signout", {}, session=session)
    assert (await types(backend, session, code)).code == "invalid_session_token"


async def test_a_page_that_polls_does_not_keep_the_session_alive(backend: Backend) -> None:
    session = (await backend.joins()).token
    seen = []
    for headers in ({"X-Poll": "yes"}, {}):
        backend.clock.advance(minutes=6)
        await backend.get("/account/email/pending", session=session, headers=headers)
        await backend.services.background_writes.finish()
        listed = await backend.get("/auth/sessions", session=session, headers={"X-Poll": "yes"})
        seen.append(listed.body[0]["lastSeenDtm"])
    assert seen[0] < seen[1]
    assert (await backend.get("/account/me", session=session, headers={"X-Poll": "yes"})).status == 200

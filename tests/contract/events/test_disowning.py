""" "This wasn't me" beside an event of the history: everybody else is out, and nobody locks the owner out by it."""

import asyncio

import pytest

from tests.kit.backend import Backend
from tests.kit.browsers_of_ada import LAPTOP, PHONE, is_logged_in, joins
from tests.kit.contract import Answer
from tests.kit.history import load_events
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases


async def owner_logs_in(backend: Backend) -> str:
    """With the password, which confirms the session, at her laptop."""
    await joins(backend)
    return (await backend.signs_in(headers=LAPTOP)).token


async def find_id(backend: Backend, session: str, kind: str, ip: str = "") -> str:
    events = await load_events(backend, session)
    return str(next(event["_id"] for event in events if event["kind"] == kind and ip in ("", event["ip"])))


async def disowns(backend: Backend, session: str, event_id: str) -> Answer:
    return await backend.post("/account/event/disown", params={"id": event_id}, session=session, headers=LAPTOP)


async def shows(backend: Backend, session: str, event_id: str) -> Answer:
    return await backend.get("/account/event", params={"id": event_id}, session=session)


async def test_everybody_else_is_out_and_what_they_asked_for_ends(backend: Backend) -> None:
    mine = await owner_logs_in(backend)
    thief = (await backend.signs_in(headers=PHONE)).token
    other = (await backend.signs_in(headers={**PHONE, "X-Device": "one more of the thief, 128 bits"})).token
    body = {"currentPassword": PASSWORD, "newEmail": "thief@example.com"}
    assert (await backend.post("/auth/change-email", body, session=thief, headers=PHONE)).status == 200
    change = next(link for link in await backend.links() if "change-email" in link)
    event_id = await find_id(backend, mine, "session.opened", "203.0.113.9")
    assert (await disowns(backend, mine, event_id)).body == {}

    assert await is_logged_in(backend, mine)
    assert not await is_logged_in(backend, thief)
    assert not await is_logged_in(backend, other)
    assert (await backend.opens(change, "POST")).query["status"] != "200"
    newest = (await load_events(backend, mine))[0]
    assert (newest["kind"], newest["details"]) == ("event.disowned", {"what": "session.opened"})
    before = len([page for page in await backend.mails() if "New login" in page])
    backend.clock.advance(hours=2)
    await backend.signs_in(headers=PHONE)
    assert len([page for page in await backend.mails() if "New login" in page]) == before + 1, (
        "its device was forgotten"
    )


async def test_a_session_that_somebody_took_over_cannot_do_it(backend: Backend) -> None:
    await joins(backend)
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    link = next(link for link in await backend.links() if "magic-link" in link)
    taken_over = (await backend.grants((await backend.opens(link)).token, headers=PHONE)).token
    mine = (await backend.signs_in(headers=LAPTOP)).token
    event_id = await find_id(backend, taken_over, "session.opened")
    refused = await disowns(backend, taken_over, event_id)
    assert (refused.status, refused.code) == (403, "confirmation_required")
    backend.clock.advance(minutes=16)
    assert (await disowns(backend, mine, event_id)).code == "confirmation_required"
    assert await is_logged_in(backend, mine)
    assert await is_logged_in(backend, taken_over)
    assert (await backend.post("/account/event/disown", params={"id": event_id})).code == "missing_session_token"


async def test_as_often_and_as_much_at_once_as_it_is_pressed_it_is_one_outcome(backend: Backend) -> None:
    mine = await owner_logs_in(backend)
    thief = (await backend.signs_in(headers=PHONE)).token
    event_id = await find_id(backend, mine, "session.opened", "203.0.113.9")
    answers = await asyncio.gather(*(disowns(backend, mine, event_id) for _ in range(4)))
    assert {answer.status for answer in answers} == {200}
    assert not await is_logged_in(backend, thief)
    assert [event["kind"] for event in await load_events(backend, mine)].count("event.disowned") == 1


async def test_only_of_what_somebody_else_can_have_done_and_only_of_ones_own(backend: Backend) -> None:
    mine = await owner_logs_in(backend)
    name = {"name": "Countess"}
    await backend.calls("PUT", "/account/name", json=name, session=mine)
    others = await backend.joins("bob@example.com")
    hers = await find_id(backend, others.token, "session.opened")
    confirmed = await find_id(backend, mine, "account.confirmed")
    for event_id in (await find_id(backend, mine, "name.changed"), confirmed, hers, "0" * 64, "made-up"):
        refused = await disowns(backend, mine, event_id)
        assert (refused.status, refused.code) == (404, "event_not_found"), event_id
    assert await is_logged_in(backend, others.token)
    for event_id in (hers, "0" * 64):
        assert (await shows(backend, mine, event_id)).code == "event_not_found"


async def test_an_event_says_which_of_its_sessions_are_still_open(backend: Backend) -> None:
    mine = await owner_logs_in(backend)
    thief = (await backend.signs_in(headers=PHONE)).token
    event_id = await find_id(backend, mine, "session.opened", "203.0.113.9")
    seen = (await shows(backend, mine, event_id)).body
    (handle,) = seen["openSessions"]
    assert (seen["isOwnSession"], seen["isDisownable"]) == (False, True)
    assert (await backend.post("/auth/signout", {"token": handle}, session=mine)).status == 200
    assert not await is_logged_in(backend, thief)
    assert (await shows(backend, mine, event_id)).body["openSessions"] == []


async def test_the_one_log_in_of_this_browser_is_nobody_elses(backend: Backend) -> None:
    await joins(backend)
    mine = (await backend.signs_in(headers=PHONE)).token
    event_id = await find_id(backend, mine, "session.opened", "203.0.113.9")
    seen = (await shows(backend, mine, event_id)).body
    assert (seen["openSessions"], seen["isOwnSession"], seen["isDisownable"]) == ([], True, False)


async def test_sessions_are_told_by_their_event_even_with_a_new_token(backend: Backend) -> None:
    mine = await owner_logs_in(backend)
    renewed = await backend.post("/account/confirm", {"currentPassword": PASSWORD}, session=mine, headers=LAPTOP)
    newest = next(event for event in await load_events(backend, renewed.token) if event["kind"] == "session.opened")
    assert newest["isOwnSession"] is True


async def test_a_person_pages_back_to_what_is_newer(backend: Backend) -> None:
    mine = await owner_logs_in(backend)
    for number in range(5):
        backend.clock.advance(days=1)
        await backend.signs_in(headers={**PHONE, "X-Forwarded-For": f"203.0.{number}.9"})
    whole = [event["_id"] for event in await load_events(backend, mine)]

    async def page(**params: str) -> tuple[list[str], str | None, str | None]:
        body = (await backend.get("/account/events", params={"limit": "3", **params}, session=mine)).body
        return [event["_id"] for event in body["events"]], body["next"], body["previous"]

    first, following, previous = await page()
    assert (first, previous) == (whole[:3], None)
    second, following, previous = await page(after=str(following))
    assert (second, bool(following)) == (whole[3:6], True)
    back, following, previous = await page(before=str(previous))
    assert (back, previous) == (whole[:3], None)
    assert (await page(after=str(following)))[0] == whole[3:6]
    assert (await backend.get("/account/events", params={"before": "x"}, session=mine)).params == ["before"]

"""Nobody can push out of a history what happened: a day takes so many events of a kind, and counts the rest."""

import asyncio

import pytest

from backend.rules.events import A_DAY, A_DAY_BY_STRANGERS
from tests.kit.backend import IPHONE, Backend
from tests.kit.history import load_events

pytestmark = pytest.mark.both_databases


async def test_wrong_passwords_from_everywhere_add_no_more_than_a_few_rows_and_hide_no_log_in(backend: Backend) -> None:
    me = await backend.joins()
    await backend.signs_in(headers={"User-Agent": IPHONE, "X-Forwarded-For": "203.0.113.9"})
    attempts = A_DAY_BY_STRANGERS + 15
    for number in range(attempts):
        backend.clock.advance(minutes=5)
        await backend.signs_in(password="wrong password", headers={"X-Forwarded-For": f"198.51.100.{number}"})
    events = await load_events(backend, me.token)
    refused = [event for event in events if event["kind"] == "session.refused"]
    assert sum(event["count"] for event in refused) == attempts
    assert len(refused) == A_DAY_BY_STRANGERS + 1
    assert (refused[0]["count"], refused[0]["userAgent"], refused[0]["ip"]) == (15, None, None)
    assert {event["ip"] for event in events if event["kind"] == "session.opened"} == {"127.0.0.1", "203.0.113.9"}


async def test_a_thief_who_logs_in_from_many_places_hides_neither_the_first_of_them_nor_the_act(
    backend: Backend,
) -> None:
    me = await backend.joins()
    for number in range(A_DAY + 5):
        backend.clock.advance(minutes=5)
        await backend.signs_in(headers={"User-Agent": IPHONE, "X-Forwarded-For": f"198.51.100.{number}"})
    await backend.calls("PUT", "/account/name", json={"name": "Eve"}, session=me.token)
    events = await load_events(backend, me.token)
    opened = [event for event in events if event["kind"] == "session.opened"]
    assert len(opened) == A_DAY + 1
    assert "198.51.100.0" in {event["ip"] for event in opened}
    assert events[0]["kind"] == "name.changed"


async def test_who_is_in_the_history_already_is_still_told_when_the_day_is_full(backend: Backend) -> None:
    me = await backend.joins()
    for number in [*range(A_DAY_BY_STRANGERS + 3), 0]:
        backend.clock.advance(minutes=5)
        await backend.signs_in(password="wrong password", headers={"X-Forwarded-For": f"198.51.100.{number}"})
    newest = (await load_events(backend, me.token))[0]
    assert (newest["ip"], newest["count"]) == ("198.51.100.0", 2)


async def test_tries_at_the_same_time_are_all_counted(backend: Backend) -> None:
    me = await backend.joins()
    attempts = [backend.signs_in(password="wrong password", headers={"User-Agent": f"tool {n}"}) for n in range(8)]
    assert {answer.status for answer in await asyncio.gather(*attempts)} == {401}
    newest = (await load_events(backend, me.token))[0]
    assert (newest["kind"], newest["count"]) == ("session.refused", 8)


async def test_what_a_stranger_does_to_an_address_without_an_account_is_in_no_history(backend: Backend) -> None:
    """Nor does it become part of one when the account is made."""
    await backend.signs_in(password="wrong password")
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    me = await backend.joins()
    assert {event["kind"] for event in await load_events(backend, me.token)} == {"account.confirmed", "session.opened"}

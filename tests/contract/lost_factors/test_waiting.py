"""Whoever has lost the second factor waits, is mailed each day, and then removes it."""

import asyncio
from datetime import timedelta

import pytest

from tests.kit.backend import Backend
from tests.kit.contract_sessions import is_open
from tests.kit.email_changes import NEW, changes
from tests.kit.history import list_kinds
from tests.kit.lost_factors import (
    ADA,
    LAPTOP,
    PATH,
    REMOVE,
    STOP,
    asks,
    begins_waiting,
    begins_waiting_by_mail,
    find_links,
    gets_code,
    gets_ticket,
    gets_ticket_by_mail,
    has_two_step,
    joins_with_two_step,
    looks,
    passes,
    removes,
    stops,
)
from tests.kit.mailbox import code_in
from tests.kit.people import PASSWORD
from tests.kit.two_step import ticket_of

pytestmark = pytest.mark.both_databases

OWN = "words chosen after all that"


async def test_with_password_and_mailbox_it_takes_three_days_and_a_fresh_link_with_the_password(
    backend: Backend,
) -> None:
    session, _ = await joins_with_two_step(backend)
    ticket = await gets_ticket(backend)
    assert await looks(backend, ticket) == {
        "needs": "code",
        "hasPassword": True,
        "email": "a…@e….com",
        "endDtm": None,
        "isOver": False,
    }
    ends = await begins_waiting(backend)
    assert timedelta(days=2, hours=23) < ends - backend.clock.now <= timedelta(days=3)
    for _ in range(2):
        await passes(backend, days=1, minutes=1)
        assert not await find_links(backend, REMOVE)
    assert len(await find_links(backend, STOP)) == 3, "one at once, and one each day"
    await passes(backend, days=1)
    [link] = await find_links(backend, REMOVE)

    assert await is_open(backend, session)
    assert (await removes(backend, link)).code == "invalid_credentials"
    assert (await removes(backend, link, password="a guess")).code == "invalid_credentials"
    removed = await removes(backend, link, password=PASSWORD)
    assert removed.status == 200, removed.body
    assert not await is_open(backend, session)
    assert not await has_two_step(backend)
    assert (await backend.signs_in()).code == "invalid_sign_in_credentials", "a new password is due"
    key = {"key": removed.body["resetToken"]}
    assert (await backend.post("/auth/reset-pwd", {"newPassword": OWN}, params=key)).status == 200
    again = await backend.signs_in(password=OWN)
    assert (again.status, again.body["session"]["factors"]) == (200, [])
    assert {"factors.lost", "factors.recovered"} <= {*await list_kinds(backend, again.token)}
    factors = (await backend.get("/account/factors", session=again.token)).body
    assert (factors["twoStepDtm"], factors["totp"], factors["recoveryCodes"]) == (None, None, None)


async def test_by_the_mailbox_alone_it_takes_seven_days(backend: Backend) -> None:
    await joins_with_two_step(backend)
    assert (await looks(backend, await gets_ticket_by_mail(backend)))["needs"] == "password"
    ends = await begins_waiting_by_mail(backend)
    assert timedelta(days=6, hours=23) < ends - backend.clock.now <= timedelta(days=7)
    for _ in range(6):
        await passes(backend, days=1, minutes=1)
        assert not await find_links(backend, REMOVE)
    await passes(backend, days=1)
    [link] = await find_links(backend, REMOVE)
    assert (await removes(backend, link)).status == 200
    assert not await has_two_step(backend)


async def test_after_a_log_in_by_mail_the_password_makes_it_three_days(backend: Backend) -> None:
    await joins_with_two_step(backend)
    ticket = await gets_ticket_by_mail(backend)
    assert (await asks(backend, ticket, password="a guess")).code == "invalid_credentials"
    begun = await asks(backend, ticket, password=PASSWORD)
    assert begun.status == 200
    await passes(backend, days=3, minutes=1)
    assert await find_links(backend, REMOVE)


async def test_a_wrong_code_begins_nothing(backend: Backend) -> None:
    await joins_with_two_step(backend)
    ticket = await gets_ticket(backend)
    right = await gets_code(backend, ticket)
    wrong = "BBBB-BBBB" if right != "BBBB-BBBB" else "CCCC-CCCC"
    assert (await asks(backend, ticket, code=wrong)).code == "wrong_code"
    assert (await asks(backend, ticket)).code == "wrong_code"
    assert (await asks(backend, ticket, password=PASSWORD)).code == "wrong_code", "that was shown already"
    other = await gets_ticket(backend)
    assert (await asks(backend, other, code=right)).code == "wrong_code", "it is that ticket's alone"
    assert (await asks(backend, ticket, code=right)).status == 200


async def test_there_is_one_request_at_a_time_and_its_end_is_told(backend: Backend) -> None:
    await joins_with_two_step(backend)
    ends = await begins_waiting(backend)
    backend.clock.advance(hours=5)
    assert await begins_waiting(backend) == ends
    assert await begins_waiting_by_mail(backend) == ends
    found = await looks(backend, await gets_ticket(backend))
    assert (found["endDtm"], found["isOver"]) == (ends.isoformat(timespec="milliseconds").replace("+00:00", "Z"), False)
    assert len(await find_links(backend, STOP)) == 1


async def test_two_clicks_begin_one(backend: Backend) -> None:
    await joins_with_two_step(backend)
    ticket = await gets_ticket_by_mail(backend)
    begun = await asyncio.gather(*(asks(backend, ticket) for _ in range(5)))
    assert {answer.status for answer in begun} == {200}
    assert len({answer.body["endDtm"] for answer in begun}) == 1
    assert len(await find_links(backend, STOP)) == 1


async def test_the_box_of_the_address_before_is_told_too(backend: Backend) -> None:
    session, _ = await joins_with_two_step(backend)
    await changes(backend, session)
    ticket = ticket_of(await backend.signs_in(NEW, headers=LAPTOP))
    await backend.post(f"{PATH}/code", {"ticket": ticket}, headers=LAPTOP)
    assert (await asks(backend, ticket, code=code_in(await backend.newest_mail()))).status == 200
    [old] = await find_links(backend, STOP, ADA)
    assert await find_links(backend, STOP, NEW)
    assert (await stops(backend, old)).status == 200


async def test_a_link_that_was_missed_is_mailed_again_for_a_week_and_then_it_is_over(backend: Backend) -> None:
    session, _ = await joins_with_two_step(backend)
    await begins_waiting(backend)
    ticket = await gets_ticket(backend)
    assert (await backend.post(f"{PATH}/link", {"ticket": ticket}, headers=LAPTOP)).code == "not_allowed", "too early"
    await passes(backend, days=3, minutes=1)
    [missed] = await find_links(backend, REMOVE)
    await passes(backend, days=2)
    assert (await backend.opens(missed)).query["code"] == "link_expired"
    ticket = await gets_ticket(backend)
    assert (await looks(backend, ticket))["isOver"]
    assert (await backend.post(f"{PATH}/link", {"ticket": ticket}, headers=LAPTOP)).status == 200
    assert len(await find_links(backend, REMOVE)) == 2
    await passes(backend, days=5)
    assert await has_two_step(backend)
    assert (await looks(backend, await gets_ticket(backend)))["endDtm"] is None
    assert (await backend.signs_in(headers=LAPTOP)).code == "second_factor_required"
    assert session


async def test_two_clean_ups_at_once_mail_once(backend: Backend) -> None:
    await joins_with_two_step(backend)
    await begins_waiting(backend)
    backend.clock.advance(days=1, minutes=1)
    await asyncio.gather(passes(backend), passes(backend))
    assert len(await find_links(backend, STOP)) == 2


async def test_no_more_than_three_requests_a_day(backend: Backend) -> None:
    session, _ = await joins_with_two_step(backend)
    for _ in range(3):
        await begins_waiting_by_mail(backend)
        await backend.post(f"{PATH}/stop", session=session)
    assert (await asks(backend, await gets_ticket_by_mail(backend))).code == "rate_limit_exceeded"


async def test_without_two_step_verification_there_is_no_ticket_and_nothing_to_ask_for(backend: Backend) -> None:
    token = (await backend.joins()).token
    assert (await asks(backend, token)).code == "invalid_ticket"
    assert (await backend.get(PATH, params={"ticket": token})).code == "invalid_ticket"
    assert (await backend.post(f"{PATH}/code", {"ticket": token})).code == "invalid_ticket"
    assert (await backend.post(f"{PATH}/stop")).code == "missing_session_token"


async def test_a_link_of_another_kind_does_none_of_it(backend: Backend) -> None:
    await joins_with_two_step(backend)
    await backend.post("/auth/send-magic", params={"email": ADA})
    token = (await backend.opens(await backend.newest_link(ADA))).token
    for path in ("stop", "remove"):
        assert (await backend.post(f"{PATH}/{path}", params={"key": token})).code == "invalid_token_type"


async def test_two_log_ins_within_seconds_are_mailed_a_code_each(backend: Backend) -> None:
    """Each code is its own log-in's: the mail to the other one is not the same."""
    await joins_with_two_step(backend)
    first, second = await gets_ticket(backend), await gets_ticket(backend)
    codes = {ticket: await gets_code(backend, ticket) for ticket in (first, second)}
    assert len(set(codes.values())) == 2
    assert (await asks(backend, second, code=codes[second])).status == 200


async def test_a_log_in_that_asks_twice_within_seconds_is_mailed_one_code(backend: Backend) -> None:
    await joins_with_two_step(backend)
    ticket = await gets_ticket(backend)
    codes = [await gets_code(backend, ticket) for _ in range(2)]
    assert codes[0] == codes[1]
    assert (await asks(backend, ticket, code=codes[0])).status == 200

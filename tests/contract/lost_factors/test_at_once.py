"""Somebody removes lost factors while somebody else keeps them: one of the two has happened, whole."""

import asyncio
from collections.abc import Awaitable

import pytest

from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.lost_factors import (
    ADA,
    LAPTOP,
    PATH,
    REMOVE,
    STOP,
    EndOfWait,
    asks,
    begins_waiting_by_mail,
    end_of,
    find_links,
    gets_code,
    gets_ticket,
    gets_ticket_by_mail,
    has_two_step,
    is_waiting,
    joins_with_two_step,
    list_stored_kinds,
    passes,
    removes_by,
    stops_by,
    waits_to_the_end,
)
from tests.kit.people import PASSWORD
from tests.kit.two_step import takes_second_step

pytestmark = pytest.mark.both_databases

in_either_order = pytest.mark.parametrize("removes_first", [True, False], ids=["removed-first", "kept-first"])
OWN = "words chosen after all that"


async def at_once(removes: Awaitable[Answer], keeps: Awaitable[Answer], *, removes_first: bool) -> list[Answer]:
    """Both, begun in this order. Answers for the removal and for the other."""
    if removes_first:
        return list(await asyncio.gather(removes, keeps))
    return list(await asyncio.gather(keeps, removes))[::-1]


async def is_whole(backend: Backend, ada: EndOfWait, *, removed: bool) -> None:
    """Either everything was removed and everybody logged out, or nothing was."""
    kinds, is_open = await list_stored_kinds(backend), await backend.get("/auth/user", session=ada.session)
    assert await has_two_step(backend) is not removed
    assert not await is_waiting(backend)
    assert (kinds.count("factors.recovered"), kinds.count("factors.kept")) == ((1, 0) if removed else (0, 1))
    assert is_open.status == (401 if removed else 200)
    signed_in = await backend.signs_in()
    assert signed_in.code == ("invalid_sign_in_credentials" if removed else "second_factor_required")


@in_either_order
async def test_the_mail_that_stops_and_the_one_that_removes(backend: Backend, removes_first: bool) -> None:
    ada = await waits_to_the_end(backend)
    removal, stop = removes_by(backend, ada.remove, password=PASSWORD), stops_by(backend, ada.stop)
    removed, stopped = await at_once(removal, stop, removes_first=removes_first)
    assert {removed.status, stopped.status} == {200, 403}
    await is_whole(backend, ada, removed=removed.status == 200)


@in_either_order
async def test_a_session_stops_while_the_mail_removes(backend: Backend, removes_first: bool) -> None:
    ada = await waits_to_the_end(backend)
    removal = removes_by(backend, ada.remove, password=PASSWORD)
    stop = backend.post(f"{PATH}/stop", session=ada.session)
    removed, _stopped = await at_once(removal, stop, removes_first=removes_first)
    assert removed.status in (200, 403)
    await is_whole(backend, ada, removed=removed.status == 200)


@in_either_order
async def test_a_log_in_with_the_factor_while_the_mail_removes(backend: Backend, removes_first: bool) -> None:
    ada = await waits_to_the_end(backend)
    ticket, code = await gets_ticket(backend), ada.app.next_code()
    removal = removes_by(backend, ada.remove, password=PASSWORD)
    step = takes_second_step(backend, ticket, code, headers=LAPTOP)
    removed, taken = await at_once(removal, step, removes_first=removes_first)
    assert sorted((removed.status == 200, taken.status == 200)) == [False, True], (removed.body, taken.body)
    await is_whole(backend, ada, removed=removed.status == 200)
    if taken.status == 200:
        assert (await backend.get("/auth/user", session=taken.token)).status == 200


@in_either_order
async def test_a_new_password_while_the_mail_removes(backend: Backend, removes_first: bool) -> None:
    """Of two links that were mailed, one has ended the other."""
    ada = await waits_to_the_end(backend)
    await backend.post("/auth/send-reset", params={"email": ADA})
    reset_token = (await backend.opens(await backend.newest_link(ADA))).token
    removal = removes_by(backend, ada.remove, password=PASSWORD)
    reset = backend.post("/auth/reset-pwd", {"newPassword": OWN}, params={"key": reset_token}, headers=LAPTOP)
    removed, chosen = await at_once(removal, reset, removes_first=removes_first)
    assert sorted((removed.status == 200, chosen.status == 200)) == [False, True], (removed.body, chosen.body)
    assert await has_two_step(backend) is (chosen.status == 200)
    assert await is_waiting(backend) is (chosen.status == 200), "longer, after a reset"


async def test_both_clicks_on_remove_lead_on_to_the_same_new_password(backend: Backend) -> None:
    ada = await waits_to_the_end(backend)
    clicks = await asyncio.gather(*(removes_by(backend, ada.remove, password=PASSWORD) for _ in range(3)))
    again = await removes_by(backend, ada.remove, password=PASSWORD)
    assert [click.status for click in (*clicks, again)] == [200] * 4
    [token] = {click.body["resetToken"] for click in (*clicks, again)}
    assert (await list_stored_kinds(backend)).count("factors.recovered") == 1

    other = {"X-Device": "a browser that has seen the link, too"}
    assert (await removes_by(backend, ada.remove, PASSWORD, other)).code == "invalid_access_token"
    backend.clock.advance(seconds=6)
    assert (await removes_by(backend, ada.remove, password=PASSWORD)).code == "invalid_access_token"
    assert (await backend.post("/auth/reset-pwd", {"newPassword": OWN}, params={"key": token})).status == 200


async def test_a_second_click_gets_nothing_by_a_wrong_password(backend: Backend) -> None:
    ada = await waits_to_the_end(backend)
    clicks = await asyncio.gather(*(removes_by(backend, ada.remove, password="a guess") for _ in range(3)))
    assert {click.code for click in clicks} == {"invalid_credentials"}
    assert await has_two_step(backend)


async def test_both_clicks_on_stop_this_are_answered_alike(backend: Backend) -> None:
    ada = await waits_to_the_end(backend)
    clicks = await asyncio.gather(*(stops_by(backend, ada.stop) for _ in range(3)))
    assert [click.status for click in clicks] == [200] * 3
    await is_whole(backend, ada, removed=False)
    backend.clock.advance(seconds=6)
    assert (await stops_by(backend, ada.stop)).code == "invalid_access_token"


async def test_two_log_ins_that_ask_at_once_begin_one_wait(backend: Backend) -> None:
    """One with password and mailbox, one with the mailbox alone: whose wait it is is told to both."""
    await joins_with_two_step(backend)
    by_mail = await gets_ticket_by_mail(backend)
    by_password = await gets_ticket(backend)
    code = await gets_code(backend, by_password)
    begun = await asyncio.gather(asks(backend, by_mail), asks(backend, by_password, code=code))
    assert len({end_of(answer) for answer in begun}) == 1
    assert await is_waiting(backend)
    assert (await list_stored_kinds(backend)).count("factors.lost") == 1
    assert len(await find_links(backend, STOP)) == 1


async def test_somebody_asks_while_the_owner_stops(backend: Backend) -> None:
    session, _app = await joins_with_two_step(backend)
    await begins_waiting_by_mail(backend)
    ticket = await gets_ticket_by_mail(backend)
    stopped, begun = await asyncio.gather(backend.post(f"{PATH}/stop", session=session), asks(backend, ticket))
    assert (stopped.status, begun.status) == (200, 200)
    kinds = await list_stored_kinds(backend)
    assert kinds.count("factors.kept") == 1
    if await is_waiting(backend):
        assert len(await find_links(backend, STOP)) == 2, "a new one, of which the owner is told"


async def test_a_mail_is_due_while_the_owner_stops(backend: Backend) -> None:
    session, _app = await joins_with_two_step(backend)
    await begins_waiting_by_mail(backend)
    backend.clock.advance(days=1, minutes=1)
    await asyncio.gather(passes(backend), backend.post(f"{PATH}/stop", session=session))
    assert not await is_waiting(backend)
    await passes(backend, days=7)
    assert not await find_links(backend, REMOVE)
    assert await has_two_step(backend)

"""How long a code works and how often it is compared, alike for addresses with and without an account."""

import asyncio
from typing import Any

import pytest

from tests.kit.backend import Backend
from tests.kit.contract_codes import (
    ADA,
    PHONE,
    WRONG,
    asks_for_a_code,
    count_attempts,
    read_newest_code,
    types_code,
)
from tests.kit.history import load_events
from tests.kit.mailbox import CODE

pytestmark = pytest.mark.both_databases


async def load_history(backend: Backend) -> list[dict[str, Any]]:
    return await load_events(backend, (await backend.signs_in()).token)


async def test_a_code_works_for_ten_minutes_and_its_link_longer(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    code, link = await read_newest_code(backend), await backend.newest_link()
    backend.clock.advance(minutes=10)
    assert (await types_code(backend, reference, code)).code == "wrong_code"
    assert not CODE.search(await backend.newest_mail()), "a mail does not show a code that is over"
    assert (await backend.grants((await backend.opens(link)).token)).status == 200


async def test_after_five_wrong_codes_only_the_link_is_good(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    code, link = await read_newest_code(backend), await backend.newest_link()
    for _time in range(5):
        assert (await types_code(backend, reference, WRONG)).code == "wrong_code"
    assert (await types_code(backend, reference, code)).code == "wrong_code"
    assert (await backend.grants((await backend.opens(link)).token)).status == 200


async def test_of_fifty_wrong_codes_at_once_five_are_compared(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    attempts = (types_code(backend, reference, WRONG) for _ in range(50))
    assert {answer.status for answer in await asyncio.gather(*attempts)} <= {401, 429, 503}
    assert await count_attempts(backend) == 5
    events = await load_history(backend)
    assert sum(event["count"] for event in events if event["kind"] == "code.refused") == 5


async def test_new_codes_do_not_give_an_account_new_attempts(backend: Backend) -> None:
    await backend.joins()
    for number in range(6):
        backend.clock.advance(hours=1)
        reference = await asks_for_a_code(backend, device={"X-Device": f"another browser {number} of a stranger"})
        for _time in range(5):
            assert (await types_code(backend, reference, WRONG)).status == 401
    backend.clock.advance(hours=1)
    reference = await asks_for_a_code(backend, device=PHONE)
    code, link = await read_newest_code(backend), await backend.newest_link()
    refused = await types_code(backend, reference, code)
    assert (refused.status, refused.code) == (429, "rate_limit_exceeded")
    assert int(refused.headers["retry-after"]) > 60
    assert (await backend.grants((await backend.opens(link)).token)).status == 200


async def test_no_stranger_uses_up_the_attempts_of_a_browser_that_the_owner_knows(backend: Backend) -> None:
    await backend.joins()
    await backend.signs_in(headers=PHONE)
    for number in range(7):
        backend.clock.advance(minutes=61)
        stranger = await asks_for_a_code(backend, device={"X-Device": f"another browser {number} of a stranger"})
        for _time in range(5):
            await types_code(backend, stranger, WRONG)
    backend.clock.advance(seconds=11)
    reference = await asks_for_a_code(backend, device=PHONE)
    body = {"reference": reference, "code": await read_newest_code(backend)}
    assert (await backend.post("/account/codes", body, headers=PHONE)).status == 200


async def test_unknown_addresses_get_the_same_references_answers_and_limits(backend: Backend) -> None:
    await backend.joins()
    seen: dict[str, list[Any]] = {}
    for email in (ADA, "nobody@example.com"):
        backend.clock.advance(hours=25)
        for number in range(7):
            backend.clock.advance(hours=1)
            reference = await asks_for_a_code(
                backend, email=email, device={"X-Device": f"browser {number} of somebody"}
            )
            shape = [len(part) for part in reference.split(".")]
            answers = [await types_code(backend, reference, WRONG) for _time in range(6)]
            seen.setdefault(email, []).append((shape, [(answer.status, answer.body) for answer in answers]))
    assert seen[ADA] == seen["nobody@example.com"]
    assert {status for _shape, answers in seen[ADA] for status, _body in answers} == {401, 429}


async def test_a_wrong_code_is_told_to_the_owner(backend: Backend) -> None:
    await backend.joins()
    await types_code(backend, await asks_for_a_code(backend), WRONG)
    refused = [event for event in await load_history(backend) if event["kind"] == "code.refused"]
    assert [(event["count"], event["details"]) for event in refused] == [(1, {})]

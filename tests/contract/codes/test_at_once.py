"""Codes that are typed several times at once, or while their link is used: one outcome, which each click is told."""

import asyncio

import pytest

from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.contract_codes import LAPTOP, asks_for_a_code, find_progress, read_newest_code, types_code
from tests.kit.people import PASSWORD
from tests.kit.two_step import takes_second_step, ticket_of, turns_on_two_step

pytestmark = pytest.mark.both_databases

NEW = "chosen anew with three words"


async def types_twice(backend: Backend, reference: str, code: str) -> list[Answer]:
    return await asyncio.gather(*(types_code(backend, reference, code) for _click in range(2)))


async def test_both_clicks_of_a_double_click_get_the_same_session(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    first, second = await types_twice(backend, reference, await read_newest_code(backend))
    assert (first.status, second.status) == (200, 200)
    assert first.token == second.token
    sessions = (await backend.get("/auth/sessions", session=first.token)).body
    assert [session["method"] for session in sessions].count("mail-code") == 1


async def test_both_clicks_confirm_a_sign_up(backend: Backend) -> None:
    browser = LAPTOP | {"X-Registration": "of this browser " * 2}
    signed_up = await backend.signs_up(headers=browser)
    body = {"reference": signed_up.body["reference"], "code": await read_newest_code(backend)}
    clicks = [backend.post("/account/codes", body, headers=browser) for _click in range(2)]
    first, second = await asyncio.gather(*clicks)
    assert (first.status, second.status) == (200, 200)
    assert first.token == second.token


async def test_both_clicks_lead_on_to_one_new_password(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend, "send-reset")
    first, second = await types_twice(backend, reference, await read_newest_code(backend))
    assert first.body == second.body == {"action": "reset-pwd", "accessToken": first.body["accessToken"]}
    key = {"key": first.body["accessToken"]}
    assert (await backend.post("/auth/reset-pwd", {"newPassword": NEW}, params=key)).status == 200
    assert (await backend.post("/auth/reset-pwd", {"newPassword": PASSWORD}, params=key)).status == 403


async def test_with_two_step_verification_both_clicks_lead_to_the_second_step(backend: Backend) -> None:
    await backend.joins()
    app = await turns_on_two_step(backend, (await backend.signs_in()).token)
    backend.clock.advance(minutes=1)
    reference = await asks_for_a_code(backend)
    first, second = [
        ticket_of(click) for click in await types_twice(backend, reference, await read_newest_code(backend))
    ]
    assert first != second
    assert (await takes_second_step(backend, second, app.next_code(), headers=LAPTOP)).status == 200


async def test_a_code_that_is_typed_again_later_is_used(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    code = await read_newest_code(backend)
    await types_twice(backend, reference, code)
    backend.clock.advance(seconds=5)
    assert (await types_code(backend, reference, code)).code == "wrong_code"


async def test_a_double_click_gets_in_no_client_that_is_not_known_again(backend: Backend) -> None:
    """Without the secret of its browser nobody can tell the second click from a stranger's."""
    await backend.joins()
    answer = await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    body = {"reference": answer.body["reference"], "code": await read_newest_code(backend)}
    clicks = await asyncio.gather(*(backend.post("/account/codes", body) for _click in range(2)))
    assert sorted(click.status for click in clicks) == [200, 401]


async def test_the_second_click_gets_nothing_once_its_session_has_ended(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    code = await read_newest_code(backend)
    used = await types_code(backend, reference, code)
    await backend.post("/auth/signout", {}, session=used.token)
    assert (await types_code(backend, reference, code)).code == "wrong_code"


async def test_fifty_right_codes_at_once_open_one_session(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    code = await read_newest_code(backend)
    answers = await asyncio.gather(*(types_code(backend, reference, code) for _ in range(50)))
    assert {answer.status for answer in answers} <= {200, 429, 503}
    assert len({answer.token for answer in answers if answer.status == 200}) == 1


async def test_of_a_code_and_its_link_at_once_one_wins(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    code, token = await read_newest_code(backend), (await backend.opens(await backend.newest_link())).token
    typed, granted = await asyncio.gather(types_code(backend, reference, code), backend.grants(token))
    assert [typed.status, granted.status].count(200) == 1
    assert await find_progress(backend, reference) == "opened"


async def test_who_types_a_code_after_its_link_was_used_elsewhere_gets_nothing(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    code, token = await read_newest_code(backend), (await backend.opens(await backend.newest_link())).token
    assert (await backend.grants(token)).status == 200
    for answer in await types_twice(backend, reference, code):
        assert answer.code == "wrong_code"

"""What a code by SMS is bound to, how long it works, and how often it is compared."""

import asyncio
from typing import Any

import pytest

from tests.kit.backend import Backend
from tests.kit.people import PASSWORD
from tests.kit.phones import (
    ADA,
    GRACE,
    LAPTOP,
    TABLET,
    asks,
    joins,
    list_sms,
    logs_in,
    make_wrong,
    read_code,
    signs_up,
    types,
)

pytestmark = pytest.mark.both_databases

OVER = (403, "invalid_access_token")


async def types_sign_in(backend: Backend, code: str, **rest: Any) -> tuple[int, str]:
    answer = await types(backend, "signin-code", code, **rest)
    return answer.status, "" if answer.status == 200 else answer.code


@pytest.fixture
async def ada(backend: Backend) -> Backend:
    """A backend at which she has an account with a confirmed number, and has waited a while."""
    await joins(backend)
    backend.clock.advance(hours=1)
    return backend


async def test_a_code_works_for_ten_minutes(ada: Backend) -> None:
    await asks(ada, "send-code")
    code = await read_code(ada)
    ada.clock.advance(minutes=10)
    assert await types_sign_in(ada, code) == OVER
    assert await list_sms(ada) == []


async def test_a_newer_code_ends_the_one_before_it(ada: Backend) -> None:
    await asks(ada, "send-code")
    code = await read_code(ada)
    ada.clock.advance(minutes=1)
    await asks(ada, "send-code")
    assert await types_sign_in(ada, code) == OVER
    assert (await types_sign_in(ada, await read_code(ada)))[0] == 200


async def test_a_code_is_good_in_the_browser_alone_that_asked_and_no_other_ends_it(ada: Backend) -> None:
    await asks(ada, "send-code", headers=LAPTOP)
    code = await read_code(ada)
    ada.clock.advance(minutes=1)
    await asks(ada, "send-code", headers=TABLET)
    assert await types_sign_in(ada, code, headers=TABLET) == OVER
    assert await types_sign_in(ada, code) == OVER
    assert (await types_sign_in(ada, code, headers=LAPTOP))[0] == 200


async def test_a_code_is_good_for_its_number_alone(ada: Backend) -> None:
    await joins(ada, GRACE)
    await asks(ada, "send-code")
    assert await types_sign_in(ada, await read_code(ada), phone=GRACE) == OVER


async def test_the_code_of_another_purpose_is_told_and_stays_good(ada: Backend) -> None:
    await asks(ada, "send-code")
    code, password = await read_code(ada), {"newPassword": "a better battery"}
    refused = await types(ada, "verify-phone", code)
    assert (refused.status, refused.code) == (400, "invalid_action_type")
    refused = await types(ada, "reset-pwd-code", code, json=password)
    assert (refused.status, refused.code) == (401, "invalid_token_type")
    assert (await types_sign_in(ada, code))[0] == 200
    await asks(ada, "send-reset-code")
    refused = await types(ada, "signin-code", await read_code(ada))
    assert (refused.status, refused.code) == (400, "invalid_action_type")
    assert (await types(ada, "verify-phone", await read_code(ada))).code == "invalid_action_type"


async def test_a_code_that_confirms_or_changes_a_number_neither_logs_in_nor_sets_a_password(ada: Backend) -> None:
    await signs_up(ada, GRACE)
    session, new = (await logs_in(ada)).token, "+4915112340000"
    changed = {"currentPassword": PASSWORD, "newPhone": new}
    assert (await ada.post("/auth/change-phone", changed, session=session)).status == 200
    for phone in (GRACE, new):
        code, password = await read_code(ada, phone), {"newPassword": "a better battery"}
        assert (await types(ada, "signin-code", code, phone)).code == "invalid_action_type"
        assert (await types(ada, "reset-pwd-code", code, phone, json=password)).code == "invalid_token_type"
        assert (await types(ada, "verify-phone", code, phone)).status == 200


async def test_a_code_is_compared_five_times(ada: Backend) -> None:
    await asks(ada, "send-code")
    code = await read_code(ada)
    for _attempt in range(5):
        assert await types_sign_in(ada, make_wrong(code)) == OVER
    assert await types_sign_in(ada, code) == OVER


async def test_thirty_attempts_of_a_number_are_compared_in_a_day_whoever_makes_them(ada: Backend) -> None:
    """New codes do not reset the count, nor do other browsers; the owner's own browser is counted by itself."""
    await joins(ada, GRACE, headers=LAPTOP)
    for number in range(29):  # and one for the sign-up
        assert await types_sign_in(ada, "111111", phone=GRACE, headers={"X-Device": f"{number:030}"}) == OVER
    await asks(ada, "send-code", GRACE, headers=TABLET)
    code = await read_code(ada, GRACE)
    assert await types_sign_in(ada, code, phone=GRACE, headers=TABLET) == (429, "rate_limit_exceeded")
    ada.clock.advance(minutes=1)
    await asks(ada, "send-code", GRACE, headers=LAPTOP)
    assert (await types_sign_in(ada, await read_code(ada, GRACE), phone=GRACE, headers=LAPTOP))[0] == 200


async def test_of_many_at_once_five_are_compared_and_one_right_one_wins(ada: Backend) -> None:
    await asks(ada, "send-code")
    code = await read_code(ada)
    tries = [types_sign_in(ada, code, headers={"X-Device": f"{number:030}"}) for number in range(8)]
    answers = await asyncio.gather(*tries)
    assert [status for status, _code in answers].count(200) == 1


async def test_a_code_for_a_number_that_the_account_has_no_more_is_told(backend: Backend) -> None:
    """And one for a number that is confirmed by now, by another code."""
    await signs_up(backend, headers=LAPTOP)
    code = await read_code(backend)
    user = await backend.services.store.read(lambda queries: queries.users.find_by_phone(ADA))
    assert user
    change = {"phone": GRACE}
    await backend.services.store.write(lambda queries: queries.users.update(user.id, change))
    refused = await types(backend, "verify-phone", code, headers=LAPTOP)
    assert (refused.status, refused.code) == (401, "mismatch_values")


async def test_a_number_that_is_confirmed_by_another_code_is_told(backend: Backend) -> None:
    await signs_up(backend)
    backend.clock.advance(minutes=1)
    await asks(backend, "resend-code", headers=LAPTOP)
    codes = [sms[:6] for sms in await list_sms(backend)]
    user = await backend.services.store.read(lambda queries: queries.users.find_by_phone(ADA))
    assert user
    await backend.services.store.write(lambda queries: queries.users.update(user.id, {"phone_verified": True}))
    refused = await types(backend, "verify-phone", codes[0], headers=LAPTOP)
    assert (refused.status, refused.code) == (400, "phone_already_verified")

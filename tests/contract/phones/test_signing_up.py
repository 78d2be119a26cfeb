"""Signing up with a phone number."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.people import PASSWORD
from tests.kit.phones import ADA, LAPTOP, TABLET, asks, joins, list_sms, logs_in, read_code, signs_up, types

pytestmark = pytest.mark.both_databases

OTHER_PASSWORD = "somebody else's battery"


async def test_a_number_opens_an_account_once_its_code_is_typed(backend: Backend) -> None:
    signed_up = await signs_up(backend, "＋49 (0)151 1234-5678")
    user = signed_up.body["user"]
    assert (user["phone"], user["phoneVerified"], user["name"], signed_up.body["session"]) == (ADA, False, "Ada", None)
    assert {"email", "emailVerified"} & user.keys() == set()
    (sms,) = await list_sms(backend)
    assert "confirm this phone number at Account pages" in sms
    confirmed = await types(backend, "verify-phone", f"{sms[:3]} {sms[3:6]}")
    assert (confirmed.body["user"]["phoneVerified"], confirmed.body["session"]["method"]) == (True, "phone-confirm")
    me = await backend.get("/auth/user", session=confirmed.token)
    assert (me.body["_id"], me.body["phone"]) == (user["_id"], ADA)


async def test_where_numbers_are_not_confirmed_an_account_opens_at_once(tmp_path: Path) -> None:
    async with run_backend(tmp_path, PHONE_SIGN_UP="on", PHONE_CONFIRMATION="off") as backend:
        signed_up = await signs_up(backend)
        assert (signed_up.body["session"]["method"], signed_up.body["user"]["phoneVerified"]) == ("phone", False)
        assert (await logs_in(backend)).status == 200
        assert (await signs_up(backend)).code == "phone_not_unique"
        for call in ("resend-code", "send-reset-code"):
            assert ((await asks(backend, call)).status, (await asks(backend, call)).code) == (
                401,
                "phone_verification_disabled",
            )
        for call in ("verify-phone", "reset-pwd-code"):
            refused = await types(backend, call, "123456", json={"newPassword": PASSWORD})
            assert (refused.status, refused.code) == (401, "phone_verification_disabled"), call
        assert await list_sms(backend) == []


async def test_a_number_that_waits_for_its_code_waits_no_more_where_none_is_confirmed_now(tmp_path: Path) -> None:
    async with run_backend(tmp_path, PHONE_SIGN_UP="on") as backend:
        await signs_up(backend, password=OTHER_PASSWORD)
    async with run_backend(tmp_path, PHONE_SIGN_UP="on", PHONE_CONFIRMATION="off") as backend:
        assert (await signs_up(backend)).status == 200
        assert (await logs_in(backend, password=OTHER_PASSWORD)).code == "invalid_sign_in_credentials"


async def test_whoever_says_that_a_number_is_theirs_is_not_believed(backend: Backend) -> None:
    body = {"phone": ADA, "password": PASSWORD, "nameOrUserData": {"phoneVerified": True, "email": "x@example.com"}}
    signed_up = await backend.post("/auth/signup-phone", body)
    assert (signed_up.body["user"]["phoneVerified"], signed_up.body["session"]) == (False, None)


async def test_a_name_may_be_said_as_clients_before_the_second_one_said_it(backend: Backend) -> None:
    signed_up = await backend.post("/auth/signup-phone", {"phone": ADA, "password": PASSWORD, "name": "Ada"})
    assert signed_up.body["user"]["name"] == "Ada"


async def test_what_is_no_number_and_a_short_password_are_told_both(backend: Backend) -> None:
    refused = await signs_up(backend, "+49 151", "short")
    assert (refused.status, refused.codes, refused.params) == (400, ["validation_error"] * 2, ["phone", "password"])
    for text in ("0151 12345678", "+4915112345678x12", "+999 1234567", "+" + "1" * 41, ""):
        assert (await signs_up(backend, text)).params == ["phone"], text


async def test_what_is_far_too_long_for_a_number_is_not_even_read(backend: Backend) -> None:
    """To sort its accents would keep everybody waiting for seconds."""
    began = time.perf_counter()
    assert (await signs_up(backend, "+" + "\u0315\u0300" * 30_000)).params == ["phone"]
    assert time.perf_counter() - began < 1


async def test_a_number_that_has_an_account_is_told(backend: Backend) -> None:
    await joins(backend)
    refused = await signs_up(backend)
    assert (refused.status, refused.code) == (400, "phone_not_unique")
    assert refused.body["errors"][0]["details"] == {"value": ADA, "param": "phone"}


async def test_of_two_who_type_a_number_the_one_counts_whose_code_it_is(backend: Backend) -> None:
    """Somebody else typed the number first. Its owner's code, in the owner's browser, is for the owner's password."""
    await signs_up(backend, password=OTHER_PASSWORD, headers=TABLET)
    await signs_up(backend, headers=LAPTOP)
    code = await read_code(backend)
    assert (await types(backend, "verify-phone", code, headers=TABLET)).code == "invalid_access_token"
    assert (await types(backend, "verify-phone", code, headers=LAPTOP)).status == 200
    assert (await logs_in(backend, password=OTHER_PASSWORD)).code == "invalid_sign_in_credentials"
    assert (await logs_in(backend)).status == 200


async def test_a_double_click_is_one_sign_up(backend: Backend) -> None:
    assert [(await signs_up(backend)).status for _click in range(2)] == [200, 200]
    assert len(await list_sms(backend)) == 1


async def test_where_no_sms_can_be_sent_nothing_is_kept(tmp_path: Path) -> None:
    async with run_backend(tmp_path, PHONE_SIGN_UP="on", SMS_DAILY_LIMIT="1") as backend:
        await joins(backend)
        refused = await signs_up(backend, "+4915112340000")
        assert (refused.status, refused.code) == (503, "cannot_send_sms_code")
        assert int(refused.headers["retry-after"]) > 0
        assert await backend.services.store.read(lambda queries: queries.users.find_by_phone("+4915112340000")) is None


CALLS = (
    *("signup-phone", "signin-phone", "send-code", "signin-code", "verify-phone"),
    *("resend-code", "send-reset-code", "reset-pwd-code", "change-phone"),
)


async def test_without_phones_all_nine_are_not_allowed(tmp_path: Path) -> None:
    async with run_backend(tmp_path) as backend:
        for call in CALLS:
            refused = await backend.post(f"/auth/{call}")
            assert (refused.status, refused.code) == (401, "not_allowed"), call
        assert (await backend.get("/account/phone")).code == "not_allowed"


async def test_a_number_that_many_type_at_once_is_one_account(backend: Backend) -> None:
    browsers = [{"X-Device": f"{number:030}"} for number in range(5)]
    passwords = [f"{PASSWORD} {number}" for number in range(5)]
    tries = [
        signs_up(backend, password=each, headers=headers) for each, headers in zip(passwords, browsers, strict=True)
    ]
    answers = await asyncio.gather(*tries)
    assert [answer.status for answer in answers] == [200] * 5
    assert len({answer.body["user"]["_id"] for answer in answers}) == 1
    assert len(await list_sms(backend)) == 5  # each in a browser of its own

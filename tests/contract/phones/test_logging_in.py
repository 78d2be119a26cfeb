"""Logging in with a phone number: with its password, and with a code."""

from pathlib import Path

import pytest

from backend.rules.lost_factors import remove_for_operator
from tests.kit.backend import Backend, run_backend
from tests.kit.people import PASSWORD
from tests.kit.phones import ADA, GRACE, LAPTOP, asks, joins, list_sms, logs_in, read_code, signs_up, types
from tests.kit.two_step import turns_on_two_step

pytestmark = pytest.mark.both_databases


async def test_a_number_and_its_password_log_in(backend: Backend) -> None:
    joined = await joins(backend)
    logged_in = await logs_in(backend)
    assert logged_in.body["session"]["method"] == "phone"
    assert logged_in.body["user"]["lastLoginAt"] > joined.body["user"]["lastLoginAt"]
    assert (await backend.get("/account/confirm", session=logged_in.token)).body["confirmedUntil"]


async def test_a_wrong_password_and_an_unknown_number_are_one_answer(backend: Backend) -> None:
    await joins(backend)
    refusals = [await logs_in(backend, password="wrong battery"), await logs_in(backend, GRACE)]
    assert [(refused.status, refused.code) for refused in refusals] == [(401, "invalid_sign_in_credentials")] * 2
    assert refusals[0].body == refusals[1].body


async def test_a_number_that_waits_for_its_code_is_told_to_whoever_knows_the_password(backend: Backend) -> None:
    """Altogic's samples lead from this very code to the page that asks for another SMS."""
    await signs_up(backend)
    refused = await logs_in(backend)
    assert (refused.status, refused.code) == (401, "phone_not_verified")
    assert refused.body["errors"][0]["message"] == "The phone number has not been verified yet."
    assert (await logs_in(backend, password="wrong battery")).code == "invalid_sign_in_credentials"


async def test_a_code_logs_in_once(backend: Backend) -> None:
    joined = await joins(backend)
    assert (await asks(backend, "send-code")).body == {}
    code = await read_code(backend)
    logged_in = await types(backend, "signin-code", code)
    assert logged_in.body["user"]["lastLoginAt"] > joined.body["user"]["lastLoginAt"]
    assert (logged_in.body["session"]["method"], logged_in.body["user"]["phone"]) == ("sms-code", ADA)
    assert (await backend.get("/account/confirm", session=logged_in.token)).body["confirmedUntil"] is None
    backend.clock.advance(seconds=10)
    again = await types(backend, "signin-code", code)
    assert (again.status, again.code) == (403, "invalid_access_token")
    assert again.body["errors"][0]["message"] == "Invalid or expired SMS code"


async def test_a_double_click_gets_the_session_twice(backend: Backend) -> None:
    await joins(backend, headers=LAPTOP)
    backend.clock.advance(minutes=1)
    await asks(backend, "send-code", headers=LAPTOP)
    code = await read_code(backend)
    clicks = [await types(backend, "signin-code", code, headers=LAPTOP) for _click in range(2)]
    assert clicks[0].token == clicks[1].token


async def test_the_second_factor_is_asked_for_whatever_the_number_was_shown_with(backend: Backend) -> None:
    joined = await joins(backend)
    app = await turns_on_two_step(backend, (await logs_in(backend)).token)
    await asks(backend, "send-code")
    for refused in (await logs_in(backend), await types(backend, "signin-code", await read_code(backend))):
        assert (refused.status, refused.code) == (401, "second_factor_required")
        ticket = refused.body["errors"][0]["details"]["ticket"]
        described = await backend.get("/account/factors/sign-in", params={"ticket": ticket})
        assert (described.body["email"], described.body["phone"]) == (None, "+49…78")
        lost = await backend.get("/account/factors/lost", params={"ticket": ticket})
        assert lost.code == "not_allowed"  # a phone alone recovers nothing
        body = {"ticket": ticket, "code": app.next_code()}
        assert (await backend.post("/account/factors/sign-in", body)).body["user"]["_id"] == joined.body["user"]["_id"]


async def test_an_operator_removes_the_factors_of_an_account_by_its_number(backend: Backend) -> None:
    """For whoever has no mailbox there is no other way."""
    await joins(backend)
    await turns_on_two_step(backend, (await logs_in(backend)).token)
    assert await remove_for_operator(backend.services, "+49 151 12345678")
    assert (await logs_in(backend)).status == 200


async def test_nobody_learns_by_asking_who_has_an_account(backend: Backend) -> None:
    """Unknown, waiting and confirmed numbers get one answer, and an SMS where there is something to do with it."""
    await joins(backend)
    await signs_up(backend, GRACE)
    backend.clock.advance(minutes=1)
    sent = {}
    for call in ("send-code", "resend-code", "send-reset-code"):
        for phone in (ADA, GRACE, "+4915112340000"):
            before = len(await list_sms(backend, phone))
            answer = await asks(backend, call, phone)
            assert (answer.status, answer.body) == (200, {}), (call, phone)
            sent[call, phone] = len(await list_sms(backend, phone)) - before
    sending = {("send-code", ADA), ("send-reset-code", ADA)}
    assert {which for which, count in sent.items() if count} == sending  # another one for GRACE has ended the first
    assert (await types(backend, "verify-phone", await read_code(backend, GRACE), GRACE)).status == 200


async def test_without_log_in_by_code_neither_is_a_code_sent_nor_taken(tmp_path: Path) -> None:
    async with run_backend(tmp_path, PHONE_SIGN_UP="on", PHONE_CODE_SIGN_IN="off") as backend:
        await joins(backend)
        for refused in (await asks(backend, "send-code"), await types(backend, "signin-code", "123456")):
            assert (refused.status, refused.code) == (401, "sms_auth_codes_disabled")


async def test_what_is_missing_is_named(backend: Backend) -> None:
    for call in ("signin-code", "verify-phone", "reset-pwd-code"):
        for params, code in (({"code": "123456"}, "missing_phone_number"), ({"phone": ADA}, "missing_sms_code")):
            refused = await backend.post(f"/auth/{call}", params=params)
            assert (refused.status, refused.code) == (400, code), call
        assert (await types(backend, call, "12345")).params == ["code"]


async def test_a_plus_that_was_left_as_it_is_in_an_address_is_one(backend: Backend) -> None:
    """Altogic's client encodes it; what is typed by hand often is not, and arrives as a space."""
    await joins(backend)
    assert (await asks(backend, "send-code", ADA.replace("+", " "))).status == 200
    assert (await types(backend, "signin-code", await read_code(backend), ADA.replace("+", " "))).status == 200


async def test_the_history_tells_of_log_ins_by_code(backend: Backend) -> None:
    await joins(backend)
    await asks(backend, "send-code")
    await types(backend, "signin-code", "111111")
    session = (await types(backend, "signin-code", await read_code(backend))).token
    told = (await backend.get("/account/events", session=session)).body["events"]
    kinds = {(event["kind"], *event["details"].values()) for event in told}
    assert {
        ("account.confirmed", "sms"),
        ("session.opened", "sms-code"),
        ("session.opened", "phone-confirm"),
        ("sms.requested", "signin-code"),
        ("code.refused", "sms"),
    } <= kinds


async def test_wrong_passwords_of_a_number_are_limited(backend: Backend) -> None:
    await joins(backend)
    for _guess in range(10):
        assert (await logs_in(backend, password="wrong battery")).status == 401
    assert (await logs_in(backend, password=PASSWORD)).code == "rate_limit_exceeded"
    assert (await logs_in(backend, GRACE)).code == "invalid_sign_in_credentials"

"""Altogic's client: phone numbers, by all nine of its methods."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.altogic.conftest import Served
from tests.contract.altogic.official import Client
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

NEW_PASSWORD = "an even better battery"
NOTHING = (None, None, None)


@pytest.fixture
def phones(serving: Callable[..., Served]) -> Served:
    return serving(PHONE_SIGN_UP="on")


def joins(served: Served) -> tuple[Client, str]:
    """Somebody with an account, logged in."""
    client, phone = served.client(), served.number()
    client.succeeds("signUpWithPhone", phone, PASSWORD, "Ada")
    client.succeeds("verifyPhone", phone, served.sms_code(phone))
    return client, phone


def test_signing_up_stores_nothing_until_the_number_is_verified(phones: Served) -> None:
    client, phone = phones.client(), phones.number()
    signed_up = client.succeeds("signUpWithPhone", phone, PASSWORD, {"name": "Ada", "city": "London"})
    assert (signed_up.value["user"]["phone"], signed_up.value["session"]) == (phone, None)
    assert signed_up.local == NOTHING
    refused = client.auth("signInWithPhone", phone, PASSWORD)
    assert refused.refusal == (401, "phone_not_verified")  # which Altogic's own sample compares
    client.succeeds("resendVerificationCode", phone)
    verified = client.succeeds("verifyPhone", phone, phones.sms_code(phone))
    user = verified.value["user"]
    assert (user["phoneVerified"], user["city"], "email" in user) == (True, "London", False)
    assert verified.local == (verified.value["session"], user, verified.value["session"]["token"])
    assert phones.client().auth("signUpWithPhone", phone, PASSWORD, "Eve").refusal == (400, "phone_not_unique")


def test_a_password_and_a_code_log_in(phones: Served) -> None:
    _, phone = joins(phones)
    by_password = phones.client().succeeds("signInWithPhone", phone, PASSWORD)
    client = phones.client()
    assert client.succeeds("sendSignInCode", phone).local == NOTHING
    by_code = client.succeeds("signInWithCode", phone, phones.sms_code(phone))
    assert by_code.user is not None
    assert by_code.user["_id"] == by_password.value["user"]["_id"]
    assert client.succeeds("getUserFromDB").value["user"]["phone"] == phone
    again = phones.client().auth("signInWithCode", phone, "111111")
    assert again.refusal == (403, "invalid_access_token")


def test_a_code_sets_a_new_password(phones: Served) -> None:
    client, phone = joins(phones)
    client.succeeds("sendResetPwdCode", phone)
    code = phones.sms_code(phone)
    assert phones.client().auth("signInWithCode", phone, code).refusal == (400, "invalid_action_type")
    client.succeeds("resetPwdWithCode", phone, code, NEW_PASSWORD)
    assert client.auth("getUserFromDB").refusal == (401, "invalid_session_token")
    assert phones.client().succeeds("signInWithPhone", phone, NEW_PASSWORD).header


def test_a_number_is_changed_by_its_code(phones: Served) -> None:
    client, phone = joins(phones)
    new = phones.number()
    asked = client.succeeds("changePhone", PASSWORD, new)
    assert asked.value["user"]["phone"] == phone
    verified = client.succeeds("verifyPhone", new, phones.sms_code(new))
    assert (verified.value["user"]["phone"], verified.value["session"]) == (new, None)
    assert client.succeeds("getUserFromDB").value["user"]["phone"] == new
    assert client.auth("changePhone", "wrong battery", phone).refusal == (401, "invalid_credentials")

"""Altogic's client: creating an account, confirming it, logging in, mailed links, passwords and addresses."""

from __future__ import annotations

from datetime import UTC, datetime

import pyotp
import pytest

from tests.contract.altogic.conftest import Served
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

NEW_PASSWORD = "an even better battery"
NOTHING = (None, None, None)
FACTORS = "/_api/rest/v1/account/factors"


# Signing up


@pytest.mark.parametrize("name_or_data", ["Ada", {"name": "Ada", "email": "x@example.com", "password": "y"}])
def test_signing_up_stores_nothing_until_the_address_is_confirmed(backend: Served, name_or_data: object) -> None:
    client, email = backend.client(), backend.address()
    signed_up = client.succeeds("signUpWithEmail", email, PASSWORD, name_or_data)
    assert signed_up.value["session"] is None
    assert (signed_up.value["user"]["email"], signed_up.value["user"]["name"]) == (email, "Ada")
    assert signed_up.local == NOTHING

    landing = backend.presses(email)
    assert landing.url.startswith("http://127.0.0.1:8000/auth-redirect?tenant=a%26b&flag&status=200&")
    assert landing.query["action"] == "email-confirm"
    granted = client.succeeds("getAuthGrant", landing.token)
    assert granted.value["user"]["emailVerified"] is True
    assert granted.local == (granted.value["session"], granted.value["user"], granted.value["session"]["token"])


def test_fields_of_ones_own_can_come_with_signing_up(unconfirming: Served) -> None:
    data = {"name": "Ada", "city": "London", "emailVerified": True, "_id": "0" * 24, "provider": "google"}
    signed_up = unconfirming.client().succeeds("signUpWithEmail", unconfirming.address(), PASSWORD, data)
    user = signed_up.value["user"]
    assert (user["city"], user["emailVerified"], user["provider"]) == ("London", False, "altogic")
    assert user["_id"] == user["providerUserId"] != "0" * 24


def test_a_name_is_not_needed(unconfirming: Served) -> None:
    signed_up = unconfirming.client().succeeds("signUpWithEmail", unconfirming.address(), PASSWORD)
    assert "name" not in signed_up.value["user"]


def test_without_confirmation_signing_up_stores_user_and_session(unconfirming: Served) -> None:
    client, email = unconfirming.client(), unconfirming.address()
    signed_up = client.succeeds("signUpWithEmail", email, PASSWORD, "Ada")
    assert signed_up.user is not None
    assert signed_up.user["email"] == email
    assert signed_up.session == signed_up.value["session"]
    assert signed_up.header == signed_up.value["session"]["token"]


def test_each_field_that_is_wrong_is_an_item(backend: Served) -> None:
    client = backend.client()
    refused = client.auth("signUpWithEmail", "ada", "short", "Ada")
    assert refused.status == 400
    assert [item["details"]["param"] for item in refused.errors["items"]] == ["email", "password"]
    assert {item["code"] for item in refused.errors["items"]} == {"validation_error"}
    assert refused.errors["statusText"] == "Bad Request"
    assert refused.local == NOTHING


def test_an_address_that_is_taken_is_told_in_the_words_that_applications_compare(backend: Served) -> None:
    client, email = backend.someone()
    before = client.kept
    refused = client.auth("signUpWithEmail", email.upper(), PASSWORD, "Ada")
    assert refused.refusal == (400, "email_not_unique")
    assert refused.errors["items"][0]["message"] == "A user with the provided email already exists."
    assert refused.local == before


def test_a_plus_in_an_address_survives_the_query(backend: Served) -> None:
    """The client puts it there as it is, where a plus means a space."""
    client, email = backend.client(), f"user+tag@{backend.address().replace('@', '.')}"
    client.succeeds("signUpWithEmail", email, PASSWORD)
    assert len(backend.mails(email)) == 1
    client.succeeds("getAuthGrant", backend.presses(email).token)
    assert client.succeeds("sendMagicLinkEmail", email).local == client.kept
    assert len(backend.mails(email)) == 2


# Confirming


def test_the_confirmation_can_be_asked_for_again_by_everybody(backend: Served) -> None:
    client, email = backend.client(), backend.address()
    client.succeeds("signUpWithEmail", email, PASSWORD)
    assert client.succeeds("resendVerificationEmail", email).value == {"errors": None}
    assert client.succeeds("resendVerificationEmail", "nobody@example.com").local == NOTHING
    assert client.auth("resendVerificationEmail", "nobody").refusal == (400, "validation_error")
    assert client.auth("resendVerificationEmail").refusal == (400, "validation_error")


def test_an_access_token_is_good_once(backend: Served) -> None:
    client, email = backend.client(), backend.address()
    client.succeeds("signUpWithEmail", email, PASSWORD)
    token = backend.presses(email).token
    before = client.succeeds("getAuthGrant", token)
    again = client.auth("getAuthGrant", token)
    assert again.refusal == (403, "invalid_access_token")
    assert again.local == before.local


def test_in_node_there_is_no_page_to_read_an_access_token_from(backend: Served) -> None:
    without = backend.client().auth("getAuthGrant")
    assert without.refusal == (400, "missing_access_token")
    assert without.errors["items"][0]["message"] == "Invalid or expired access token"  # applications show it
    assert backend.client().auth("getAuthGrant", "never given out").refusal == (403, "invalid_access_token")


def test_a_link_that_was_used_says_why_it_fails(backend: Served) -> None:
    email = backend.address()
    backend.client().succeeds("signUpWithEmail", email, PASSWORD)
    backend.presses(email)
    landing = backend.presses(email)
    assert landing.query["status"] == "401"  # verified already
    assert landing.query["error"]
    assert "access_token" not in landing.query


# Logging in


def test_logging_in_replaces_what_was_stored(backend: Served) -> None:
    client, email = backend.someone()
    first = client.kept
    signed_in = client.succeeds("signInWithEmail", email, PASSWORD)
    assert signed_in.local == (
        signed_in.value["session"],
        signed_in.value["user"],
        signed_in.value["session"]["token"],
    )
    assert signed_in.header != first[2]
    agent = signed_in.value["session"]["userAgent"]
    assert isinstance(agent["device"]["family"], str)
    assert isinstance(signed_in.value["session"]["accessGroupKeys"], list)


@pytest.mark.parametrize("known", [True, False])
def test_a_wrong_password_and_an_unknown_address_are_one_answer(backend: Served, known: bool) -> None:
    client, email = backend.someone()
    before = client.kept
    refused = client.auth("signInWithEmail", email if known else "nobody@example.com", "not the password")
    assert refused.refusal == (401, "invalid_sign_in_credentials")
    assert refused.local == before


def test_an_address_not_confirmed_is_told_in_the_words_that_applications_compare(backend: Served) -> None:
    client, email = backend.client(), backend.address()
    client.succeeds("signUpWithEmail", email, PASSWORD)
    refused = client.auth("signInWithEmail", email, PASSWORD)
    assert refused.refusal == (401, "email_not_verified")
    assert refused.errors["items"][0]["message"] == "The email address has not been verified yet."
    assert refused.local == NOTHING


def test_a_magic_link_logs_in(backend: Served) -> None:
    _, email = backend.someone()
    client = backend.client()
    assert client.succeeds("sendMagicLinkEmail", email).local == NOTHING
    landing = backend.presses(email)
    assert landing.query["action"] == "magic-link"
    granted = client.succeeds("getAuthGrant", landing.token)
    assert granted.user is not None
    assert granted.user["email"] == email


@pytest.mark.parametrize("method", ["sendMagicLinkEmail", "sendResetPwdEmail"])
def test_who_has_an_account_is_not_told_by_asking_for_mail(backend: Served, method: str) -> None:
    client = backend.client()
    assert client.succeeds(method, "nobody@example.com").value == {"errors": None}
    assert client.auth(method, "nobody").refusal == (400, "validation_error")


# Passwords


def test_a_forgotten_password_is_replaced_and_nobody_is_logged_in_by_that(backend: Served) -> None:
    signed_in, email = backend.someone()
    client = backend.client()
    client.succeeds("sendResetPwdEmail", email)
    landing = backend.presses(email)
    assert landing.query["action"] == "reset-pwd"

    assert client.auth("getAuthGrant", landing.token).refusal == (401, "invalid_token_type")  # and not spent by that
    assert client.auth("resetPwdWithToken", landing.token, "short").refusal == (400, "validation_error")
    assert client.succeeds("resetPwdWithToken", landing.token, NEW_PASSWORD).local == NOTHING
    assert client.auth("resetPwdWithToken", landing.token, NEW_PASSWORD).refusal == (403, "invalid_access_token")
    assert client.auth("resetPwdWithToken", "", NEW_PASSWORD).refusal == (400, "missing_access_token")

    ended = signed_in.auth("getUserFromDB")
    assert ended.refusal == (401, "invalid_session_token")
    assert ended.local == NOTHING
    assert client.auth("signInWithEmail", email, PASSWORD).status == 401
    assert client.succeeds("signInWithEmail", email, NEW_PASSWORD).header


def test_a_confirmation_does_not_reset_a_password(backend: Served) -> None:
    client, email = backend.client(), backend.address()
    client.succeeds("signUpWithEmail", email, PASSWORD)
    token = backend.presses(email).token
    assert client.auth("resetPwdWithToken", token, NEW_PASSWORD).refusal == (401, "invalid_token_type")
    assert client.succeeds("getAuthGrant", token).header


def test_a_password_is_changed_by_who_knows_it(backend: Served) -> None:
    client, email = backend.someone()
    before = client.kept
    assert client.auth("changePassword", NEW_PASSWORD, "not the password").refusal == (401, "invalid_credentials")
    assert client.auth("changePassword", "short", PASSWORD).refusal == (400, "validation_error")
    assert client.succeeds("changePassword", NEW_PASSWORD, PASSWORD).local == before
    assert client.succeeds("signInWithEmail", email, NEW_PASSWORD).header


# Addresses


def test_an_address_changes_when_the_new_one_is_confirmed(backend: Served) -> None:
    client, email = backend.someone()
    before, new = client.kept, backend.address()
    changed = client.succeeds("changeEmail", PASSWORD, new)
    assert changed.value["user"]["email"] == email  # the bare user, unchanged
    assert "password" not in "".join(changed.value["user"]).lower()
    assert changed.local == before

    landing = backend.presses(new)
    assert landing.query["status"] == "200"
    assert landing.query["action"] == "change-email"
    assert "access_token" not in landing.query
    assert client.succeeds("getUserFromDB").value["user"]["email"] == new
    assert client.kept == before  # only the application puts a new user there


def test_without_confirmation_an_address_changes_at_once(unconfirming: Served) -> None:
    client, _ = unconfirming.someone()
    new = unconfirming.address()
    assert client.succeeds("changeEmail", PASSWORD, new).value["user"]["email"] == new


def test_an_address_is_not_changed_for_strangers_or_to_somebody_elses(backend: Served) -> None:
    client, _ = backend.someone()
    _, taken = backend.someone()
    before = client.kept
    assert client.auth("changeEmail", "not the password", taken).refusal == (401, "invalid_credentials")
    assert client.auth("changeEmail", PASSWORD, taken).refusal == (400, "email_not_unique")
    assert client.auth("changeEmail", PASSWORD, "ada").refusal == (400, "validation_error")
    assert client.kept == before


# Two-step verification


def test_a_second_factor_that_is_due_is_an_error_and_a_page_goes_on_with_its_ticket(unconfirming: Served) -> None:
    signed_in, email = unconfirming.someone()
    secret = signed_in.calls(("endpoint",), ("post", f"{FACTORS}/totp/begin", {})).data["secret"]
    present, next_one = (
        pyotp.TOTP(secret).at(datetime.now(UTC), counter_offset=step) for step in (0, 1)
    )  # both are good by now
    finished = signed_in.calls(("endpoint",), ("post", f"{FACTORS}/totp/finish", {"code": present}))
    assert finished.data == {"active": False}, "there are no recovery codes yet"
    for act in ("recovery-codes", "recovery-codes/confirm"):
        assert signed_in.calls(("endpoint",), ("post", f"{FACTORS}/{act}", {})).errors is None

    client = unconfirming.client()
    asked = client.auth("signInWithEmail", email, PASSWORD)
    assert asked.refusal == (401, "second_factor_required")
    assert asked.local == NOTHING
    kept = signed_in.kept
    assert signed_in.auth("signInWithEmail", email, PASSWORD).refusal == (401, "second_factor_required")
    assert signed_in.kept == kept, "what was stored is not lost"

    given = {"ticket": asked.errors["items"][0]["details"]["ticket"], "code": next_one}
    taken = client.calls(("endpoint",), ("post", f"{FACTORS}/sign-in", given)).data
    client.auth("setUser", taken["user"])
    client.auth("setSession", taken["session"])
    assert client.succeeds("getUserFromDB").value["user"]["email"] == email

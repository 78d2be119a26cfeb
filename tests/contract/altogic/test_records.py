"""Altogic's client: one's own record of the model `users`."""

from __future__ import annotations

import pytest

from tests.contract.altogic.conftest import Served
from tests.contract.altogic.official import Client
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

PROTECTED = ["email", "emailVerified", "provider", "providerUserId", "signUpAt", "lastLoginAt", "password", "_id"]


def id_of(client: Client) -> str:
    user = client.kept[1]
    assert user is not None
    return str(user["_id"])


def test_a_record_comes_as_the_user_does(ada: Client) -> None:
    before = ada.kept
    assert ada.record(id_of(ada), "get").data == ada.succeeds("getUserFromDB").value["user"]
    assert ada.record(id_of(ada), "get", {"cache": "nocache"}).local == before


def test_an_update_answers_the_whole_record_and_the_client_stores_nothing_by_itself(ada: Client) -> None:
    before = ada.kept
    updated = ada.record(id_of(ada), "update", {"name": "Countess", "profilePicture": "https://example.com/a.png"})
    assert updated.data["name"] == "Countess"
    assert updated.data["profilePicture"] == "https://example.com/a.png"
    assert updated.data["email"]
    assert updated.local == before
    assert ada.succeeds("getUserFromDB").value["user"] == updated.data


def test_a_whole_user_can_be_sent_back(ada: Client) -> None:
    user = ada.succeeds("getUserFromDB").value["user"]
    assert ada.record(id_of(ada), "update", {**user, "name": "Countess"}).data == {**user, "name": "Countess"}


def test_fields_of_ones_own_are_kept_as_they_are(ada: Client) -> None:
    own = {"city": "Zürich", "tags": ["a", 1, None, {"b": [True]}], "age": 36.5}
    assert own.items() <= ada.record(id_of(ada), "update", own).data.items()
    assert own.items() <= ada.record(id_of(ada), "get").data.items()


def test_there_is_an_end_to_fields_of_ones_own(ada: Client) -> None:
    before = ada.record(id_of(ada), "get").data
    assert ada.record(id_of(ada), "update", {"city": "x" * 20_000}).refusal == (400, "validation_error")
    assert ada.record(id_of(ada), "get").data == before


def test_single_fields_are_set_and_unset(ada: Client) -> None:
    one = ada.record(id_of(ada), "updateFields", {"field": "city", "updateType": "set", "value": "London"})
    assert one.data["city"] == "London"
    picture = {"field": "profilePicture", "updateType": "set", "value": "https://example.com/a.png"}
    several = ada.record(id_of(ada), "updateFields", [picture, {"field": "city", "updateType": "unset"}])
    assert several.data["profilePicture"] == "https://example.com/a.png"
    assert "city" not in several.data
    unset = {"field": "profilePicture", "updateType": "unset", "value": None}
    assert "profilePicture" not in ada.record(id_of(ada), "updateFields", [unset]).data


def test_fields_of_ones_own_are_counted_and_lists_grow_and_shrink(ada: Client) -> None:
    for field, kind, value, becomes in (
        *(("visits", "increment", 2, 2), ("visits", "increment", 1.5, 3.5), ("visits", "decrement", 0.5, 3)),
        *(("visits", "multiply", 5, 15), ("visits", "max", 12, 15), ("visits", "min", 12, 12), ("best", "max", 3, 3)),
        *(("tags", "push", "a", ["a"]), ("tags", "push", 1, ["a", 1]), ("tags", "push", True, ["a", 1, True])),
        *(
            ("tags", "pull", 1, ["a", True]),
            ("tags", "push", "b", ["a", True, "b"]),
            ("tags", "pull", "c", ["a", True, "b"]),
        ),
        *(("tags", "shift", None, [True, "b"]), ("tags", "pop", None, [True])),
    ):
        update = {"field": field, "updateType": kind, "value": value}
        assert ada.record(id_of(ada), "updateFields", update).data[field] == becomes, update
    several = [{"field": "visits", "updateType": kind, "value": 1} for kind in ("increment", "set", "increment")]
    assert ada.record(id_of(ada), "updateFields", several).data["visits"] == 2


def test_what_cannot_be_counted_or_is_no_list_stays_as_it_is(ada: Client) -> None:
    before = ada.record(id_of(ada), "update", {"city": "London", "tags": ["a"], "large": 2**53 - 1}).data
    for field, kind, value in (
        *(("city", "increment", 1), ("tags", "min", 1), ("visits", "increment", "1"), ("visits", "increment", True)),
        *(("large", "increment", 1), ("large", "multiply", -2), ("visits", "max", 2**53), ("visits", "max", None)),
        *(("city", "push", "x"), ("city", "pop", None), ("name", "push", "x"), ("language", "increment", 1)),
        *(("tags", "push", "x" * 17_000), ("visits", "swap", 1), ("visits", None, 1), ("a.b", "increment", 1)),
    ):
        refused = ada.record(id_of(ada), "updateFields", {"field": field, "updateType": kind, "value": value})
        assert refused.refusal == (400, "validation_error"), (field, kind, value)
    assert ada.record(id_of(ada), "get").data == before


@pytest.mark.parametrize("field", PROTECTED)
def test_what_is_not_ones_to_set_stays(ada: Client, field: str) -> None:
    before = ada.record(id_of(ada), "get").data
    refused = ada.record(id_of(ada), "updateFields", {"field": field, "updateType": "set", "value": "other"})
    assert refused.refusal == (400, "invalid_field")
    assert ada.record(id_of(ada), "get").data == before


@pytest.mark.parametrize("method", ["get", "update", "delete"])
def test_somebody_elses_record_is_not_for_me(ada: Client, unconfirming: Served, method: str) -> None:
    other, _ = unconfirming.someone()
    before = ada.kept
    given = [{"name": "Mallory"}] if method == "update" else []
    for which in (id_of(other), "0" * 24, "garbage"):
        refused = ada.record(which, method, *given)
        assert refused.refusal == (403, "permission_denied")
        assert refused.local == before
    assert other.record(id_of(other), "get").data["name"] == "Ada"


def test_records_are_made_by_signing_up(ada: Client) -> None:
    assert ada.record(None, "create", {"name": "Mallory"}).refusal == (401, "not_allowed")


def test_whoever_deletes_the_own_record_is_logged_out_and_can_come_back_for_some_days(unconfirming: Served) -> None:
    here, email = unconfirming.someone()
    there = unconfirming.client()
    there.succeeds("signInWithEmail", email, PASSWORD)
    assert here.record(id_of(here), "delete").data is None
    for client in (here, there):
        gone = client.auth("getUserFromDB")
        assert gone.refusal == (401, "invalid_session_token")
        assert gone.local == (None, None, None)
    again = unconfirming.client().succeeds("signInWithEmail", email, PASSWORD)
    assert again.value["user"]["leavingDtm"]
    assert unconfirming.mails(email), "the mail by which the account is kept"


def test_a_session_alone_deletes_no_record_a_password_does(backend: Served) -> None:
    client, email = backend.someone()  # logged in by a mailed link
    refused = client.record(id_of(client), "delete")
    assert refused.refusal == (403, "confirmation_required")
    client.succeeds("signInWithEmail", email, PASSWORD)
    assert client.record(id_of(client), "delete").data is None


def test_without_a_session_there_is_no_record(ada: Client, unconfirming: Served) -> None:
    stranger = unconfirming.client()
    assert stranger.record(id_of(ada), "get").refusal == (401, "missing_session_token")
    assert stranger.record(id_of(ada), "update", {"name": "Mallory"}).refusal == (401, "missing_session_token")
    assert stranger.record(id_of(ada), "delete").refusal == (401, "missing_session_token")


def test_there_is_one_model(ada: Client) -> None:
    refused = ada.calls(("db",), ("model", "orders"), ("object", id_of(ada)), ("get",))
    assert refused.refusal == (404, "model_not_found")

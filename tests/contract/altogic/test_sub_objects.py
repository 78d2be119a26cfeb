"""Altogic's client: objects in the fields of one's own record, `db.model("users.addresses")`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.altogic.conftest import Served
from tests.contract.altogic.official import Client, Result
from tests.contract.altogic.test_records import id_of

pytestmark = pytest.mark.both_databases


def appends(client: Client, values: Any, *rest: Any, field: str = "filters") -> Result:
    return client.calls(("db",), ("model", f"users.{field}"), ("append", values, id_of(client), *rest))


def does(client: Client, object_id: str | None, method: str, *given: Any, field: str = "filters") -> Result:
    which = ("object", object_id) if object_id else ("object",)
    return client.calls(("db",), ("model", f"users.{field}"), which, (method, *given))


def test_objects_are_appended_changed_and_deleted_one_by_one(ada: Client) -> None:
    one = appends(ada, {"name": "One", "_id": "mine", "_parent": "nobody"}).data
    assert one == {"name": "One", "_id": one["_id"], "_parent": id_of(ada)}
    assert one["_id"] != "mine"
    two, three = appends(ada, [{"name": "Two", "tags": ["a"]}, {"name": "Three"}]).data
    four = does(ada, None, "append", {"name": "Four"}, id_of(ada)).data
    assert ada.record(id_of(ada), "get").data["filters"] == [one, two, three, four]

    assert does(ada, two["_id"], "get").data == two
    assert does(ada, two["_id"], "update", {**two, "name": "2"}).data == {**two, "name": "2"}
    push = {"field": "tags", "updateType": "push", "value": "b"}
    count = {"field": "uses", "updateType": "increment", "value": 1}
    changed = does(ada, two["_id"], "updateFields", [push, count]).data
    assert changed == {**two, "name": "2", "tags": ["a", "b"], "uses": 1}
    unset = {"field": "tags", "updateType": "unset"}
    assert "tags" not in does(ada, two["_id"], "updateFields", unset).data
    assert does(ada, three["_id"], "delete").data is None
    assert does(ada, three["_id"], "get").data is None
    for method, *given in (["update", {"name": "x"}], ["updateFields", unset], ["delete"]):
        assert does(ada, three["_id"], str(method), *given).refusal == (404, "resource_not_found")
    assert [each["name"] for each in ada.record(id_of(ada), "get").data["filters"]] == ["One", "2", "Four"]


def test_a_single_object_is_set_and_the_whole_record_comes_back_where_that_is_asked_for(ada: Client) -> None:
    address = does(ada, None, "set", {"city": "London"}, id_of(ada), field="address").data
    assert ada.record(id_of(ada), "get").data["address"] == address
    moved = does(ada, address["_id"], "update", {"city": "Paris"}, {"returnTop": True}, field="address").data
    assert moved == ada.succeeds("getUserFromDB").value["user"]
    assert moved["address"] == {**address, "city": "Paris"}
    assert appends(ada, {"name": "One"}, True).data["filters"][0]["name"] == "One"
    assert "address" not in does(ada, address["_id"], "delete", {"returnTop": True}, field="address").data


def test_what_is_not_ones_own_or_no_free_field_has_no_objects(ada: Client, unconfirming: Served) -> None:
    other, _ = unconfirming.someone()
    hers = appends(other, {"name": "hers"}).data
    for method in ("append", "set"):
        refused = does(ada, None, method, {"name": "x"}, id_of(other))
        assert refused.refusal == (403, "permission_denied")
    assert does(ada, hers["_id"], "get").data is None
    assert does(ada, hers["_id"], "update", {"name": "x"}).refusal == (404, "resource_not_found")
    for field in ("email", "name", "provider", "_id", "", "a.b"):
        assert appends(ada, {"name": "x"}, field=field).refusal == (404, "model_not_found"), field
        assert does(ada, hers["_id"], "get", field=field).refusal == (404, "model_not_found"), field
    assert other.record(id_of(other), "get").data["filters"] == [hers]


def test_objects_take_room_like_any_field_and_only_objects_are_taken(ada: Client) -> None:
    ada.record(id_of(ada), "update", {"city": "London"})
    assert appends(ada, {"notes": "n" * 17_000}).refusal == (400, "validation_error")
    no_objects: list[Any] = ["text", 7, [7], [[]], None]
    for wrong in no_objects:
        assert appends(ada, wrong).refusal == (400, "validation_error"), wrong
    assert appends(ada, {"name": "x"}, field="city").refusal == (400, "validation_error")
    one = appends(ada, {"name": "One"}).data
    for update in ({"field": "_id", "updateType": "set", "value": "x"}, {"field": "name", "updateType": "push"}, 7):
        assert does(ada, one["_id"], "updateFields", [update]).refusal == (400, "validation_error"), update
    assert ada.record(id_of(ada), "get").data["filters"] == [one]

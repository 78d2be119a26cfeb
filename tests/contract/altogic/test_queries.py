"""Altogic's client: queries of the model `users`, which find one's own record and never another."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.altogic.conftest import Served
from tests.contract.altogic.official import Client, Result
from tests.contract.altogic.test_records import id_of

pytestmark = pytest.mark.both_databases


def asks(client: Client, *steps: tuple[Any, ...]) -> Result:
    return client.calls(("db",), ("model", "users"), *steps)


def test_whatever_is_asked_the_own_record_is_all_there_is(ada: Client, unconfirming: Served) -> None:
    other, email = unconfirming.someone()
    me = ada.succeeds("getUserFromDB").value["user"]
    assert asks(ada, ("get",)).data == [me]
    assert asks(ada, ("getSingle",)).data == me
    assert asks(ada, ("getRandom", 3)).data == [me]
    for expression in (f"_id == '{me['_id']}'", f'email == "{me["email"]}" && emailVerified == false', "city == null"):
        assert asks(ada, ("filter", expression), ("getSingle",)).data == me
    for expression in (f"_id == '{id_of(other)}'", f"email == '{email}'", "name == 'ada'", "emailVerified == 0"):
        assert asks(ada, ("filter", expression), ("getSingle",)).data is None
        assert asks(ada, ("filter", expression), ("get",)).data == []


def test_fields_of_ones_own_can_be_asked_for_and_left_out(ada: Client) -> None:
    ada.record(id_of(ada), "update", {"role": "editor", "tags": ["a", "b"], "level": 3})
    for expression in ("role == 'editor'", "IN(tags, 'b') && level == 3", " level==3.0 ", "this.role == 'editor'"):
        assert len(asks(ada, ("filter", expression), ("sort", "level", "desc"), ("limit", 5), ("get",)).data) == 1
    for expression in ("IN(tags, 'c')", "IN(this.tags, 'c')", "this.role == 'reader'"):
        assert asks(ada, ("filter", expression), ("getSingle",)).data is None
    shown = asks(ada, ("omit", "email", "tags"), ("getSingle",)).data
    assert (shown["level"], "email" in shown, "tags" in shown) == (3, False, False)


def test_pages_are_counted_as_applications_read_them(ada: Client) -> None:
    info = {"count": 1, "totalPages": 1, "currentPage": 1, "pageSize": 10}
    for wanted in (True, {"returnCountInfo": True}):
        page = asks(ada, ("limit", 10), ("get", wanted)).data
        assert (page["countInfo"], page["info"], page["result"]) == (info, info, page["data"])
        assert [user["_id"] for user in page["data"]] == [id_of(ada)]
    assert asks(ada, ("page", 2), ("get",)).data == []
    assert asks(ada, ("page", 2), ("get", True)).data["countInfo"]["count"] == 1


def test_a_record_is_changed_if_it_is_still_what_the_query_says(ada: Client) -> None:
    ada.record(id_of(ada), "update", {"version": 1})
    done, nothing = {"totalMatch": 1, "updated": 1}, {"totalMatch": 0, "updated": 0}
    assert asks(ada, ("filter", "version == 1"), ("update", {"version": 2, "name": "Countess"})).data == done
    assert asks(ada, ("filter", "version == 1"), ("update", {"name": "Nobody"})).data == nothing
    count = {"field": "version", "updateType": "increment", "value": 1}
    assert asks(ada, ("filter", "version == 2"), ("updateFields", count)).data == done
    assert asks(ada, ("filter", "version == 2"), ("updateFields", [count])).data == nothing
    after = ada.record(id_of(ada), "get").data
    assert (after["name"], after["version"]) == ("Countess", 3)


NOT_UNDERSTOOD = [
    *("_id == 'a' || _id == 'b'", "name != 'Ada'", "level > 1", "true", "!EXISTS(name)", "IN(tags)", "IN('a', tags)"),
    *("name", "name ==", "== 'Ada'", "name = 'Ada'", "name == Ada", "name == 'Ada", r"name == 'A\\'", "(name == 'A')"),
    *("name == 'A' &&", "&& name == 'A'", "name == 'A' name == 'A'"),
    *("this. == 'A'", "this.name.first == 'A'", "that.name == 'A'"),
    *("name == 'A' && " * 10 + "name == 'A'", "x" * 1025),
]
REFUSED: list[tuple[tuple[Any, ...], ...]] = [
    *((("filter", expression), ("get",)) for expression in NOT_UNDERSTOOD),
    (("lookup", {"field": "friend"}), ("get",)),
    (("group", "name"), ("get",)),
    (("page", 0), ("get",)),
    (("limit", 0), ("get",)),
    (("omit", 7), ("get",)),
    (("getRandom", 0),),
]


@pytest.mark.one_database
def test_what_is_not_understood_is_refused_and_not_guessed(ada: Client) -> None:
    before = ada.kept
    for steps in REFUSED:
        refused = asks(ada, *steps)
        assert refused.refusal == (400, "validation_error"), steps
        assert refused.local == before
    missing = ada.calls(("db",), ("model", "orders"), ("get",))
    assert missing.refusal == (404, "model_not_found")


def test_without_a_session_nobody_asks(ada: Client, unconfirming: Served) -> None:
    stranger = unconfirming.client()
    for steps in ((("get",),), (("filter", f"_id == '{id_of(ada)}'"), ("update", {"name": "Mallory"}))):
        assert asks(stranger, *steps).refusal == (401, "missing_session_token")

"""One's own record of the model `users`."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.own_records import Person, ada, bob
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases


async def test_a_person_gets_the_own_record(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    assert (await person.does("get")).body == await person.sees()


async def test_a_change_answers_the_whole_record(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    changed = await person.updates(name=" Ada Lovelace ", city="London", language="de", timezone="Europe/Vienna")
    assert changed.status == 200
    assert changed.body == await person.sees()
    assert (changed.body["name"], changed.body["city"]) == ("Ada Lovelace", "London")
    assert (changed.body["language"], changed.body["timezone"]) == ("de", "Europe/Vienna")
    assert changed.body["email"] == "ada@example.com"


async def test_single_fields_are_set_and_unset(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    assert (await person.sets("name", "Augusta")).body["name"] == "Augusta"
    assert (await person.sets("profilePicture", "https://example.com/ada.webp")).body["profilePicture"]
    assert "profilePicture" not in (await person.unsets("profilePicture")).body
    assert (await person.sets("motto", {"la": "Vive!"})).body["motto"] == {"la": "Vive!"}
    assert "motto" not in (await person.unsets("motto")).body
    assert (await person.unsets("never there")).status == 200
    assert (await person.sees())["name"] == "Augusta"


async def test_of_several_instructions_the_later_counts(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    on, off = {"field": "a", "updateType": "set", "value": 1}, {"field": "a", "updateType": "unset"}
    assert "a" not in (await person.does("update-fields", updates=[on, off])).body
    assert (await person.does("update-fields", updates=[off, on])).body["a"] == 1


@pytest.mark.parametrize("operation", ["get", "update", "update-fields"])
async def test_only_the_own_record_can_be_used(unconfirming: Backend, operation: str) -> None:
    person, other = await ada(unconfirming), await bob(unconfirming)
    rest: dict[str, Any] = {"values": {"name": "Mallory"}}
    rest["updates"] = [{"field": "name", "updateType": "set", "value": "Mallory"}]
    for which in (other.id, "0" * 24, 7, ["x"], {"$ne": None}):
        answer = await person.does(operation, id=which, **rest)
        assert (answer.status, answer.code) == (403, "permission_denied")
    assert (await other.sees())["name"] == "Bob"


@pytest.mark.one_database
@pytest.mark.parametrize("model", ["sessions", "users.", "users.email", "", None, ["users"], {"a": 1}])
async def test_there_is_one_model(unconfirming: Backend, model: object) -> None:
    answer = await (await ada(unconfirming)).does("get", model=model)
    assert (answer.status, answer.code) == (404, "model_not_found")


async def test_records_are_not_made_here(unconfirming: Backend) -> None:
    answer = await (await ada(unconfirming)).does("create", values={"email": "new@example.com"})
    assert (answer.status, answer.code) == (401, "not_allowed")
    assert (await unconfirming.signs_in("new@example.com")).status == 401


async def test_a_double_click_on_delete_is_answered_as_one(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    for id_ in (None, ""):
        body = {"model": "users", "id": id_}
        assert (await unconfirming.post("/db/object/delete", body, session=person.token)).code == "permission_denied"
    for _ in range(2):
        assert (await person.does("delete")).body is None
    unconfirming.clock.advance(minutes=5)
    assert (await person.does("delete")).code == "invalid_session_token"


async def test_a_whole_user_sent_back_changes_what_is_ones_own(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    whole = await person.sees()
    sent = {**whole, "name": "Augusta", "email": "x@example.com", "emailVerified": True, "password": "another one"}
    changed = await person.updates(**{**sent, "_id": "0" * 24, "provider": "google", "signUpAt": "1815-12-10"})
    assert changed.body == {**whole, "name": "Augusta"}
    assert (await unconfirming.signs_in(password=PASSWORD)).status == 200


PROTECTED = [
    *("_id", "_parent", "email", "emailVerified", "phone", "phoneVerified", "password", "provider", "providerUserId"),
    *("signUpAt", "lastLoginAt", "createdAt", "updatedAt", "accessGroupKeys", "__proto__"),
    *("leavingDtm", "recoveringDtm", "passkeyHandle"),
]


@pytest.mark.one_database
@pytest.mark.parametrize("field", PROTECTED)
async def test_protected_fields_cannot_be_set_one_by_one(unconfirming: Backend, field: str) -> None:
    person = await ada(unconfirming)
    before = await person.sees()
    for answer in (await person.sets(field, True), await person.unsets(field)):
        assert (answer.status, answer.code, answer.params) == (400, "invalid_field", [field])
    assert await person.sees() == before


@pytest.mark.one_database
@pytest.mark.parametrize("value", ["N" * 101, "", "  ", "two\nlines", 7, ["Ada"], {"first": "Ada"}, "\u200b\u202e"])
async def test_an_impossible_name_changes_nothing(unconfirming: Backend, value: object) -> None:
    person = await ada(unconfirming)
    for answer in (await person.updates(name=value, city="London"), await person.sets("name", value)):
        assert (answer.status, answer.code, answer.params) == (400, "validation_error", ["name"])
    seen = await person.sees()
    assert seen["name"] == "Ada"
    assert "city" not in seen


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("profilePicture", value) for value in ("javascript:alert(1)", "//x", "https://a b", 'https://x/"', 7)),
        *(("profilePicture", value) for value in ("data:image/png;base64,AA", "https://x/" + "a" * 2048)),
        *(("language", value) for value in ("e", "english please", "de_AT", 7, "")),
        *(("timezone", value) for value in ("Europe/Vienna; x", "../etc", 7, "", "A" * 65)),
        *((field, 1) for field in ("with space", "a.b", "$where", "-a", "f" * 65, "naïve\u2028")),
    ],
)
async def test_what_a_field_cannot_hold_is_refused(unconfirming: Backend, field: str, value: object) -> None:
    person = await ada(unconfirming)
    answer = await person.updates(**{field: value})
    assert (answer.status, answer.code) == (400, "validation_error")
    assert answer.params == [field[:64]]


async def test_all_that_is_wrong_is_said_at_once(unconfirming: Backend) -> None:
    answer = await (await ada(unconfirming)).updates(name="", language=7, city="London")
    assert answer.params == ["name", "language"]


@pytest.mark.one_database
@pytest.mark.parametrize("values", [None, [], "name", 7])
async def test_values_must_be_fields(unconfirming: Backend, values: object) -> None:
    person = await ada(unconfirming)
    assert (await person.does("update", values=values)).params == ["values"]


@pytest.mark.one_database
@pytest.mark.parametrize("updates", [None, [], "name", 7, [7], [{}], [{"field": 7}], {"field": ""}, [{}] * 101])
async def test_updates_must_be_instructions(unconfirming: Backend, updates: object) -> None:
    person = await ada(unconfirming)
    assert (await person.does("update-fields", updates=updates)).params == ["updates"]


async def test_free_fields_come_back_as_they_were_given(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    given = {
        "age": 36,
        "ratio": 0.1,
        "tags": ["a", None, {"b": []}],
        "größe": "李 <b>&\"' 👩‍👩‍👧",
        "session": {},
        "no": None,
    }
    changed = await person.updates(**given)
    assert {name: changed.body[name] for name in given} == given
    assert given.items() <= (await person.sees()).items()


async def test_free_fields_hold_sixteen_kilobytes_in_all(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    assert (await person.updates(one="a" * 8000)).status == 200
    assert (await person.updates(two="b" * 8000)).status == 200
    refused = await person.updates(three="c" * 500)
    assert (refused.status, refused.params) == (400, ["three"])
    assert (await person.unsets("one")).status == 200
    assert (await person.updates(three="c" * 500)).status == 200
    too_much = {"name": "Bob", "notes": "n" * 20_000}
    assert (await unconfirming.signs_up("bob@example.com", name=too_much)).params == ["notes"]


async def test_what_is_written_in_any_script_has_as_much_room(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    changed = await person.updates(one="ж" * 4000, two="😀" * 1900)
    assert (changed.status, changed.body["one"], changed.body["two"]) == (200, "ж" * 4000, "😀" * 1900)
    assert (await person.updates(three="ü" * 500)).params == ["three"]


async def test_many_changes_at_once_lose_nothing(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    changes = [person.updates(**{f"field{number}": number}) for number in range(20)]
    changes.append(person.sets("name", "Augusta"))
    assert {answer.status for answer in await asyncio.gather(*changes)} == {200}
    seen = await person.sees()
    assert [seen[f"field{number}"] for number in range(20)] == list(range(20))
    assert seen["name"] == "Augusta"


async def test_many_who_count_at_once_are_all_counted(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    counting = [person.updates_field("visits", "increment", 1) for _ in range(12)]
    adding = [person.updates_field("tags", "push", number) for number in range(8)]
    assert {answer.status for answer in await asyncio.gather(*counting, *adding)} == {200}
    seen = await person.sees()
    assert (seen["visits"], sorted(seen["tags"])) == (12, list(range(8)))


async def test_two_processes_change_one_record_and_lose_nothing(tmp_path: Path) -> None:
    async with (
        run_backend(tmp_path, EMAIL_CONFIRMATION="off") as one,
        run_backend(tmp_path, EMAIL_CONFIRMATION="off") as two,
    ):
        signed_up = await one.signs_up()
        here, there = Person(one, signed_up), Person(two, signed_up)
        both = [(here if number % 2 else there).updates(**{f"field{number}": number}) for number in range(20)]
        assert {answer.status for answer in await asyncio.gather(*both)} == {200}
        assert {f"field{number}" for number in range(20)} <= set(await here.sees())


async def test_more_objects_than_have_room_are_not_even_made(unconfirming: Backend) -> None:
    """40,000 empty ones fit in a request, and to give each its id would keep everybody waiting."""
    person = await ada(unconfirming)
    body = {"model": "users.filters", "parentId": person.id, "values": [{}] * 40_000}
    refused = await unconfirming.post("/db/object/append", body, session=person.token)
    assert (refused.code, refused.params) == ("validation_error", ["values"])
    body["values"] = [{}] * 200
    assert (await unconfirming.post("/db/object/append", body, session=person.token)).status == 200


async def test_a_field_is_updated_so_many_times_at_once_and_no_more(unconfirming: Backend) -> None:
    """A hundred times through thousands of items would keep everybody waiting."""
    person = await ada(unconfirming)
    for model, record in (("users", person.id), ("users.box", "")):
        made = {"model": "users.box", "parentId": person.id, "values": {"tags": [1]}}
        box = (await unconfirming.post("/db/object/set", made, session=person.token)).body["_id"]
        pulls = [{"field": "tags", "updateType": "pull", "value": 2}] * 11
        refused = await person.does("update-fields", id=record or box, model=model, updates=pulls)
        assert (refused.code, refused.params) == ("validation_error", ["tags"]), model
        assert (await person.does("update-fields", id=record or box, model=model, updates=pulls[1:])).status == 200

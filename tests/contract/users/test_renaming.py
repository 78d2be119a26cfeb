"""The name of one's own record, changed in one call."""

import asyncio
from typing import Any

import pytest

from tests.kit.backend import Backend
from tests.kit.own_records import ada, bob

pytestmark = pytest.mark.both_databases


async def test_a_name_is_set_and_the_name_before_is_told(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    renamed = await person.renames(" Countess ")
    assert renamed.body == {"user": await person.sees(), "before": "Ada"}
    assert renamed.body["user"]["name"] == "Countess"
    assert (await person.renames("Countess")).body["before"] == "Countess"
    await person.unsets("name")
    assert (await person.renames("Ada")).body["before"] is None


@pytest.mark.one_database
@pytest.mark.parametrize("name", [None, "", "  ", 7, ["Ada"], "n" * 101, "\u200b"])
async def test_a_name_that_cannot_be_is_refused_and_nothing_changes(unconfirming: Backend, name: Any) -> None:
    person = await ada(unconfirming)
    refused = await person.renames(name)
    assert (refused.status, refused.code, refused.params) == (400, "validation_error", ["name"])
    assert (await person.sees())["name"] == "Ada"


async def test_a_name_that_was_changed_meanwhile_is_not_overwritten(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    await person.renames("Other tab")
    refused = await person.renames("This tab", expected="Ada")
    assert (refused.status, refused.code, refused.params) == (409, "name_changed", ["expected"])
    assert (await person.sees())["name"] == "Other tab"
    assert (await person.renames("This tab", expected="Other tab")).status == 200
    assert (await person.renames("This tab", expected="Ada")).status == 200  # the same in both


async def test_of_many_who_expect_the_same_name_one_changes_it(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    answers = await asyncio.gather(*(person.renames(f"Name {n}", expected="Ada") for n in range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7


async def test_only_who_is_meant_is_renamed(unconfirming: Backend) -> None:
    person, other = await ada(unconfirming), await bob(unconfirming)
    refused = await person.renames("Countess", id=other.id)
    assert (refused.status, refused.code, refused.params) == (403, "permission_denied", ["id"])
    assert [(await each.sees())["name"] for each in (person, other)] == ["Ada", "Bob"]
    assert (await person.renames("Countess", id=person.id)).status == 200


async def test_to_be_renamed_is_to_use_the_session(unconfirming: Backend) -> None:
    person = await ada(unconfirming)
    unconfirming.clock.advance(minutes=10)
    await person.renames()
    await unconfirming.services.background_writes.finish()
    (session,) = (await unconfirming.get("/auth/sessions", session=person.token)).body
    assert session["lastSeenDtm"] > session["creationDtm"]

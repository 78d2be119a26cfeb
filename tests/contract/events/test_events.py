"""The history of an account: each act that its owner can recognize, and nothing of what strangers typed."""

import asyncio
from typing import Any

import pytest

from tests.kit.backend import FIREFOX, IPHONE, Backend
from tests.kit.history import list_kinds, load_events
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

NEW = "another fine password"
PHONE = {"User-Agent": IPHONE, "X-Forwarded-For": "203.0.113.9"}


async def updates(backend: Backend, me: Any, **values: Any) -> None:
    body = {"values": values, "id": me.body["user"]["_id"], "model": "users"}
    assert (await backend.post("/db/object/update", body, session=me.token)).status == 200


async def test_a_person_sees_how_the_account_began_and_each_log_in(backend: Backend) -> None:
    me = await backend.joins()
    await backend.signs_in(headers=PHONE)
    newest, *older = await load_events(backend, me.token)
    assert [event["kind"] for event in older] == ["session.opened", "account.confirmed"]
    assert newest == {
        "_id": newest["_id"],
        "kind": "session.opened",
        "details": {"method": "password"},
        "userAgent": {"family": "Mobile Safari", "os": {"family": "iOS"}},
        "ip": "203.0.113.9",
        "count": 1,
        "firstDtm": newest["lastDtm"],
        "lastDtm": newest["lastDtm"],
        "openSessions": newest["openSessions"],
        "isOwnSession": False,
        "isDisownable": True,
    }


async def test_a_person_sees_an_account_that_needed_no_confirmation_begin(unconfirming: Backend) -> None:
    me = await unconfirming.signs_up()
    assert await list_kinds(unconfirming, me.token) == ["account.created", "session.opened"]


async def test_a_person_who_logs_in_again_in_the_same_browser_sees_it_once_with_a_count(backend: Backend) -> None:
    me = await backend.joins()
    for _ in range(3):
        backend.clock.advance(minutes=1)
        await backend.signs_in(headers=PHONE)
    event = (await load_events(backend, me.token))[0]
    assert (event["kind"], event["count"]) == ("session.opened", 3)
    assert (event["firstDtm"][11:16], event["lastDtm"][11:16]) == ("09:27", "09:29")
    backend.clock.advance(days=1)
    await backend.signs_in(headers=PHONE)
    assert [event["count"] for event in (await load_events(backend, me.token))[:2]] == [1, 3]


async def test_one_click_too_many_is_one_log_in(backend: Backend) -> None:
    me = await backend.joins()
    clicks = (backend.signs_in(headers={**PHONE, "X-Device": "a" * 22}) for _ in range(2))
    await asyncio.gather(*clicks)
    assert (await load_events(backend, me.token))[0]["count"] == 1


async def test_a_person_sees_which_browser_was_logged_out_and_from_where(backend: Backend) -> None:
    me = await backend.joins()
    phone = await backend.signs_in(headers=PHONE)
    assert (await backend.post("/auth/signout", {"token": phone.token}, session=me.token)).status == 200
    event = (await load_events(backend, me.token))[0]
    assert (event["kind"], event["userAgent"]["family"]) == ("session.ended", "Firefox")
    assert event["details"] == {"which": "other", "browser": "Mobile Safari", "system": "iOS"}

    phone = await backend.signs_in(headers=PHONE)
    await backend.post("/auth/signout", session=phone.token, headers=PHONE)
    event = (await load_events(backend, me.token))[0]
    assert (event["kind"], event["details"]["which"]) == ("session.ended", "own")


async def test_ending_what_has_ended_is_no_event(backend: Backend) -> None:
    me = await backend.joins()
    before = await list_kinds(backend, me.token)
    await backend.post("/auth/signout", {"token": "nobody's"}, session=me.token)
    await backend.post("/auth/signout-all-except", session=me.token)
    assert await list_kinds(backend, me.token) == before


async def test_a_person_sees_that_all_others_were_logged_out(backend: Backend) -> None:
    me = await backend.joins()
    for _ in range(2):
        await backend.signs_in(headers=PHONE)
    await backend.post("/auth/signout-all-except", session=me.token)
    event = (await load_events(backend, me.token))[0]
    assert (event["kind"], event["details"]) == ("sessions.ended", {"which": "others", "count": 2})
    await backend.post("/auth/signout-all", session=me.token)
    me = await backend.signs_in()
    assert (await load_events(backend, me.token))[1]["details"] == {"which": "all", "count": 1}


async def test_a_person_sees_wrong_passwords_of_strangers_but_nothing_they_typed(backend: Backend) -> None:
    me = await backend.joins()
    for number in range(3):
        agent = {"User-Agent": f"Buy pills at pills{number}.example", "X-Forwarded-For": "198.51.100.7"}
        await backend.signs_in(password=f"secret guess {number}", headers=agent)
    answer = await backend.get("/account/events", session=me.token)
    event = answer.body["events"][0]
    assert (event["kind"], event["count"], event["ip"]) == ("session.refused", 3, "198.51.100.7")
    assert event["userAgent"] == {"family": "Other", "os": {"family": "Other"}}
    for word in (b"pills", b"guess", PASSWORD.encode(), me.token.encode(), b"argon2", b"ada@"):
        assert word not in answer.content


async def test_a_person_sees_that_links_were_asked_for(backend: Backend) -> None:
    me = await backend.joins()
    for path in ("send-magic", "send-reset"):
        await backend.post(f"/auth/{path}", params={"email": "ada@example.com"}, headers=PHONE)
    newest, second, *_ = await load_events(backend, me.token)
    assert (newest["kind"], newest["details"], newest["ip"]) == (
        "link.requested",
        {"letter": "reset-pwd"},
        "203.0.113.9",
    )
    assert second["details"] == {"letter": "magic-link"}


async def test_a_person_sees_new_passwords_and_wrong_old_ones(backend: Backend) -> None:
    me = await backend.joins()
    for old in ("wrong password", PASSWORD):
        await backend.post("/auth/change-pwd", {"oldPassword": old, "newPassword": NEW}, session=me.token)
    assert (await list_kinds(backend, me.token))[-2:] == ["password.refused", "password.changed"]

    await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
    token = (await backend.opens(await backend.newest_link())).token
    reset = await backend.post("/auth/reset-pwd", {"newPassword": PASSWORD}, params={"key": token}, headers=PHONE)
    assert reset.status == 200
    me = await backend.signs_in()
    kinds = await list_kinds(backend, me.token)
    assert kinds[-3:] == ["link.requested", "password.reset", "session.opened"]


async def test_a_person_sees_that_the_address_was_to_be_changed_and_then_was(backend: Backend) -> None:
    me = await backend.joins()
    body = {"currentPassword": PASSWORD, "newEmail": "countess@example.com"}
    assert (await backend.post("/auth/change-email", body, session=me.token)).status == 200
    assert (await list_kinds(backend, me.token))[-1] == "email.requested"
    await backend.opens(await backend.newest_link(to="countess@example.com"), "POST")
    assert (await list_kinds(backend, me.token))[-1] == "email.changed"
    assert b"countess" not in (await backend.get("/account/events", session=me.token)).content


async def test_a_person_sees_a_new_name_and_photo_and_nothing_where_nothing_changed(backend: Backend) -> None:
    me = await backend.joins()
    before = len(await load_events(backend, me.token))
    await updates(backend, me, name="Ada", colour="blue")
    await backend.calls("PUT", "/account/name", json={"name": "Ada"}, session=me.token)
    assert len(await load_events(backend, me.token)) == before
    await backend.calls("PUT", "/account/name", json={"name": "Countess"}, session=me.token)
    await updates(backend, me, profilePicture="https://example.com/a.webp")
    await updates(backend, me, profilePicture=None)
    assert (await list_kinds(backend, me.token))[before:] == ["name.changed", "photo.changed", "photo.removed"]


async def test_what_was_refused_leaves_no_event(backend: Backend) -> None:
    """It is written in the transaction of its act, and goes back with it."""
    me = await backend.joins()
    before = await list_kinds(backend, me.token)
    stale = await backend.calls("PUT", "/account/name", json={"name": "B", "expected": "C"}, session=me.token)
    assert stale.status == 409
    bad = await backend.calls("PUT", "/account/name", json={"name": "x" * 101}, session=me.token)
    assert bad.status == 400
    assert await list_kinds(backend, me.token) == before


async def test_a_person_sees_nothing_of_the_time_before_the_address_was_confirmed(backend: Backend) -> None:
    await backend.signs_up()
    await backend.signs_in(password="wrong password", headers=PHONE)
    await backend.post("/auth/resend", params={"email": "ada@example.com"}, headers=PHONE)
    me = await backend.grants((await backend.opens(await backend.newest_link())).token)
    assert await list_kinds(backend, me.token) == ["account.confirmed", "session.opened"]


async def test_everybody_sees_only_their_own(backend: Backend) -> None:
    adas, bobs = await backend.joins(), await backend.joins("bob@example.com")
    await backend.signs_in(password="wrong password", headers=PHONE)
    assert "session.refused" in await list_kinds(backend, adas.token)
    assert "session.refused" not in await list_kinds(backend, bobs.token)
    assert (await backend.get("/account/events")).code == "missing_session_token"


async def test_what_one_act_writes_stands_in_the_order_in_which_it_happened(backend: Backend) -> None:
    """On all pages, though it is written at one instant; of several people, for by chance it may be right for one."""
    for number in range(5):
        me = await backend.joins(f"ada{number}@example.com")
        newest = (await backend.get("/account/events", params={"limit": "1"}, session=me.token)).body
        after = {"limit": "1", "after": newest["next"]}
        older = (await backend.get("/account/events", params=after, session=me.token)).body
        kinds = [event["kind"] for event in newest["events"] + older["events"]]
        assert (kinds, older["next"]) == (["session.opened", "account.confirmed"], None)


async def test_what_happens_again_comes_after_what_happened_meanwhile(backend: Backend) -> None:
    me = await backend.joins()
    await backend.signs_in(headers=PHONE)
    await backend.post("/auth/send-reset", params={"email": "ada@example.com"}, headers=PHONE)
    await backend.signs_in(headers=PHONE)
    newest, second, *_ = await load_events(backend, me.token)
    assert (newest["kind"], newest["count"]) == ("session.opened", 2)
    assert (second["kind"], second["count"]) == ("link.requested", 1)


async def test_a_person_pages_through_the_history_though_it_grows_and_goes(backend: Backend) -> None:
    me = await backend.joins()
    for day in range(5):
        backend.clock.advance(days=1)
        await backend.signs_in(headers={"User-Agent": FIREFOX, "X-Forwarded-For": f"203.0.113.{day}"})
    whole = [event["_id"] for event in await load_events(backend, me.token)]
    first = (await backend.get("/account/events", params={"limit": "3"}, session=me.token)).body
    await backend.signs_in(headers=PHONE)
    second = (
        await backend.get("/account/events", params={"limit": "3", "after": first["next"]}, session=me.token)
    ).body
    assert [event["_id"] for event in first["events"] + second["events"]] == whole[:6]
    rest = (await backend.get("/account/events", params={"after": second["next"]}, session=me.token)).body
    assert [event["_id"] for event in rest["events"]] == whole[6:]
    assert rest["next"] is None


@pytest.mark.one_database
@pytest.mark.parametrize(
    "after", ["x", "1.2", "0" * 16, f"{'9' * 17}.{'a' * 64}", f"{'٣' * 16}.{'a' * 64}", f"{'1' * 16}.{'A' * 64}"]
)
async def test_a_place_that_is_none_is_refused(backend: Backend, after: str) -> None:
    me = await backend.joins()
    answer = await backend.get("/account/events", params={"after": after}, session=me.token)
    assert (answer.status, answer.code, answer.params) == (400, "validation_error", ["after"])

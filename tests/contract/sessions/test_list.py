"""The list of sessions: what each is shown as, in which order, by which name."""

import pytest

from tests.kit.backend import FIREFOX, IPHONE, Backend
from tests.kit.contract_sessions import sessions, three_devices

pytestmark = pytest.mark.both_databases


async def test_sessions_are_listed_oldest_first_with_only_ones_own_token(backend: Backend) -> None:
    first, second, third = await three_devices(backend)
    answer = await backend.get("/auth/sessions", session=second)
    assert [session["method"] for session in answer.body] == ["email-confirm", "password", "password"]
    assert [session["creationDtm"] for session in answer.body] == sorted(s["creationDtm"] for s in answer.body)
    assert answer.headers["x-total-count"] == "3"

    shown = [session["token"] for session in answer.body]
    assert shown[1] == second
    assert len(set(shown)) == 3
    assert first.encode() not in answer.content
    assert third.encode() not in answer.content
    assert b"argon2" not in answer.content
    assert b"hash" not in answer.content


async def test_a_session_has_all_that_clients_read_of_it(backend: Backend) -> None:
    user = (await backend.joins()).body["user"]
    session = (await backend.signs_in(headers={"User-Agent": IPHONE, "X-Forwarded-For": "203.0.113.9"})).body["session"]
    assert set(session) == {
        *("userId", "token", "creationDtm", "accessGroupKeys", "userAgent"),
        *("lastSeenDtm", "expiryDtm", "ip", "method", "factors", "label", "userAgentText"),  # additions of ours
    }
    assert session["userId"] == user["_id"]
    assert session["accessGroupKeys"] == []
    assert session["ip"] == "203.0.113.9"
    assert session["label"] is None
    assert session["userAgentText"] == IPHONE
    assert session["lastSeenDtm"] == session["creationDtm"]
    assert session["expiryDtm"].startswith("2026-04-13T09:26:53")
    device = session["userAgent"]
    assert set(device) == {"family", "major", "minor", "patch", "device", "os"}
    assert (device["family"], device["device"]["family"], device["os"]["family"]) == ("Mobile Safari", "iPhone", "iOS")


async def test_another_session_of_mine_is_ended_and_named_by_its_own_token_too(backend: Backend) -> None:
    """Whoever holds it was given it when that session began."""
    mine, other = (await backend.joins()).token, (await backend.signs_in()).token
    labelled = await backend.post("/auth/sessions/label", {"token": other, "label": "Phone"}, session=mine)
    assert (labelled.body["label"], labelled.body["token"] == other) == ("Phone", False)
    assert (await backend.post("/auth/signout", {"token": other}, session=mine)).status == 200
    assert (await backend.get("/auth/user", session=other)).code == "invalid_session_token"
    assert (await backend.get("/auth/user", session=mine)).status == 200


@pytest.mark.parametrize(
    "agent", ["", "curl/8.5.0", "\u00ff\u00fe", "a" * 5000, "Mozilla/5.0 (", FIREFOX, "node-fetch/1.0 (+https://x)"]
)
async def test_every_part_of_every_device_is_a_text(unconfirming: Backend, agent: str) -> None:
    headers = {"User-Agent": agent.encode("latin-1")}
    session = (await unconfirming.signs_up(headers=headers)).body["session"]
    device = session["userAgent"]
    for part in (device, device["os"], device["device"]):
        assert all(isinstance(part[name], str) and part[name] for name in ("family", "major", "minor", "patch"))
    assert device["device"]["family"] == "Other"


async def test_a_long_list_can_be_read_in_parts(backend: Backend) -> None:
    mine = (await backend.joins()).token
    for _ in range(4):
        await backend.signs_in()
    whole = [session["token"] for session in await sessions(backend, mine)]

    part = await backend.get("/auth/sessions", params={"limit": "2"}, session=mine)
    assert [session["token"] for session in part.body] == whole[:2]
    assert part.headers["x-total-count"] == "5"
    part = await backend.get("/auth/sessions", params={"limit": "2", "after": whole[1]}, session=mine)
    assert [session["token"] for session in part.body] == whole[2:4]
    part = await backend.get("/auth/sessions", params={"after": mine}, session=mine)
    assert [session["token"] for session in part.body] == whole[1:]
    assert (await backend.get("/auth/sessions", params={"after": whole[-1]}, session=mine)).body == []


async def test_ones_own_comes_first_and_then_the_newest(backend: Backend) -> None:
    await backend.joins()
    mine = (await backend.signs_in()).token
    for _ in range(4):
        await backend.signs_in()
    oldest, own, *newer = [session["token"] for session in await sessions(backend, mine)]
    assert own == mine

    part = await backend.get("/auth/sessions", params={"order": "own", "limit": "3"}, session=mine)
    assert [session["token"] for session in part.body] == [mine, newer[3], newer[2]]
    assert part.headers["x-total-count"] == "6"
    part = await backend.get("/auth/sessions", params={"order": "own", "limit": "3", "after": newer[2]}, session=mine)
    assert [session["token"] for session in part.body] == [newer[1], newer[0], oldest]
    part = await backend.get("/auth/sessions", params={"order": "own", "after": mine}, session=mine)
    assert [session["token"] for session in part.body] == [*reversed(newer), oldest]
    part = await backend.get("/auth/sessions", params={"order": "own", "after": "0" * 64}, session=mine)
    assert (part.status, part.code, part.params) == (404, "session_not_found", ["after"])


async def test_one_call_tells_the_user_and_the_newest_sessions(backend: Backend) -> None:
    first, _second, third = await three_devices(backend)
    me = (await backend.get("/account/me", params={"sessions": "2"}, session=first)).body
    assert me["user"] == (await backend.get("/auth/user", session=first)).body
    listed = await backend.get("/auth/sessions", params={"order": "own", "limit": "2"}, session=first)
    assert me["sessions"] == listed.body
    assert (me["sessionCount"], me["hasPassword"]) == (3, True)
    assert third not in str(me)
    everything = (await backend.get("/account/me", params={"sessions": "3"}, session=first)).body
    assert (len(everything["sessions"]), everything["sessionCount"]) == (3, 3)
    more = (await backend.get("/account/me", params={"sessions": "50"}, session=first)).body
    assert (len(more["sessions"]), more["sessionCount"]) == (3, 3)
    refused = await backend.get("/account/me", params={"sessions": "0"}, session=first)
    assert (refused.status, refused.params) == (400, ["sessions"])


async def test_sessions_that_are_over_are_neither_listed_nor_counted(backend: Backend) -> None:
    await backend.joins()
    backend.clock.advance(days=13)
    mine = (await backend.signs_in()).token
    backend.clock.advance(days=2)
    part = await backend.get("/auth/sessions", params={"order": "own"}, session=mine)
    assert ([session["token"] for session in part.body], part.headers["x-total-count"]) == ([mine], "1")


async def test_a_part_after_a_session_that_has_ended_meanwhile_is_refused(backend: Backend) -> None:
    """Whoever reads on from there would miss sessions or see some twice, so they are told to begin again."""
    mine = (await backend.joins()).token
    for _ in range(2):
        await backend.signs_in()
    last_read = (await sessions(backend, mine))[1]["token"]
    await backend.post("/auth/signout", {"token": last_read}, session=mine)

    part = await backend.get("/auth/sessions", params={"after": last_read}, session=mine)
    assert (part.status, part.code, part.params) == (404, "session_not_found", ["after"])
    assert len(await sessions(backend, mine)) == 2


@pytest.mark.one_database
@pytest.mark.parametrize("limit", ["0", "-1", "1001", "two", "1.5", "٣", "0000000010", "000000001" + "0" * 5000])
async def test_an_impossible_limit_is_refused(unconfirming: Backend, limit: str) -> None:
    mine = (await unconfirming.signs_up()).token
    answer = await unconfirming.get("/auth/sessions", params={"limit": limit}, session=mine)
    assert (answer.status, answer.params) == (400, ["limit"])


# --- names of sessions


async def test_a_person_names_a_session(backend: Backend) -> None:
    first, _, mine = await three_devices(backend)
    handle = (await sessions(backend, mine))[0]["token"]
    named = await backend.post("/auth/sessions/label", {"token": handle, "label": "  Kitchen 📱 "}, session=mine)
    assert (named.body["label"], named.body["token"]) == ("Kitchen 📱", handle)
    await backend.post("/auth/sessions/label", {"token": mine, "label": "n" * 60}, session=mine)
    assert [session["label"] for session in await sessions(backend, first)] == ["Kitchen 📱", None, "n" * 60]
    for nothing in (None, ""):
        unnamed = await backend.post("/auth/sessions/label", {"token": handle, "label": nothing}, session=mine)
        assert unnamed.body["label"] is None


@pytest.mark.one_database
@pytest.mark.parametrize("label", ["n" * 61, "   ", "two\nlines", 7, ["Kitchen"], "\u200b"])
async def test_an_impossible_label_is_refused(unconfirming: Backend, label: object) -> None:
    mine = (await unconfirming.signs_up()).token
    answer = await unconfirming.post("/auth/sessions/label", {"token": mine, "label": label}, session=mine)
    assert (answer.status, answer.params) == (400, ["label"])


async def test_nobody_names_the_session_of_another_person(unconfirming: Backend) -> None:
    adas = (await unconfirming.signs_up()).token
    await unconfirming.signs_in()
    handles = [session["token"] for session in await sessions(unconfirming, adas)]
    bobs = (await unconfirming.signs_up("bob@example.com")).token
    for token in (*handles, adas, "garbage"):
        answer = await unconfirming.post("/auth/sessions/label", {"token": token, "label": "mine"}, session=bobs)
        assert (answer.status, answer.code) == (404, "session_not_found")
    assert [session["label"] for session in await sessions(unconfirming, adas)] == [None, None]
    bare = await unconfirming.post("/auth/sessions/label", {"label": "mine"}, session=bobs)
    assert bare.params == ["token"]

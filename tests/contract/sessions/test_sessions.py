"""Sessions: what opens one, and how it ends."""

from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.contract_sessions import is_open, sessions, three_devices, uses
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

GARBAGE = ["garbage", "", "0" * 64, "\u00e9\u4f60", 7, ["token"], {"token": "x"}, "x" * 10_000]


# --- what opens, and what only ends


async def test_a_handle_ends_a_session_and_opens_none(backend: Backend) -> None:
    first, second, third = await three_devices(backend)
    handles = [session["token"] for session in await sessions(backend, third)]
    for handle in handles[:2]:
        assert not await is_open(backend, handle)

    assert (await backend.post("/auth/signout", {"token": handles[0]}, session=third)).body == {}
    assert [await is_open(backend, token) for token in (first, second, third)] == [False, True, True]
    assert (await backend.post("/auth/signout", {"token": handles[0]}, session=third)).status == 200  # ended already


async def test_logging_out_ends_the_session_at_its_next_request(backend: Backend) -> None:
    first, second, third = await three_devices(backend)
    assert (await backend.post("/auth/signout", {}, session=first)).body == {}
    assert (await backend.post("/auth/signout", {"token": second}, session=second)).body == {}
    assert (await backend.post("/auth/signout", session=third)).body == {}
    assert [await is_open(backend, token) for token in (first, second, third)] == [False, False, False]


@pytest.mark.parametrize("token", GARBAGE, ids=lambda value: str(value)[:12])
async def test_what_is_nobodys_session_has_ended_already(unconfirming: Backend, token: object) -> None:
    mine = (await unconfirming.signs_up()).token
    answer = await unconfirming.post("/auth/signout", {"token": token}, session=mine)
    assert (answer.status, answer.body) == (200, {})
    assert await is_open(unconfirming, mine)


async def test_nobody_ends_the_session_of_another_person(unconfirming: Backend) -> None:
    adas = (await unconfirming.signs_up()).token
    await unconfirming.signs_in()
    handles = [session["token"] for session in await sessions(unconfirming, adas)]
    bobs = (await unconfirming.signs_up("bob@example.com")).token
    for token in (*handles, adas):
        assert (await unconfirming.post("/auth/signout", {"token": token}, session=bobs)).status == 200
    assert len(await sessions(unconfirming, adas)) == 2
    assert len(await sessions(unconfirming, bobs)) == 1


async def test_all_sessions_or_all_others_end_at_once(unconfirming: Backend) -> None:
    first = (await unconfirming.signs_up()).token
    bobs = (await unconfirming.signs_up("bob@example.com")).token
    second, third = (await unconfirming.signs_in()).token, (await unconfirming.signs_in()).token
    assert (await unconfirming.post("/auth/signout-all-except", session=second)).body == {}
    assert [await is_open(unconfirming, token) for token in (first, second, third)] == [False, True, False]

    await unconfirming.signs_in()
    assert (await unconfirming.post("/auth/signout-all", session=second)).body == {}
    assert not await is_open(unconfirming, second)
    assert len(await sessions(unconfirming, (await unconfirming.signs_in()).token)) == 1
    assert await is_open(unconfirming, bobs)


SESSION_CALLS = [
    *(("GET", path) for path in ("/auth/user", "/auth/sessions", "/account/me")),
    ("PUT", "/account/name"),
    *(("POST", f"/auth/{path}") for path in ("signout", "signout-all", "signout-all-except", "sessions/label")),
    *(("POST", f"/auth/{path}") for path in ("change-pwd", "change-email")),
    *(("POST", f"/db/object/{path}") for path in ("get", "update", "update-fields", "create", "delete")),
    *(("POST", f"/storage/{path}") for path in ("bucket/upload-formdata", "bucket/file/get", "delete-file")),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("method", "path"), SESSION_CALLS)
async def test_what_needs_a_session_says_so(backend: Backend, method: str, path: str) -> None:
    without = await backend.calls(method, path)
    assert (without.status, without.code) == (401, "missing_session_token")
    for token in ("garbage", "0" * 64, "x" * 10_000):
        ended = await backend.calls(method, path, session=token)
        assert (ended.status, ended.code) == (401, "invalid_session_token")


# --- time


async def test_a_session_ends_when_its_time_is_over_however_busy_it_is(tmp_path: Path) -> None:
    async with run_backend(tmp_path, EMAIL_CONFIRMATION="off", SESSION_LIFETIME="7200", SESSION_IDLE="3600") as backend:
        mine = (await backend.signs_up()).token
        for _ in range(3):
            backend.clock.advance(minutes=39)
            await uses(backend, mine)
        backend.clock.advance(minutes=3)
        assert not await is_open(backend, mine)


async def test_a_session_that_is_not_used_ends_earlier(tmp_path: Path) -> None:
    async with run_backend(
        tmp_path, EMAIL_CONFIRMATION="off", SESSION_LIFETIME="86400", SESSION_IDLE="3600"
    ) as backend:
        idle, used = (await backend.signs_up()).token, (await backend.signs_in()).token
        backend.clock.advance(minutes=40)
        await uses(backend, used)
        backend.clock.advance(minutes=21)
        assert not await is_open(backend, idle)
        assert [session["token"] for session in await sessions(backend, used)] == [used]


async def test_when_it_was_last_used_is_noted_every_five_minutes(unconfirming: Backend) -> None:
    mine, watching = (await unconfirming.signs_up()).token, (await unconfirming.signs_in()).token

    async def last_seen() -> str:
        return str((await sessions(unconfirming, watching))[0]["lastSeenDtm"])

    unconfirming.clock.advance(minutes=4)
    await uses(unconfirming, mine)
    assert (await last_seen()).startswith("2026-03-14T09:26:53")
    unconfirming.clock.advance(minutes=1)
    await uses(unconfirming, mine)
    assert (await last_seen()).startswith("2026-03-14T09:31:53")


async def test_a_session_outlives_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    async with run_backend(tmp_path, clock, EMAIL_CONFIRMATION="off") as backend:
        mine = (await backend.signs_up()).token
    async with run_backend(tmp_path, clock, EMAIL_CONFIRMATION="off", SECRET_KEY="quite another") as backend:
        assert await is_open(backend, mine)


async def test_no_answer_to_another_person_holds_a_token_or_a_password(backend: Backend) -> None:
    adas = (await backend.joins()).token
    me = await backend.get("/auth/user", session=adas)
    record = await backend.post("/db/object/get", {"model": "users", "id": me.body["_id"]}, session=adas)
    again = await backend.signs_in()
    for answer in (me, record, again, await backend.get("/auth/sessions", session=again.token)):
        assert adas.encode() not in answer.content
        assert PASSWORD.encode() not in answer.content
        assert b"argon2" not in answer.content

"""Sets of recovery codes: pending until their owner has kept them, in force from then on, and never two at once."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.history import list_kinds, load_events
from tests.kit.leaving import tables_with
from tests.kit.recovery_codes import PATH, SHAPE, has_codes, keeps_codes, makes_codes

pytestmark = pytest.mark.both_databases


async def logs_in(backend: Backend) -> str:
    await backend.joins()
    return (await backend.signs_in()).token


async def test_whoever_has_none_is_told_so(backend: Backend) -> None:
    token = await logs_in(backend)
    assert (await backend.get(PATH, session=token)).body == {"left": 0, "madeDtm": None, "pending": None}


async def test_a_set_has_ten_codes_of_sixteen_letters_each_with_a_first_letter_of_its_own(backend: Backend) -> None:
    codes = await makes_codes(backend, await logs_in(backend))
    assert len(codes) == 10
    assert all(re.fullmatch(SHAPE, code) for code in codes)
    assert len({code[0] for code in codes}) == len({code[1:] for code in codes}) == 10


async def test_two_sets_have_nothing_in_common(backend: Backend) -> None:
    token = await logs_in(backend)
    first = await makes_codes(backend, token)
    backend.clock.advance(minutes=1)
    assert not {*first} & {*await makes_codes(backend, token)}


async def test_a_pending_set_is_shown_as_often_as_its_owner_looks_and_for_an_hour(backend: Backend) -> None:
    token = await logs_in(backend)
    codes = await makes_codes(backend, token)
    for _ in range(3):
        assert (await backend.get(PATH, session=token)).body["pending"]["codes"] == codes
    backend.clock.advance(hours=1)
    assert (await backend.get(PATH, session=token)).body["pending"] is None
    assert (await keeps_codes(backend, (await backend.signs_in()).token)).code == "recovery_codes_gone"


async def test_nothing_readable_is_kept_of_it(backend: Backend) -> None:
    token = await logs_in(backend)
    codes = await makes_codes(backend, token)
    for code in codes:
        assert not tables_with(backend, code)
        assert not tables_with(backend, code.replace("-", ""))
    await keeps_codes(backend, token)
    for code in codes:
        assert not tables_with(backend, code.replace("-", "")[1:])


async def test_each_is_kept_by_argon2id_with_a_salt_of_its_own(backend: Backend) -> None:
    token = await logs_in(backend)
    codes = await has_codes(backend, token)
    owner = (await backend.get("/auth/user", session=token)).body["_id"]
    hashes = [await backend.services.store.read(_find_hash, owner, code[0]) for code in codes]
    assert all(hash_.startswith("$argon2id$") for hash_ in hashes)
    assert len({hash_.split("$")[4] for hash_ in hashes}) == len(codes), "salts"


def _find_hash(queries: Any, user_id: str, selector: str) -> str:
    active = queries.recovery_codes.find_active(user_id)
    return str(queries.recovery_codes.find_unused(active.id, selector).hash)


async def test_once_kept_it_is_shown_no_more_and_counted(backend: Backend) -> None:
    token = await logs_in(backend)
    await makes_codes(backend, token)
    assert (await keeps_codes(backend, token)).body == {"left": 10}
    told = (await backend.get(PATH, session=token)).body
    assert (told["left"], told["pending"]) == (10, None)
    assert told["madeDtm"]
    assert (await list_kinds(backend, token))[-1] == "recovery-codes.made"


async def test_the_set_in_force_stays_so_until_the_new_one_is_kept(backend: Backend) -> None:
    token = await logs_in(backend)
    await has_codes(backend, token)
    before = (await backend.get(PATH, session=token)).body["madeDtm"]
    backend.clock.advance(minutes=1)
    await makes_codes(backend, token)
    told = (await backend.get(PATH, session=token)).body
    assert (told["left"], told["madeDtm"]) == (10, before)
    await keeps_codes(backend, token)
    told = (await backend.get(PATH, session=token)).body
    assert (told["left"], told["madeDtm"] > before) == (10, True)


async def test_not_me_in_the_history_ends_a_set_that_a_thief_has_made(backend: Backend) -> None:
    token = await logs_in(backend)
    await has_codes(backend, (await backend.signs_in()).token)
    made = next(each for each in await load_events(backend, token) if each["kind"] == "recovery-codes.made")
    assert made["isDisownable"]
    assert (await backend.post("/account/event/disown", params={"id": made["_id"]}, session=token)).status == 200
    assert (await backend.get(PATH, session=token)).body["left"] == 0


async def test_a_double_click_makes_one_set_and_keeps_one(backend: Backend) -> None:
    token = await logs_in(backend)
    made = await asyncio.gather(*(makes_codes(backend, token) for _ in range(4)))
    assert all(codes == made[0] for codes in made)
    kept = await asyncio.gather(*(keeps_codes(backend, token) for _ in range(4)))
    assert [answer.body for answer in kept] == [{"left": 10}] * 4
    assert (await list_kinds(backend, token)).count("recovery-codes.made") == 1


async def test_the_set_that_a_page_shows_is_kept_or_none(backend: Backend) -> None:
    """In two tabs two sets were made: the older page's codes are not those that would work."""
    token = await logs_in(backend)
    older = (await backend.post(PATH, session=token)).body["pending"]["id"]
    backend.clock.advance(minutes=1)
    newer = (await backend.post(PATH, session=token)).body["pending"]["id"]
    assert (await keeps_codes(backend, token, id=older)).code == "recovery_codes_gone"
    assert (await keeps_codes(backend, token, id=newer)).body == {"left": 10}
    backend.clock.advance(minutes=5)
    assert (await keeps_codes(backend, token, id=newer)).body == {"left": 10}, "however late the second click is"
    assert (await keeps_codes(backend, token, id=older)).code == "recovery_codes_gone"
    assert (await keeps_codes(backend, token)).code == "recovery_codes_gone"


async def test_a_session_that_was_not_confirmed_lately_neither_makes_nor_reads_nor_keeps_a_set(
    backend: Backend,
) -> None:
    token = await logs_in(backend)
    await makes_codes(backend, token)
    backend.clock.advance(minutes=15)
    for answer in (
        await backend.get(PATH, session=token),
        await backend.post(PATH, session=token),
        await keeps_codes(backend, token),
    ):
        assert answer.code == "confirmation_required"
    backend.clock.advance(minutes=45)
    assert (await backend.get(PATH, session=token)).status == 200, "nothing is pending, so nothing is secret"


async def test_so_many_sets_in_an_hour_are_enough(backend: Backend) -> None:
    """Each costs ten password hashes."""
    token = await logs_in(backend)
    for _ in range(10):
        await has_codes(backend, token)
        backend.clock.advance(seconds=6)
    await makes_codes(backend, token)
    assert (await keeps_codes(backend, token)).code == "rate_limit_exceeded"


@pytest.mark.one_database
@pytest.mark.parametrize("body", [{"id": ""}, {"id": 1}, {"id": ["a"]}, {"id": "x" * 600}])
async def test_what_is_no_id_is_refused(backend: Backend, body: dict[str, object]) -> None:
    token = await logs_in(backend)
    await makes_codes(backend, token)
    assert (await backend.post(f"{PATH}/confirm", body, session=token)).code == "validation_error"


async def test_a_new_secret_key_still_shows_and_keeps_the_set_and_without_the_old_one_it_is_gone(
    tmp_path: Path,
) -> None:
    clock = Clock()
    old, new = "an old key of more than 32 characters", "a new key, also of more than 32 characters"
    async with run_backend(tmp_path, clock, SECRET_KEY=old) as backend:
        token = await logs_in(backend)
        codes = await makes_codes(backend, token)
    async with run_backend(tmp_path, clock, SECRET_KEY=f"{new},{old}") as backend:
        assert (await backend.get(PATH, session=token)).body["pending"]["codes"] == codes
    async with run_backend(tmp_path, clock, SECRET_KEY=new) as backend:
        assert (await backend.get(PATH, session=token)).body["pending"] is None
        assert (await keeps_codes(backend, token)).code == "recovery_codes_gone"
        assert await has_codes(backend, token)

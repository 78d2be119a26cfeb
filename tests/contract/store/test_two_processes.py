"""Several backends on one database: each rule holds across them."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.contract import KEY, Answer
from tests.kit.mailbox import SmtpServer
from tests.kit.postgres import address, server
from tests.kit.serving import serve_backend

pytestmark = pytest.mark.both_databases

Pair = tuple[Backend, Backend]


@asynccontextmanager
async def two_running(folder: Path, **environ: str) -> AsyncIterator[Pair]:
    clock = Clock()
    async with run_backend(folder, clock, **environ) as one, run_backend(folder, clock, **environ) as other:
        yield one, other


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    async with two_running(tmp_path) as pair:
        yield pair


async def at_once(pair: Pair, times: int, act: Callable[[Backend, int], Coroutine[Any, Any, Answer]]) -> list[Answer]:
    """Half of them at the one, half at the other."""
    return list(await asyncio.gather(*(act(pair[number % 2], number) for number in range(times))))


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


async def test_sign_ups_of_one_address_make_one_account(pair: Pair) -> None:
    answers = await at_once(pair, 5, lambda backend, number: backend.signs_up(name=f"Ada {number}"))
    assert statuses(answers) == {200: 5}
    assert len({answer.body["user"]["_id"] for answer in answers}) == 1
    assert len(await pair[0].mails()) == 5


async def test_sign_ups_of_many_addresses_hinder_nobody(pair: Pair) -> None:
    answers = await at_once(pair, 20, lambda backend, number: backend.signs_up(f"ada{number}@example.com"))
    assert statuses(answers) == {200: 20}
    assert len(await pair[1].mails()) == 20


async def test_without_confirmation_one_sign_up_wins(tmp_path: Path) -> None:
    async with two_running(tmp_path, EMAIL_CONFIRMATION="off") as pair:
        answers = await at_once(pair, 8, lambda backend, _: backend.signs_up())
        assert statuses(answers) == {200: 1, 400: 7}
        won = next(answer for answer in answers if answer.status == 200)
        assert (await pair[0].get("/auth/user", session=won.token)).status == 200


async def test_a_grant_taken_twenty_times_at_once_gives_one_session(pair: Pair) -> None:
    one, _ = pair
    await one.signs_up()
    token = (await one.opens(await one.newest_link())).token
    answers = await at_once(pair, 20, lambda backend, _: backend.grants(token))
    assert statuses(answers) == {200: 1, 403: 19}
    won = next(answer for answer in answers if answer.status == 200)
    assert len((await one.get("/auth/sessions", session=won.token)).body) == 1


async def test_of_two_registrations_confirmed_at_once_one_counts(pair: Pair) -> None:
    one, _ = pair
    for number in range(2):
        await one.signs_up(password=f"password {number}", name=f"Ada {number}")
    links = reversed(await one.links())
    tokens = [(await one.opens(link)).token for link in links]
    answers = await at_once(pair, 2, lambda backend, number: backend.grants(tokens[number]))
    assert statuses(answers) == {200: 1, 403: 1}
    winner = [answer.status for answer in answers].index(200)
    assert (await one.signs_in(password=f"password {winner}")).body["user"]["name"] == f"Ada {winner}"
    assert (await one.signs_in(password=f"password {1 - winner}")).code == "invalid_sign_in_credentials"


async def test_a_button_pressed_at_both_acts_once(tmp_path: Path) -> None:
    async with two_running(tmp_path, LINK_BUTTON="on") as pair:
        await pair[0].signs_up()
        link = await pair[0].newest_link()
        landings = await asyncio.gather(*(pair[number % 2].opens(link, "POST") for number in range(10)))
        assert Counter(landing.query["status"] == "200" for landing in landings) == {True: 1, False: 9}


async def test_fields_written_at_both_are_all_kept(pair: Pair) -> None:
    joined = await pair[0].joins()
    me = {"model": "users", "id": joined.body["user"]["_id"]}

    async def sets(backend: Backend, number: int) -> Answer:
        updates = {"field": f"field{number}", "updateType": "set", "value": number}
        return await backend.post("/db/object/update-fields", {**me, "updates": [updates]}, session=joined.token)

    assert statuses(await at_once(pair, 20, sets)) == {200: 20}
    user = (await pair[1].get("/auth/user", session=joined.token)).body
    assert {number: user.get(f"field{number}") for number in range(20)} == {number: number for number in range(20)}


async def test_files_of_one_name_get_names_of_their_own(pair: Pair) -> None:
    token = (await pair[0].joins()).token

    answers = await at_once(pair, 10, lambda backend, number: uploads(backend, token, bytes([number])))
    assert statuses(answers) == {200: 10}
    assert len({answer.body["fileName"] for answer in answers}) == 10


@pytest.mark.parametrize("times", [2, 8])
async def test_of_files_uploaded_at_once_only_that_is_kept_for_which_there_is_room(tmp_path: Path, times: int) -> None:
    async with two_running(tmp_path, STORAGE_QUOTA="20000", EMAIL_CONFIRMATION="off") as pair:
        for number in range(4):  # the first time the processes still open their connections
            token = (await pair[0].signs_up(f"ada{number}@example.com")).token
            await finds_room_for_one(pair, token, times)


async def finds_room_for_one(pair: Pair, token: str, times: int) -> None:
    answers = await at_once(pair, times, lambda backend, _: uploads(backend, token, bytes(15_000)))
    assert statuses(answers) == {200: 1, 413: times - 1}
    refused = [answer.code for answer in answers if answer.status == 413]
    assert set(refused) == {"request_body_size_too_large"}
    listed = await pair[1].post("/storage/bucket/list-files", {"bucket": "root"}, session=token)
    assert len(listed.body) == 1


async def uploads(backend: Backend, token: str, content: bytes) -> Answer:
    query = {"bucket": "root", "fileName": "photo.png", "options": json.dumps({})}
    files = {"file": ("photo.png", content, "image/png")}
    return await backend.post("/storage/bucket/upload-formdata", params=query, files=files, session=token)


async def test_log_ins_of_one_person_at_both_all_work(pair: Pair) -> None:
    await pair[0].joins()
    answers = await at_once(pair, 16, lambda backend, _: backend.signs_in())
    assert statuses(answers) == {200: 16}


async def test_who_logs_out_at_one_is_out_at_the_other(pair: Pair) -> None:
    one, other = pair
    token = (await one.joins()).token
    assert (await other.get("/auth/user", session=token)).status == 200
    await one.post("/auth/signout", session=token)
    assert (await other.get("/auth/user", session=token)).status == 401


async def test_requests_for_nobodys_mail_do_not_queue_up(pair: Pair) -> None:
    async def asks(backend: Backend, number: int) -> Answer:
        return await backend.post("/auth/send-magic", params={"email": f"nobody{number}@example.com"})

    assert statuses(await at_once(pair, 30, asks)) == {200: 30}


async def test_each_mail_goes_out_once(tmp_path: Path) -> None:
    with SmtpServer() as smtp:
        async with two_running(tmp_path, SMTP_URL=smtp.url) as pair:
            await at_once(pair, 24, lambda backend, number: backend.signs_up(f"ada{number}@example.com"))
            for number in range(24):
                await smtp.wait_for(to=f"ada{number}@example.com")
    assert len(smtp.messages) == 24


@pytest.mark.only_on("postgres")
async def test_connections_ended_by_the_server_cost_nothing(pair: Pair) -> None:
    one, other = pair
    token = (await one.joins()).token
    for backend in (one, other, one):
        await backend.get("/auth/user", session=token)
        assert server().end_connections(backend.settings.database.url) > 0
        assert (await backend.get("/auth/user", session=token)).status == 200
        assert server().end_connections(backend.settings.database.url) > 0
        assert (await backend.signs_in()).status == 200


@pytest.mark.only_on("postgres")
async def test_a_database_that_is_away_is_said_and_then_forgotten(pair: Pair) -> None:
    one, _ = pair
    token = (await one.joins()).token
    database = one.settings.database.url
    server().does("ALTER DATABASE {} ALLOW_CONNECTIONS false", database.database or "")
    try:
        server().end_connections(database)
        refused = await one.get("/auth/user", session=token)
        assert (refused.status, refused.code) == (503, "service_unavailable")
        assert (await one.signs_in()).status == 503
        assert (await one.http.get("/readyz")).status_code == 503
    finally:
        server().does("ALTER DATABASE {} ALLOW_CONNECTIONS true", database.database or "")
    assert (await one.get("/auth/user", session=token)).status == 200
    assert (await one.signs_in()).status == 200
    assert (await one.http.get("/readyz")).status_code == 200


@pytest.mark.only_on("postgres")
def test_programs_started_at_once_on_an_empty_database_all_come_up(tmp_path: Path) -> None:
    database = server().new(empty=True)
    environ = {"DATA_DIR": str(tmp_path), "DATABASE_URL": address(database), "ALTOGIC_CLIENT_KEY": KEY}

    def starts(_number: int) -> int:
        with serve_backend(environ, tmp_path) as url:
            return httpx.get(f"{url}/readyz", trust_env=False).status_code

    try:
        with ThreadPoolExecutor(3) as threads:
            assert list(threads.map(starts, range(3))) == [200, 200, 200]
    finally:
        server().drop(database)


async def test_a_path_that_no_database_can_look_up_is_not_there(pair: Pair) -> None:
    for path in ("/_storage/%00/%00/%00", "/outbox/%00"):
        answer = await pair[0].http.get(path)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "resource_not_found")

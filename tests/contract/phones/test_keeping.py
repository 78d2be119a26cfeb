"""What is kept about a number and its codes, how long, and what of it its owner takes along."""

import io
import json
import zipfile

import pytest

from backend.tasks.cleanup import delete_expired_rows
from tests.kit.backend import Backend
from tests.kit.contract import API, headers_of
from tests.kit.outbox_rows import rows
from tests.kit.phones import ADA, GRACE, asks, joins, logs_in, read_code, signs_up

pytestmark = pytest.mark.both_databases


async def test_a_code_goes_a_day_after_it_is_over_and_a_number_that_nobody_confirmed_after_two_weeks(
    backend: Backend,
) -> None:
    await joins(backend)
    await asks(backend, "send-code")
    await signs_up(backend, GRACE)
    item = rows(backend)[-1]
    for days, is_code_there, is_user_there in ((0.9, True, True), (1.2, False, True), (13, False, False)):
        backend.clock.advance(days=days)
        await delete_expired_rows(backend.services)
        code, user = await backend.services.store.read(
            lambda queries: (queries.phone_codes.find_by_id(item["phone_code_id"]), queries.users.find_by_phone(GRACE))
        )
        assert (code is not None, user is not None) == (is_code_there, is_user_there), days
    assert await backend.services.store.read(lambda queries: queries.users.find_by_phone(ADA))


async def test_the_export_has_the_number_and_its_codes_without_what_opens_anything(backend: Backend) -> None:
    await joins(backend)
    await asks(backend, "send-code")
    code = await read_code(backend)
    session = (await logs_in(backend)).token
    answer = await backend.http.get(f"{API}/account/export", headers=headers_of(session))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (account,), sent = (json.loads(archive.read(name)) for name in ("account.json", "phone_codes.json"))
        whole = b"".join(map(archive.read, archive.namelist())).decode()
    assert (account["phone"], account["email"]) == (ADA, None)
    assert {row["purpose"] for row in sent} == {"phone-confirm", "signin-code"}
    assert [name for row in sent for name in row if "hash" in name] == []
    assert code not in whole


async def test_an_account_without_a_mailbox_is_deleted_when_its_time_is_over(backend: Backend) -> None:
    await joins(backend)
    session = (await logs_in(backend)).token
    assert (await backend.post("/account/leave", session=session)).status == 200
    backend.clock.advance(days=15)
    await delete_expired_rows(backend.services)
    assert await backend.services.store.read(lambda queries: queries.users.find_by_phone(ADA)) is None
    assert rows(backend) == []
    assert (await signs_up(backend)).status == 200

"""What is over goes away, and nothing else does."""

from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text

from backend.kernel.keys import new_id
from backend.store.records import Mail
from backend.tasks.cleanup import BATCH, delete_expired_rows
from tests.kit.authenticator import Authenticator
from tests.kit.backend import Backend
from tests.kit.history import load_events
from tests.kit.passkeys import asks, joins_with_passkeys, sends
from tests.kit.two_step import joins_with_an_app

pytestmark = pytest.mark.both_databases

AVATAR = {"bucket": "root", "fileName": "photo", "options": '{"tags": ["avatar"]}'}


async def uploads(backend: Backend, session: str, options: str = '{"tags": ["avatar"]}') -> str:
    files = {"file": ("photo.webp", b"webp", "image/webp")}
    params = {"bucket": "root", "fileName": "photo", "options": options}
    answer = await backend.post("/storage/bucket/upload-formdata", params=params, files=files, session=session)
    return str(answer.body["publicPath"])


async def points_to(backend: Backend, me: Any, url: str) -> None:
    body = {"values": {"profilePicture": url}, "id": me.body["user"]["_id"], "model": "users", "options": {}}
    assert (await backend.post("/db/object/update", body, session=me.token)).status == 200


async def clears(backend: Backend) -> None:
    await delete_expired_rows(backend.services)


def count(backend: Backend, table: str) -> int:
    engine = create_engine(backend.settings.database.url, poolclass=NullPool)
    with engine.connect() as database:
        return int(database.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


async def test_an_expired_session_goes_and_a_living_one_stays(backend: Backend) -> None:
    await backend.joins()
    backend.clock.advance(days=29)
    living = await backend.signs_in()
    backend.clock.advance(days=2)
    await clears(backend)
    assert count(backend, "sessions") == 1
    assert (await backend.get("/auth/user", session=living.token)).status == 200


async def test_a_log_in_that_waited_for_its_second_step_goes_when_its_time_is_over(backend: Backend) -> None:
    await joins_with_an_app(backend)
    await backend.signs_in()
    await clears(backend)
    assert (count(backend, "tickets"), count(backend, "authenticators")) == (1, 1)
    backend.clock.advance(minutes=11)
    await clears(backend)
    assert (count(backend, "tickets"), count(backend, "authenticators")) == (0, 1)


async def test_that_a_passkey_has_answered_is_remembered_as_long_as_its_challenge_would_be_good(
    backend: Backend,
) -> None:
    passkey = Authenticator()
    await joins_with_passkeys(backend, passkey)
    answer = passkey.signs(await asks(backend))
    assert (await sends(backend, answer)).status == 200
    for minutes, remembered in ((59, 1), (2, 0)):
        backend.clock.advance(minutes=minutes)
        await clears(backend)
        assert count(backend, "used_challenges") == remembered
        assert (await sends(backend, answer)).status == 401, "it is taken once"


async def test_a_link_is_told_apart_for_two_weeks_and_then_goes_with_its_mail(backend: Backend) -> None:
    await backend.joins()
    backend.clock.advance(days=13)
    await clears(backend)
    assert (count(backend, "links"), count(backend, "mails")) == (1, 1)
    backend.clock.advance(days=2)
    await clears(backend)
    assert (count(backend, "links"), count(backend, "mails")) == (0, 0)


async def test_a_mail_without_a_link_goes_two_weeks_after_it_was_written(backend: Backend) -> None:
    me, now = await backend.joins(), backend.clock.now
    mail = Mail(new_id(), "password-changed", None, me.body["user"]["_id"], "ada@example.com", "Ada", "en", now, now)
    await backend.services.store.write(lambda queries: queries.mails.insert(mail))
    backend.clock.advance(days=13)
    await clears(backend)
    assert count(backend, "mails") == 2
    backend.clock.advance(days=1, seconds=1)
    await clears(backend)
    assert count(backend, "mails") == 1


async def test_a_registration_nobody_confirmed_leaves_no_address_behind(backend: Backend) -> None:
    await backend.joins("grace@example.com")
    await backend.signs_up("ada@example.com")
    backend.clock.advance(days=15)
    await backend.signs_up("lin@example.com")
    await clears(backend)
    assert count(backend, "registrations") == 1
    assert count(backend, "users") == 2


async def test_a_photo_nobody_points_to_goes_after_a_day(backend: Backend) -> None:
    me = await backend.joins()
    shown, orphan = await uploads(backend, me.token), await uploads(backend, me.token)
    document = await uploads(backend, me.token, "{}")
    await points_to(backend, me, shown)
    await clears(backend)
    assert [(await backend.http.get(url)).status_code for url in (shown, orphan, document)] == [200, 200, 200]
    backend.clock.advance(days=2)
    await clears(backend)
    assert [(await backend.http.get(url)).status_code for url in (shown, orphan, document)] == [200, 404, 200]


async def test_a_photo_that_was_left_long_after_its_upload_goes_a_day_later(backend: Backend) -> None:
    me = await backend.joins()
    first = await uploads(backend, me.token)
    await points_to(backend, me, first)
    backend.clock.advance(days=10)
    await clears(backend)
    await points_to(backend, me, await uploads(backend, me.token))
    await clears(backend)
    assert (await backend.http.get(first)).status_code == 200
    backend.clock.advance(days=2)
    await clears(backend)
    assert (await backend.http.get(first)).status_code == 404


async def test_a_photo_in_use_stays_however_its_address_is_written(backend: Backend) -> None:
    me = await backend.joins()
    shown = await uploads(backend, me.token)
    await points_to(backend, me, f"{shown}?v=2#face")
    backend.clock.advance(days=2)
    await clears(backend)
    assert (await backend.http.get(shown)).status_code == 200


async def test_the_address_of_a_registration_that_was_discarded_is_forgotten(backend: Backend) -> None:
    await backend.signs_up()
    await backend.signs_up(password="another one typed")
    for link in await backend.links():
        assert count(backend, "users") == 1
        token = (await backend.opens(link)).token
        assert (await backend.post("/auth/access-token/disown", params={"key": token})).status == 200
    assert (count(backend, "users"), count(backend, "links"), count(backend, "mails")) == (0, 0, 0)


async def test_more_than_a_batch_goes_too(backend: Backend) -> None:
    me = await backend.joins()
    engine = create_engine(backend.settings.database.url, poolclass=NullPool)
    with engine.begin() as database:
        row = dict(database.execute(text("SELECT * FROM sessions")).mappings().one())
        columns = ", ".join(row)
        insert = text(f"INSERT INTO sessions ({columns}) VALUES ({', '.join(':' + name for name in row)})")
        for number in range(BATCH + 5):
            database.execute(insert, {**row, **dict.fromkeys(("id", "token_hash", "handle"), f"{number:024x}")})
    backend.clock.advance(days=31)
    await clears(backend)
    assert count(backend, "sessions") == 0
    assert (await backend.get("/auth/user", session=me.token)).status == 401


async def test_an_event_goes_90_days_after_it_happened_last(backend: Backend) -> None:
    await backend.joins()
    backend.clock.advance(days=80)
    me = await backend.signs_in()
    backend.clock.advance(days=11)
    await clears(backend)
    me = await backend.signs_in()
    assert [event["lastDtm"][:10] for event in await load_events(backend, me.token)] == ["2026-06-13", "2026-06-02"]

"""SMS cost money, and go to whoever types a number: how many, to whom, and for whom (toll fraud)."""

from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.phones import ADA, LAPTOP, asks, joins, signs_up

pytestmark = pytest.mark.both_databases


async def test_a_number_gets_five_sms_an_hour_and_ten_a_day_whether_or_not_it_has_an_account(backend: Backend) -> None:
    for phone in (ADA, "+4915112340000"):
        statuses = []
        for _hour in range(3):
            for _sms in range(6):
                backend.clock.advance(minutes=1)
                statuses.append((await asks(backend, "send-code", phone)).status)
            backend.clock.advance(hours=1)
        assert statuses == [*[200] * 5, 429, *[200] * 5, 429, *[429] * 6]


async def test_strangers_do_not_use_up_the_sms_of_a_browser_that_is_known(backend: Backend) -> None:
    await joins(backend, headers=LAPTOP)
    backend.clock.advance(minutes=1)
    while (await asks(backend, "send-code", headers={"X-Device": "stranger" * 4})).status == 200:
        backend.clock.advance(minutes=1)
    assert (await asks(backend, "send-code", headers=LAPTOP)).status == 200


async def test_neighbouring_numbers_are_counted_together(backend: Backend) -> None:
    answers = [await asks(backend, "send-code", f"+49151123{number:05}") for number in range(45000, 45031)]
    assert [answer.status for answer in answers] == [*[200] * 30, 429]
    assert (await asks(backend, "send-code", "+4915112399999")).status == 200


async def test_a_network_gets_fifty_sms_a_day(backend: Backend) -> None:
    answers = [await asks(backend, "send-code", f"+49151{number:05}678") for number in range(10000, 10051)]
    assert [answer.status for answer in answers] == [*[200] * 50, 429]


async def test_numbers_of_other_countries_and_of_services_get_none(tmp_path: Path) -> None:
    countries = {"SMS_URL": "http://127.0.0.1:9/", "SMS_COUNTRIES": "DE,AT"}
    async with run_backend(tmp_path, Clock(), PHONE_SIGN_UP="on", **countries) as backend:
        for phone in (
            "+14155552671",
            "+18765551234",
            "+85251234567",
            "+498001234567",
            "+499001234567",
            "+493012345678",
        ):
            for refused in (await asks(backend, "send-code", phone), await signs_up(backend, phone)):
                assert (refused.status, refused.code, refused.params) == (400, "unsupported_phone", ["phone"]), phone
        assert (await asks(backend, "send-code", "+436641234567")).status == 200


async def test_where_nothing_is_sent_every_country_will_do_but_no_service_that_earns(backend: Backend) -> None:
    assert (await asks(backend, "send-code", "+15555550123")).status == 200
    assert (await asks(backend, "send-code", "+499001234567")).code == "unsupported_phone"

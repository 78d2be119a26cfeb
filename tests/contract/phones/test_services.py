"""SMS leave by a service: by each as that service wants it, and whatever it answers."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.outbox_rows import row_with, rows
from tests.kit.phones import ADA, GRACE, signs_up, types
from tests.kit.sms_services import KINDS, SmsService


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest) -> Iterator[SmsService]:
    with SmsService(request.param) as service:
        yield service


@pytest.fixture
def webhook() -> Iterator[SmsService]:
    with SmsService("webhook") as service:
        yield service


@pytest.fixture
async def backend(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Backend]:
    """Whose SMS leave by the test's service."""
    name = "service" if "service" in request.fixturenames else "webhook"
    service: SmsService = request.getfixturevalue(name)
    async with run_backend(tmp_path, Clock(), **service.environ) as backend:
        yield backend


async def tries_again(backend: Backend, **later: float) -> None:
    backend.clock.advance(**later)
    backend.services.sms_waits.set()


async def state(backend: Backend) -> tuple[int, str]:
    answer = await backend.http.get("/smsz", headers={"Host": "load-balancer"})
    return answer.status_code, answer.text


async def becomes(backend: Backend, expected: tuple[int, str]) -> None:
    for _look in range(500):
        if await state(backend) == expected:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(await state(backend))


async def test_a_code_leaves_as_the_service_wants_it(backend: Backend, service: SmsService) -> None:
    await signs_up(backend)
    await row_with(backend, recipient=ADA, failure=None, tries=0, given_up_at=None, next_try_at=None)
    assert [(sms.to, sms.text.partition(" ")[2]) for sms in service.sent] == [
        (ADA, "is your code to confirm this phone number at Account pages. Never give it to anyone.")
    ]
    assert (await types(backend, "verify-phone", service.code(ADA))).status == 200
    assert "Code by SMS" not in (await backend.http.get("/outbox")).text


async def test_the_name_of_a_site_arrives_in_letters_of_its_own(tmp_path: Path, service: SmsService) -> None:
    async with run_backend(tmp_path, Clock(), **service.environ, SITE_NAME="Bücher aus Łódź") as backend:
        await signs_up(backend)
        await row_with(backend, recipient=ADA, failure=None, tries=0, given_up_at=None, next_try_at=None)
        assert " at Bücher aus Łódź. Never" in service.sent[0].text


async def test_what_a_service_refuses_is_given_up_and_nobody_is_told_its_words(
    backend: Backend, service: SmsService, caplog: pytest.LogCaptureFixture
) -> None:
    service.barred = {ADA}
    assert (await signs_up(backend)).status == 200
    given_up = await row_with(backend, recipient=ADA, next_try_at=None)
    assert (given_up["given_up_at"] is not None, given_up["failure"], service.asked) == (True, given_up["code"], 1)
    assert given_up["code"].replace(" ", "").isdecimal()
    assert "hunter2" not in caplog.text
    assert ADA not in caplog.text
    await signs_up(backend, GRACE)
    await row_with(backend, recipient=GRACE, given_up_at=None, next_try_at=None)
    assert await state(backend) == (200, "ok")


async def test_what_came_too_fast_is_sent_once_later(backend: Backend, service: SmsService) -> None:
    service.throttled = 1
    await signs_up(backend)
    await row_with(backend, recipient=ADA, tries=1)
    assert service.sent == []
    await tries_again(backend, seconds=6)
    await row_with(backend, recipient=ADA, next_try_at=None, given_up_at=None)
    assert len(service.sent) == 1


async def test_a_service_that_takes_nothing_from_us_is_away_until_it_does(
    backend: Backend, service: SmsService
) -> None:
    service.locked = True
    await signs_up(backend)
    await becomes(backend, (503, "away"))
    service.locked = False
    await tries_again(backend, seconds=6)
    await becomes(backend, (200, "ok"))
    assert len(service.sent) == 1


async def test_without_an_answer_no_second_sms_is_sent(backend: Backend, webhook: SmsService) -> None:
    """It may have arrived; another one would cost, and come when the code is over."""
    webhook.falls_silent = True
    await signs_up(backend)
    await row_with(backend, recipient=ADA, lost_answers=1)
    await tries_again(backend, minutes=11)
    await row_with(backend, recipient=ADA, next_try_at=None)
    assert webhook.asked == 1


async def test_a_service_that_is_slow_or_talks_much_keeps_nobody_waiting(backend: Backend, webhook: SmsService) -> None:
    webhook.delay, webhook.padding = 0.5, 1_000_000
    assert (await signs_up(backend)).status == 200
    assert rows(backend)[0]["next_try_at"] is not None  # nobody has waited for it
    await row_with(backend, recipient=ADA, next_try_at=None)


async def test_a_code_that_is_over_before_its_service_is_back_is_not_sent(
    backend: Backend, webhook: SmsService
) -> None:
    webhook.locked = True
    await signs_up(backend)
    await row_with(backend, recipient=ADA, tries=1)
    webhook.locked = False
    await tries_again(backend, minutes=11)
    await row_with(backend, recipient=ADA, next_try_at=None)
    assert webhook.sent == []


@pytest.mark.both_databases
async def test_a_days_sms_are_counted_and_then_none_is_sent_until_it_is_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with SmsService("webhook") as service, caplog.at_level(logging.ERROR, "backend.sms"):
        environ: dict[str, Any] = {**service.environ, "SMS_DAILY_LIMIT": "2"}
        async with run_backend(tmp_path, Clock(), **environ) as backend:
            for phone in (ADA, GRACE):
                assert (await signs_up(backend, phone)).status == 200
            assert "SMS_DAILY_LIMIT is reached" in caplog.text
            assert await state(backend) == (503, "stopped")
            for known in (ADA, "+4915112340000"):
                refused = await backend.post("/auth/resend-code", params={"phone": known})
                assert (refused.status, refused.code) == (503, "cannot_send_sms_code")
            backend.clock.advance(hours=24)
            assert await state(backend) == (200, "ok")
            assert (await signs_up(backend, "+4915112340000")).status == 200

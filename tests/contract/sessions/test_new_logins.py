"""The owner of an account is mailed about a log-in from a browser not seen before."""

import asyncio

import pytest

from backend.rules.limits import NEW_LOGINS_MAILED
from backend.rules.new_logins import SAME_LOGIN_FOR
from tests.kit.backend import FIREFOX, IPHONE, Backend
from tests.kit.browsers_of_ada import LAPTOP, PHONE, joins
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases


async def notices(backend: Backend) -> list[str]:
    await backend.waits_for_mails()
    return [page for page in await backend.mails() if "New login" in page]


async def test_the_owner_is_told_when_from_which_browser_and_where(backend: Backend) -> None:
    await joins(backend)
    await backend.signs_in(headers=PHONE)
    (mail,) = await notices(backend)
    assert "Logged in on 14 March 2026 at 09:27 UTC from Safari on iOS, IP address 203.0.113.9." in mail
    assert "ada@example.com" in mail
    assert PASSWORD not in mail


async def test_a_browser_that_logged_in_before_is_no_news_wherever_it_is(backend: Backend) -> None:
    await joins(backend)
    await backend.signs_in(headers=LAPTOP)
    await backend.signs_in(headers={**LAPTOP, "X-Forwarded-For": "198.51.100.7"})
    assert await notices(backend) == []


async def test_a_stranger_beside_the_owner_with_a_browser_of_the_same_name_is_news(backend: Backend) -> None:
    """The address tells nothing: who shares a network need not share an account."""
    await joins(backend)
    await backend.signs_in(headers={**LAPTOP, "X-Device": "another laptop, of 128 bits"})
    assert len(await notices(backend)) == 1


async def test_whoever_sends_no_device_is_a_browser_not_seen_before(backend: Backend) -> None:
    await joins(backend)
    await backend.signs_in(headers={"User-Agent": FIREFOX})
    assert len(await notices(backend)) == 1


async def test_the_first_log_in_is_no_news(backend: Backend) -> None:
    """Confirmed here or by the button of the backend's page, in this browser or another."""
    await joins(backend)
    assert await notices(backend) == []


async def test_nor_the_first_one_after_the_address_was_confirmed_without_a_log_in(with_button: Backend) -> None:
    await with_button.signs_up(headers=LAPTOP)
    await with_button.opens(await with_button.newest_link(), "POST")
    await with_button.signs_in(headers=PHONE)
    assert await notices(with_button) == []
    with_button.clock.advance(minutes=1)
    await with_button.signs_in(headers=LAPTOP)
    assert len(await notices(with_button)) == 1


async def test_nor_the_one_that_begins_an_account_that_needs_no_confirmation(unconfirming: Backend) -> None:
    await unconfirming.signs_up(headers=LAPTOP)
    assert await notices(unconfirming) == []


async def test_a_double_click_is_one_log_in_and_one_mail(backend: Backend) -> None:
    await joins(backend)
    await asyncio.gather(*(backend.signs_in(headers=PHONE) for _ in range(3)))
    assert len(await notices(backend)) == 1


async def test_a_log_in_by_a_mailed_link_is_told_too(backend: Backend) -> None:
    await joins(backend)
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    await backend.grants((await backend.opens(await backend.newest_link())).token, headers=PHONE)
    assert len(await notices(backend)) == 1


async def test_a_browser_without_cookies_is_told_once_an_hour(backend: Backend) -> None:
    await joins(backend)
    for _ in range(3):
        await backend.signs_in(headers={"User-Agent": IPHONE})
        backend.clock.advance(minutes=10)
    assert len(await notices(backend)) == 1
    backend.clock.advance(seconds=SAME_LOGIN_FOR.total_seconds())
    await backend.signs_in(headers={"User-Agent": IPHONE})
    assert len(await notices(backend)) == 2


async def test_nobody_fills_a_mailbox_by_logging_in_from_everywhere(backend: Backend) -> None:
    await joins(backend)
    for number in range(NEW_LOGINS_MAILED.times + 5):
        where = {"X-Device": f"a browser of 128 bits, no. {number}", "X-Forwarded-For": f"198.51.{number}.7"}
        assert (await backend.signs_in(headers=where)).status == 200
    assert len(await notices(backend)) == NEW_LOGINS_MAILED.times


async def test_a_stranger_cannot_use_up_what_the_owner_is_told_by(backend: Backend) -> None:
    """Mails that anybody can ask for have limits of their own."""
    await joins(backend)
    for _ in range(7):
        await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
        await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
        backend.clock.advance(seconds=11)
    assert (await backend.post("/auth/send-magic", params={"email": "ada@example.com"})).status == 429
    await backend.signs_in(headers=PHONE)
    assert len(await notices(backend)) == 1


async def test_nobody_is_mailed_about_a_wrong_password(backend: Backend) -> None:
    await joins(backend)
    await backend.signs_in(password="wrong password", headers=PHONE)
    assert await notices(backend) == []


async def test_after_a_reset_every_browser_is_one_not_seen_before(backend: Backend) -> None:
    await joins(backend)
    await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
    token = (await backend.opens(await backend.newest_link())).token
    new = "words of the owner"
    await backend.post("/auth/reset-pwd", {"newPassword": new}, params={"key": token}, headers=LAPTOP)
    await backend.signs_in(password=new, headers=LAPTOP)
    assert len(await notices(backend)) == 1

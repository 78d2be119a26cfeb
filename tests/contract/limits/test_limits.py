"""How often something may be tried: by account, browser and network, across processes and restarts."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.contract import Answer
from tests.kit.contract_devices import DEVICE, OTHER_DEVICE, WRONG, guesses, remember
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases


def wait(answer: Answer) -> int:
    assert (answer.status, answer.code) == (429, "rate_limit_exceeded")
    return int(answer.headers["retry-after"])


async def test_ten_wrong_passwords_are_compared_and_no_more(backend: Backend) -> None:
    await backend.joins()
    assert await guesses(backend, 12) == {401: 10, 429: 2}
    refused = await backend.signs_in(password=PASSWORD)
    assert 14 * 60 < wait(refused) <= 15 * 60
    backend.clock.advance(minutes=15)
    assert (await backend.signs_in()).status == 200


async def test_a_right_password_is_no_wrong_one_and_works_thirty_times(backend: Backend) -> None:
    await backend.joins()
    assert [(await backend.signs_in()).status for _ in range(31)] == [200] * 30 + [429]
    backend.clock.advance(minutes=15)
    assert await guesses(backend, 1) == {401: 1}
    assert (await backend.signs_in()).status == 200


async def test_right_passwords_of_many_accounts_end_at_a_hundred(tmp_path: Path) -> None:
    async with run_backend(tmp_path, LIMIT_FACTOR="0.04", EMAIL_CONFIRMATION="off") as backend:
        for number in range(5):
            backend.clock.advance(hours=1)
            await backend.signs_up(f"ada{number}@example.com")
        assert [(await backend.signs_in(f"ada{number}@example.com")).status for number in range(5)] == [200] * 4 + [429]


async def test_of_a_front_end_that_calls_for_all_its_people_only_accounts_are_limited(tmp_path: Path) -> None:
    async with run_backend(tmp_path, LIMIT_FACTOR="0.02", FRONT_ENDS="127.0.0.0/8,10.0.0.1") as backend:
        answers = [(await backend.signs_in(f"ada{number}@example.com", WRONG)).status for number in range(8)]
        assert answers == [401] * 8
        assert (await backend.signs_in("ada1@example.com", WRONG)).status == 429


async def test_the_lines_of_one_customer_are_counted_together_too(tmp_path: Path) -> None:
    """A /48 of IPv6 has 65,536 of them; it may four times what one may."""
    async with run_backend(tmp_path, LIMIT_FACTOR="0.02", TRUSTED_PROXIES="127.0.0.1") as backend:
        answers = []
        for number in range(10):
            headers = {"X-Forwarded-For": f"2001:db8:1:{number:x}::1"}
            answers.append((await backend.signs_in(f"ada{number}@example.com", WRONG, headers=headers)).status)
    assert answers == [401] * 8 + [429] * 2


async def test_failures_of_known_browsers_count_in_the_network_too(tmp_path: Path) -> None:
    async with run_backend(tmp_path, LIMIT_FACTOR="0.1") as backend:
        await backend.joins()
        known = [{"X-Device": f"a device of ada's, number {number}"} for number in range(12)]
        for headers in known:
            await remember(backend, headers["X-Device"])
        answers = [(await backend.signs_in(password=WRONG, headers=headers)).status for headers in known]
    assert answers == [401] * 10 + [429] * 2


async def test_an_address_is_one_however_it_is_written(backend: Backend) -> None:
    await backend.joins("ada@bücher.example.com")
    forms = [
        "ada@bücher.example.com",
        "ADA@BÜCHER.example.com",
        " ada@xn--bcher-kva.example.com ",
        "ada@bu\u0308cher.EXAMPLE.com",
    ]
    answers = [(await backend.signs_in(form, WRONG)).status for form in forms * 4]
    assert answers.count(401) == 10
    assert answers.count(429) == 6


async def test_an_unknown_address_is_limited_in_the_same_words(backend: Backend) -> None:
    await backend.joins()
    known = [await backend.signs_in(password=WRONG) for _ in range(11)]
    unknown = [await backend.signs_in("nobody@example.com", WRONG) for _ in range(11)]
    assert [(answer.status, answer.body) for answer in known] == [(answer.status, answer.body) for answer in unknown]


async def test_nobody_locks_the_owner_out_of_a_browser_they_have_used(backend: Backend) -> None:
    await backend.joins()
    assert (await backend.signs_in(headers=DEVICE)).status == 200
    await guesses(backend, 12)
    assert wait(await backend.signs_in(headers=OTHER_DEVICE))
    assert (await backend.signs_in(headers=DEVICE)).status == 200


async def test_a_known_browser_has_ten_tries_of_its_own(backend: Backend) -> None:
    await backend.joins()
    await backend.signs_in(headers=DEVICE)
    assert await guesses(backend, 12, headers=DEVICE) == {401: 10, 429: 2}
    assert await guesses(backend, 1) == {401: 1}


async def test_a_browser_known_to_one_account_is_a_stranger_to_another(backend: Backend) -> None:
    await backend.joins()
    await backend.joins("grace@example.com")
    await backend.signs_in("grace@example.com", headers=DEVICE)
    assert await guesses(backend, 11) == {401: 10, 429: 1}
    assert await guesses(backend, 1, headers=DEVICE) == {429: 1}


async def test_a_device_is_known_after_a_link_too(backend: Backend) -> None:
    await backend.signs_up()
    await backend.grants((await backend.opens(await backend.newest_link())).token, headers=DEVICE)
    await guesses(backend, 10)
    assert (await backend.signs_in(headers=DEVICE)).status == 200


async def test_a_short_device_is_none(backend: Backend) -> None:
    await backend.joins()
    await backend.signs_in(headers={"X-Device": "1"})
    await guesses(backend, 10)
    assert wait(await backend.signs_in(headers={"X-Device": "1"}))


async def test_one_password_tried_on_many_accounts_ends_at_a_hundred(tmp_path: Path) -> None:
    async with run_backend(tmp_path, LIMIT_FACTOR="0.1") as backend:
        answers = [(await backend.signs_in(f"ada{number}@example.com", WRONG)).status for number in range(12)]
    assert answers == [401] * 10 + [429] * 2


async def test_a_whole_line_of_ipv6_is_one_network_and_another_line_is_not(tmp_path: Path) -> None:
    async with run_backend(tmp_path, LIMIT_FACTOR="0.02", TRUSTED_PROXIES="127.0.0.1") as backend:
        statuses = []
        for number, address in enumerate(["2001:db8::1", "2001:db8::2:1", "2001:db8::3", "2001:db8:0:1::1"]):
            headers = {"X-Forwarded-For": address}
            statuses.append((await backend.signs_in(f"ada{number}@example.com", WRONG, headers=headers)).status)
    assert statuses == [401, 401, 429, 401]


async def test_of_fifty_guesses_at_once_ten_are_told_anything(backend: Backend) -> None:
    await backend.joins()
    passwords = [WRONG] * 49 + [PASSWORD]
    answers = await asyncio.gather(*(backend.signs_in(password=password) for password in passwords))
    assert Counter(answer.status for answer in answers)[401] <= 10


async def test_limits_outlive_a_restart_and_hold_in_every_process(tmp_path: Path) -> None:
    clock = Clock()
    async with run_backend(tmp_path, clock) as one, run_backend(tmp_path, clock) as two:
        await one.joins()
        assert await guesses(one, 5) + await guesses(two, 5) == {401: 10}
        assert wait(await one.signs_in())
        assert wait(await two.signs_in())
    async with run_backend(tmp_path, clock) as again:
        assert wait(await again.signs_in())


async def test_changing_the_password_is_no_way_to_guess_it(backend: Backend) -> None:
    me = await backend.joins()
    body = {"oldPassword": WRONG, "newPassword": "another password"}
    answers = [(await backend.post("/auth/change-pwd", body, session=me.token)).status for _ in range(11)]
    assert answers.count(429) == 1


async def test_five_mails_of_all_kinds_in_an_hour(backend: Backend) -> None:
    await backend.joins()  # one
    assert await asks(backend, "/auth/send-magic", 3) == [200] * 3
    assert await asks(backend, "/auth/send-reset", 2) == [200, 429]
    assert (await backend.post("/auth/send-magic?reason=sign-up&email=ada@example.com")).status == 429
    assert len(await backend.mails()) == 5
    backend.clock.advance(hours=1)
    assert await asks(backend, "/auth/send-magic", 1) == [200]


async def test_asking_for_unknown_addresses_is_limited_alike(backend: Backend) -> None:
    assert await asks(backend, "/auth/send-magic", 4, "nobody@example.com") == [200] * 4
    assert await asks(backend, "/auth/resend", 2, "nobody@example.com") == [200, 429]


async def test_registrations_and_confirmations_are_five_mails_together(backend: Backend) -> None:
    answers = []
    for number in range(4):
        backend.clock.advance(minutes=1)
        answers.append((await backend.signs_up(name=f"Ada {number}")).status)
        answers += await asks(backend, "/auth/resend", 1)
    assert answers == [200] * 5 + [429] * 3
    assert len(await backend.mails()) == 5


async def test_of_an_address_what_follows_a_plus_is_the_same_mailbox(backend: Backend) -> None:
    emails = [f"ada{mark}@example.com" for mark in ("", "+1", "+2", "+a+b", "+", "+3", "+4")]
    answers = [(await backend.signs_up(email)).status for email in emails]
    assert answers == [200] * 5 + [429] * 2


async def test_a_full_mailbox_says_so_and_another_limit_does_not(backend: Backend) -> None:
    await asks(backend, "/auth/send-magic", 5)
    refused = await backend.post("/auth/send-magic?email=ada@example.com")
    assert refused.body["errors"][0]["details"] == {"limit": "mails"}
    await guesses(backend, 10)
    assert "details" not in (await backend.signs_in(password=WRONG)).body["errors"][0]


async def test_nobody_keeps_the_owner_from_mails_in_a_browser_they_have_used(backend: Backend) -> None:
    await backend.joins()
    await backend.signs_in(headers=DEVICE)
    assert (await asks(backend, "/auth/send-magic", 6))[-1] == 429
    link = "/auth/send-magic?email=ada@example.com"
    assert (await backend.post(link, headers=OTHER_DEVICE)).status == 429
    backend.clock.advance(minutes=1)
    answers = []
    for _ in range(6):
        backend.clock.advance(minutes=1)
        answers.append((await backend.post(link, headers=DEVICE)).status)
    assert answers == [200] * 5 + [429]


async def test_a_double_click_is_one_mail_and_counts_once(backend: Backend) -> None:
    await backend.joins()
    answers = await asyncio.gather(*(backend.post("/auth/send-magic?email=ada@example.com") for _ in range(10)))
    assert {answer.status for answer in answers} == {200}
    assert len(await backend.mails()) == 2


async def test_registering_says_nothing_of_who_has_an_account_when_it_is_too_much(backend: Backend) -> None:
    """A front end that hides it asks for a login link where the address is taken."""
    await backend.joins("taken@example.com")
    backend.clock.advance(hours=1)
    taken = [await hidden_sign_up(backend, "taken@example.com", number) for number in range(7)]
    free = [await hidden_sign_up(backend, "free@example.com", number) for number in range(7)]
    assert taken == free == [True] * 5 + [False] * 2


async def hidden_sign_up(backend: Backend, email: str, number: int) -> bool:
    backend.clock.advance(minutes=1)
    answer = await backend.signs_up(email, name=f"Ada {number}")
    if answer.status == 400:
        answer = await backend.post(f"/auth/send-magic?email={email}&reason=sign-up")
    return answer.status == 200


async def asks(backend: Backend, path: str, times: int, email: str = "ada@example.com") -> list[int]:
    statuses = []
    for _ in range(times):
        backend.clock.advance(minutes=1)
        statuses.append((await backend.post(f"{path}?email={email}")).status)
    return statuses


async def test_a_hundred_wrong_tokens_of_a_network_are_looked_up_and_no_more(backend: Backend) -> None:
    await backend.joins()
    token = await reset_token(backend)
    body = {"newPassword": "another fine password"}
    answers = [await backend.post("/auth/reset-pwd", body, params={"key": f"made up {n}"}) for n in range(102)]
    assert Counter(answer.status for answer in answers) == {403: 100, 429: 2}
    assert wait(await backend.post("/auth/reset-pwd", body, params={"key": token}))
    elsewhere = {"X-Forwarded-For": "198.51.100.7"}
    assert (await backend.post("/auth/reset-pwd", body, params={"key": token}, headers=elsewhere)).status == 200


async def test_new_passwords_are_counted_by_network(backend: Backend) -> None:
    answers = [await backend.post("/auth/new-password") for _ in range(202)]
    assert Counter(answer.status for answer in answers) == {200: 200, 429: 2}
    elsewhere = {"X-Forwarded-For": "198.51.100.7"}
    assert (await backend.post("/auth/new-password", headers=elsewhere)).status == 200


async def test_one_token_buys_few_hashes(backend: Backend) -> None:
    await backend.joins()
    token = await reset_token(backend)
    body = {"newPassword": "another fine password"}
    asked = [backend.post("/auth/reset-pwd", body, params={"key": token}) for _ in range(15)]
    statuses = Counter(answer.status for answer in await asyncio.gather(*asked))
    assert statuses[200] == 1
    assert set(statuses) <= {200, 403, 429}


async def reset_token(backend: Backend) -> str:
    await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
    return (await backend.opens(await backend.newest_link())).token

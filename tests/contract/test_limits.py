"""How often something may be tried: by account, browser and network, across processes and restarts."""

import asyncio
from collections import Counter
from pathlib import Path

from tests.contract.client import PASSWORD, Answer, Backend, FakeClock, running

WRONG = "not the password"
DEVICE = {"X-Device": "a device of ada's that nobody guesses"}
OTHER_DEVICE = {"X-Device": "a device that nobody has logged in from"}


async def guesses(backend: Backend, times: int, email: str = "ada@example.com", **rest: object) -> Counter[int]:
    return Counter([(await backend.signs_in(email, WRONG, **rest)).status for _ in range(times)])


def wait(answer: Answer) -> int:
    assert (answer.status, answer.code) == (429, "rate_limit_exceeded")
    return int(answer.headers["retry-after"])


async def test_ten_wrong_passwords_are_compared_and_no_more(backend: Backend) -> None:
    await backend.joins()
    assert await guesses(backend, 12) == {401: 10, 429: 2}
    refused = await backend.signs_in(password=PASSWORD)
    assert 14 * 60 < wait(refused) <= 15 * 60
    backend.clock.passes(minutes=15)
    assert (await backend.signs_in()).status == 200


async def test_a_right_password_costs_nothing(backend: Backend) -> None:
    await backend.joins()
    assert {(await backend.signs_in()).status for _ in range(15)} == {200}
    assert await guesses(backend, 1) == {401: 1}


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
    async with running(tmp_path, LIMIT_FACTOR="0.1") as backend:
        answers = [(await backend.signs_in(f"ada{number}@example.com", WRONG)).status for number in range(12)]
    assert answers == [401] * 10 + [429] * 2


async def test_a_whole_line_of_ipv6_is_one_network_and_another_line_is_not(tmp_path: Path) -> None:
    async with running(tmp_path, LIMIT_FACTOR="0.02", TRUSTED_PROXIES="127.0.0.1") as backend:
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
    clock = FakeClock()
    async with running(tmp_path, clock) as one, running(tmp_path, clock) as two:
        await one.joins()
        assert await guesses(one, 5) + await guesses(two, 5) == {401: 10}
        assert wait(await one.signs_in())
        assert wait(await two.signs_in())
    async with running(tmp_path, clock) as again:
        assert wait(await again.signs_in())


async def test_changing_the_password_is_no_way_to_guess_it(backend: Backend) -> None:
    me = await backend.joins()
    body = {"oldPassword": WRONG, "newPassword": "another password"}
    answers = [(await backend.post("/auth/change-pwd", body, session=me.token)).status for _ in range(11)]
    assert answers.count(429) == 1


async def test_five_mails_of_a_kind_in_an_hour(backend: Backend) -> None:
    await backend.joins()
    assert await asks(backend, "/auth/send-magic", 7) == [200] * 5 + [429] * 2
    assert await asks(backend, "/auth/send-reset", 1) == [200]
    assert len(await backend.mails()) == 7
    backend.clock.passes(hours=1)
    assert await asks(backend, "/auth/send-magic", 1) == [200]


async def test_asking_for_unknown_addresses_is_limited_alike(backend: Backend) -> None:
    assert await asks(backend, "/auth/send-magic", 7, "nobody@example.com") == [200] * 5 + [429] * 2
    assert await asks(backend, "/auth/resend", 6, "nobody@example.com") == [200] * 5 + [429]


async def test_a_double_click_is_one_mail_and_counts_once(backend: Backend) -> None:
    await backend.joins()
    answers = await asyncio.gather(*(backend.post("/auth/send-magic?email=ada@example.com") for _ in range(10)))
    assert {answer.status for answer in answers} == {200}
    assert len(await backend.mails()) == 2


async def test_registering_says_nothing_of_who_has_an_account_when_it_is_too_much(backend: Backend) -> None:
    """A front end that hides it asks for a login link where the address is taken."""
    await backend.joins("taken@example.com")
    backend.clock.passes(hours=1)
    taken = [await hidden_sign_up(backend, "taken@example.com", number) for number in range(7)]
    free = [await hidden_sign_up(backend, "free@example.com", number) for number in range(7)]
    assert taken == free == [True] * 5 + [False] * 2


async def hidden_sign_up(backend: Backend, email: str, number: int) -> bool:
    backend.clock.passes(minutes=1)
    answer = await backend.signs_up(email, name=f"Ada {number}")
    if answer.status == 400:
        answer = await backend.post(f"/auth/send-magic?email={email}&reason=sign-up")
    return answer.status == 200


async def asks(backend: Backend, path: str, times: int, email: str = "ada@example.com") -> list[int]:
    statuses = []
    for _ in range(times):
        backend.clock.passes(minutes=1)
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

"""Codes by SMS: guessed from everywhere, and asked for so that somebody earns by them (toll fraud)."""

from __future__ import annotations

import asyncio
import re

from tests.attack.second_steps import open_client
from tests.attack.world import World
from tests.kit.contract import Answer, Contract
from tests.kit.people import PASSWORD

ADA = "+4915112345678"
BLOCK = "+49151234"  # and five digits: a hundred thousand numbers of one hand
COMPARED = 30  # over all codes, browsers and networks
TO_A_NUMBER, TO_NEIGHBOURS = 5, 30
SMS = re.compile(r"<bdi>(\+\d+)</bdi>")
CODE = re.compile(r"\b(\d{6}) is your code")


async def guesses_of_codes(world: World) -> int:
    """Two hundred at once from forty networks, each with a browser of its own, and new codes in between: no more than
    thirty are compared, and the right code is worth nothing by then."""
    async with world.client() as ada:
        await joins(ada)
        answers: list[Answer] = []
        for _code in range(4):
            await ask(ada)
            code = await read_code(ada)
            guesses = [f"{(int(code) + step) % 1_000_000:06}" for step in range(1, 51)]
            answers += await asyncio.gather(*(guess_from(world, guess, n) for n, guess in enumerate(guesses)))
            answers.append(await guess_from(world, code, 99))
        assert {answer.status for answer in answers} == {403, 429}, answers
        assert [answer.status for answer in answers].count(403) <= COMPARED, answers
        assert answers[-1].status == 429
        return len(answers)


async def toll_fraud(world: World) -> int:
    """Codes asked for from forty networks, by sign-ups and log-ins, for one number and for a block of neighbours."""
    answers = []
    for number in range(40):
        async with open_client(world, f"127.0.0.{2 + number}") as eve:
            answers.append(await ask(eve, ADA, number))
            to = [f"{BLOCK}{10_000 + number * 3 + each}" for each in range(3)]
            answers += [await sign_up(eve, phone) for phone in to]
    sent = await count_sms(world)
    assert sent.pop(ADA, 0) <= TO_A_NUMBER, sent
    blocks: dict[str, int] = {}
    for phone, count in sent.items():
        blocks[phone[:-3]] = blocks.get(phone[:-3], 0) + count
    assert blocks, answers
    assert max(blocks.values()) <= TO_NEIGHBOURS, blocks
    assert {answer.status for answer in answers} == {200, 429}
    return len(answers)


async def joins(client: Contract, phone: str = ADA) -> None:
    assert (await sign_up(client, phone)).status == 200
    params = {"phone": phone, "code": await read_code(client)}
    assert (await client.post("/auth/verify-phone", params=params)).status == 200


async def sign_up(client: Contract, phone: str) -> Answer:
    return await client.post("/auth/signup-phone", {"phone": phone, "password": PASSWORD})


async def ask(client: Contract, phone: str = ADA, browser: int = 0) -> Answer:
    """In a browser of its own, for else the same request within seconds is one."""
    headers = {"X-Device": f"{browser:030}"} if browser else {}
    return await client.post("/auth/send-code", params={"phone": phone}, headers=headers)


async def read_code(client: Contract) -> str:
    """The newest."""
    return next(found[1] for page in await client.mails() if (found := CODE.search(page)))


async def guess_from(world: World, guess: str, number: int) -> Answer:
    async with open_client(world, f"127.0.0.{2 + number % 40}") as eve:
        params, headers = {"phone": ADA, "code": guess}, {"X-Device": f"{number:030}"}
        return await eve.post("/auth/signin-code", params=params, headers=headers)


async def count_sms(world: World) -> dict[str, int]:
    async with world.client() as reader:
        listed = SMS.findall((await reader.http.get("/outbox")).text)
    return {phone: listed.count(phone) for phone in listed}

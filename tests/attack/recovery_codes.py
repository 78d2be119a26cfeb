"""Recovery codes, attacked by somebody who knows the password: guessed, seen once and used for many log-ins, and read
by a stolen session."""

from __future__ import annotations

import asyncio

from tests.attack.second_steps import begin, open_client, switch_on
from tests.attack.world import World
from tests.kit.contract import Answer, Contract
from tests.kit.people import ADA
from tests.kit.recovery_codes import PATH, keeps_codes

GATE = "/account/factors/sign-in"
OWN = {"X-Device": "a browser of Ada's own, known"}
COMPARED = 30  # wrong ones, over everything


async def guesses_of_recovery_codes(world: World) -> int:
    """Those of the right first letter, all at once from a dozen networks: no more than thirty are compared, and Ada's
    own code works in her own browser."""
    codes = await switch_on_with_codes(world)
    async with world.client() as ada:
        assert (await take(ada, await begin(ada, OWN), codes[0], OWN)).status == 200
        answers = []
        for number in range(12):
            async with open_client(world, f"127.0.0.{2 + number}") as eve:
                ticket = await begin(eve)
                guesses = (f"{code[0]}{'B' * 15}" for code in codes[:5])
                answers += await asyncio.gather(*(take(eve, ticket, guess) for guess in guesses))
        assert [answer.code for answer in answers].count("wrong_code") <= COMPARED, answers
        async with open_client(world, "127.0.0.99") as eve:
            assert (await take(eve, await begin(eve), codes[1])).code == "rate_limit_exceeded"
        assert (await take(ada, await begin(ada, OWN), codes[1], OWN)).status == 200
        return len(answers) + 1


async def one_recovery_code_for_many_log_ins(world: World) -> int:
    """A code from a sheet that somebody has photographed, with twenty tickets at once: one opens a session."""
    codes = await switch_on_with_codes(world)
    async with world.client() as eve:
        tickets = [await begin(eve) for _ in range(20)]
        answers = await asyncio.gather(*(take(eve, ticket, codes[0]) for ticket in tickets))
        assert [answer.status for answer in answers].count(200) == 1, answers
        return len(answers)


async def recovery_codes_by_a_stolen_session(world: World) -> int:
    """A session that nobody confirmed by a second factor reads no codes, makes none, and puts none in force."""
    session = (await switch_on(world)).session
    async with world.client(session) as eve:
        await eve.post("/account/confirm", {"currentPassword": ADA.password})
        answers = [await eve.post(PATH), await keeps_codes(eve, session), await eve.post(PATH)]
        assert {answer.status for answer in answers} <= {401, 403}, answers
        return len(answers)


async def switch_on_with_codes(world: World) -> list[str]:
    """Two-step verification of Ada's new account. Her recovery codes."""
    return (await switch_on(world)).codes


async def take(client: Contract, ticket: str, code: str, headers: dict[str, str] | None = None) -> Answer:
    return await client.post(GATE, {"ticket": ticket, "recoveryCode": code}, headers=headers)

"""Passkeys: answers that are sent again, elsewhere or for something else, and answers of nobody's."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator

from tests.attack.bystander import bystander
from tests.attack.world import World
from tests.kit.authenticator import Authenticator, encode
from tests.kit.contract import Contract
from tests.kit.passkeys import BROWSER, OTHER_BROWSER, adds, asks, sends, sends_new
from tests.kit.people import ADA, GRACE, Person

AT_ONCE = 20


async def answers_sent_again(world: World) -> int:
    """The same right answer many times at once: one is taken. After that it is worth nothing anywhere."""
    async with world.client() as client:
        ada = await has_a_passkey(client, ADA)
        answer = ada.signs(await asks(client))
        answers = await asyncio.gather(*(sends(client, answer) for _ in range(AT_ONCE)))
        assert sorted(each.status for each in answers) == [200] + [401] * (AT_ONCE - 1)
        for browser in (BROWSER, OTHER_BROWSER):
            assert (await sends(client, answer, browser)).code == "wrong_passkey"
        made = Authenticator(origin=ada.origin)
        token = (await client.signs_in(ADA.email, ADA.password)).token
        new = made.creates(await asks(client, "add", session=token))
        added = await asyncio.gather(*(sends_new(client, token, new) for _ in range(AT_ONCE)))
        assert sorted(each.status for each in added) == [200] + [401] * (AT_ONCE - 1)
        return 2 * AT_ONCE + 2


async def challenges_of_others(world: World) -> int:
    """Each challenge at each call, in each session and browser that it was not made for."""
    async with world.client() as client:
        ada, tried = await has_a_passkey(client, ADA), 0
        eve = await has_a_passkey(client, GRACE)
        sessions = [(await client.signs_in(person.email, person.password)).token for person in (ADA, GRACE, ADA)]
        for asked in sessions:
            for purpose in ("signin", "add", "confirm"):
                for browser in (BROWSER, OTHER_BROWSER):
                    options = {"rpId": "localhost", **await asks(client, purpose, browser, session=asked)}
                    if (purpose, browser) != ("signin", BROWSER):
                        assert (await sends(client, ada.signs(options))).code == "wrong_passkey"
                    for session in sessions:
                        if (purpose, browser, session) != ("add", BROWSER, asked):
                            rest = {"user": {"id": "x"}, "rp": {"id": "localhost"}}
                            new = Authenticator(origin=ada.origin).creates({**rest, **options})
                            assert (await sends_new(client, session, new)).code == "wrong_passkey"
                    tried += 1 + len(sessions)
        answer = json.loads(eve.signs(await asks(client)))
        answer["id"] = answer["rawId"] = ada.id
        assert (await sends(client, answer)).code == "wrong_passkey"
        return tried + 1


async def made_up_credentials(world: World, times: int) -> int:
    """Whatever stands in the field: nobody gets in, nothing breaks, and others notice nothing."""
    async with bystander(world), world.client() as client:
        ada = await has_a_passkey(client, ADA)
        template = ada.signs(await asks(client))
        for first in range(0, times, AT_ONCE):
            made_up = make_up(template, random.Random(first))
            asked = [sends(client, next(made_up)) for _ in range(AT_ONCE)]
            answers = await asyncio.gather(*asked)
            assert {each.status for each in answers} <= {400, 401, 429}, [each.body for each in answers]
    return times


def make_up(template: str, chance: random.Random) -> Iterator[str]:
    while True:
        answer = json.loads(template)
        part = chance.choice(["clientDataJSON", "authenticatorData", "signature", "userHandle"])
        size = chance.choice([0, 1, 36, 37, 200, 5000])
        answer["response"][part] = chance.choice(
            [encode(chance.randbytes(size)), "=" * size, None, size, "[" * size, encode(b"[" * size), {"a": size}]
        )
        yield chance.choice([json.dumps(answer), template[: chance.randrange(len(template))], "[" * 8000, "x" * 9000])


async def has_a_passkey(client: Contract, person: Person) -> Authenticator:
    await client.signs_up(person.email, person.password, person.name)
    token = (await client.signs_in(person.email, person.password)).token
    told = (await client.get("/account/capabilities")).body
    return await adds(client, token, Authenticator(origin=told["passkeys"]["origin"]))

"""Factors of a thief who has a session, or the password, and no factor: planted for later, and those of the owner
dropped."""

from __future__ import annotations

import pyotp

from tests.attack.second_steps import begin, switch_on, switch_on_in, take, wait_for_code
from tests.attack.world import World
from tests.kit.authenticator import Authenticator
from tests.kit.contract import Answer, Contract
from tests.kit.passkeys import adds, asks, sends_new
from tests.kit.people import ADA
from tests.kit.recovery_codes import PATH, has_codes, keeps_codes

TOTP, GATE, SWITCH = "/account/factors/totp", "/account/factors/sign-in", "/account/factors/two-step"
EVES = "eve@example.com"
SWITCHED = 45  # times


async def by_a_session_of_a_moment(world: World) -> int:
    """An app that Eve has set up, recovery codes that she has read, a passkey that she was about to add, in a session
    of her own, just before Ada switches two-step verification on: none of them is a factor."""
    assert world.backend
    async with world.client() as client:
        await client.joins(ADA.email, ADA.password)
        eve, ada = [(await client.signs_in(ADA.email, ADA.password)).token for _ in range(2)]
        secret = str((await client.post(f"{TOTP}/begin", session=eve)).body["secret"])
        shown = await client.post(f"{TOTP}/finish", {"code": pyotp.TOTP(secret).now()}, session=eve)
        assert shown.status == 200, shown.body
        read = (await client.post(PATH, session=eve)).body["pending"]
        made = (await _new_authenticator(client)).creates(await asks(client, "add", session=eve))
        answers = [await keeps_codes(client, ada), await keeps_codes(client, ada, id=read["id"])]
        assert {answer.code for answer in answers} == {"recovery_codes_gone"}
        await switch_on_in(world, ada)
        answers += [await sends_new(client, eve, made), await keeps_codes(client, eve, id=read["id"])]
        assert {answer.status for answer in answers} <= {403, 409}, answers
        answers.append(await take(client, await begin(client), await wait_for_code(secret)))
        body = {"ticket": await begin(client), "recoveryCode": read["codes"][0]}
        answers.append(await client.post(GATE, body))
        assert [answer.code for answer in answers[-2:]] == ["wrong_code"] * 2
        return len(answers)


async def beside_passkeys(world: World) -> int:
    """Where passkeys are the second step, a session and the password add no app, no codes and no passkey."""
    assert world.backend
    async with world.client() as client:
        await client.joins(ADA.email, ADA.password)
        token = (await client.signs_in(ADA.email, ADA.password)).token
        await adds(client, token, await _new_authenticator(client))
        await has_codes(client, token)
        assert (await client.post(SWITCH, {"on": True}, session=token)).status == 200
        eve = (await client.post("/account/confirm", {"currentPassword": ADA.password}, session=token)).token
        options = {"purpose": "add", "browser": "a browser of Eve's own"}
        answers = [
            await client.post(f"{TOTP}/begin", session=eve),
            await client.post(f"{TOTP}/finish", {"code": "123456"}, session=eve),
            await client.post(f"{TOTP}/remove", session=eve),
            await client.post(PATH, session=eve),
            await keeps_codes(client, eve),
            await client.post("/account/passkeys/options", options, session=eve),
            await client.post(SWITCH, {"on": False}, session=eve),
        ]
        assert {answer.code for answer in answers} == {"confirmation_required"}, answers
        return len(answers)


async def by_a_new_address(world: World) -> int:
    """Where nobody proves an address, its first proof drops all factors: no session and password change to one."""
    session = (await switch_on(world)).session
    body = {"currentPassword": ADA.password, "newEmail": EVES}
    async with world.client(session) as eve:
        answers = [await eve.post("/auth/change-email", body), await eve.post("/account/email/pending", body)]
        await eve.post("/account/confirm", {"currentPassword": ADA.password})
    async with world.client() as client:
        answers.append(await client.signs_in(EVES, ADA.password))
        assert {answer.status for answer in answers} <= {401, 403}, answers
        await begin(client)
    return len(answers)


async def a_mailbox_flooded_by_switching(world: World) -> int:
    """On and off again and again, each of which is mailed: of an address that nobody has proven it may be anybody's."""
    secret, session, _ = await switch_on(world)
    async with world.client(session) as eve:
        confirmed = await eve.post("/account/confirm", {"totp": await wait_for_code(secret)})
    async with world.client(confirmed.token) as eve:
        answers = [await _switches(eve, on=bool(number % 2)) for number in range(2 * SWITCHED)]
    assert {answer.status for answer in answers[::2]} == {200}, "off it is at any time"
    assert {answer.status for answer in answers[1::2]} == {200, 429}
    assert [answer.status for answer in answers[1::2]].count(200) <= 30
    return len(answers)


async def _switches(client: Contract, *, on: bool) -> Answer:
    return await client.post(SWITCH, {"on": on})


async def _new_authenticator(client: Contract) -> Authenticator:
    told = (await client.get("/account/capabilities")).body
    return Authenticator(origin=told["passkeys"]["origin"])

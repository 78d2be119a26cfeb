"""Two-step verification, attacked by somebody who knows the password: guessed codes, one code for many log-ins, and
ways around the second step."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pyotp

from tests.attack.programs import sign_up_at_backend
from tests.attack.world import World
from tests.kit.authenticator import PRESENT, Authenticator
from tests.kit.contract import Answer, Contract
from tests.kit.passkeys import adds, logs_in
from tests.kit.people import ADA, LOGIN_LINK, RESET
from tests.kit.recovery_codes import has_codes

OWN = {"X-Device": "a browser of Ada's own, known"}
GATE = "/account/factors/sign-in"
STEP = 30  # seconds
COMPARED = 30  # wrong ones, over everything
NEW_PASSWORD = "words that were chosen by mail"


async def guesses_of_a_second_factor(world: World) -> int:
    """Five with each of a dozen tickets, all at once and from a dozen networks: no more than thirty are compared, and
    then not even a right one is. Ada's own browser gets in."""
    secret, _, _ = await switch_on(world)
    wrong = find_wrong(secret)
    async with world.client() as ada:
        assert (await take(ada, await begin(ada, OWN), await wait_for_code(secret), OWN)).status == 200
        answers = []
        for number in range(12):
            async with open_client(world, f"127.0.0.{2 + number}") as eve:
                ticket = await begin(eve)
                answers += await asyncio.gather(*(take(eve, ticket, wrong) for _ in range(5)))
        assert [answer.code for answer in answers].count("wrong_code") <= COMPARED, answers
        async with open_client(world, "127.0.0.99") as eve:
            assert (await take(eve, await begin(eve), await wait_for_code(secret))).code == "rate_limit_exceeded"
        assert (await take(ada, await begin(ada, OWN), pyotp.TOTP(secret).now(), OWN)).status == 200
        return len(answers) + 1


async def one_code_for_many_log_ins(world: World) -> int:
    """A code that somebody has seen Ada type, with fifty tickets of the same moment: one of them opens a session."""
    secret, _, _ = await switch_on(world)
    async with world.client() as eve:
        tickets = [await begin(eve) for _ in range(25)]
        code = await wait_for_code(secret)
        answers = await asyncio.gather(*(take(eve, ticket, code) for ticket in tickets))
        assert [answer.status for answer in answers].count(200) == 1, answers
        return len(answers)


async def around_the_second_step(world: World) -> int:
    """A ticket as a session, at every call that needs one; a ticket of another account, and one that is used up; a new
    password by a session of before."""
    secret, session, _ = await switch_on(world)
    async with world.client() as eve:
        ticket = await begin(eve)
        calls = (
            "/auth/user",
            "/auth/sessions",
            "/account/me",
            "/account/factors",
            "/account/events",
            "/account/export",
        )
        answers = [await eve.get(path, session=ticket) for path in calls]
        assert {answer.status for answer in answers} == {401}
        acts = ("/account/factors/totp/remove", "/account/factors/totp/begin", "/account/leave")
        answers += [await eve.post(path, session=ticket) for path in acts]
        answers.append(await eve.post("/account/factors/two-step", {"on": False}, session=session))
        assert (answers[-1].status, answers[-1].code) == (403, "confirmation_required")
        assert {answer.status for answer in answers} <= {401, 403}
        code = await wait_for_code(secret)
        for token in ("", ticket[::-1], session, "0" * 43):
            answers.append(await take(eve, token, code))
            assert answers[-1].status in (400, 401)
        return len(answers)


async def by_every_way_in(world: World) -> int:
    """A password, a mailed link, the code of a mail, a passkey that checks nobody, and a password chosen by mail: each
    gives a ticket, and none a session."""
    async with world.client() as client:
        await client.joins(ADA.email, ADA.password)
        session = (await client.signs_in(ADA.email, ADA.password)).token
        origin = (await client.get("/account/capabilities")).body["passkeys"]["origin"]
        key = await adds(client, session, Authenticator(origin=origin, flags=PRESENT))
        await switch_on_in(world, session)
        asked = await client.post("/auth/send-magic", params={"email": ADA.email})
        code = {"reference": asked.body["reference"], "code": await world.mailed_code(ADA.email, LOGIN_LINK)}
        answers = [
            await client.signs_in(ADA.email, ADA.password),
            await client.post("/account/codes", code),
            await logs_in(client, key),
        ]
        await client.post("/auth/send-magic", params={"email": ADA.email}, headers=OWN)
        answers.append(await client.grants(await open_mailed(world, client, LOGIN_LINK)))
        await client.post("/auth/send-reset", params={"email": ADA.email})
        access = {"key": await open_mailed(world, client, RESET)}
        chosen = await client.post("/auth/reset-pwd", {"newPassword": NEW_PASSWORD}, params=access)
        assert (chosen.status, "session" in (chosen.body or {})) == (200, False)
        answers.append(await client.signs_in(ADA.email, NEW_PASSWORD))
        assert [answer.code for answer in answers] == ["second_factor_required"] * 5, answers
        assert (await client.get("/auth/sessions", session=session)).status == 401, "the new password has ended all"
        return len(answers) + 1


async def open_mailed(world: World, client: Contract, subject: str) -> str:
    """Open the newest link of such a mail to Ada. Its access token."""
    parts = urlsplit(await world.mailed_link(ADA, subject))
    return (await client.opens(f"{parts.path}?{parts.query}")).token


class SwitchedOn(NamedTuple):
    """Two-step verification of an account: the app's secret, a session, and the recovery codes."""

    secret: str
    session: str
    codes: list[str]


async def switch_on(world: World) -> SwitchedOn:
    """Switch it on, of Ada's new account."""
    assert world.backend
    return await switch_on_in(world, await sign_up_at_backend(world.backend))


async def switch_on_in(world: World, session: str) -> SwitchedOn:
    """Switch it on in a session that the password has just opened."""
    async with world.client(session) as ada:
        secret = str((await ada.post("/account/factors/totp/begin")).body["secret"])
        shown = await ada.post("/account/factors/totp/finish", {"code": pyotp.TOTP(secret).now()})
        assert shown.status == 200, shown.body
        codes = await has_codes(ada, session)
        assert (await ada.get("/account/factors")).body["twoStepDtm"]
    return SwitchedOn(secret, session, codes)


async def begin(client: Contract, headers: dict[str, str] | None = None) -> str:
    """Log in with the password. The ticket for the second step."""
    refused = await client.signs_in(ADA.email, ADA.password, headers=headers)
    assert refused.code == "second_factor_required", refused.body
    return str(refused.body["errors"][0]["details"]["ticket"])


async def take(client: Contract, ticket: str, code: str, headers: dict[str, str] | None = None) -> Answer:
    return await client.post(GATE, {"ticket": ticket, "code": code}, headers=headers)


def find_wrong(secret: str) -> str:
    """Six digits that the app shows in none of the next minutes."""
    totp, now = pyotp.TOTP(secret), time.time()
    shown = {totp.at(now, counter_offset=step) for step in range(-10, 40)}
    return next(code for code in map("{:06}".format, range(100)) if code not in shown)


async def wait_for_code(secret: str) -> str:
    """Wait for the app's next code."""
    await asyncio.sleep(STEP - time.time() % STEP + 0.1)
    return pyotp.TOTP(secret).now()


@asynccontextmanager
async def open_client(world: World, source: str) -> AsyncIterator[Contract]:
    """From another address of this machine."""
    assert world.backend
    transport = httpx.AsyncHTTPTransport(local_address=source)
    async with httpx.AsyncClient(base_url=world.backend.url, transport=transport, timeout=60) as http:
        yield Contract(http)

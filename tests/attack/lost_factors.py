"""Lost factors, pretended: by a thief who has the password alone, and by one who has the mailbox alone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx

from tests.attack.second_steps import begin, open_client, switch_on_in
from tests.attack.world import World
from tests.kit import mailbox
from tests.kit.contract import Contract
from tests.kit.people import ADA
from tests.kit.visitor import Visitor

PATH = "/account/factors/lost"
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
NETWORKS = 12
OWN = "words of the thief, chosen by mail"


async def with_the_password_alone(world: World) -> int:
    """Codes guessed with a dozen tickets at once, from a dozen networks; no code, another proof, somebody else's: no
    wait begins, and the owner, who is mailed the codes, is not kept from anything."""
    session = await join_with_two_step(world)
    answers = []
    for number in range(NETWORKS):
        async with open_client(world, f"127.0.0.{2 + number}") as eve:
            ticket = await begin(eve)
            answers.append(await eve.post(f"{PATH}/code", {"ticket": ticket}))
            guesses: list[dict[str, object]] = [{"code": letter * 8} for letter in LETTERS[:6]]
            shown: list[dict[str, object]] = [*guesses, {}, {"password": ADA.password}, {"code": None}]
            answers += await asyncio.gather(*(eve.post(PATH, {"ticket": ticket, **each}) for each in shown))
            answers.append(await eve.post(f"{PATH}/link", {"ticket": ticket}))
    begun = [answer for answer in answers if answer.status == 200 and "endDtm" in answer.body]
    assert not begun, begun
    assert not await find_end_of_wait(world, session)
    return len(answers)


async def with_the_mailbox_alone(world: World) -> int:
    """Somebody who reads Ada's mail cannot shorten the week, not even by choosing a new password first; Ada's own
    session shows it, and ends it, whatever the thief deletes of her mail."""
    session = await join_with_two_step(world)
    async with open_client(world, "127.0.0.2") as eve:
        begun = await eve.post(PATH, {"ticket": await get_ticket_by_mail(world, eve)})
        assert begun.status == 200, begun.body
        assert lasts_a_week(begun.body["endDtm"])
    async with world.client(session) as ada:
        assert await find_end_of_wait(world, session) == begun.body["endDtm"]
        assert (await ada.post(f"{PATH}/stop")).status == 200
        assert await find_end_of_wait(world, session) is None
    async with open_client(world, "127.0.0.3") as eve:
        await eve.post("/auth/send-reset", params={"email": ADA.email})
        key = {"key": await open_mail(world, eve, "Choose a new password")}
        assert (await eve.post("/auth/reset-pwd", {"newPassword": OWN}, params=key)).status == 200
        ticket = (await eve.signs_in(ADA.email, OWN)).body["errors"][0]["details"]["ticket"]
        await eve.post(f"{PATH}/code", {"ticket": ticket})
        code = mailbox.code_in((await newest(world, "Your code")).text)
        again = await eve.post(PATH, {"ticket": ticket, "code": code})
        assert again.status == 200, again.body
        assert lasts_a_week(again.body["endDtm"])
        assert (await eve.post(f"{PATH}/link", {"ticket": ticket})).code == "not_allowed"
    return 9


async def join_with_two_step(world: World) -> str:
    """Ada, whose address is confirmed. A session of hers."""
    async with world.client() as ada:
        await ada.joins(ADA.email, ADA.password)
        session = (await ada.signs_in(ADA.email, ADA.password)).token
    return (await switch_on_in(world, session)).session


def lasts_a_week(end: str) -> bool:
    return datetime.fromisoformat(end) - datetime.now(UTC) > timedelta(days=6, hours=23)


async def find_end_of_wait(world: World, session: str) -> str | None:
    async with world.client(session) as ada:
        user = await ada.get("/auth/user")
        assert user.status == 200, user.body
        end: str | None = user.body.get("recoveringDtm")
        return end


async def get_ticket_by_mail(world: World, eve: Contract) -> str:
    await eve.post("/auth/send-magic", params={"email": ADA.email})
    refused = await eve.grants(await open_mail(world, eve, "Your login link"))
    return str(refused.body["errors"][0]["details"]["ticket"])


async def open_mail(world: World, eve: Contract, subject: str) -> str:
    """Open the link of a mail. Its access token."""
    parts = urlsplit((await newest(world, subject)).link)
    return (await eve.opens(f"{parts.path}?{parts.query}")).token


async def newest(world: World, subject: str) -> mailbox.Mail:
    assert world.backend
    async with httpx.AsyncClient(base_url=world.backend.url, timeout=60) as http:
        return await mailbox.newest(Visitor(http), to=ADA.email, subject=subject)

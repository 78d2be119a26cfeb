"""Passwords that cost much to look at or to hash, from a stranger: others notice nothing."""

from __future__ import annotations

import asyncio

import httpx

from tests.attack.bystander import bystander
from tests.attack.world import World

AT_ONCE = 12
MANY_SIGNS = "4@8({[<369!1|70$5+%24@8({[<369!1"


async def passwords_of_many_signs(world: World, times: int) -> int:
    """Registrations whose passwords take zxcvbn longest, and that never become one."""
    typed = {"email": "mallory@example.com", "name": "Mallory"}
    async with bystander(world), httpx.AsyncClient(base_url=world.site.url, timeout=60) as http:
        for first in range(0, times, AT_ONCE):
            forms = [typed | {"password": f"{MANY_SIGNS}{n:03}"[-32:]} for n in range(first, first + AT_ONCE)]
            answers = await asyncio.gather(*(http.post("/register", data=form) for form in forms))
            assert {answer.status_code for answer in answers} <= {303, 422, 429, 503}
    return times


async def made_up_reset_tokens(world: World, times: int) -> int:
    body = {"newPassword": "words that are typed"}
    async with bystander(world), world.client() as client:
        for first in range(0, times, 50):
            keys = [f"made-up-{number}" for number in range(first, first + 50)]
            asked = (client.post("/auth/reset-pwd", body, params={"key": key}) for key in keys)
            assert {answer.status for answer in await asyncio.gather(*asked)} <= {403, 429}
    return times

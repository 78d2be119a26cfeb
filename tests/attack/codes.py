"""Codes of mails: guessed from everywhere, read out on the telephone; and waiting for what somebody else does."""

from __future__ import annotations

import asyncio
import itertools

from tests.attack.guessing import open_browser
from tests.attack.world import World
from tests.kit.new_addresses import CONFIRM_NEW, NEW, asks_for_a_new_address
from tests.kit.people import ADA, LOGIN_LINK, asks_for_a_link, is_signed_in, logs_in, logs_out
from tests.kit.visitor import Visitor

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
GUESSES = 200
POLL = {"HX-Request": "true", "HX-Request-Type": "full", "Sec-Fetch-Site": "same-origin"}


async def guesses_from_everywhere(world: World) -> int:
    """All at once, with the cookies of the browser that asked, from forty networks: five are compared, and then the
    right one is worth nothing. The link is what it was."""
    async with world.visitor(ADA) as ada, world.visitor() as eve:
        await logs_out(ada)
        await asks_for_a_link(eve, ADA)
        code = await world.mailed_code(ADA.email, LOGIN_LINK)
        answers = await asyncio.gather(*(type_code(world, eve, guess, n) for n, guess in enumerate(guesses(code))))
        answers.append(await type_code(world, eve, code, 3))
        assert 303 not in answers, answers
        assert not await is_signed_in(eve)
        await ada.opens(await world.mailed_link(ADA, LOGIN_LINK))
        await ada.submits(f"Log in as {ADA.email}")
        assert await is_signed_in(ada)
        return len(answers)


def guesses(code: str) -> list[str]:
    """Many, also those that differ from the right one in a letter, which is not among them."""
    near = [f"{code[:-1]}{letter}" for letter in LETTERS if letter != code[-1]]
    return [*map("".join, itertools.islice(itertools.product(LETTERS, repeat=8), GUESSES)), *near]


async def codes_read_out_on_the_telephone(world: World) -> int:
    """Ada's own code, in browsers that have asked for her, for somebody else, or for nothing."""
    async with world.visitor(ADA) as ada:
        await logs_out(ada)
        answers = []
        async with world.visitor() as before:
            await asks_for_a_link(before, ADA)
            await asyncio.sleep(11)  # as long as two requests are one
            await asks_for_a_link(ada, ADA)
            code = await world.mailed_code(ADA.email, LOGIN_LINK)
            async with world.visitor() as after, world.visitor() as idle:
                await asks_for_a_link(after, ADA)
                for stranger in (before, after, idle):
                    answers.append(await type_code(world, stranger, code, 2))
                    assert not await is_signed_in(stranger)
        assert 303 not in answers, answers
        await ada.submits("Continue", code=code)
        assert await is_signed_in(ada)
        return len(answers)


async def waiting_for_somebody_elses_button(world: World) -> int:
    """Eve asks for Ada's link and asks every moment what became of it: she is told, and let in nowhere."""
    async with world.visitor(ADA) as ada, world.visitor() as eve:
        await logs_out(ada)
        await asks_for_a_link(eve, ADA)
        (poll,) = [link.get("hx-get") for link in eve.html.all("a[hx-trigger]")]
        await ada.opens(await world.mailed_link(ADA, LOGIN_LINK))
        pressing = asyncio.ensure_future(ada.submits(f"Log in as {ADA.email}"))
        answers = [await eve.http.get(poll, headers=POLL) for _ in range(60)]
        await pressing
        answers.append(await eve.http.get(poll, headers=POLL))
        assert all("set-cookie" not in answer.headers for answer in answers)
        assert "was used in another browser" in answers[-1].text
        assert not any(cookie.name == "session" for cookie in eve.http.cookies.jar)
        assert await is_signed_in(ada)
        return len(answers)


async def a_new_address_from_another_session(world: World) -> int:
    """Eve has seen Ada's password, and is logged in to her account when Ada asks for another address. She comes by the
    code, types it, has it mailed again, and asks every moment what became of it."""
    async with world.visitor(ADA) as ada, world.visitor() as eve:
        await logs_in(eve, ADA)
        await asks_for_a_new_address(ada)
        code = await world.mailed_code(NEW, CONFIRM_NEW)
        await ada.opens("/profile")
        (poll,) = [link.get("hx-get") for link in ada.html.all("a[hx-trigger]")]
        answers = [await eve.http.post("/profile/email/code", data={"code": code}) for _ in range(3)]
        await eve.opens("/profile")
        await eve.submits("Resend email")
        newer = await world.mailed_code(NEW, CONFIRM_NEW)
        answers += [await eve.http.post("/profile/email/code", data={"code": typed}) for typed in (newer, code)]
        assert {answer.status_code for answer in answers} == {422}
        await ada.opens("/profile")
        await ada.submits("Continue", code=newer)
        assert ada.one("email-row").text().startswith(f"Email address {NEW}"), ada.text
        polls = [await eve.http.get(poll, headers=POLL) for _ in range(20)]
        assert all(
            NEW not in answer.text.replace("<wbr>", "") and "set-cookie" not in answer.headers for answer in polls
        )
        assert not await is_signed_in(eve)
        return len(answers) + len(polls)


async def type_code(world: World, visitor: Visitor, code: str, number: int) -> int:
    """In this visitor's browser, from a network of its own."""
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.http.cookies.items())
    async with open_browser(world, f"127.0.0.{2 + number % 40}") as http:
        answer = await http.post("/code", data={"code": code}, headers={"Cookie": cookies} if cookies else {})
        return answer.status_code

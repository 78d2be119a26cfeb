"""A code is typed while something breaks: it is used whole or not at all, and its owner gets what it is for."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager

import httpx

from tests.faults.logs import readable
from tests.faults.people import RECOVERS, SAME_ORIGIN, expect_answer, somebody
from tests.faults.world import Breakable
from tests.kit.new_addresses import CONFIRM_NEW, asks_for_a_new_address
from tests.kit.people import LOGIN_LINK, Person, asks_for_a_link, is_signed_in, logs_out
from tests.kit.visitor import Visitor

AWAY = "We cannot check your code at the moment. Try again in a minute."
MOST = 5  # as often a code may be typed
KILLED_AFTER = (0.0, 0.02, 0.05, 0.1, 0.2)  # seconds
CHANGED = "Your email address was changed"


async def database_away(world: Breakable) -> int:
    """It stays in its field, and is not counted: more often than it may be typed."""
    async with waiting_for_a_link(world) as (visitor, person, code):
        with readable(world, "backend unreachable"):
            with away(world):
                for _ in range(MOST + 1):
                    await expect_answer(visitor.submits("Continue", code=code))
                    assert (visitor.status, visitor.field("code")) == (503, code), visitor.text
                    assert visitor.sees(AWAY)
            for _ in range(int(RECOVERS)):
                await visitor.submits("Continue", code=code)
                if visitor.status != 503:
                    break
                await asyncio.sleep(1)
        assert visitor.who == person.name, visitor.text
    return MOST + 1


async def killed_while_it_is_typed(world: Breakable) -> int:
    """Whoever was told that they are in is in. Whoever was told nothing gets in by typing it again, or a newer one."""
    for pause in KILLED_AFTER:
        async with waiting_for_a_link(world) as (visitor, person, code):
            await posts_and_kills(world, visitor, "/code", {"code": code}, pause)
            if "session" in visitor.http.cookies:
                assert await is_signed_in(visitor), "whoever was told so is in"
                continue
            await visitor.opens("/code")
            await visitor.submits("Continue", code=code)
            if not await is_signed_in(visitor):
                assert visitor.status == 422, visitor.text
                await asks_for_a_link(visitor, person)
                await visitor.submits("Continue", code=await world.mailed_code(person.email, LOGIN_LINK))
            assert visitor.who == person.name, visitor.text
    return len(KILLED_AFTER)


async def killed_while_it_confirms(world: Breakable) -> int:
    """Either the address has changed and the old box was told, or neither; and nobody is logged out."""
    for pause in KILLED_AFTER:
        person, new = somebody(), somebody().email
        async with world.browser() as visitor:
            await world.joins(visitor, person)
            await asks_for_a_new_address(visitor, new)
            code = await world.mailed_code(new, CONFIRM_NEW)
            await posts_and_kills(world, visitor, "/profile/email/code", {"code": code, "pending": new}, pause)
            await visitor.opens("/profile")
            assert (visitor.path, visitor.who) == ("/profile", person.name), visitor.text
            if visitor.has("email-pending"):
                assert await world.count_mails(person.email, CHANGED) == 0
                await visitor.submits("Continue", code=code)
            assert visitor.one("email-row").text().startswith(f"Email address {new}"), visitor.text
            assert await world.count_mails(person.email, CHANGED) == 1
    return len(KILLED_AFTER)


@asynccontextmanager
async def waiting_for_a_link(world: Breakable) -> AsyncIterator[tuple[Visitor, Person, str]]:
    """Somebody with an account, whose browser waits for a login link, and the code of its mail."""
    person = somebody()
    async with world.browser() as visitor:
        await world.joins(visitor, person)
        await logs_out(visitor)
        await asks_for_a_link(visitor, person)
        yield visitor, person, await world.mailed_code(person.email, LOGIN_LINK)


@contextmanager
def away(world: Breakable) -> Iterator[None]:
    """Nobody listens at the database; or somebody else writes in its file, and does not end."""
    if world.line_to_database:
        with world.line_to_database.stops_listening():
            yield
        return
    with closing(sqlite3.connect(world.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def posts_and_kills(world: Breakable, visitor: Visitor, path: str, typed: dict[str, str], pause: float) -> None:
    """Send a form, and kill the program that has the data a moment later."""

    async def posts() -> None:
        with contextlib.suppress(httpx.TransportError):  # the site may die, too
            await visitor.http.post(path, data=typed, headers=SAME_ORIGIN, follow_redirects=False)

    with readable(world):
        posting = asyncio.create_task(posts())
        await asyncio.sleep(pause)
        world.keeper.dies()
        await posting
        world.keeper.starts()

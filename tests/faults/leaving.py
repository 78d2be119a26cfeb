"""Somebody takes their data along, or leaves, while something breaks: what is half is no whole, and goes on later."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from backend.rules.running_exports import LEASE
from tests.faults.logs import readable
from tests.faults.people import TITLE, somebody
from tests.faults.world import Breakable
from tests.kit.contract import Contract, call_over_tcp
from tests.kit.leaving_visitors import CONFIRM_DELETION, STAY
from tests.kit.people import Person, logs_in, registers
from tests.kit.visitor import Visitor

EXPORT = "/profile/data/export"
FILE = b"what somebody keeps here " * 600_000  # 15 MB: more than waits between the programs
FILES = 3
CLEANED_UP = 100.0  # seconds after a start, at most
KILLED_AFTER = (0.0, 0.02, 0.05, 0.1, 0.2)  # seconds


async def database_goes_away_in_an_export(world: Breakable) -> int:
    """The download breaks off, so that nobody takes it for a whole one; while the database is away a page says so."""
    assert world.line_to_database
    person = somebody()
    async with world.browser(person) as visitor:
        await keeps_much(world, person)
        with readable(world, "backend unreachable"):
            with world.line_to_database.stops_listening():
                await visitor.opens(EXPORT)
                assert (visitor.status, visitor.heading) == (503, TITLE)
            assert await is_broken_off(world, visitor)
        await until_it_is_whole(visitor)
    return 3


async def killed_in_an_export(world: Breakable) -> int:
    """The download breaks off, and its account need not wait long for another one: what it held ends by itself."""
    assert world.backend
    person = somebody()
    async with world.browser(person) as visitor:
        await keeps_much(world, person)
        with readable(world, "a download was broken off"):
            async with visitor.http.stream("GET", EXPORT) as answer:
                assert answer.status_code == 200
                world.keeper.dies()
                world.keeper.starts()
        await until_it_is_whole(visitor, int(LEASE.total_seconds()) + 10)
    return 2


async def is_broken_off(world: Breakable, visitor: Visitor) -> bool:
    """Begin a download, let the database go away, and read on."""
    assert world.line_to_database
    async with visitor.http.stream("GET", EXPORT) as answer:
        assert answer.status_code == 200
        pieces = answer.aiter_raw()
        await anext(pieces)
        with world.line_to_database.stops_listening():
            try:
                async for _piece in pieces:
                    pass
            except httpx.TransportError:
                return True
    return False


async def until_it_is_whole(visitor: Visitor, tries: int = 10) -> None:
    for _ in range(tries):
        answer = await visitor.http.get(EXPORT)
        if answer.status_code == 200:
            break
        await asyncio.sleep(1)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert len([name for name in archive.namelist() if name.startswith("files/")]) == FILES


async def killed_while_it_deletes(world: Breakable) -> int:
    """People press the button of the mail that deletes them at once, and the program dies meanwhile: nobody gets in any
    more, and after its next start nothing of them is left."""
    people = [somebody() for _ in KILLED_AFTER]
    for person, pause in zip(people, KILLED_AFTER, strict=True):
        async with leaving(world, person) as visitor:
            with readable(world):
                going = asyncio.create_task(visitor.http.post("/auth-redirect"))
                await asyncio.sleep(pause)
                world.keeper.dies()
                await asyncio.gather(going, return_exceptions=True)
                world.keeper.starts()
    for person in people:
        await is_gone_or_leaving(world, person)
    return len(people)


@asynccontextmanager
async def leaving(world: Breakable, person: Person) -> AsyncIterator[Visitor]:
    async with world.browser(person) as visitor:
        await keeps_much(world, person)
        await visitor.opens("/profile/leave")
        await visitor.submits("Delete account", sure=True)
        await logs_in(visitor, person)
        await opens_deletion(world, visitor, person)
        yield visitor


async def opens_deletion(world: Breakable, visitor: Visitor, person: Person) -> None:
    """Ask to be gone at once, and open the link of the mail that confirms it."""
    assert visitor.path == STAY, visitor.text
    await visitor.submits("Email me a link to delete it now", sure=True)
    await visitor.opens(await world.mailed_link(person, CONFIRM_DELETION))


async def is_gone_or_leaving(world: Breakable, person: Person) -> None:
    """Either the request did not arrive in time, and the person decides anew; or nothing is left in the end."""
    async with world.browser() as visitor:
        await logs_in(visitor, person)
        if visitor.path == STAY:
            await opens_deletion(world, visitor, person)
            await visitor.submits("Delete account for good")
        for _ in range(int(CLEANED_UP)):
            if person.email.encode() not in b"".join(world.tables().values()):
                break
            await asyncio.sleep(1)
        await registers(visitor, person)
        assert visitor.who == person.name, "the address is free"


async def keeps_much(world: Breakable, person: Person) -> None:
    """Where the contract is spoken; an embedded backend keeps what people have at the site."""
    if world.backend is None:
        return
    async with call_over_tcp(world.backend.url) as contract:
        session = (await contract.signs_in(person.email, person.password)).token
        for number in range(FILES):
            await uploads(contract, session, f"{person.email} {number}")


async def uploads(contract: Contract, session: str, name: str) -> None:
    params, files = {"bucket": "root", "fileName": name}, {"file": ("file", FILE, "text/plain")}
    answer = await contract.post("/storage/bucket/upload-formdata", params=params, files=files, session=session)
    assert answer.status == 200, answer.body

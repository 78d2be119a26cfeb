"""Taking somebody's data along, or making them leave: with a stolen session, from elsewhere, and many at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from backend.kernel.codes import LETTERS
from tests.attack.bystander import bystander
from tests.attack.world import World
from tests.kit.people import ADA, Person, is_signed_in, logs_in, logs_out

EXPORT, LEAVE, STAY = "/profile/data/export", "/profile/leave", "/profile/leave/cancel"
NOW, CODE = "/profile/leave/now", "/profile/leave/now/code"
AT_ONCE = 20
FILE = b"what somebody keeps here " * 600_000  # 15 MB: more than waits between the programs
FILES = 3
ELSEWHERE = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}


async def with_a_stolen_session(world: World) -> int:
    """A session that its owner has not confirmed lately gives nothing away and deletes nothing."""
    async with world.visitor(ADA) as owner:
        stolen = {"session": owner.http.cookies["session"]}
        async with httpx.AsyncClient(base_url=world.site.url, cookies=stolen, timeout=60) as thief:
            takes = [thief.get(EXPORT) for _ in range(AT_ONCE)]
            leaves = [thief.post(LEAVE, data={"sure": "yes"}) for _ in range(AT_ONCE)]
            answers = await asyncio.gather(*takes, *leaves)
            at_once = await thief.post(NOW, data={"sure": "yes"})  # of an account that is not left
        assert {answer.status_code for answer in answers} == {303}
        assert {answer.headers["location"].partition("?")[0] for answer in answers} == {"/confirm"}
        assert (at_once.status_code, at_once.headers["location"]) == (303, "/profile")
        assert await is_signed_in(owner)
        return len(answers) + 1


async def with_the_password_alone(world: World) -> int:
    """A thief who knows the password makes the account leave, and would have it deleted at once: no guess at the mailed
    code does it, and the owner keeps it."""
    person = Person("leaver@example.com", "Leaver")
    async with world.visitor(person) as owner, world.visitor() as thief:
        await logs_in(thief, person)
        await thief.opens(LEAVE)
        await thief.submits("Delete account", sure=True)
        await logs_in(thief, person)
        await thief.submits("Email me a link to delete it now", sure=True)
        assert thief.path == CODE, thief.text
        guesses = [thief.http.post(CODE, data={"code": f"BCDF-GH{a}{b}"}) for a in LETTERS for b in LETTERS]
        answers = await asyncio.gather(*guesses)
        assert {answer.status_code for answer in answers} <= {422, 429}
        await logs_in(owner, person)
        await owner.submits("Keep my account")
        assert await is_signed_in(owner)
        await thief.opens(CODE)
        assert thief.path != CODE
    return len(guesses)


async def from_elsewhere(world: World) -> int:
    """Another site can neither start a download nor press the button, though its visitor has just logged in."""
    async with world.visitor(ADA) as owner:
        await logs_out(owner)
        await logs_in(owner, ADA)
        paths = (LEAVE, NOW, CODE, STAY)
        posts = [await owner.http.post(path, data={"sure": "yes"}, headers=ELSEWHERE) for path in paths]
        assert {answer.status_code for answer in posts} == {403}
        download = await owner.http.get(EXPORT, headers={"Sec-Fetch-Site": "cross-site"})
        assert (download.status_code, download.headers["location"]) == (303, "/profile/data")
        assert await is_signed_in(owner)
        return len(posts) + 1


async def many_exports_at_once(world: World) -> int:
    """More people than there are places, each several times, and none of them reads: few are served, the others are
    told to come again, and nobody else is harmed."""
    people = [Person(f"hoarder{number}@example.com", f"Hoarder {number}") for number in range(8)]
    async with AsyncExitStack() as stack:
        hoarders = [await stack.enter_async_context(hoarder(world, person)) for person in people]
        async with bystander(world), AsyncExitStack() as opened:
            streams = [http.stream("GET", EXPORT) for http in hoarders for _ in range(3)]
            answers = await asyncio.gather(*map(opened.enter_async_context, streams))
            statuses = sorted(answer.status_code for answer in answers)
            await asyncio.sleep(3)
        served = statuses.count(200)
        assert 1 <= served <= 4, statuses
        assert set(statuses) <= {200, 429, 503}, statuses
    return len(streams)


@asynccontextmanager
async def hoarder(world: World, person: Person) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody just logged in, who keeps as much as may be."""
    async with world.visitor(person) as visitor:
        await logs_out(visitor)
        await logs_in(visitor, person)
        async with world.client() as contract:
            session = (await contract.signs_in(person.email, person.password)).token
            for number in range(FILES):
                params = {"bucket": "root", "fileName": f"{person.email} {number}"}
                files = {"file": ("file", FILE, "text/plain")}
                answer = await contract.post(
                    "/storage/bucket/upload-formdata", params=params, files=files, session=session
                )
                assert answer.status == 200, answer.body
        yield visitor.http

"""Mail servers as they are in the world, Debian's Postfix among them: each mail arrives once, and in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from tests.faults.logs import readable
from tests.faults.people import expect_answer, somebody
from tests.faults.ways_to_break import Delays
from tests.faults.world import Breakable
from tests.kit.mailbox import first_link
from tests.kit.people import CONFIRM, Person, registers
from tests.kit.postfix import postfix

SLOW = 20.0  # seconds: a filter that looks at each mail, a greeting that comes late
QUIET = 8.0  # seconds in which a second copy would have come
IN_TIME = 30.0  # seconds a mail may take beside what its server does


async def takes_its_time(world: Breakable) -> int:
    """At the final dot: nobody's mail waits for anybody else's, and none is sent again meanwhile."""
    with take_time(world, SLOW), postfix(world.smtp.port) as server, world.set_to(SMTP_URL=server.url):
        return await arrive_once(world, [somebody() for _ in range(4)], patience=SLOW + IN_TIME)


async def as_it_is_installed(world: Breakable) -> int:
    """STARTTLS with a certificate that it signed itself; it wants to be greeted by a name that can be one."""
    people = [somebody() for _ in range(3)]
    with postfix(world.smtp.port) as server, world.set_to(SMTP_URL=server.url):
        await arrive_once(world, people, patience=IN_TIME)
    for person in people:
        (mail,) = world.smtp.received(to=person.email)
        assert "using TLS" in str(mail["Received"]), mail["Received"]
    return len(people)


async def encrypt(world: Breakable) -> int:
    tried = 0
    with postfix(world.smtp.port) as server:
        for said, is_encrypted in (("required", True), ("opportunistic", True), ("off", False)):
            person = somebody()
            with world.set_to(SMTP_URL=server.url, SMTP_TLS=said):
                await arrive_once(world, [person], patience=IN_TIME, quiet=0)
            (mail,) = world.smtp.received(to=person.email)
            assert ("using TLS" in str(mail["Received"])) == is_encrypted, (said, mail["Received"])
            tried += 1
    return tried + await nothing_in_the_clear(world)


async def nothing_in_the_clear(world: Breakable) -> int:
    """Where encryption is required and not offered, mails wait until the owner says otherwise."""
    person = somebody()
    async with world.browser() as visitor:
        with readable(world, "was not taken"), world.set_to(SMTP_TLS="required"):
            await expect_answer(registers(visitor, person))
            await asyncio.sleep(2)
            assert not world.smtp.received(to=person.email)
        await world.smtp.wait_for(to=person.email, subject=CONFIRM, patience=IN_TIME)
    return 1


async def refuses_one(world: Breakable) -> int:
    gone, here = somebody(), somebody()
    refusing = f"check_recipient_access inline:{{{{{gone.email}=550 5.1.1 No such person}}}}"
    with postfix(world.smtp.port, recipients=refusing) as server, world.set_to(SMTP_URL=server.url):
        async with world.browser() as visitor:
            with readable(world, "SMTPRecipientRefused 550 5.1.1"):
                await expect_answer(registers(visitor, gone))
                await arrive_once(world, [here], patience=IN_TIME, quiet=0)
                await asyncio.sleep(6)  # the second of three tries
        assert server.log.count("No such person") <= 2, server.log
    assert not world.smtp.received(to=gone.email)
    return 2


async def greylists(world: Breakable) -> int:
    """Each recipient's first try is put off, and the log says so."""
    async with greylist() as port:
        deferring = f"check_policy_service inet:127.0.0.1:{port}"
        with (
            postfix(world.smtp.port, recipients=deferring) as server,
            world.set_to(SMTP_URL=server.url),
            readable(world, "SMTPRecipientRefused 450"),
        ):
            return await arrive_once(world, [somebody() for _ in range(3)], patience=IN_TIME)


async def never_answers(world: Breakable) -> int:
    """It has the mail and hangs up without a word: the next try is ten minutes off, with the same Message-ID."""
    person = somebody()
    async with world.browser() as visitor:
        world.smtp.is_mute = True
        try:
            with readable(world, "handed over without an answer"):
                await expect_answer(registers(visitor, person))
                mail = await world.smtp.wait_for(to=person.email, subject=CONFIRM, patience=IN_TIME)
                await asyncio.sleep(QUIET)
        finally:
            world.smtp.is_mute = False
        assert len(world.smtp.received(to=person.email)) == 1
        await visitor.opens(first_link(mail))
        await visitor.submits("Confirm this address")
        assert visitor.who == person.name
    return 1


async def greets_late(world: Breakable) -> int:
    """Each of its answers comes late: two greetings and more are waited for, and one mail goes."""
    with world.line_to_mail.breaks(Delays(SLOW / 2)):
        return await arrive_once(world, [somebody() for _ in range(2)], patience=10 * SLOW)


async def arrive_once(world: Breakable, people: list[Person], *, patience: float, quiet: float = QUIET) -> int:
    async with world.browser() as visitor:
        for person in people:
            await expect_answer(registers(visitor, person))
            assert visitor.heading == "Check your email", visitor.text
    waits = [world.smtp.wait_for(to=person.email, subject=CONFIRM, patience=patience) for person in people]
    await asyncio.gather(*waits)
    await asyncio.sleep(world.smtp.pause + quiet)
    for person in people:
        mails = world.smtp.received(to=person.email)
        assert len(mails) == 1, [str(mail["Message-ID"]) for mail in mails]
    return len(people)


@contextmanager
def take_time(world: Breakable, seconds: float) -> Iterator[None]:
    world.smtp.pause = seconds
    try:
        yield
    finally:
        world.smtp.pause = 0.0


@asynccontextmanager
async def greylist() -> AsyncIterator[int]:
    """Postfix's policy protocol: what is asked is lines that end with an empty one. Its port."""
    seen: set[bytes] = set()
    lines: set[asyncio.Task[None]] = set()

    async def decide(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            lines.add(task)
        while asked := await read_question(reader):
            recipient = next(line for line in asked.splitlines() if line.startswith(b"recipient="))
            action = b"DUNNO" if recipient in seen else b"DEFER_IF_PERMIT 4.2.0 Greylisted, try again later"
            seen.add(recipient)
            writer.write(b"action=" + action + b"\n\n")
            await writer.drain()
        writer.close()

    async def read_question(reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\n\n")
        except asyncio.IncompleteReadError:
            return b""

    server = await asyncio.start_server(decide, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
    if lines:
        await asyncio.wait(lines, timeout=5)

"""The mail server is away, hangs or refuses: no page waits for it, and every mail arrives in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.faults.logs import readable
from tests.faults.people import expect_answer, somebody
from tests.faults.ways_to_break import Drips, Resets, Says, Silent, Way
from tests.faults.world import Breakable, Moody
from tests.kit.mailbox import first_link
from tests.kit.people import CONFIRM, registers

TRIED_AGAIN = 60.0  # seconds: a silent line costs fifteen, the pause after the second try is ten
WAYS: dict[str, Way] = {
    "silence": Silent(),
    "a reset": Resets(),
    "a drip of bytes": Drips(),
    "garbage": Says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
}


IS_WAITED_FOR = ("silence", "a drip of bytes")
NOT_TAKEN, ANOTHER_LINE = "was not taken", "another connection is tried beside"


async def nobody_listens(world: Breakable) -> int:
    return await every_mail_arrives(world, world.line_to_mail.stops_listening())


async def line_breaks(world: Breakable, name: str) -> int:
    told = ANOTHER_LINE if name in IS_WAITED_FOR else NOT_TAKEN
    return await every_mail_arrives(world, world.line_to_mail.breaks(WAYS[name]), told)


async def mails_are_refused(world: Breakable, answer: str) -> int:
    return await every_mail_arrives(world, refuse(world.smtp, answer))


@contextmanager
def refuse(smtp: Moody, answer: str) -> Iterator[None]:
    smtp.refusal, smtp.refused = answer, 0
    try:
        yield
    finally:
        assert smtp.refused
        smtp.refusal = ""


async def every_mail_arrives(world: Breakable, trouble: AbstractContextManager[None], told: str = NOT_TAKEN) -> int:
    people = [somebody() for _ in range(3)]
    async with world.browser() as visitor:
        with readable(world, told):
            with trouble:
                for person in people:
                    await expect_answer(registers(visitor, person))
                    assert visitor.heading == "Check your email", visitor.text
                await asyncio.sleep(1.5)  # so that it has been tried
            mails = [world.smtp.wait_for(to=person.email, subject=CONFIRM, patience=TRIED_AGAIN) for person in people]
            (*_, last) = await asyncio.gather(*mails)
        await visitor.opens(first_link(last))
        await visitor.submits("Confirm this address")
        assert visitor.who == people[-1].name
    return len(people)

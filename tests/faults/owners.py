"""Owners of accounts, whatever they are mailed about."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from tests.faults.people import somebody
from tests.faults.world import Breakable
from tests.kit.mailbox import first_link
from tests.kit.people import CONFIRM, PASSWORD, Person, registers
from tests.kit.visitor import Visitor


@dataclass
class Owner:
    """Somebody with an account, logged in in one browser, and a guest in another one. `other` has an account, too."""

    world: Breakable
    person: Person
    visitor: Visitor
    guest: Visitor
    other: Person
    link: str = ""  # one that was mailed while mails still left
    code: str = ""  # likewise
    recovery_codes: list[str] = field(default_factory=list)

    async def requests_address(self, new: str) -> None:
        """Whoever is logged in by a link proves first who they are, and finds the form filled in again."""
        await self.visitor.opens("/profile/email")
        await self.visitor.submits("Change email address", new_email=new)
        if self.visitor.path == "/confirm":
            await self.visitor.submits("Continue", current_password=PASSWORD)
            await self.visitor.submits("Change email address")
        assert self.visitor.path == "/profile", self.visitor.text


async def make_owner(world: Breakable, browsers: AsyncExitStack, other: Person | None = None) -> Owner:
    visitor, guest = [await browsers.enter_async_context(world.browser()) for _ in range(2)]
    person = somebody()
    await registers(visitor, person)
    assert visitor.heading == "Check your email", visitor.text
    mail = await world.smtp.wait_for(to=person.email, subject=CONFIRM)
    await visitor.opens(first_link(mail))
    await visitor.submits("Confirm this address")
    assert visitor.who == person.name, visitor.text
    return Owner(world, person, visitor, guest, other or person)

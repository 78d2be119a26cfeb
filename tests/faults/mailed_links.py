"""A mailed link pressed in two browsers at once, or while its code is typed in one of them: one truthful outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import httpx

from tests.faults.logs import readable
from tests.faults.people import somebody
from tests.faults.world import Breakable
from tests.kit import mailbox
from tests.kit.people import (
    CONFIRM,
    LOGIN_LINK,
    PASSWORD,
    RESET,
    Person,
    asks_for_a_link,
    asks_for_a_new_password,
    is_signed_in,
    logs_in,
    logs_out,
    registers,
)
from tests.kit.visitor import Visitor

USED, ENDED = "This link has already been used", "This link no longer works"
SAVE, NEW_ADDRESS = "Save new password", "Confirm your new email address"
ONE, OTHER = "words of the one browser", "words of the other browser"


async def the_same_link_in_two_browsers(world: Breakable) -> int:
    acts = (logs_in_twice, saves_two_passwords, confirms_an_address_twice, undoes_twice)
    return 2 * await play(world, acts)


async def a_code_and_its_link_at_once(world: Breakable) -> int:
    return 2 * await play(world, (logs_in_both_ways, resets_both_ways, registers_both_ways))


Act = Callable[[Breakable, Visitor, Visitor], Awaitable[None]]


async def play(world: Breakable, acts: tuple[Act, ...]) -> int:
    with readable(world):
        for act in acts:
            async with AsyncExitStack() as browsers:
                one, other = [await browsers.enter_async_context(world.visitor()) for _ in range(2)]
                await act(world, one, other)
    return len(acts)


async def logs_in_twice(world: Breakable, one: Visitor, other: Visitor) -> None:
    """One is in, the other is told that the link was used."""
    ada = await make_owner(world, one)
    await asks_for_a_link(one, ada)
    await open_both(await world.mailed_link(ada, LOGIN_LINK), one, other)
    await asyncio.gather(*(each.submits("Log in as", within="#go") for each in (one, other)))
    assert sorted([one.heading, other.heading]) == [USED, "Your profile"]


async def saves_two_passwords(world: Breakable, one: Visitor, other: Visitor) -> None:
    """The one that is said to be saved is the one that lets in."""
    ada = await make_owner(world, one)
    await asks_for_a_new_password(one, ada.email)
    await open_both(await world.mailed_link(ada, RESET), one, other)
    await asyncio.gather(one.submits(SAVE, new_password=ONE), other.submits(SAVE, new_password=OTHER))
    assert sorted([one.heading, other.heading]) == ["Log in", USED]
    await only_lets_in(one, ada, ONE if one.heading == "Log in" else OTHER)


async def confirms_an_address_twice(world: Breakable, one: Visitor, other: Visitor) -> None:
    """Both are told what is so: the account has the new address."""
    _, new = await asks_for_an_address(world, one)
    await open_both(await world.mailed_link(new, NEW_ADDRESS), one, other)
    await asyncio.gather(*(each.submits("Confirm new email address") for each in (one, other)))
    assert {one.heading, other.heading} == {"Your email address has been changed"}


async def undoes_twice(world: Breakable, one: Visitor, other: Visitor) -> None:
    """One goes on to a new password, the other is told that the link works no more."""
    ada, new = await asks_for_an_address(world, one)
    await one.opens(await world.mailed_link(new, NEW_ADDRESS))
    await one.submits("Confirm new email address")
    await open_both(await world.mailed_link(ada, "Your email address was changed"), one, other)
    await asyncio.gather(*(each.submits("Undo this change") for each in (one, other)))
    assert sorted([one.heading, other.heading]) == ["Choose a new password", ENDED]


async def logs_in_both_ways(world: Breakable, one: Visitor, other: Visitor) -> None:
    ada = await make_owner(world, one)
    await asks_for_a_link(one, ada)
    code = await find_code(world, ada, LOGIN_LINK)
    await other.opens(await world.mailed_link(ada, LOGIN_LINK))
    await asyncio.gather(one.submits("Continue", code=code), other.submits("Log in as", within="#go"))
    outcome = one.heading, other.heading
    assert outcome in (("Your profile", USED), ("Enter the code", "Your profile")), outcome
    assert [await is_signed_in(one), await is_signed_in(other)].count(True) == 1


async def resets_both_ways(world: Breakable, one: Visitor, other: Visitor) -> None:
    """The code only opens the form: whoever saves first has saved."""
    ada = await make_owner(world, one)
    await asks_for_a_new_password(one, ada.email)
    code = await find_code(world, ada, RESET)
    await other.opens(await world.mailed_link(ada, RESET))
    await asyncio.gather(one.submits("Continue", code=code), other.submits(SAVE, new_password=OTHER))
    assert other.heading == "Log in", other.text
    if one.heading == "Choose a new password":
        await one.submits(SAVE, new_password=ONE)
    assert one.heading in (USED, "Enter the code"), one.text
    await only_lets_in(one, ada, OTHER)


async def registers_both_ways(world: Breakable, one: Visitor, other: Visitor) -> None:
    """The password that lets in is that of the browser that was let in."""
    ada = somebody()
    await registers(one, ada)
    code = await find_code(world, ada, CONFIRM)
    await other.opens(await world.mailed_link(ada, CONFIRM))
    confirms = other.submits("Confirm this address", new_password=OTHER, name=ada.name)
    await asyncio.gather(one.submits("Continue", code=code), confirms)
    are_in = await is_signed_in(one), await is_signed_in(other)
    assert are_in.count(True) == 1, (one.text, other.text)
    await only_lets_in(one, ada, PASSWORD if are_in[0] else OTHER)


async def make_owner(world: Breakable, visitor: Visitor) -> Person:
    """Somebody with an account, who is logged out."""
    person = somebody()
    await world.joins(visitor, person)
    assert visitor.path == "/profile", visitor.text
    await logs_out(visitor)
    return person


async def asks_for_an_address(world: Breakable, visitor: Visitor) -> tuple[Person, Person]:
    """The owner of an account, and who they are by the address that they ask for."""
    person, new = await make_owner(world, visitor), somebody()
    await logs_in(visitor, person)
    await visitor.opens("/profile/email")
    await visitor.submits("Change email address", new_email=new.email)
    assert visitor.path == "/profile", visitor.text
    return person, new


async def open_both(link: str, *visitors: Visitor) -> None:
    for visitor in visitors:
        await visitor.opens(link)


async def find_code(world: Breakable, person: Person, subject: str) -> str:
    where = (world.backend or world.site).url
    async with httpx.AsyncClient(base_url=where, timeout=60) as http:
        mail = await mailbox.newest(Visitor(http), to=person.email, subject=subject)
        return mailbox.code_in(mail.text)


async def only_lets_in(visitor: Visitor, person: Person, right: str) -> None:
    for password in (PASSWORD, ONE, OTHER):
        visitor.http.cookies.clear()
        await logs_in(visitor, Person(person.email, person.name, password))
        assert (visitor.path == "/profile") is (password == right), password

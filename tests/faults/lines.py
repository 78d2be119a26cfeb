"""A line between two programs breaks: everybody gets an answer in time, nobody is logged out, and it heals itself."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, ExitStack

from tests.faults.logs import readable
from tests.faults.people import TITLE, Resident, expect_answer, somebody
from tests.faults.ways_to_break import OF_HTTP, OnlyWrites
from tests.faults.world import Breakable
from tests.kit.htmx_visitor import HtmxVisitor
from tests.kit.people import Person, sends_photo
from tests.kit.photo_files import photo
from tests.kit.visitor import Visitor

PUBLIC = ("/", "/login", "/register", "/login-with-magic-link", "/healthz")


async def nobody_behind(world: Breakable) -> int:
    assert world.line_to_backend
    with readable(world, "backend unreachable"):
        return await everybody_is_told(world, world.line_to_backend.stops_listening())


async def instead_of_any_answer(world: Breakable, name: str) -> int:
    assert world.line_to_backend
    with readable(world, "backend unreachable"):
        return await everybody_is_told(world, world.line_to_backend.breaks(OF_HTTP[name]))


async def instead_of_an_answer_to_a_write(world: Breakable, name: str) -> int:
    """Who they are is known, but not whether it was done."""
    assert world.line_to_backend
    with readable(world, "backend unreachable"):
        return await everybody_is_told(world, world.line_to_backend.breaks(OnlyWrites(OF_HTTP[name])), only_writes=True)


async def everybody_is_told(
    world: Breakable, trouble: AbstractContextManager[None], *, only_writes: bool = False
) -> int:
    person = somebody()
    async with (
        world.browser(person) as hers, world.browser() as guest, world.browser() as another,
        world.browser(somebody()) as uploading, world.browser(somebody(), HtmxVisitor) as typing,
    ):  # fmt: skip
        ada, grace = Resident(hers, person.name), Resident(uploading, uploading.who)
        typing_ada = Resident(typing, typing.who)
        await asyncio.gather(guest.opens("/login"), uploading.opens("/profile/avatar"), typing.follows("Change name"))
        with ExitStack() as stack:
            stack.enter_context(trouble)
            await asyncio.gather(
                a_name_is_not_lost(ada, looks_first=not only_writes),
                a_photo_is_refused(grace),
                a_password_is_not_blamed(guest, person),
                what_was_typed_stays(typing_ada),
                public_pages_stay_up(another),
            )
        await back_to_the_form(ada)
        await asyncio.gather(*(resident.finds_everything() for resident in (ada, grace, typing_ada)))
        await a_log_in_works(guest, person)
        return 6 + len(PUBLIC)


async def a_name_is_not_lost(ada: Resident, *, looks_first: bool) -> None:
    looking = asyncio.create_task(ada.looks()) if looks_first else None
    assert await ada.renames() == 503
    if looking:
        assert await looking == 503


async def back_to_the_form(ada: Resident) -> None:
    """The page that said so leads back to it, with what was typed."""
    await ada.visitor.opens("/profile/name")
    assert ada.visitor.field("name") in ada.maybe, ada.visitor.text
    assert ada.visitor.sees("We’ve restored what you typed. It isn’t saved yet.")


async def a_photo_is_refused(grace: Resident) -> None:
    await expect_answer(sends_photo(grace.visitor, photo()))
    assert (grace.visitor.status, grace.visitor.heading) == (503, TITLE), grace.visitor.text
    grace.keeps_the_session()


async def a_password_is_not_blamed(guest: Visitor, person: Person) -> None:
    email, password = person.email, person.password
    await expect_answer(guest.submits("Log in", within="#login-form", email=email, password=password))
    assert guest.status == 503, guest.text
    assert guest.sees("We cannot log you in at the moment. Try again in a minute.")
    assert "session" not in guest.http.cookies


async def a_log_in_works(guest: Visitor, person: Person) -> None:
    assert (guest.field("email"), guest.field("password")) == (person.email, "")
    await guest.submits("Log in", within="#login-form", password=person.password)
    assert guest.path == "/profile", guest.text


async def what_was_typed_stays(typing: Resident) -> None:
    """With JavaScript the form stays where it is."""
    typing.maybe.add("Typed & <kept>")
    await expect_answer(typing.visitor.submits("Save", name="Typed & <kept>"))
    assert typing.visitor.status == 503
    assert TITLE in typing.visitor.status_message
    assert typing.visitor.field("name") == "Typed & <kept>"
    typing.keeps_the_session()


async def public_pages_stay_up(visitor: Visitor) -> None:
    for path in PUBLIC:
        await expect_answer(visitor.opens(path))
        assert visitor.status == 200, path

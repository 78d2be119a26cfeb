"""The secret that signs cookies and links is rotated, or lost."""

from __future__ import annotations

from tests.faults.logs import readable
from tests.faults.people import Resident, somebody
from tests.faults.world import OLD_SECRET, Breakable
from tests.kit.people import Person, is_signed_in, logs_in
from tests.kit.visitor import Visitor

NEW_SECRET = "a-new-secret-of-the-programs-that-break"


async def rotate(world: Breakable) -> int:
    """The old one still counts: everybody stays logged in, and links that are under way still lead somewhere."""
    person, other = somebody(), somebody()
    async with world.browser(person) as browser, world.browser(other), world.browser() as guest:
        ada = Resident(browser, person.name)
        link = await world.login_link(guest, other)
        with readable(world):
            starts_with(world, f"{NEW_SECRET},{OLD_SECRET}")
            await ada.finds_everything()
            await logs_in_by(guest, link, other)
            await Resident(guest, other.name).finds_everything()
            starts_with(world, NEW_SECRET)  # what was signed meanwhile outlives the old one
            assert await is_signed_in(guest)
    starts_with(world, OLD_SECRET)
    return 4


async def lose(world: Breakable) -> int:
    """People are asked to log in again, and that is all."""
    person, other = somebody(), somebody()
    async with world.browser(person) as browser, world.browser(other) as away, world.browser() as guest:
        link = await world.login_link(guest, other)
        with readable(world):
            starts_with(world, f"{NEW_SECRET}-again")
            await browser.opens("/profile")
            assert (browser.status, browser.path, browser.query) == (200, "/login", {"next": "/profile"})
            await browser.submits("Log in", within="#login-form", email=person.email, password=person.password)
            assert browser.who == person.name
            await Resident(browser, person.name).finds_everything()
            await logs_in_by(guest, link, other)
            await logs_in(away, other)
            assert away.who == other.name
    starts_with(world, OLD_SECRET)
    return 4


def starts_with(world: Breakable, keys: str) -> None:
    world.secrets.update(keys.split(","))
    for program in world.programs:
        program.stops()
        program.starts(SECRET_KEY=keys)


async def logs_in_by(guest: Visitor, link: str, person: Person) -> None:
    await guest.opens(link)
    await guest.submits(f"Log in as {person.email}")
    assert guest.who == person.name, guest.text

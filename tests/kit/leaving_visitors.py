"""Visitors who leave, come back, and want to be gone at once."""

import asyncio

import httpx
from starlette.types import ASGIApp

from tests.kit import mailbox
from tests.kit.app import open_browser
from tests.kit.people import Person, arrives, logs_in
from tests.kit.visitor import Visitor

STAY = "/profile/leave/cancel"
CONFIRM_DELETION = "Confirm the deletion of your account"


async def leaves(visitor: Visitor) -> None:
    await visitor.opens("/profile/data")
    await visitor.follows("Delete account")
    await visitor.submits("Delete account", sure=True)


async def comes_back(visitor: Visitor, person: Person) -> None:
    """Joins, leaves, and logs in again."""
    await arrives(visitor, person)
    await leaves(visitor)
    await logs_in(visitor, person)
    assert visitor.path == STAY


async def asks_to_be_gone(visitor: Visitor, person: Person) -> mailbox.Mail:
    """Asks on the page for whoever comes back. Returns the mail that confirms it."""
    await visitor.submits("Email me a link to delete it now", sure=True)
    return await mailbox.newest(visitor, to=person.email, subject=CONFIRM_DELETION)


async def clicks_twice(app: ASGIApp, visitor: Visitor, path: str, **sent: str) -> list[httpx.Response]:
    origin = {"Origin": visitor.site}
    async with open_browser(app) as same:
        same.cookies = visitor.http.cookies
        clicks = (http.post(path, data=sent, headers=origin) for http in (visitor.http, same))
        return list(await asyncio.gather(*clicks))

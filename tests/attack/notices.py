""" "This wasn't me": a thief can neither stop nor hide what the owner is told, and nobody logs others out by it."""

from __future__ import annotations

import itertools

from tests.attack.world import World
from tests.kit.people import ADA, GRACE, Person, is_signed_in, logs_in, logs_out
from tests.kit.visitor import Visitor

CHOSEN = "words of the owner alone"
THIEFS = tuple(f"words of the thief, number {number}" for number in range(2))
WRONG = 15


async def disown_in_spite_of_a_thief(world: World) -> int:
    """Somebody with the password logs in, and does whatever may keep the owner from answering: changes the password
    twice, logs out, asks for other mails. The first mail still puts them out."""
    async with world.visitor(ADA) as ada, world.visitor() as thief, world.visitor() as phone:
        await logs_in(thief, ADA)
        link = await world.mailed_link(ADA, "New login")
        for old, new in itertools.pairwise((ADA.password, *THIEFS)):
            await thief.opens("/profile/password")
            await thief.submits("Save new password", current_password=old, new_password=new)
            assert thief.path == "/profile", thief.text
        assert not await is_signed_in(ada)
        await logs_out(thief)
        for path, button in (
            ("/login-with-magic-link", "Email me a login link"),
            ("/forgot-password", "Email me a link"),
        ):
            await thief.opens(path)
            await thief.submits(button, email=ADA.email)
        await logs_in(thief, Person(ADA.email, ADA.name, THIEFS[-1]))
        assert await is_signed_in(thief)
        await phone.opens(link)
        assert await is_signed_in(thief), "a link that is only opened changes nothing"
        await phone.submits("This wasn’t me")
        assert not await is_signed_in(thief)
        await phone.submits("Save new password", new_password=CHOSEN)
        for password in (ADA.password, *THIEFS):
            await logs_in(thief, Person(ADA.email, ADA.name, password))
            assert thief.status == 422, password
        return 8


async def abused(world: World) -> int:
    """A session without a password, as somebody takes it over, at each act of the history; and somebody else's session
    at those of another history."""
    async with world.visitor(ADA) as ada, world.visitor() as thief, world.visitor(GRACE) as grace:
        await logs_out(ada)
        await thief.opens(await world.login_link(ada, ADA))
        await thief.submits("Log in as", within="#go")
        await logs_in(ada, ADA)
        events = await list_events(ada)
        assert events
        for event in events:
            answer = await thief.http.post(f"/profile/history/{event}/disown")
            assert answer.headers.get("location", "").startswith(("/confirm", "/profile/history")), answer.headers
            for act in ("disown", "log-out"):
                await grace.http.post(f"/profile/history/{event}/{act}")
                page = await grace.http.get(f"/profile/history/{event}/{act}", follow_redirects=True)
                assert ADA.email not in page.text, act
        assert await is_signed_in(ada)
        assert await is_signed_in(thief)
        return 5 * len(events)


async def pushed_out(world: World) -> int:
    """Wrong passwords from one browser after another: the log-in that matters is still on the first page."""
    async with world.visitor(ADA) as ada, world.visitor() as thief:
        await logs_in(thief, ADA)
        for number in range(WRONG):
            async with world.visitor() as stranger:
                await logs_in(stranger, Person(ADA.email, ADA.name, f"a wrong guess, number {number}"))
        await ada.opens("/profile/history")
        assert "Logged in using a password" in ada.text
        assert len(ada.html.all("tr.event")) < WRONG
        return WRONG


async def list_events(visitor: Visitor) -> list[str]:
    await visitor.opens("/profile/history")
    return [row.all("th")[0].id.removeprefix("event-") for row in visitor.html.all("tr.event")]

"""Mailed links and registrations: those of others, those left behind, and those that were damaged on the way."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, cast

import httpx

from tests.attack.getting_in import NEWCOMER, profile_of
from tests.attack.world import World
from tests.kit.people import ADA, CONFIRM, GRACE, Person, is_signed_in, logs_in, logs_out, registers
from tests.kit.visitor import Visitor


async def hijacked_registrations(world: World) -> int:
    """Somebody registers a pending address again and again; its owner presses whichever mail is on top, in the browser
    that registered and in another. No password of the stranger's ever lets in."""
    for number, is_elsewhere in enumerate((False, True)):
        owner = Person(f"pursued-{number}@example.com", "Owner", "the words of an owner")
        async with world.visitor() as browser, world.visitor() as stranger:
            await registers(browser, owner)
            for attempts in range(3):
                await registers(stranger, Person(owner.email, owner.name, f"the words of a stranger {attempts}"))
            pressing, typed = browser, cast("dict[str, Any]", {})
            async with world.visitor() as phone:
                if is_elsewhere:
                    pressing, typed = phone, {"name": owner.name, "new_password": "words typed on a phone"}
                await pressing.opens(await world.mailed_link(owner, CONFIRM))
                await pressing.submits("Confirm this address", **typed)
                assert pressing.path == "/profile", pressing.text
            for attempts in range(3):
                await logs_in(stranger, Person(owner.email, owner.name, f"the words of a stranger {attempts}"))
                assert stranger.path == "/login", "a stranger's password was taken over"
    return 6


async def a_stolen_address(world: World) -> int:
    """A thief who knows the password gives the account one address after the other, another password, logs everybody
    out, would delete it. The old box takes it all back: none of the thief's boxes, passwords, links opens it again."""
    boxes = [Person(f"thief{number}@example.com", "Thief", "the words of a thief") for number in range(2)]
    async with world.visitor(ADA), world.visitor() as thief, world.visitor() as owner:
        await logs_in(thief, ADA)
        for box in boxes:
            await thief.opens("/profile/email")
            await thief.submits("Change email address", new_email=box.email)
            await thief.opens(await world.mailed_link(box, "Confirm your new email address"))
            await thief.submits("Confirm new email address")
        await thief.opens("/profile/password")
        new = boxes[0].password
        await thief.submits("Save new password", current_password=ADA.password, new_password=new)
        assert await is_signed_in(thief)
        await thief.opens("/profile/leave")
        await thief.submits("Delete account", sure=True)
        await logs_in(thief, Person(boxes[1].email, ADA.name, new))
        await thief.submits("Email me a link to delete it now", sure=True)
        assert thief.heading == "Keep your account?", thief.text

        await owner.opens(await world.mailed_link(ADA, "Your email address was changed"))
        await owner.submits("Undo this change")
        assert owner.heading == "Choose a new password", owner.text
        await logs_in(thief, Person(ADA.email, ADA.name, new))
        assert not await is_signed_in(thief), "the password works no more, though there is no new one yet"
        await owner.submits("Save new password", new_password="words of the owner alone")
        assert not await is_signed_in(thief)
        for subject in ("New email address requested", "Your email address was changed"):
            await thief.opens(await world.mailed_link(boxes[0], subject))
            assert thief.heading == "This link no longer works", thief.text
        for person in (ADA, *boxes, Person(ADA.email, ADA.name, new)):
            await logs_in(thief, person)
            assert not await is_signed_in(thief), person
        await logs_in(owner, Person(ADA.email, ADA.name, "words of the owner alone"))
        assert await is_signed_in(owner)
        return 8


async def planted_links(world: World) -> int:
    """Another link is opened in the same browser behind somebody's back: the form acts for the link that it shows."""
    async with world.visitor(ADA) as ada, world.visitor(GRACE) as grace, world.visitor() as victim:
        for person, browser in ((ADA, ada), (GRACE, grace)):
            await logs_out(browser)
            await victim.opens(await world.login_link(browser, person))
            if person is ADA:
                form = victim.field("ref")
        answer = await victim.http.post("/auth-redirect", data={"ref": form})
        assert ADA.email in await profile_of(world, answer.cookies["session"])
        assert "session" not in (await victim.http.post("/auth-redirect", data={"ref": "0" * 16})).cookies
        return 2


async def notes_at_a_shared_computer(world: World) -> int:
    """Links of each kind opened and not pressed, a form half done, mails waited for; then a log-in and a log-out. The
    next person at the browser finds none of it, by page or by button."""
    async with world.visitor() as browser:
        await world.joins(browser, ADA)
        await logs_out(browser)
        for link in (await world.login_link(browser, ADA), await get_confirmation_link(world, browser)):
            await browser.opens(link)
        handle = browser.field("ref")
        await logs_in(browser, ADA)
        await logs_out(browser)
        left = set(browser.http.cookies)
        assert left <= {"device", "language", "flash"}, left
        tried = 0
        for path in ("/auth-redirect", "/auth-redirect/disown", "/register/again", "/register", "/login", "/"):
            await browser.opens(path)
            assert not any(each.email in browser.response.text for each in (ADA, NEWCOMER)), path
            tried += 1
        for path, form in itertools.product(("/auth-redirect", "/auth-redirect/disown"), ({"ref": handle}, {})):
            await browser.http.post(path, data=form)
            assert not await is_signed_in(browser), path
            tried += 1
        return tried


async def get_confirmation_link(world: World, browser: Visitor) -> str:
    await registers(browser, NEWCOMER)
    return await world.mailed_link(NEWCOMER, CONFIRM)


async def damaged_links(world: World) -> int:
    """Cut off, encoded twice, with a stranger's text added: a browser is answered a page of the site's, without that
    text; a program what it was always answered."""
    async with world.visitor() as browser, httpx.AsyncClient(timeout=60) as program:
        await registers(browser, NEWCOMER)
        whole = httpx.URL(await world.mailed_link(NEWCOMER, CONFIRM))
        key, tried = whole.params["key"], 0
        for query in damages(key):
            address = f"{whole.copy_with(query=None)}{query}"
            await browser.opens(address)
            assert browser.response.headers["content-type"].startswith("text/html"), query
            assert browser.status in (200, 410), f"{query}: {browser.status}"
            assert browser.has("main"), query
            assert "evil.example" not in browser.response.text, query
            assert (await program.get(address)).status_code < 500, query
            tried += 2
        return tried


def damages(key: str) -> Iterator[str]:
    yield from (f"?key={key[:end]}" for end in range(0, len(key), 7))
    yield from ("", "?", "/", "?key", "?key=%00", f"?key={key}&key={key[::-1]}", f"?key={key * 100}", "?key=%ff%fe")
    yield from (f"%3Fkey={key}", f"/?key={key}", f"?key%3D{key}", f"?key={key}.", f"?key={key}%3E", f"?key=3D{key}")
    yield from (f"?key={text}" for text in ("https://evil.example/", "<a href=//evil.example>", "../../evil.example"))

"""Two tabs, two devices, and the same form sent ten times at once: one change, and answers that make sense."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

import httpx

from tests.faults.logs import readable
from tests.faults.people import SAME_ORIGIN, Resident, somebody
from tests.faults.world import Breakable
from tests.kit import mailbox
from tests.kit.mailbox import another_tab
from tests.kit.people import CHROME, LOGIN_LINK, Person, is_signed_in, logs_in
from tests.kit.photo_files import photo
from tests.kit.visitor import Visitor

TEN = 10


async def two_tabs(world: Breakable) -> int:
    """The second to save is asked; nothing is overwritten unseen."""
    person = somebody()
    async with world.browser(person) as first:
        second = another_tab(first)
        with readable(world):
            await asyncio.gather(first.opens("/profile/name"), second.opens("/profile/name"))
            await first.submits("Save", name="From the first tab")
            await second.submits("Save", name="From the second tab")
            assert (second.status, second.one("problem").text()) == (409, "Which name do you want to keep?")
            await first.opens("/profile")
            assert first.who == "From the first tab"
            await second.submits("Use “From the second tab”")
            assert second.who == "From the second tab"
    return 2


async def two_devices(world: Breakable) -> int:
    """One ends the session of the other, in which somebody is typing: the log-in comes, and then what was typed."""
    person = somebody()
    async with world.browser(person) as desk, world.browser() as phone:
        phone.headers["User-Agent"] = CHROME
        with readable(world):
            await logs_in(phone, person)
            await phone.opens("/profile/name")
            await desk.opens("/profile/sessions/others")
            await desk.submits("Log out the other session (1)")
            await phone.submits("Save", name="Typed on the phone")
            assert (phone.path, phone.http.cookies.get("session")) == ("/login", None)
            typed = (person.email, person.password)
            await phone.submits("Log in", within="#login-form", email=typed[0], password=typed[1])
            assert (phone.path, phone.field("name")) == ("/profile/name", "Typed on the phone")
            await phone.submits("Save")
            assert phone.who == "Typed on the phone"
            assert await is_signed_in(desk)
    return 2


async def the_same_form_ten_times(world: Breakable) -> int:
    with readable(world):
        acts = (registrations, names, photos, links, re_authentications, new_passwords, log_outs)
        return sum([await each(world) for each in acts])


async def registrations(world: Breakable) -> int:
    """One is registered; the others are told that the address is taken, by one of the ways there are."""
    person = somebody()
    async with world.browser() as visitor:
        typed = {"email": person.email, "name": person.name, "password": person.password}
        statuses = await ten_times(visitor, "/register", typed)
        assert set(statuses) <= {303, 422}, statuses
        assert statuses[303], statuses
        await logs_in(visitor, person)
        assert visitor.who == person.name
    return TEN


async def names(world: Breakable) -> int:
    person = somebody()
    async with world.browser(person) as visitor:
        typed = {"name": "Sent ten times", "name_before": person.name}
        assert await ten_times(visitor, "/profile/name", typed) == {303: TEN}
        ada = Resident(visitor, "Sent ten times")
        await ada.finds_everything()
    return TEN


async def photos(world: Breakable) -> int:
    """Each in its own time; in the end there is one, and it can be seen."""
    person = somebody()
    async with world.browser(person) as visitor:
        statuses = await ten_times(visitor, "/profile/avatar", {}, avatar=photo())
        assert set(statuses) <= {303, 422, 503}, statuses  # of one person's at once only a few wait for their turn
        assert statuses[303], statuses
        await visitor.opens("/profile")
        (shown,) = photos_of(visitor)
        assert (await visitor.http.get(shown)).status_code == 200
    return TEN


def photos_of(visitor: Visitor) -> set[str]:
    return {image.get("src") for image in visitor.html.all("img") if "/_storage/" in image.get("src")}


async def links(world: Breakable) -> int:
    """One mail."""
    person: Person = somebody()
    async with world.browser(person), world.browser() as guest:
        assert await ten_times(guest, "/login-with-magic-link", {"email": person.email}) == {303: TEN}
        where = (world.backend or world.site).url
        async with httpx.AsyncClient(base_url=where, timeout=60) as http:
            mails = await mailbox.list_paths(Visitor(http), to=person.email, subject=LOGIN_LINK)
        assert len(mails) == 1, mails
    return TEN


async def re_authentications(world: Breakable) -> int:
    """One new token, whichever answer the browser keeps."""
    person = somebody()
    async with world.browser(person) as visitor:
        answers = await send_ten_times(visitor, "/confirm", {"current_password": person.password})
        assert {answer.status_code for answer in answers} == {303}, answers
        await takes_over_the_one_token(visitor, answers)
        assert (await visitor.http.get("/confirm")).status_code == 303, "it is known who it is"
    return TEN


async def new_passwords(world: Breakable) -> int:
    """One change of the password and one new token, and no answer says that the old password was wrong."""
    person = somebody()
    async with world.browser(person) as visitor:
        typed = {"current_password": person.password, "new_password": "words sent ten times"}
        answers = await send_ten_times(visitor, "/profile/password", typed)
        statuses = Counter(answer.status_code for answer in answers)
        assert statuses[303], statuses
        assert set(statuses) <= {303, 503}, statuses  # of one network's hashes at once only a few wait for their turn
        await takes_over_the_one_token(visitor, [answer for answer in answers if answer.status_code == 303])
    return TEN


async def takes_over_the_one_token(visitor: Visitor, answers: Sequence[httpx.Response]) -> None:
    (token,) = {answer.cookies["session"] for answer in answers}
    assert token != visitor.http.cookies["session"]
    visitor.http.cookies.delete("session")
    visitor.http.cookies.set("session", token)
    assert await is_signed_in(visitor)


async def log_outs(world: Breakable) -> int:
    async with world.browser(somebody()) as visitor:
        assert await ten_times(visitor, "/logout", {}) == {303: TEN}
        assert not await is_signed_in(visitor)
    return TEN


async def ten_times(
    visitor: Visitor, path: str, typed: dict[str, str], **photo: tuple[str, bytes, str]
) -> Counter[int]:
    answers = await send_ten_times(visitor, path, typed, **photo)
    return Counter(answer.status_code for answer in answers)


async def send_ten_times(
    visitor: Visitor, path: str, typed: dict[str, str], **photo: tuple[str, bytes, str]
) -> Sequence[httpx.Response]:
    """As ten fingers would: by the same browser, with the same cookies."""
    cookies = dict(visitor.http.cookies)
    async with httpx.AsyncClient(base_url=visitor.site, cookies=cookies, timeout=60, trust_env=False) as http:
        sent = [http.post(path, data=typed, files=photo or None, headers=SAME_ORIGIN) for _ in range(TEN)]
        return await asyncio.gather(*sent)

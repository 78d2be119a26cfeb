"""Guessing passwords and flooding mailboxes: what the limits leave of it."""

from __future__ import annotations

import asyncio
import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack

import httpx

from tests.attack.bystander import bystander
from tests.attack.world import World
from tests.kit import mailbox
from tests.kit.people import ADA, LOGIN_LINK, Person, is_signed_in, logs_in, logs_out
from tests.kit.visitor import Visitor

COMPARED, REFUSED, BUSY = 422, 429, 503
EVE = Person("eve@example.com", "Eve")
STORM = 200  # log-ins at once
WRITTEN = (
    *(ADA.email, ADA.email.upper(), f" {ADA.email} ", ADA.email.title(), f"\u3000{ADA.email}", f"{ADA.email}\u200b"),
    *(ADA.email.replace("@", "\uff20"), ADA.email.replace("a", "\uff41"), ADA.email.replace(".", "\u3002")),
    *("ada@EXAMPLE.com", "ada@example.com.", "ada@\u24d4xample.com"),
)

BEYOND_ASCII = Person("ada@b\u00fccher.example", "Ada")
SPELLED = [
    *(BEYOND_ASCII.email, BEYOND_ASCII.email.upper(), unicodedata.normalize("NFD", BEYOND_ASCII.email)),
    *("ada@xn--bcher-kva.example", "ADA@XN--BCHER-KVA.EXAMPLE", "ada@b\uff55\u0308cher.example"),
]
NO_ADDRESSES = ["ada@b\u00fccher\u3002example", "ada@b\u00adu\u0308cher.example", "ada@bu\u0308cher.example."]


async def more_attempts_in_disguise(world: World) -> int:
    """From other addresses, behind claimed ones, with the e-mail written differently, and with made-up cookies."""
    async with world.visitor(ADA):
        disguises = itertools.islice(zip(itertools.cycle(WRITTEN), headers(), strict=False), 120)
        answers = [
            await guess(world, email, more, source=f"127.0.0.{2 + number % 40}")
            for number, (email, more) in enumerate(disguises)
        ]
        assert answers.count(REFUSED) > 50, answers
        told = await count_compared(world, ADA)
        assert not told, f"{told} more guesses were compared"
        return len(answers)


async def more_attempts_in_another_alphabet(world: World) -> int:
    """A domain beyond ASCII can be written composed, decomposed, in capitals, wide, or as mail servers write it."""
    async with world.visitor(BEYOND_ASCII) as visitor:
        await logs_out(visitor)
        answers = []
        for number, email in enumerate([*SPELLED, *NO_ADDRESSES] * 6):
            answers.append(await guess(world, email, {}, source=f"127.0.0.{2 + number % 40}"))
        assert answers.count(COMPARED) <= 10 + 6 * len(NO_ADDRESSES), answers
        told = await count_compared(world, BEYOND_ASCII)
        assert not told, f"{told} more guesses were compared"
        return len(answers)


async def an_owner_locked_out(world: World) -> int:
    """Somebody fails on purpose. Its owner, in a browser that has logged in before, notices nothing."""
    async with world.visitor(ADA) as owner:
        await logs_out(owner)
        answers = await asyncio.gather(*(guess(world, ADA.email, {}, source="127.0.0.9") for _ in range(60)))
        assert answers.count(COMPARED) <= 10, answers
        await logs_in(owner, ADA)
        assert await is_signed_in(owner)
        return len(answers)


async def one_password_on_many_accounts(world: World) -> int:
    answers = [await guess(world, f"nobody{number}@example.com", {}) for number in range(120)]
    assert answers.count(COMPARED) == 100, answers
    assert set(answers[100:]) == {REFUSED}
    assert await guess(world, "nobody@example.com", {}, source="127.0.0.7") == COMPARED
    return len(answers)


async def a_flooded_mailbox(world: World) -> int:
    """Login links asked for, from everywhere and in every way of writing the address."""
    async with world.visitor(ADA) as visitor:
        await logs_out(visitor)
        answers = []
        for number, email in enumerate(WRITTEN * 4):
            async with open_browser(world, f"127.0.0.{2 + number % 40}") as http:
                answers.append((await http.post("/login-with-magic-link", data={"email": email})).status_code)
        where = (world.backend or world.site).url
        async with httpx.AsyncClient(base_url=where) as http:
            mails = await mailbox.list_paths(Visitor(http), to=ADA.email, subject=LOGIN_LINK)
        assert len(mails) <= 5, f"{len(mails)} mails"
        return len(answers)


async def devices_as_free_guesses(world: World) -> int:
    """Log-ins in many browsers before the password changes hands: none of them is worth a guess afterwards, and before
    it all of them together no more than a network's."""
    async with world.visitor(ADA) as owner:
        browsers = [await browser_of(world, ADA) for _ in range(12)]
        await owner.opens("/profile/sessions/others")
        await owner.submits("Log out all other sessions")
        answers = [await guess(world, ADA.email, {}, source="127.0.0.9") for _ in range(10)]
        answers += [await guess(world, ADA.email, {"Cookie": device}, source="127.0.0.8") for device in browsers * 5]
        assert answers.count(COMPARED) <= 10, answers
        return len(answers)


async def browser_of(world: World, person: Person) -> str:
    """The cookie that a browser is known by after a log-in."""
    async with open_browser(world, "127.0.0.7") as http:
        answer = await http.post("/login", data={"email": person.email, "password": person.password})
        assert answer.status_code == 303, answer.text
        return f"device={http.cookies['device']}"


async def guesses_with_a_stolen_session(world: World) -> int:
    """Whoever has a copy of the cookies guesses wherever a logged-in person types the password, from everywhere: no
    more often than at the log-in, and then the right one is refused too."""
    async with world.visitor(ADA) as owner:
        cookies = "; ".join(f"{name}={value}" for name, value in owner.http.cookies.items())
        forms: Sequence[tuple[str, dict[str, str]]] = [
            ("/confirm", {}),
            ("/profile/password", {"new_password": "words that a thief chose"}),
        ]
        answers = []
        for number in range(60):
            path, typed = forms[number % len(forms)]
            async with open_browser(world, f"127.0.0.{2 + number % 40}") as http:
                form = {**typed, "current_password": f"words that are wrong {number}"}
                answers.append((await http.post(path, data=form, headers={"Cookie": cookies})).status_code)
        assert answers.count(COMPARED) <= 10, answers
        for path, typed in forms:
            right = {**typed, "current_password": ADA.password}
            assert (await owner.http.post(path, data=right)).status_code == REFUSED, path
        assert (await owner.http.get("/confirm")).status_code == 200, "it is asked for still"
        return len(answers)


async def right_passwords_without_end(world: World) -> int:
    """With an account of one's own, one after the other and then from several networks at once: others are let in."""
    async with world.visitor(ADA), world.visitor(EVE):
        async with AsyncExitStack() as stack:
            networks = [await stack.enter_async_context(open_browser(world, f"127.0.0.{3 + n}")) for n in range(4)]
            answers = [await log_in(http, ADA) for http in networks * 15]
            async with bystander(world):
                at_once = await asyncio.gather(*(log_in(http, EVE) for http in networks * (STORM // 4)))
        assert answers.count(303) == 30, answers
        assert set(answers[30:]) == {REFUSED}
        assert at_once.count(303) <= 30, at_once
        assert set(at_once) <= {303, REFUSED, BUSY}, at_once
        return len(answers) + len(at_once)


async def log_in(http: httpx.AsyncClient, person: Person) -> int:
    """Without the cookies that earlier answers brought."""
    typed = {"email": person.email, "password": person.password}
    return (await http.send(httpx.Request("POST", http.base_url.join("/login"), data=typed))).status_code


async def a_mailbox_flooded_in_every_way(world: World) -> int:
    """Registrations, confirmations, login links, in turns and with marks behind a plus: five mails in all."""
    async with world.visitor() as visitor:
        answers = []
        for number in range(8):
            email = ADA.email if number % 2 else ADA.email.replace("@", f"+{number}@")
            typed = {"email": email, "name": f"Ada {number}", "password": ADA.password}
            for path in ("/register", "/register/again", "/login-with-magic-link"):
                async with open_browser(world, f"127.0.0.{2 + number}") as http:
                    answers.append((await http.post(path, data=typed)).status_code)
        del visitor
        where = (world.backend or world.site).url
        async with httpx.AsyncClient(base_url=where) as http:
            mails = await mailbox.list_paths(Visitor(http))
        assert len(mails) <= 5, f"{len(mails)} mails"
        return len(answers)


def headers() -> Iterator[dict[str, str]]:
    for number in itertools.count():
        address = f"203.0.113.{number % 250}"
        yield {"X-Forwarded-For": address, "Forwarded": f"for={address}", "X-Real-IP": address}
        yield {"X-Device": f"a device made up {number}", "Cookie": f"device=made-up-{number}"}


async def guess(world: World, email: str, more: dict[str, str], *, source: str = "127.0.0.1") -> int:
    async with open_browser(world, source) as http:
        typed = {"email": email, "password": "words that are wrong"}
        return (await http.post("/login", data=typed, headers=more)).status_code


async def count_compared(world: World, person: Person) -> int:
    """How many guesses at this account are still compared, from anywhere."""
    answers: Sequence[int] = [
        await guess(world, person.email, {}, source=f"127.0.1.{number}") for number in range(1, 6)
    ]
    return answers.count(COMPARED)


def open_browser(world: World, source: str) -> httpx.AsyncClient:
    """From another address of this machine."""
    transport = httpx.AsyncHTTPTransport(local_address=source)
    return httpx.AsyncClient(base_url=world.site.url, transport=transport, timeout=60)

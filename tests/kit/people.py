"""What people do again and again, through the front door."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.kit import mailbox
from tests.kit.visitor import Visitor

PASSWORD = "three unrelated words"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)
CONFIRM, LOGIN_LINK, RESET = "Confirm your email address", "Your login link", "Choose a new password"


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    password: str = PASSWORD


ADA = Person("ada@example.com", "Ada Lovelace")
GRACE = Person("grace@example.com", "Grace Hopper")


async def registers(visitor: Visitor, person: Person, *, at: str = "/register") -> None:
    await visitor.opens(at)
    await visitor.submits("Create account", email=person.email, name=person.name, password=person.password)


async def joins_by_the_pages(visitor: Visitor, person: Person) -> None:
    """Registers, opens the mailed link and presses its button: signed in, unless something is wrong."""
    await registers(visitor, person)
    await opens_mailed_link(visitor, person, CONFIRM)
    await visitor.submits("Confirm", within="#go")


async def joins(visitor: Visitor, person: Person) -> None:
    """Ends where `joins_by_the_pages` does, by the same requests, but looks at the last page alone."""
    await _sign_up(visitor, person)
    await visitor.opens("/profile")


async def _sign_up(visitor: Visitor, person: Person) -> None:
    visitor.typed |= {person.email, person.name, person.password}
    await visitor.posts("/register", email=person.email, name=person.name, password=person.password)
    landing = await visitor.gets(await mailbox.find_newest_link(visitor, to=person.email, subject=CONFIRM))
    ref = re.search(r'id="go"[\s\S]*?name="ref" value="([^"]+)"', landing.text)
    assert ref, f"nobody is asked to confirm: {landing.text}"
    await visitor.posts("/auth-redirect", ref=ref[1])


async def opens_mailed_link(visitor: Visitor, person: Person, subject: str) -> None:
    mail = await mailbox.newest(visitor, to=person.email, subject=subject)
    await visitor.opens(mail.link)


async def logs_in(visitor: Visitor, person: Person, *, at: str = "/login", stays: bool = False) -> None:
    await visitor.opens(at)
    await visitor.submits("Log in", within="#login-form", email=person.email, password=person.password, stay=stays)


async def logs_out(visitor: Visitor) -> None:
    await visitor.opens("/profile")
    await visitor.submits("Log out", within="header")


async def arrives(visitor: Visitor, person: Person) -> None:
    """Joins and logs in with the password, which proves for a while who it is. Looks at the last page alone, too."""
    await _sign_up(visitor, person)
    await visitor.posts("/logout")
    await visitor.posts("/login", email=person.email, password=person.password)
    await visitor.opens("/profile")


async def asks_for_a_link(visitor: Visitor, person: Person, *, at: str = "/login-with-magic-link") -> None:
    await visitor.opens(at)
    await visitor.submits("Email me a login link", email=person.email)


async def comes_back_by_mail(visitor: Visitor, person: Person) -> None:
    """Joins, logs out, and asks for a login link: the page says that it is on its way."""
    await joins(visitor, person)
    await logs_out(visitor)
    await asks_for_a_link(visitor, person)


async def asks_for_a_new_password(visitor: Visitor, email: str, *, at: str = "/forgot-password") -> None:
    await visitor.opens(at)
    await visitor.submits("Email me a link", email=email)


async def sends_photo(visitor: Visitor, file: tuple[str, bytes, str]) -> None:
    """Chooses a photo and saves it: in its row, whose buttons photo.js then shows, or on the page of its form."""
    if visitor.javascript and visitor.path == "/profile":
        visitor.one("photo-chosen").attributes.pop("hidden", None)
    elif visitor.path != "/profile/avatar":
        await visitor.opens("/profile/avatar")
    await visitor.submits(visitor.one("save-photo").name(), avatar=file)


async def is_signed_in(visitor: Visitor) -> bool:
    """Asked in another tab, so that the page stays."""
    tab = mailbox.another_tab(visitor)
    await tab.opens("/profile")
    return tab.path == "/profile"


def stays_logged_in(visitor: Visitor) -> bool:
    """Whether the browser keeps the session that it was just given after it is closed."""
    cookies = [header for each in visitor.responses for header in each.headers.get_list("Set-Cookie")]
    return "max-age=2592000" in next(cookie.lower() for cookie in cookies if cookie.startswith("session="))

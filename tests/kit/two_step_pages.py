"""Two-step verification at the site: setting up an app, keeping recovery codes, and the first half of a log-in."""

from __future__ import annotations

from tests.kit.clock import Clock
from tests.kit.people import Person, logs_out
from tests.kit.two_step import App
from tests.kit.visitor import Visitor


def read_secret(visitor: Visitor) -> str:
    """The key on the page that sets up an app, without its blanks."""
    return visitor.one("secret").text().replace(" ", "")


async def scans_the_code(visitor: Visitor, clock: Clock, person: Person) -> App:
    """Opens the page, and proves who it is where that is asked first."""
    await visitor.opens("/profile/two-step")
    if visitor.path == "/confirm":
        await visitor.submits("Continue", current_password=person.password)
    return App(read_secret(visitor), clock)


def is_app_taken(visitor: Visitor) -> bool:
    """Whether the code that was typed was the app's: what follows is to save recovery codes, or nothing."""
    return visitor.path in ("/profile/recovery-codes", "/profile/two-step") and not visitor.has("secret")


async def saves_recovery_codes(visitor: Visitor) -> list[str]:
    """On their page."""
    if visitor.path != "/profile/recovery-codes":
        return []
    if not visitor.has("keep-codes"):
        await visitor.submits(visitor.one("make-codes").name())
    codes = [code.text() for code in visitor.one("codes").all("code")]
    await visitor.submits("I’ve saved them")
    return codes


async def sets_up_two_step(visitor: Visitor, clock: Clock, person: Person) -> tuple[App, list[str]]:
    """Returns the app and the recovery codes. Whoever is logged in stays so, and everybody else, too."""
    app = await scans_the_code(visitor, clock, person)
    await visitor.submits("Continue", code=app.code(), end_others=False)
    codes = await saves_recovery_codes(visitor)
    clock.advance(seconds=30)  # so that the next code is another one
    return app, codes


async def logs_in_halfway(visitor: Visitor, person: Person, *, at: str = "/login", stays: bool = False) -> None:
    """With the password, which leads to the second step."""
    await visitor.opens(at)
    await visitor.submits("Log in", within="#login-form", email=person.email, password=person.password, stay=stays)
    assert visitor.path == "/login/second-step", visitor.text


async def is_asked_for_a_second_factor(visitor: Visitor, clock: Clock, person: Person, *, at: str = "/login") -> App:
    """Sets it up, logs out and logs in with the password."""
    app, _codes = await sets_up_two_step(visitor, clock, person)
    await logs_out(visitor)
    await logs_in_halfway(visitor, person, at=at)
    return app


async def shows_the_code(visitor: Visitor, code: str) -> None:
    """On the page of the second step."""
    await visitor.submits("Log in", within="#second-step", code=code)


async def shows_a_recovery_code(visitor: Visitor, code: str) -> None:
    """On the page of the second step."""
    await visitor.follows("Use a recovery code instead")
    await visitor.submits("Log in", within="#second-step", recovery_code=code)

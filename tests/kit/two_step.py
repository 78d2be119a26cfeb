"""Two-step verification: the app of a person, and what people do to switch it on and to log in with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pyotp

from tests.kit.backend import Backend
from tests.kit.clock import Clock
from tests.kit.contract import Answer, Contract
from tests.kit.recovery_codes import has_codes


@dataclass(frozen=True)
class App:
    """An authenticator app on a phone, whose clock may be `seconds_off`."""

    secret: str = field(repr=False)
    clock: Clock
    seconds_off: float = 0

    def code(self) -> str:
        """What it shows now."""
        return pyotp.TOTP(self.secret).at(self.clock.now + timedelta(seconds=self.seconds_off))

    def next_code(self) -> str:
        """Wait until it shows another one."""
        self.clock.advance(seconds=30)
        return self.code()

    def wrong_code(self) -> str:
        """Six digits that it shows neither now nor in the minutes around."""
        near = {pyotp.TOTP(self.secret).at(self.clock.now, counter_offset=step) for step in range(-20, 21)}
        return next(code for code in map("{:06}".format, range(50)) if code not in near)


async def adds_app(backend: Backend, session: str) -> App:
    """Adds an app on a session that was confirmed lately, and types a code that it shows."""
    begun = await backend.post("/account/factors/totp/begin", session=session)
    assert begun.status == 200, begun.body
    app = App(begun.body["secret"], backend.clock)
    shown = await backend.post("/account/factors/totp/finish", {"code": app.next_code()}, session=session)
    assert shown.status == 200, shown.body
    return app


async def turns_on_two_step(backend: Backend, session: str) -> App:
    """Does what it takes for two-step verification, on a session that was confirmed lately."""
    app = await adds_app(backend, session)
    await has_codes(backend, session)
    told = await backend.get("/account/factors", session=session)
    assert told.body["twoStepDtm"], told.body
    return app


async def joins_with_an_app(backend: Backend, email: str = "ada@example.com") -> tuple[str, App]:
    """Somebody with an account, logged in with the password, who has just switched two-step verification on."""
    await backend.joins(email)
    token = (await backend.signs_in(email)).token
    return token, await turns_on_two_step(backend, token)


async def logs_in_with(backend: Backend, app: App, **rest: Any) -> str:
    """Logs in with the password and the next code of an app. The session's token."""
    taken = await takes_second_step(backend, ticket_of(await backend.signs_in(**rest)), app.next_code(), **rest)
    assert taken.status == 200, taken.body
    return taken.token


def ticket_of(refused: Answer) -> str:
    """The ticket of a log-in that needs a second factor."""
    assert (refused.status, refused.code) == (401, "second_factor_required"), refused.body
    return str(refused.body["errors"][0]["details"]["ticket"])


async def takes_second_step(backend: Contract, ticket: str, code: str, **rest: Any) -> Answer:
    return await backend.post("/account/factors/sign-in", {"ticket": ticket, "code": code}, **rest)

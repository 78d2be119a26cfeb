"""Both clicks of a double click on the buttons about lost factors are told the same: the browser drops the answer to
the first one, with its cookies."""

from starlette.types import ASGIApp

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.leaving_visitors import clicks_twice
from tests.kit.lost_factor_visitors import NOW, WANTS, asks_with_password_and_mailbox, has_two_step, passes
from tests.kit.people import ADA, SAFARI
from tests.kit.visitor import Visitor


async def test_on_the_one_that_removes_them(
    app: ASGIApp, visitor: Visitor, new_browser: NewBrowser, clock: Clock, environ: dict[str, str]
) -> None:
    await has_two_step(visitor, clock)
    phone = new_browser(SAFARI)
    await asks_with_password_and_mailbox(phone)
    await passes(environ, clock, days=3, minutes=1)
    await phone.opens((await mailbox.newest(phone, to=ADA.email, subject=NOW)).link)
    answers = await clicks_twice(app, phone, "/auth-redirect", current_password=ADA.password)
    assert [answer.headers["location"] for answer in answers] == ["/auth-redirect"] * 2
    await phone.opens("/auth-redirect")
    assert phone.heading == "Choose a new password"


async def test_on_the_one_that_stops_it(app: ASGIApp, visitor: Visitor, new_browser: NewBrowser, clock: Clock) -> None:
    await has_two_step(visitor, clock)
    phone = new_browser(SAFARI)
    await asks_with_password_and_mailbox(phone)
    await phone.opens((await mailbox.newest(phone, to=ADA.email, subject=WANTS)).link)
    answers = await clicks_twice(app, phone, "/auth-redirect")
    assert [answer.headers["location"] for answer in answers] == ["/login"] * 2

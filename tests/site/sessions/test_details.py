"""The details of a session: what a row opens to."""

from tests.kit.clock import Clock
from tests.kit.people import ADA, arrives, logs_out
from tests.kit.two_step_pages import logs_in_halfway, sets_up_two_step, shows_a_recovery_code, shows_the_code
from tests.kit.visitor import Visitor


async def sees_in_details(visitor: Visitor, factor: str) -> None:
    for page in ("/profile", "/profile/sessions"):
        await visitor.opens(page)
        own = visitor.html.all("li.session")[0]
        assert [term.text() for term in own.all("dt")][:2] == ["Logged in", "Second step"]
        how, second = (entry.text() for entry in own.all("dd")[:2])
        assert how.endswith("using a password")
        assert second == factor


async def test_they_tell_by_which_second_factor_it_was_opened(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await logs_in_halfway(visitor, ADA)
    await shows_the_code(visitor, app.code())
    await sees_in_details(visitor, "Authenticator app")
    await logs_out(visitor)
    await logs_in_halfway(visitor, ADA)
    await shows_a_recovery_code(visitor, codes[0])
    await sees_in_details(visitor, "Recovery code")

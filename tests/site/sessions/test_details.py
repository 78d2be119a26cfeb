"""The details of a session: what a row opens to."""

from tests.kit.clock import Clock
from tests.kit.people import ADA, arrives, logs_out
from tests.kit.two_step_pages import logs_in_halfway, sets_up_two_step
from tests.kit.visitor import Visitor


async def test_the_details_tell_of_the_second_step(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, codes = await sets_up_two_step(visitor, clock, ADA)
    for typed, factor in (({"code": app.next_code()}, "Authenticator app"), ({"recovery_code": codes[0]}, "Recovery code")):
        await logs_out(visitor)
        await logs_in_halfway(visitor, ADA)
        await visitor.opens(f"/login/second-step?with={'totp' if 'code' in typed else 'recovery-code'}")
        await visitor.submits("Log in", within="#second-step", **typed)
        for page in ("/profile", "/profile/sessions"):
            await visitor.opens(page)
            own = visitor.html.all("li.session")[0]
            assert [term.text() for term in own.all("dt")][:2] == ["Logged in", "Second step"]
            how, second = (entry.text() for entry in own.all("dd")[:2])
            assert how.endswith("using a password")
            assert second == factor

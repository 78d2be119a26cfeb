"""A site that is opened at a number by now, where no browser offers passkeys."""

from __future__ import annotations

from tests.kit.app import open_browser, run_app
from tests.kit.clock import Clock
from tests.kit.passkey_steps import FORM, NAMED_SITE, adds_passkey
from tests.kit.people import ADA, arrives, logs_out
from tests.kit.two_step_pages import logs_in_halfway, saves_recovery_codes
from tests.kit.visitor import Visitor
from web.asgi import create

AT_A_NUMBER = {"REDIRECT_URL": "https://192.0.2.7/auth-redirect"}


async def has_two_step(visitor: Visitor) -> list[str]:
    """With a passkey and recovery codes, which are returned."""
    await arrives(visitor, ADA)
    await adds_passkey(visitor)
    await visitor.opens("/profile/recovery-codes")
    codes = await saves_recovery_codes(visitor)
    await visitor.opens("/profile/two-step")
    await visitor.submits("Turn on")
    return codes


async def test_whoever_has_a_passkey_alone_uses_recovery_codes_and_then_has_a_way_out(
    visitor: Visitor, kind: type[Visitor], environ: dict[str, str], clock: Clock
) -> None:
    codes = await has_two_step(visitor)
    async with run_app(create({**environ, **AT_A_NUMBER}, clock)) as app, open_browser(app, NAMED_SITE) as http:
        ada = kind(http)
        for code in codes:
            clock.advance(minutes=1)
            await logs_in_halfway(ada, ADA)
            assert not ada.html.all(FORM)
            assert ada.does_not_see("passkey")
            await ada.submits("Log in", within="#second-step", recovery_code=code)
            assert ada.who == ADA.name
            await logs_out(ada)
        await logs_in_halfway(ada, ADA)
        assert ada.sees("You have nothing left that works for the second step here.")
        assert not ada.html.all("input[name=code], input[name=recovery_code]")
        await ada.follows("Can’t take the second step?")
        assert ada.heading == "Can’t take the second step?"

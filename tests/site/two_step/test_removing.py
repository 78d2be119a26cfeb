"""Removing the authenticator app, and turning two-step verification off."""

import pytest

from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import ADA, CHROME, arrives, is_signed_in, logs_in, logs_out
from tests.kit.two_step_pages import logs_in_halfway, sets_up_two_step, shows_the_code
from tests.kit.visitor import Visitor

HERE = "/profile/two-step"


async def test_removing_the_app_takes_a_second_factor_and_not_the_password(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens(HERE)
    await visitor.follows("Remove authenticator app")
    assert visitor.sees("Two-step verification is then off")
    await visitor.submits("Remove app")
    assert (visitor.path, visitor.heading) == ("/confirm", "Confirm it’s you to remove your authenticator app")
    assert not visitor.has("current_password")
    assert not visitor.has("with-password")
    await visitor.submits("Continue", code=app.code())
    assert visitor.path == f"{HERE}/remove"
    await visitor.submits("Remove app")
    assert visitor.path == "/profile/security"
    assert visitor.status_message == "Two-step verification is off. You’re logged out everywhere else."
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    assert visitor.path == "/profile"


async def test_turning_it_off_says_what_it_means_and_takes_a_second_factor(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens(HERE)
    await visitor.follows("Turn off two-step verification")
    assert (visitor.path, visitor.heading) == (f"{HERE}/off", "Turn off two-step verification?")
    assert visitor.sees("Your password or a login link is then enough to log in")
    await visitor.follows("Keep it on")
    assert visitor.path == HERE
    await visitor.follows("Turn off two-step verification")
    await visitor.submits("Turn off", end_others=False)
    assert (visitor.path, visitor.heading) == ("/confirm", "Confirm it’s you to turn off two-step verification")
    assert visitor.does_not_see("We’ve kept what you typed.")
    await visitor.submits("Continue", code=app.code())
    assert (visitor.path, visitor.field("end_others")) == (f"{HERE}/off", ""), "as she left it"
    await visitor.submits("Turn off", end_others=True)
    assert visitor.path == HERE
    assert visitor.status_message == "Two-step verification is off. You’re logged out everywhere else."
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    assert visitor.path == "/profile"
    await visitor.opens(f"{HERE}/off")
    assert visitor.path == HERE, "it is off already"
    await visitor.submits("Turn on")
    assert visitor.status_message == "Two-step verification is on."
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    await visitor.submits("Log in", within="#second-step", code=app.next_code())
    assert visitor.who == ADA.name


@pytest.mark.parametrize(("page", "button"), [("remove", "Remove app"), ("off", "Turn off")])
@pytest.mark.parametrize("is_ticked", [True, False])
async def test_with_less_protection_others_are_logged_out_unless_the_box_says_otherwise(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock, page: str, button: str, *, is_ticked: bool
) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    other = new_browser(CHROME)
    await logs_in_halfway(other, ADA)
    await shows_the_code(other, app.code())
    await visitor.opens(f"/confirm?next={HERE}/{page}&strong=yes")
    await visitor.submits("Continue", code=app.next_code())
    assert visitor.field("end_others") == "yes"
    await visitor.submits(button, end_others=is_ticked)
    said = " You’re logged out everywhere else." if is_ticked else ""
    assert visitor.status_message == f"Two-step verification is off.{said}"
    assert await is_signed_in(other) is not is_ticked
    assert await is_signed_in(visitor)


async def test_whoever_has_no_app_has_none_to_remove(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await visitor.opens(f"{HERE}/remove")
    assert (visitor.path, visitor.heading) == (HERE, "Set up two-step verification")

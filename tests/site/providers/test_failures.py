"""What can go wrong on the way to a provider and back: told in words of ours, with a way on."""

from __future__ import annotations

import pytest

from tests.kit.clock import Clock
from tests.kit.people import ADA, joins
from tests.kit.provider_steps import goes, is_led, logs_in_with
from tests.kit.visitor import Visitor

LANDING = "/auth-redirect?status=401&action={}&error=their+words&code={}"
LOG_IN = {
    "permission_denied": "Login cancelled",
    "email_not_unique": "You already have an account",
    "login_expired": "This login has ended",
    "provider_unavailable": "The other service doesn’t answer",
    "provider_refused": "Login failed",
    "rate_limit_exceeded": "Too many attempts",
    "user_not_found": "This account has been deleted",
    "not_allowed": "Login failed",
    "what nobody has heard of": "Login failed",
}
CONNECTING = {
    "permission_denied": "Nothing was connected",
    "login_expired": "Nothing was connected",
    "identity_taken": "Already connected to another account",
    "rate_limit_exceeded": "Too many attempts",
}


async def test_each_failure_has_its_words_and_a_way_on(visitor: Visitor) -> None:
    for code, heading in LOG_IN.items():
        await visitor.opens(LANDING.format("oauth-signin", code))
        assert (visitor.status, visitor.heading) == (410, heading), code
        assert visitor.does_not_see("their words")
        await visitor.follows("Log in", within="main")
        assert visitor.path == "/login"


async def test_one_of_connecting_leads_back_to_the_list(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for code, heading in CONNECTING.items():
        await visitor.opens(LANDING.format("oauth-connect", code))
        assert visitor.heading == heading, code
        await visitor.follows("Connected accounts", within="main")
        assert visitor.path == "/profile/connected"


@pytest.mark.parametrize(
    ("name", "heading"), [("Silent", "The other service doesn’t answer"), ("False", "Login failed")]
)
async def test_it_can_be_tried_again_where_it_was_to_lead(visitor: Visitor, name: str, heading: str) -> None:
    await logs_in_with(visitor, name, at="/login?next=/profile/sessions")
    assert visitor.heading == heading
    await visitor.submits("Try again")
    await visitor.opens(await is_led(visitor))
    assert visitor.heading == heading
    await visitor.follows("Log in another way")
    assert visitor.query == {"next": "/profile/sessions"}


async def test_whoever_takes_too_long_begins_anew(visitor: Visitor, clock: Clock) -> None:
    address = await goes(visitor)
    clock.advance(minutes=11)
    await visitor.opens(address)
    assert visitor.heading == "This login has ended"
    assert visitor.who == ""

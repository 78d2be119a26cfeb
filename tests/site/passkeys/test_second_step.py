"""A passkey as the second step of a log-in, and as the proof of who it is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.authenticator import PRESENT, VERIFIED, Authenticator
from tests.kit.clock import Clock
from tests.kit.passkey_steps import adds_passkey, asks_for_options, presses, rows, sends, touches
from tests.kit.people import ADA, arrives, logs_in, logs_out
from tests.kit.two_step_pages import saves_recovery_codes, sets_up_two_step, shows_a_recovery_code
from tests.kit.visitor import Visitor

KEY: dict[str, Any] = {"flags": PRESENT, "transports": ("usb",), "is_discoverable": False}


async def has_two_step(visitor: Visitor, clock: Clock, **options: object) -> Authenticator:
    await arrives(visitor, ADA)
    authenticator = await adds_passkey(visitor, Authenticator(**options))  # type: ignore[arg-type]
    await sets_up_two_step(visitor, clock, ADA)
    return authenticator


async def test_a_key_that_checks_nobody_is_enough_after_the_password(visitor: Visitor, clock: Clock) -> None:
    key = await has_two_step(visitor, clock, **KEY)
    await logs_out(visitor)
    await logs_in(visitor, ADA, at="/login?next=/profile/sessions")
    assert visitor.path == "/login/second-step"
    await presses(visitor, key)
    assert visitor.path == "/profile/sessions"
    assert [term.text() for term in visitor.html.all("li.session")[0].all("dt, dd")][2:4] == ["Second step", "Passkey"]
    await visitor.opens("/profile/history")
    assert visitor.sees("Logged in using a password and a passkey")


async def test_a_passkey_that_checks_who_holds_it_needs_no_second_step(visitor: Visitor, clock: Clock) -> None:
    passkey = await has_two_step(visitor, clock)
    await logs_out(visitor)
    await visitor.opens("/login")
    await presses(visitor, passkey)
    assert visitor.who == ADA.name
    assert "Second step" not in visitor.html.all("li.session")[0].text()


async def test_a_wrong_one_is_told_and_the_app_still_works(visitor: Visitor, clock: Clock) -> None:
    key = await has_two_step(visitor, clock, **KEY)
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    await sends(visitor, await touches(visitor, key, origin="https://phishing.example"))
    assert visitor.status == 422
    assert visitor.sees("We couldn’t verify this passkey.")
    await visitor.follows("Use your authenticator app instead")
    assert visitor.has("code")


async def test_a_copied_key_has_to_be_followed_by_something_else(visitor: Visitor, clock: Clock) -> None:
    """Its counter went back."""
    passkey = await has_two_step(visitor, clock, flags=PRESENT | VERIFIED, count=10, step=1)
    passkey.count = 3
    await logs_out(visitor)
    await visitor.opens("/login")
    await presses(visitor, passkey)
    assert visitor.path == "/login/second-step"


async def test_no_options_of_a_second_step_without_a_log_in(visitor: Visitor) -> None:
    await visitor.opens("/login")
    answer = await asks_for_options(visitor, purpose="factor")
    assert (answer.status_code, answer.json()) == (403, {"location": "/login/second-step"})


async def test_whoever_has_a_passkey_alone_is_told_that_with_recovery_codes_it_is_enough(visitor: Visitor) -> None:
    """No app is needed, and nothing is switched on without her."""
    await arrives(visitor, ADA)
    await visitor.opens("/profile/two-step")
    assert visitor.does_not_see("A passkey can be your second step")
    await adds_passkey(visitor, Authenticator(**KEY))
    await visitor.opens("/profile/security")
    await visitor.follows("Set up two-step verification")
    assert visitor.sees("A passkey can be your second step, too.")
    await visitor.follows("Make recovery codes")
    codes = await saves_recovery_codes(visitor)
    assert (visitor.path, visitor.status_message) == (
        "/profile/two-step",
        "Your recovery codes are saved. Now you can turn on two-step verification.",
    )
    assert visitor.sees("It’s off.")
    await visitor.submits("Turn on")
    assert visitor.status_message == "Two-step verification is on."
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    await shows_a_recovery_code(visitor, codes[0])
    assert visitor.who == ADA.name


@pytest.mark.parametrize("options", [{}, KEY], ids=["internal", "usb"])
async def test_it_proves_who_she_is_before_what_matters_most(
    visitor: Visitor, clock: Clock, options: dict[str, object]
) -> None:
    passkey = await has_two_step(visitor, clock, **options)
    clock.advance(minutes=20)
    await visitor.opens("/profile/passkeys")
    await visitor.follows("Remove", within="#passkeys-list")
    await visitor.submits("Remove", within="#remove-form")
    assert visitor.path == "/confirm"
    await presses(visitor, passkey)
    assert visitor.sees("Remove this passkey?")
    await visitor.submits("Remove", within="#remove-form")
    assert rows(visitor) == []


async def test_adding_another_one_asks_for_a_second_factor(visitor: Visitor, clock: Clock) -> None:
    passkey = await has_two_step(visitor, clock)
    await visitor.opens("/profile/passkeys")
    answer = await asks_for_options(visitor)
    assert answer.json() == {"location": "/confirm?next=/profile/passkeys&strong=yes"}
    await visitor.opens(answer.json()["location"])
    assert visitor.heading == "Confirm it’s you to add a passkey"
    await presses(visitor, passkey)
    await presses(visitor, Authenticator(), name="Phone")
    assert set(rows(visitor)) == {"Passkey in Firefox on Windows", "Phone"}


async def test_no_recovery_code_is_asked_for_where_there_is_a_passkey(visitor: Visitor, clock: Clock) -> None:
    """Each is used up, so they come last, here as at the second step of a log-in."""
    await arrives(visitor, ADA)
    key = await adds_passkey(visitor, Authenticator(**KEY))
    await visitor.opens("/profile/recovery-codes")
    codes = await saves_recovery_codes(visitor)
    await visitor.submits("Turn on")
    for uses_code in (False, True):
        clock.advance(minutes=16)
        await visitor.opens("/profile/passkeys")
        await visitor.follows("Remove Security key")
        await visitor.submits("Remove")
        assert visitor.heading == "Confirm it’s you to remove a passkey"
        assert not visitor.has("recovery_code")
        if uses_code:
            await visitor.follows("Use a recovery code instead")
            await visitor.submits("Continue", recovery_code=codes[0])
        else:
            await presses(visitor, key)
        assert visitor.heading == "Remove this passkey?"

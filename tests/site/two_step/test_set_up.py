"""Setting up an authenticator app, and removing it."""

import re
from dataclasses import replace

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import ADA, CHROME, arrives, is_signed_in, joins, logs_in, logs_out
from tests.kit.two_step import App
from tests.kit.two_step_pages import (
    is_app_taken,
    read_secret,
    saves_recovery_codes,
    scans_the_code,
    sets_up_two_step,
)
from tests.kit.visitor import Visitor

HERE = "/profile/two-step"
NOT_RIGHT = "This code isn’t right. Enter the one that your app shows now."


async def test_an_app_and_saved_recovery_codes_switch_it_on(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await visitor.opens("/profile/security")
    assert visitor.one("two-step-state").text().startswith("Two-step verification Off")
    await visitor.follows("Set up two-step verification")
    assert (visitor.path, visitor.heading) == (HERE, "Set up two-step verification")
    app = App(read_secret(visitor), clock)
    await visitor.submits("Continue", code=app.code())
    assert visitor.path == "/profile/recovery-codes"
    assert visitor.status_message == (
        "Your app works. Save your recovery codes, and two-step verification is on. You’re logged out everywhere else."
    )
    await visitor.opens("/profile/security")
    assert visitor.sees("Almost on: save your recovery codes")
    await visitor.follows("Manage two-step verification")
    await visitor.follows("Save recovery codes")
    await saves_recovery_codes(visitor)
    assert visitor.path == HERE
    assert visitor.status_message == "Your recovery codes are saved. Two-step verification is on."
    await visitor.opens("/profile/security")
    assert visitor.sees("On since 14 March 2026")
    assert visitor.sees("10 codes left")


async def test_the_secret_is_there_as_a_picture_in_groups_and_for_the_same_phone(
    visitor: Visitor, clock: Clock
) -> None:
    await arrives(visitor, ADA)
    app = await scans_the_code(visitor, clock, ADA)
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", visitor.one("secret").text())
    address = visitor.one("open-app").get("href")
    assert address.startswith("otpauth://totp/")
    assert f"secret={app.secret}" in address
    picture = visitor.html.all(".qr-code")[0]
    assert (picture.get("role"), picture.get("aria-label")) == ("img", "QR code with the key below")
    assert not picture.all("[style]")
    assert not picture.all("[width]")


async def test_whoever_has_not_proven_lately_who_they_are_sees_no_secret(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens(HERE)
    assert (visitor.path, visitor.heading) == ("/confirm", "Confirm it’s you to change two-step verification")
    await visitor.submits("Continue", current_password=ADA.password)
    assert (visitor.path, visitor.has("secret")) == (HERE, True)


async def test_a_reload_another_tab_and_back_show_the_same_secret(visitor: Visitor, clock: Clock) -> None:
    """What was scanned before stays good."""
    await arrives(visitor, ADA)
    app = await scans_the_code(visitor, clock, ADA)
    tab = mailbox.another_tab(visitor)
    await tab.opens(HERE)
    assert read_secret(tab) == app.secret
    await visitor.opens(HERE)
    assert read_secret(visitor) == app.secret
    await tab.submits("Continue", code=app.code())
    assert is_app_taken(tab)


async def test_another_session_gets_a_secret_of_its_own(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    """Who is in another session would know the secret of the app that the owner then uses."""
    await arrives(visitor, ADA)
    eve = new_browser(CHROME)
    await logs_in(eve, ADA)
    of_eve = await scans_the_code(eve, clock, ADA)
    of_ada = await scans_the_code(visitor, clock, ADA)
    assert of_ada.secret != of_eve.secret
    await eve.submits("Continue", code=of_eve.code())
    assert eve.status == 422
    assert read_secret(eve) != of_eve.secret


@pytest.mark.parametrize("typed", ["{} {}", "{}-{}", " {}{} ", "{}\N{NO-BREAK SPACE}{}"])
async def test_a_code_is_taken_as_people_type_it(visitor: Visitor, clock: Clock, typed: str) -> None:
    await arrives(visitor, ADA)
    app = await scans_the_code(visitor, clock, ADA)
    await visitor.submits("Continue", code=typed.format(app.code()[:3], app.code()[3:]))
    assert is_app_taken(visitor)


async def test_full_width_digits_are_digits(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app = await scans_the_code(visitor, clock, ADA)
    await visitor.submits("Continue", code=app.code().translate({ord("0") + n: ord("０") + n for n in range(10)}))
    assert is_app_taken(visitor)


async def test_a_wrong_code_is_told_beside_its_field_and_costs_nothing(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app = await scans_the_code(visitor, clock, ADA)
    for typed, error in (
        ("", "Enter the code from your authenticator app."),
        ("12345", "Enter the 6 digits that your authenticator app shows."),
        ("WDJB-MJHT", "Enter the 6 digits that your authenticator app shows."),
        (app.wrong_code(), NOT_RIGHT),
    ):
        await visitor.submits("Continue", code=typed)
        assert (visitor.status, visitor.error("code"), visitor.field("code")) == (422, error, typed)
        assert read_secret(visitor) == app.secret
    await visitor.submits("Continue", code=app.code())
    assert is_app_taken(visitor)


async def test_a_clock_that_is_off_is_named(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app = await scans_the_code(visitor, clock, ADA)
    fast = replace(app, seconds_off=180)
    await visitor.submits("Continue", code=fast.code())
    assert visitor.error("code").startswith("The clock of the device with your app is about 3 minutes off.")
    await visitor.submits("Continue", code=app.code())
    assert is_app_taken(visitor)


async def test_a_second_click_leads_on_too(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app = await scans_the_code(visitor, clock, ADA)
    again = mailbox.another_tab(visitor)
    await again.opens(HERE)
    await visitor.submits("Continue", code=app.code())
    await again.submits("Continue", code=app.code())
    assert (again.path, again.heading) == (HERE, "Two-step verification")


@pytest.mark.parametrize("is_ticked", [True, False])
async def test_others_are_logged_out_unless_the_box_says_otherwise(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock, *, is_ticked: bool
) -> None:
    await arrives(visitor, ADA)
    other = new_browser(CHROME)
    await logs_in(other, ADA)
    app = await scans_the_code(visitor, clock, ADA)
    assert visitor.field("end_others") == "yes"
    await visitor.submits("Continue", code=app.code(), end_others=is_ticked)
    assert await is_signed_in(other) is not is_ticked
    assert await is_signed_in(visitor)


async def test_a_new_app_takes_the_place_of_the_old_one(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    old, _codes = await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens(HERE)
    assert visitor.sees("Since 14 March 2026")
    await visitor.follows("Replace the authenticator app")
    assert visitor.heading == "Confirm it’s you to change two-step verification"
    assert not visitor.has("with-password"), "whoever knows the password alone sets up no app"
    await visitor.submits("Continue", code=old.code())
    assert visitor.heading == "Set up another app"
    new = App(read_secret(visitor), clock)
    assert new.secret != old.secret
    await visitor.submits("Continue", code=new.code())
    done = "Two-step verification is on. Your app is set up. You’re logged out everywhere else."
    assert (visitor.path, visitor.status_message) == (HERE, done)
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    await visitor.submits("Log in", within="#second-step", code=old.next_code())
    assert visitor.error("code") == NOT_RIGHT
    await visitor.submits("Log in", within="#second-step", code=new.code())
    assert visitor.who == ADA.name


async def test_the_secret_is_never_shown_again(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens(f"{HERE}?new=yes")
    await visitor.submits("Continue", code=app.code())
    assert visitor.has("secret")
    for page in (HERE, f"{HERE}?new=yes", "/profile/security"):
        await visitor.opens(page)
        assert app.secret not in visitor.response.text.replace(" ", "")


async def test_the_history_tells_of_it(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens("/profile/history")
    assert visitor.sees("Authenticator app added")
    assert visitor.sees("Two-step verification switched on")


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_at_a_plain_altogic_there_is_no_second_factor(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    assert not visitor.has("to-security")
    for path in (HERE, f"{HERE}/remove", "/profile/security", "/login/second-step"):
        await visitor.opens(path)
        assert (visitor.status, visitor.heading) == (404, "Page not found"), path

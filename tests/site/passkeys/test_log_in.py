"""Logging in with a passkey: on the log-in page, and on a page of its own."""

from __future__ import annotations

import pytest

from tests.kit.app import NewBrowser
from tests.kit.authenticator import PRESENT, Authenticator
from tests.kit.clock import Clock
from tests.kit.passkey_steps import (
    FORM,
    adds_passkey,
    arrives_with_passkey,
    asks_for_options,
    presses,
    sends,
    signals,
    touches,
)
from tests.kit.people import ADA, CHROME, GRACE, SAFARI, arrives, logs_in, logs_out, stays_logged_in
from tests.kit.visitor import Visitor
from tests.kit.wire import Wire, nobody

PLACES = pytest.mark.parametrize("place", ["/login", "/login/passkey"])


@PLACES
async def test_ada_logs_in_with_her_passkey_and_arrives_where_she_wanted_to(visitor: Visitor, place: str) -> None:
    passkey = await arrives_with_passkey(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens(f"{place}?next=/profile/sessions")
    await presses(visitor, passkey)
    assert visitor.path == "/profile/sessions"
    assert "using a passkey" in visitor.response.text  # folded away
    assert not stays_logged_in(visitor)
    await visitor.opens("/profile/history")
    assert visitor.sees("Logged in using a passkey")
    assert visitor.sees("Passkey added")


@PLACES
async def test_she_stays_logged_in_if_she_wants_to(visitor: Visitor, place: str) -> None:
    passkey = await arrives_with_passkey(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens(place)
    await presses(visitor, passkey, stay="yes")
    assert visitor.who == ADA.name
    assert stays_logged_in(visitor)


async def test_the_form_is_hidden_until_the_script_shows_it_and_says_what_works_without(visitor: Visitor) -> None:
    for path in ("/login", "/login/passkey"):
        await visitor.opens(path)
        assert visitor.html.all(FORM)[0].has("hidden")
        assert not visitor.html.all("input[name=credential]")[0].get("value")
        assert "Passkeys need JavaScript." in visitor.response.text
        assert "Log in with a passkey" not in visitor.buttons()
    assert visitor.has("credential")
    await visitor.follows("Log in with a password")
    assert visitor.path == "/login"


async def test_passkeys_are_offered_below_the_field_of_the_address(visitor: Visitor) -> None:
    await visitor.opens("/login")
    assert visitor.one("email").get("autocomplete") == "username webauthn"


async def test_after_a_wrong_password_the_passkey_still_works(visitor: Visitor) -> None:
    passkey = await arrives_with_passkey(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/login")
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password="not it at all")
    assert visitor.status == 422
    await presses(visitor, passkey)
    assert visitor.who == ADA.name


async def test_a_passkey_that_was_removed_is_refused_and_its_device_told(visitor: Visitor) -> None:
    passkey = await arrives_with_passkey(visitor, ADA)
    await visitor.follows("Remove", within="#passkeys-list")
    await visitor.submits("Remove", within="#remove-form")
    await logs_out(visitor)
    await visitor.opens("/login")
    await presses(visitor, passkey)
    assert (visitor.status, visitor.path) == (422, "/login/passkey")
    assert visitor.sees("This passkey isn’t known here any more.")
    assert visitor.title.startswith("Error:")
    assert signals(visitor) == {"UnknownCredential": {"rpId": "localhost", "credentialId": passkey.id}}
    await visitor.follows("Log in with a password")
    await logs_in(visitor, ADA)
    assert visitor.who == ADA.name


async def test_a_refused_one_says_nothing_about_it_and_can_be_tried_again(visitor: Visitor) -> None:
    passkey = await arrives_with_passkey(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/login?next=/profile/history")
    credential = await touches(visitor, passkey, origin="https://phishing.example")
    await sends(visitor, credential)
    assert visitor.status == 422
    assert visitor.sees("We couldn’t verify this passkey.")
    assert signals(visitor) == {}
    await presses(visitor, passkey)
    assert visitor.path == "/profile/history"


@pytest.mark.parametrize(
    "credential", ["", "{", "[]", "null", "a" * 8193, '{"id": "a", "response": {}}', "\u00fc" * 2000]
)
async def test_what_no_browser_sends_is_refused(visitor: Visitor, credential: str) -> None:
    await visitor.opens("/login")
    await sends(visitor, credential)
    assert visitor.status == 422
    assert visitor.heading == "Log in with a passkey"
    assert visitor.error("credential") or visitor.sees("There is a problem")


async def test_one_without_a_check_of_who_holds_it_does_not_log_in(visitor: Visitor) -> None:
    passkey = await arrives_with_passkey(visitor, ADA, flags=PRESENT, transports=("usb",), is_discoverable=False)
    await logs_out(visitor)
    await visitor.opens("/login")
    await presses(visitor, passkey)
    assert visitor.status == 422
    await visitor.opens("/profile")
    assert visitor.path == "/login"


async def test_a_page_that_was_open_for_too_long_says_so(visitor: Visitor, clock: Clock) -> None:
    passkey = await arrives_with_passkey(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/login")
    credential = await touches(visitor, passkey)
    clock.advance(hours=2)
    await sends(visitor, credential)
    assert visitor.sees("That took too long. Try again.")
    await presses(visitor, passkey)
    assert visitor.who == ADA.name


async def test_eve_cannot_use_what_ada_sent_in_another_browser_nor_again(new_browser: NewBrowser) -> None:
    ada, eve = new_browser(CHROME), new_browser(SAFARI)
    passkey = await arrives_with_passkey(ada, ADA)
    await logs_out(ada)
    await ada.opens("/login")
    credential = await touches(ada, passkey)
    await eve.opens("/login")
    await asks_for_options(eve)
    await sends(eve, credential)
    assert eve.status == 422
    await sends(ada, credential)
    assert ada.who == ADA.name
    await logs_out(ada)
    await ada.opens("/login")
    await sends(ada, credential)
    assert ada.status == 422


async def test_two_tabs_do_not_take_the_question_from_each_other(visitor: Visitor) -> None:
    passkey = await arrives_with_passkey(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/login")
    first = await touches(visitor, passkey)
    await asks_for_options(visitor)
    await sends(visitor, first)
    assert visitor.who == ADA.name


async def test_whoever_logged_in_meanwhile_is_not_logged_out_unasked(new_browser: NewBrowser) -> None:
    visitor = new_browser(CHROME)
    passkey = await arrives_with_passkey(visitor, ADA)
    await logs_out(visitor)
    await arrives(visitor, GRACE)
    await logs_out(visitor)
    await visitor.opens("/login")
    form = visitor.html
    await logs_in(visitor, GRACE)
    visitor.html = form
    await presses(visitor, passkey)
    assert visitor.status == 409
    assert visitor.sees(f"You’re logged in as {GRACE.email}")
    await presses(visitor, passkey)
    assert visitor.who == ADA.name


async def test_while_the_backend_is_silent_the_page_says_so(visitor: Visitor, wire: Wire) -> None:
    passkey = await arrives_with_passkey(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/login")
    credential = await touches(visitor, passkey)
    wire.instead = nobody
    await sends(visitor, credential)
    assert visitor.status == 503
    assert visitor.sees("We cannot check your passkey at the moment. Try again in a minute.")
    answer = await asks_for_options(visitor)
    assert answer.status_code == 503
    assert answer.json() == {"problem": "We cannot check your passkey at the moment. Try again in a minute."}


async def test_the_second_passkey_of_the_same_device_is_told_apart(visitor: Visitor) -> None:
    await arrives_with_passkey(visitor, ADA)
    await adds_passkey(visitor, Authenticator())
    assert visitor.sees("Passkey in Firefox on Windows")
    assert visitor.sees("Passkey in Firefox on Windows (2)")

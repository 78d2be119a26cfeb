"""One's own passkeys: adding, naming and removing them."""

from __future__ import annotations

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.authenticator import PRESENT, Authenticator
from tests.kit.clock import Clock
from tests.kit.passkey_steps import (
    FORM,
    adds_passkey,
    arrives_with_passkey,
    asks_for_options,
    fills_in,
    presses,
    rows,
    sends,
    signals,
    touches,
)
from tests.kit.people import ADA, CHROME, GRACE, SAFARI, arrives, is_signed_in, logs_in, logs_out
from tests.kit.two_step_pages import sets_up_two_step
from tests.kit.visitor import Visitor

LIST = "/profile/passkeys"


async def test_ada_adds_a_passkey_and_gives_it_a_name(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await visitor.opens(LIST)
    assert visitor.sees("You don’t have any yet.")
    await presses(visitor, Authenticator(), name="Work laptop")
    assert visitor.path == LIST
    assert visitor.sees("Passkey added.")
    assert rows(visitor) == ["Work laptop"]
    assert visitor.sees("Logs you in by itself.")
    assert visitor.sees("never used")


@pytest.mark.parametrize(
    ("options", "name", "what"),
    [
        ({}, "Passkey in Firefox on Windows", "Logs you in by itself."),
        ({"aaguid": bytes.fromhex("bada5566a7aa401fbd9645619a55120d")}, "1Password", "Logs you in by itself."),
        ({"flags": PRESENT, "transports": ("usb",), "is_discoverable": False}, "Security key", "Only as a second step"),
    ],
)
async def test_each_says_what_it_is_and_what_it_can_do(
    visitor: Visitor, options: dict[str, object], name: str, what: str
) -> None:
    await arrives_with_passkey(visitor, ADA, **options)
    assert rows(visitor) == [name]
    assert visitor.sees(what)


async def test_the_list_says_when_each_was_used(visitor: Visitor, clock: Clock) -> None:
    passkey = await arrives_with_passkey(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/login")
    await presses(visitor, passkey)
    clock.advance(days=3)
    await visitor.opens(LIST)
    assert visitor.sees("last used 3 days ago")


async def test_she_renames_it_and_takes_the_name_away(visitor: Visitor) -> None:
    await arrives_with_passkey(visitor, ADA)
    for name, said, shown in (
        ("Phone", "Name saved.", "Phone"),
        ("", "Name removed.", "Passkey in Firefox on Windows"),
    ):
        await visitor.follows("Rename", within="#passkeys-list")
        await visitor.submits("Save", name=name)
        assert visitor.sees(said)
        assert rows(visitor) == [shown]
        assert visitor.path == LIST
    await visitor.opens("/profile/history")
    assert visitor.sees("Passkey renamed")


async def test_a_name_that_cannot_be_comes_back_with_what_is_wrong(visitor: Visitor) -> None:
    await arrives_with_passkey(visitor, ADA)
    await visitor.follows("Rename", within="#passkeys-list")
    await visitor.submits("Save", name="n" * 61)
    assert visitor.status == 422
    assert visitor.error("name") == "Name must be 60 characters or fewer."
    assert visitor.field("name") == "n" * 61
    await visitor.follows("Cancel", within="#passkeys-list")
    assert rows(visitor) == ["Passkey in Firefox on Windows"]


async def test_a_new_one_with_such_a_name_is_not_added(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await adds_passkey(visitor, name="n" * 61)
    assert visitor.status == 422
    assert visitor.field("name") == "n" * 61
    assert rows(visitor) == []
    assert visitor.html.all("input[name=credential]")[0].get("value") == ""


async def test_she_removes_one_and_the_browser_is_told_which_are_left(visitor: Visitor, clock: Clock) -> None:
    kept = await arrives_with_passkey(visitor, ADA)
    clock.advance(minutes=1)
    lost = await adds_passkey(visitor, name="Phone")
    assert signals(visitor)["AllAcceptedCredentials"]["allAcceptedCredentialIds"] == [kept.id, lost.id]
    await visitor.follows("Remove Phone")
    assert visitor.sees("You won’t be able to log in with it any more.")
    await visitor.follows("Keep it")
    await visitor.follows("Remove Phone")
    await visitor.submits("Remove", within="#remove-form")
    assert visitor.path == LIST
    assert visitor.sees("Removed “Phone”.")
    assert signals(visitor) == {
        "AllAcceptedCredentials": {
            "rpId": "localhost",
            "userId": kept.handle,
            "allAcceptedCredentialIds": [kept.id],
        },
        "CurrentUserDetails": {
            "rpId": "localhost",
            "userId": kept.handle,
            "name": ADA.email,
            "displayName": ADA.name,
        },
    }
    await visitor.opens("/profile/history")
    assert visitor.sees("Passkey removed")
    assert await mailbox.list_paths(visitor, to=ADA.email)


async def test_removing_what_is_gone_says_so(visitor: Visitor) -> None:
    await arrives_with_passkey(visitor, ADA)
    await visitor.follows("Remove", within="#passkeys-list")
    page = visitor.html
    await visitor.submits("Remove", within="#remove-form")
    assert rows(visitor) == []
    visitor.html = page
    await visitor.submits("Remove", within="#remove-form")
    assert visitor.sees("That passkey has already been removed.")


async def test_eve_can_neither_name_nor_remove_adas(new_browser: NewBrowser) -> None:
    ada, eve = new_browser(CHROME), new_browser(SAFARI)
    await arrives_with_passkey(ada, ADA)
    (path,) = (link.href.removesuffix("/name") for link in ada.links() if link.href.endswith("/name"))
    await arrives(eve, GRACE)
    for act, fields in (("name", {"name": "mine"}), ("remove", {})):
        await eve.opens(f"{path}/{act}")
        assert eve.sees("That passkey has already been removed.")
        answer = await eve.http.post(f"{path}/{act}", data=fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    await ada.opens(LIST)
    assert rows(ada) == ["Passkey in Chrome on Linux"]


async def test_adding_asks_first_who_it_is_where_that_was_long_ago(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    clock.advance(minutes=20)
    await visitor.opens(LIST)
    fills_in(visitor, name="Work laptop", end_others=False)
    answer = await asks_for_options(visitor)
    assert (answer.status_code, answer.json()) == (403, {"location": "/confirm?next=/profile/passkeys"})
    await visitor.opens(answer.json()["location"])
    assert visitor.sees("We’ve kept what you typed.")
    await visitor.submits("Continue", current_password=ADA.password)
    assert visitor.path == LIST
    assert (visitor.field("name"), visitor.field("end_others")) == ("Work laptop", "")
    await presses(visitor, Authenticator())
    assert rows(visitor) == ["Work laptop"]


async def test_removing_asks_first_who_it_is(visitor: Visitor, clock: Clock) -> None:
    await arrives_with_passkey(visitor, ADA)
    clock.advance(minutes=20)
    await visitor.follows("Remove", within="#passkeys-list")
    await visitor.submits("Remove", within="#remove-form", end_others=False)
    assert visitor.path == "/confirm"
    await visitor.submits("Continue", current_password=ADA.password)
    assert visitor.sees("Remove this passkey?")
    assert visitor.field("end_others") == "", "as she left it"
    await visitor.submits("Remove", within="#remove-form")
    assert rows(visitor) == []


async def test_whoever_has_not_added_it_is_told_what_goes_with_it(visitor: Visitor) -> None:
    await arrives_with_passkey(visitor, ADA)
    await visitor.opens("/profile/history")
    await visitor.follows("This wasn’t me", within="Passkey added")
    assert visitor.sees("Passkeys, authenticator apps and recovery codes added since then are removed.")


async def test_eve_cannot_add_hers_to_adas_account(new_browser: NewBrowser) -> None:
    """With what was made for her own session."""
    ada, eve = new_browser(CHROME), new_browser(SAFARI)
    await arrives(ada, ADA)
    await arrives(eve, GRACE)
    await ada.opens(LIST)
    await eve.opens(LIST)
    credential = await touches(eve, Authenticator())
    await sends(ada, credential)
    assert ada.status == 422
    assert rows(ada) == []


async def test_without_a_session_the_script_is_led_to_the_log_in(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await visitor.opens(LIST)
    visitor.http.cookies.delete("session")
    answer = await asks_for_options(visitor)
    assert (answer.status_code, answer.json()) == (401, {"location": "/login?next=/profile/passkeys"})


async def test_options_are_for_known_purposes_alone(visitor: Visitor) -> None:
    await visitor.opens("/login")
    assert (await asks_for_options(visitor, purpose="anything")).status_code == 400
    await visitor.opens("/passkeys/options")
    assert visitor.path == "/login/passkey"


async def test_the_page_works_without_a_script_but_for_adding(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await visitor.opens(LIST)
    assert visitor.html.all(FORM)[0].has("hidden")
    assert "Adding a passkey needs JavaScript." in visitor.response.text


@pytest.mark.parametrize("is_ticked", [True, False])
async def test_others_are_logged_out_unless_the_box_says_otherwise(
    visitor: Visitor, new_browser: NewBrowser, *, is_ticked: bool
) -> None:
    said = " You’re logged out everywhere else." if is_ticked else ""
    await arrives(visitor, ADA)
    other = new_browser(CHROME)
    await logs_in(other, ADA)
    await visitor.opens(LIST)
    assert visitor.field("end_others") == "yes"
    await presses(visitor, Authenticator(), name="Phone", end_others=is_ticked)
    assert visitor.status_message == f"Passkey added.{said}"
    assert await is_signed_in(other) is not is_ticked
    if is_ticked:
        await logs_in(other, ADA)
    await visitor.follows("Remove Phone")
    assert visitor.field("end_others") == "yes"
    await visitor.submits("Remove", within="#remove-form", end_others=is_ticked)
    assert visitor.status_message == f"Removed “Phone”.{said}"
    assert await is_signed_in(other) is not is_ticked
    assert await is_signed_in(visitor)


async def test_the_last_factor_says_that_two_step_verification_goes_with_it(visitor: Visitor, clock: Clock) -> None:
    passkey = await arrives_with_passkey(visitor, ADA)
    await visitor.opens(LIST)
    await visitor.follows("Remove", within="#passkeys-list")
    assert visitor.does_not_see("Two-step verification is then off")
    await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens("/confirm?next=/profile/two-step/remove&strong=yes")
    await presses(visitor, passkey)
    await visitor.submits("Remove app")
    await visitor.opens(LIST)
    await visitor.follows("Remove", within="#passkeys-list")
    assert visitor.sees("Two-step verification is then off: your password or a login link is enough to log in.")
    await visitor.submits("Remove", within="#remove-form", end_others=False)
    assert visitor.status_message == "Removed “Passkey in Firefox on Windows”. Two-step verification is off."


async def test_the_focus_goes_back_to_the_row_and_the_field_says_which_it_is(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await adds_passkey(visitor, name="Work laptop")
    row = visitor.one("passkeys-list").all(".more")[0].all("a")[0].id
    await visitor.follows("Rename Work laptop")
    assert visitor.focused == "new-name"
    assert [label.name() for label in visitor.html.all("label[for=new-name]")] == ["Name for Work laptop"]
    await visitor.follows("Cancel", within="#passkeys-list")
    assert visitor.focused == row
    await visitor.follows("Rename Work laptop")
    await visitor.submits("Save", within="#passkeys-list")
    assert visitor.focused == (row if visitor.javascript else ""), "without script the title says what was done"
    await visitor.follows("Remove Work laptop")
    await visitor.follows("Keep it")
    assert visitor.focused == row

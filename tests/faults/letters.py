"""Every kind of letter, and what people do to get one: none is lost while the mail server is down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from email.message import EmailMessage

from backend.mail.letters import LETTERS
from tests.faults.factor_letters import (
    asks_for_the_code,
    begins_the_wait,
    fails_at_the_second_step,
    has_the_code,
    has_two_step,
    is_helped_by_the_operator,
    replaces_the_app,
    switches_it_off,
    uses_a_recovery_code,
)
from tests.faults.logs import readable
from tests.faults.owners import Owner, make_owner
from tests.faults.people import expect_answer, somebody
from tests.faults.world import Breakable
from tests.kit.leaving_visitors import CONFIRM_DELETION
from tests.kit.mailbox import first_link
from tests.kit.people import LOGIN_LINK, PASSWORD, asks_for_a_link, logs_in, registers

QUIET = 3.0  # seconds in which a second copy would have come
TRIED_AGAIN = 30.0  # seconds: the pauses after the first tries are five and ten


async def signs_up(owner: Owner) -> str:
    newcomer = somebody()
    await registers(owner.guest, newcomer)
    return newcomer.email


async def signs_up_again(owner: Owner) -> str:
    await registers(owner.guest, owner.person)
    return owner.person.email


async def asks_for_a_login_link(owner: Owner) -> str:
    await asks_for_a_link(owner.guest, owner.person)
    return owner.person.email


async def forgets_the_password(owner: Owner) -> str:
    await owner.guest.opens("/forgot-password")
    await owner.guest.submits("Email me a link", email=owner.person.email)
    return owner.person.email


async def changes_the_password(owner: Owner) -> str:
    await owner.visitor.opens("/profile/password")
    await owner.visitor.submits("Save new password", current_password=PASSWORD, new_password="words chosen anew today")
    assert owner.visitor.path == "/profile", owner.visitor.text
    return owner.person.email


async def has_a_stranger_log_in(owner: Owner) -> str:
    await logs_in(owner.guest, owner.person)
    assert owner.guest.path == "/profile", owner.guest.text
    return owner.person.email


async def asks_for_a_new_address(owner: Owner) -> str:
    new = somebody().email
    await owner.requests_address(new)
    return new


async def has_a_new_address_requested(owner: Owner) -> str:
    await owner.requests_address(somebody().email)
    return owner.person.email


async def asks_for_an_address_that_is_taken(owner: Owner) -> str:
    await owner.requests_address(owner.other.email)
    return owner.other.email


async def gets_the_link_of_a_new_address(owner: Owner) -> None:
    new = somebody().email
    await owner.requests_address(new)
    owner.link = first_link(await owner.world.smtp.wait_for(to=new))


async def confirms_the_new_address(owner: Owner) -> str:
    await owner.guest.opens(owner.link)
    await owner.guest.submits("Confirm new email address")
    return owner.person.email


async def leaves(owner: Owner) -> str:
    await logs_in(owner.guest, owner.person)
    await owner.guest.opens("/profile/leave")
    await owner.guest.submits("Delete account", sure=True)
    assert owner.guest.path == "/login", owner.guest.text
    return owner.person.email


async def leaves_and_comes_back(owner: Owner) -> str:
    await leaves(owner)
    await logs_in(owner.guest, owner.person)
    await owner.guest.submits("Keep my account")
    return owner.person.email


async def asks_to_be_gone(owner: Owner) -> str:
    await leaves(owner)
    await logs_in(owner.guest, owner.person)
    await owner.guest.submits("Email me a link to delete it now", sure=True)
    assert owner.guest.path == "/profile/leave/now/code", owner.guest.text
    return owner.person.email


async def gets_the_link_that_deletes(owner: Owner) -> None:
    await asks_to_be_gone(owner)
    owner.link = first_link(await owner.world.smtp.wait_for(to=owner.person.email, subject=CONFIRM_DELETION))


async def presses_the_button_that_deletes(owner: Owner) -> str:
    await owner.guest.opens(owner.link)
    await owner.guest.submits("Delete account for good")
    return owner.person.email


async def loses_the_password(owner: Owner) -> None:
    """By "This wasn't me", and a link logs in then."""
    email = await changes_the_password(owner)
    await owner.guest.opens(first_link(await owner.world.smtp.wait_for(to=email, subject="Your password was changed")))
    await owner.guest.submits("This wasn’t me")
    await asks_for_a_link(owner.visitor, owner.person)
    await owner.visitor.opens(first_link(await owner.world.smtp.wait_for(to=email, subject=LOGIN_LINK)))
    await owner.visitor.submits("Log in as", within="#go")
    assert owner.visitor.path == "/profile", owner.visitor.text


async def asks_for_a_code(owner: Owner) -> str:
    await owner.visitor.opens("/profile/password")
    await owner.visitor.submits("Email me a code")
    return owner.person.email


async def has_new_recovery_codes(owner: Owner) -> str:
    await logs_in(owner.guest, owner.person)
    await owner.guest.opens("/profile/recovery-codes")
    await owner.guest.submits("Make recovery codes")
    await owner.guest.submits("I’ve saved them")
    return owner.person.email


# By the name of the letter: what brings it. It returns the address to which the letter goes.
BROUGHT_BY: dict[str, Callable[[Owner], Awaitable[str]]] = {
    "email-confirm": signs_up,
    "magic-link": asks_for_a_login_link,
    "magic-link-sign-up": signs_up_again,
    "reset-pwd": forgets_the_password,
    "password-changed": changes_the_password,
    "new-login": has_a_stranger_log_in,
    "change-email": asks_for_a_new_address,
    "magic-link-change": asks_for_an_address_that_is_taken,
    "email-requested": has_a_new_address_requested,
    "email-changed": confirms_the_new_address,
    "confirm-session": asks_for_a_code,
    "account-leaving": leaves,
    "account-kept": leaves_and_comes_back,
    "delete-account": asks_to_be_gone,
    "account-deleted": presses_the_button_that_deletes,
    "recovery-codes-made": has_new_recovery_codes,
    "two-step-on": has_two_step,
    "two-step-off": switches_it_off,
    "app-added": replaces_the_app,
    "factor-refused": fails_at_the_second_step,
    "recovery-code-used": uses_a_recovery_code,
    "lost-factors-code": asks_for_the_code,
    "lost-factors": begins_the_wait,
    "factors-recovered": is_helped_by_the_operator,
}
PREPARED_BY: dict[str, Callable[[Owner], Awaitable[object]]] = {  # while mails still leave
    **dict.fromkeys(
        (
            *("two-step-off", "app-added", "factor-refused", "recovery-code-used"),
            *("lost-factors-code", "factors-recovered"),
        ),
        has_two_step,
    ),
    "lost-factors": has_the_code,
    "email-changed": gets_the_link_of_a_new_address,
    "confirm-session": loses_the_password,
    "account-deleted": gets_the_link_that_deletes,
}
# Those that nobody can bring about here, with the reason.
NOT_BROUGHT: dict[str, str] = {
    "factors-removable": "written as the mails of each day of the wait are, three days after it began",
    **dict.fromkeys(
        ("app-removed", "passkey-added", "passkey-removed", "passkey-suspected"),
        "written as those of two-step verification are; each takes a passkey, which no browser offers at a number",
    ),
    **dict.fromkeys(("phone-added", "phone-removed"), "written as those of two-step verification are"),
    **dict.fromkeys(
        ("magic-link-connect", "identity-connected", "identity-removed"),
        "written as login links and those of two-step verification are; each takes a provider",
    ),
}


async def each_kind_arrives_once(world: Breakable) -> int:
    """Whatever people do while the mail server is down is done at once, and its letter comes when it is up again."""
    async with AsyncExitStack() as browsers:
        other = (await make_owner(world, browsers)).person
        owners = {kind: await make_owner(world, browsers, other) for kind in BROUGHT_BY}  # all at once are too many
        for kind, prepare in PREPARED_BY.items():
            await prepare(owners[kind])
        with readable(world, "was not taken"):
            with world.line_to_mail.stops_listening():
                sent_to = {kind: await expect_answer(BROUGHT_BY[kind](owner)) for kind, owner in owners.items()}
                await asyncio.sleep(1.5)  # so that it has been tried
                assert not any(received(world, kind, email) for kind, email in sent_to.items())
            await asyncio.gather(*(arrives(world, kind, email) for kind, email in sent_to.items()))
            await asyncio.sleep(QUIET)
    for kind, email in sent_to.items():
        assert len(received(world, kind, email)) == 1, kind
    return len(sent_to)


async def arrives(world: Breakable, kind: str, email: str) -> None:
    await world.smtp.wait_for(to=email, subject=LETTERS[kind].title(), patience=TRIED_AGAIN)


def received(world: Breakable, kind: str, email: str) -> list[EmailMessage]:
    return world.smtp.received(to=email, subject=LETTERS[kind].title())

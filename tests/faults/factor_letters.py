"""What people do to get the letters about two-step verification and lost factors. Each returns the address."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from tests.faults.owners import Owner
from tests.kit.clock import Clock
from tests.kit.mailbox import code_in, text_of
from tests.kit.serving import run_to_its_end
from tests.kit.two_step import App
from tests.kit.two_step_pages import logs_in_halfway, read_secret, sets_up_two_step

WRONG = "000000"


async def has_two_step(owner: Owner) -> str:
    _app, owner.recovery_codes = await sets_up_two_step(owner.visitor, Clock(datetime.now(UTC)), owner.person)
    assert owner.visitor.status_message.endswith("Two-step verification is on."), owner.visitor.text
    return owner.person.email


async def switches_it_off(owner: Owner) -> str:
    await owner.visitor.opens("/profile/two-step")
    await owner.visitor.follows("Turn off two-step verification")
    await owner.visitor.submits("Turn off", end_others=False)
    if await proves_who_it_is(owner):
        await owner.visitor.submits("Turn off", end_others=False)
    assert owner.visitor.status_message == "Two-step verification is off.", owner.visitor.text
    return owner.person.email


async def replaces_the_app(owner: Owner) -> str:
    await owner.visitor.opens("/profile/two-step?new=yes")
    await proves_who_it_is(owner)
    app = App(read_secret(owner.visitor), Clock(datetime.now(UTC)))
    await owner.visitor.submits("Continue", code=app.code(), end_others=False)
    assert not owner.visitor.has("secret"), owner.visitor.text
    return owner.person.email


async def proves_who_it_is(owner: Owner) -> bool:
    """By a recovery code, where that is asked: an app would have to show its next code first."""
    if owner.visitor.path != "/confirm":
        return False
    await owner.visitor.follows("Use a recovery code instead")
    await owner.visitor.submits("Continue", recovery_code=owner.recovery_codes.pop())
    return True


async def fails_at_the_second_step(owner: Owner) -> str:
    await logs_in_halfway(owner.guest, owner.person)
    for _ in range(5):
        await owner.guest.submits("Log in", within="#second-step", code=WRONG)
    return owner.person.email


async def uses_a_recovery_code(owner: Owner) -> str:
    await logs_in_halfway(owner.guest, owner.person)
    await owner.guest.follows("Use a recovery code instead")
    await owner.guest.submits("Log in", within="#second-step", recovery_code=owner.recovery_codes.pop())
    assert owner.guest.who == owner.person.name, owner.guest.text
    return owner.person.email


async def asks_for_the_code(owner: Owner) -> str:
    """With which lost factors are told of."""
    await logs_in_halfway(owner.guest, owner.person)
    await owner.guest.follows("Can’t take the second step?")
    await owner.guest.submits("Email me a code")
    return owner.person.email


async def has_the_code(owner: Owner) -> None:
    await has_two_step(owner)
    mail = await owner.world.smtp.wait_for(to=await asks_for_the_code(owner), subject="Your code")
    owner.code = code_in(text_of(mail))


async def begins_the_wait(owner: Owner) -> str:
    await owner.guest.submits("Begin the wait", code=owner.code)
    assert owner.guest.sees("You can remove two-step verification from"), owner.guest.text
    return owner.person.email


async def is_helped_by_the_operator(owner: Owner) -> str:
    """Who removes the factors by the command for it, beside the programs."""
    keeper, email = owner.world.keeper, owner.person.email
    command = ("remove-factors", email)
    ended = await asyncio.to_thread(run_to_its_end, "backend", keeper.environ, keeper.folder, command)
    assert ended.returncode == 0, ended
    return email

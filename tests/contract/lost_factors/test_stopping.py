"""What stops, or lengthens, the wait until lost factors are removed."""

from datetime import timedelta

import pytest

from tests.kit.backend import IPHONE, Backend
from tests.kit.history import list_kinds, load_events
from tests.kit.lost_factors import (
    ADA,
    LAPTOP,
    PATH,
    REMOVE,
    STOP,
    begins_waiting,
    find_links,
    gets_ticket,
    has_two_step,
    is_waiting,
    joins_with_two_step,
    looks,
    passes,
    stops,
)
from tests.kit.notices import disowns, token_of_notice
from tests.kit.two_step import logs_in_with, takes_second_step

pytestmark = pytest.mark.both_databases

OWN = "words chosen after all that"


async def resets(backend: Backend) -> None:
    await backend.post("/auth/send-reset", params={"email": ADA})
    key = {"key": (await backend.opens(await backend.newest_link(ADA))).token}
    assert (await backend.post("/auth/reset-pwd", {"newPassword": OWN}, params=key)).status == 200


async def test_the_mail_stops_it_without_a_log_in_as_does_an_older_one(backend: Backend) -> None:
    session, _ = await joins_with_two_step(backend)
    await begins_waiting(backend)
    await passes(backend, days=1, minutes=1)
    newer, older = await find_links(backend, STOP)
    for _ in range(3):
        await backend.opens(older)
    assert (await backend.get("/auth/user", session=session)).body["recoveringDtm"], "opened, it changes nothing"
    assert (await stops(backend, older)).status == 200
    assert "recoveringDtm" not in (await backend.get("/auth/user", session=session)).body
    assert (await backend.opens(newer)).query["code"] == "link_used"
    await passes(backend, days=4)
    assert not await find_links(backend, REMOVE)
    assert await has_two_step(backend)
    event = (await load_events(backend, session))[0]
    assert (event["kind"], event["details"]) == ("factors.kept", {"by": "mail"})


async def test_a_log_in_with_the_factor_stops_it(backend: Backend) -> None:
    _, app = await joins_with_two_step(backend)
    await begins_waiting(backend)
    await passes(backend, days=2)
    taken = await takes_second_step(backend, await gets_ticket(backend), app.next_code(), headers=LAPTOP)
    assert (taken.status, "recoveringDtm" in taken.body["user"]) == (200, False)
    assert "factors.kept" in await list_kinds(backend, taken.token)
    await passes(backend, days=2)
    assert not await find_links(backend, REMOVE)


async def test_whoever_is_logged_in_sees_it_and_stops_it(backend: Backend) -> None:
    session, _ = await joins_with_two_step(backend)
    ends = await begins_waiting(backend)
    told = (await backend.get("/auth/user", session=session)).body["recoveringDtm"]
    assert told == ends.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for _ in range(2):
        assert (await backend.post(f"{PATH}/stop", session=session)).status == 200, "a second click too"
    assert "recoveringDtm" not in (await backend.get("/auth/user", session=session)).body
    assert (await list_kinds(backend, session)).count("factors.kept") == 1


async def test_a_password_that_the_mailbox_gave_counts_as_the_mailbox(backend: Backend) -> None:
    """Or whoever reads the mail would reset the password first, and wait half as long."""
    await joins_with_two_step(backend)
    await resets(backend)
    ends = await begins_waiting(backend, OWN)
    assert ends - backend.clock.now > timedelta(days=6)


async def test_a_reset_meanwhile_makes_the_wait_longer(backend: Backend) -> None:
    await joins_with_two_step(backend)
    await begins_waiting(backend)
    [stop] = await find_links(backend, STOP)
    await passes(backend, days=3, minutes=1)
    [link] = await find_links(backend, REMOVE)
    await resets(backend)
    assert (await backend.opens(link)).query["status"] != "200"
    found = await looks(backend, await gets_ticket(backend, OWN))
    assert found["isOver"] is False
    await passes(backend, days=4)
    assert len(await find_links(backend, REMOVE)) == 2
    assert (await stops(backend, stop)).status == 200, "what the owner has is not ended by a reset"


async def test_this_wasnt_me_ends_the_password_and_makes_the_wait_longer(backend: Backend) -> None:
    """Or whoever reads the mail would say so of any mail, and no password would be asked for after three days."""
    _, app = await joins_with_two_step(backend)
    backend.clock.advance(minutes=5)
    await logs_in_with(backend, app, headers={"User-Agent": IPHONE})
    notice = await token_of_notice(backend)
    await begins_waiting(backend)
    assert await disowns(backend, notice) == 200
    await passes(backend, days=3, minutes=1)
    assert not await find_links(backend, REMOVE)
    await passes(backend, days=4)
    assert await find_links(backend, REMOVE)
    assert await is_waiting(backend)


async def test_two_step_verification_switched_off_meanwhile_leaves_nothing_to_stop_or_remove(backend: Backend) -> None:
    _, app = await joins_with_two_step(backend)
    fresh = await logs_in_with(backend, app, headers=LAPTOP)
    await begins_waiting(backend)
    [stop] = await find_links(backend, STOP)
    off = await backend.post("/account/factors/two-step", {"on": False}, session=fresh)
    assert off.status == 200, off.body
    assert not await is_waiting(backend)
    assert (await backend.opens(stop)).query["code"] == "link_used"

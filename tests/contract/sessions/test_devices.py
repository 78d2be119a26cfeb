"""Devices that people have logged in from: how many are known, and when they are forgotten."""

from collections.abc import Awaitable, Callable

import pytest

from tests.kit.backend import Backend
from tests.kit.contract_devices import DEVICE, OTHER_DEVICE, guesses, remember
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

NEW_PASSWORD = "another long password"
Act = Callable[[Backend, str], Awaitable[None]]


async def changes_the_password(backend: Backend, session: str) -> None:
    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    assert (await backend.post("/auth/change-pwd", body, session=session, headers=DEVICE)).status == 200


async def resets_the_password(backend: Backend, _session: str) -> None:
    await backend.post("/auth/send-reset?email=ada@example.com")
    token = (await backend.opens(await backend.newest_link())).token
    body = {"newPassword": NEW_PASSWORD}
    assert (await backend.post(f"/auth/reset-pwd?key={token}", body, headers=DEVICE)).status == 200


async def logs_out_all_others(backend: Backend, session: str) -> None:
    assert (await backend.post("/auth/signout-all-except", session=session, headers=DEVICE)).status == 200


async def logs_out_everywhere(backend: Backend, session: str) -> None:
    assert (await backend.post("/auth/signout-all", session=session, headers=DEVICE)).status == 200


@pytest.mark.parametrize("act", [changes_the_password, logs_out_all_others, logs_out_everywhere])
async def test_all_devices_but_this_one_are_forgotten(backend: Backend, act: Act) -> None:
    await backend.joins()
    await backend.signs_in(headers=OTHER_DEVICE)
    session = (await backend.signs_in(headers=DEVICE)).token
    await act(backend, session)
    await guesses(backend, 10)
    assert await guesses(backend, 1, headers=OTHER_DEVICE) == {429: 1}
    assert await guesses(backend, 1, headers=DEVICE) == {401: 1}


async def test_with_a_password_chosen_by_a_mailed_link_all_are_forgotten(backend: Backend) -> None:
    """The one that chose it too: whoever opens a link may not be whoever used the browser before."""
    await backend.joins()
    session = (await backend.signs_in(headers=DEVICE)).token
    await resets_the_password(backend, session)
    await guesses(backend, 10)
    assert await guesses(backend, 1, headers=DEVICE) == {429: 1}


async def test_with_a_new_address_all_are_forgotten(backend: Backend) -> None:
    await backend.joins()
    session = (await backend.signs_in(headers=DEVICE)).token
    body = {"currentPassword": PASSWORD, "newEmail": "countess@example.com"}
    assert (await backend.post("/auth/change-email", body, session=session)).status == 200
    await backend.http.post(await backend.newest_link(to="countess@example.com"))
    assert (await backend.signs_in("countess@example.com", headers=OTHER_DEVICE)).status == 200
    await guesses(backend, 10, "countess@example.com")
    assert await guesses(backend, 1, "countess@example.com", headers=DEVICE) == {429: 1}


async def test_fifty_devices_are_known_the_latest(backend: Backend) -> None:
    await backend.joins()
    for number in range(51):
        await remember(backend, f"a device of ada's, number {number}")
    await guesses(backend, 10)
    assert await guesses(backend, 1, headers={"X-Device": "a device of ada's, number 0"}) == {429: 1}
    assert await guesses(backend, 1, headers={"X-Device": "a device of ada's, number 1"}) == {401: 1}

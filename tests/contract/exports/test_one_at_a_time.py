"""Of an account one export runs at a time, in whichever process, and one that died holds nobody up for long."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from backend.rules.running_exports import LEASE
from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.contract import API, headers_of
from tests.kit.exports import exporting

pytestmark = pytest.mark.both_databases

Pair = tuple[Backend, Backend]
OFF = {"EMAIL_CONFIRMATION": "off"}


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    """Two processes on one database."""
    clock = Clock()
    async with run_backend(tmp_path, clock, **OFF) as one, run_backend(tmp_path, clock, **OFF) as other:
        yield one, other


async def fetches(backend: Backend, session: str) -> httpx.Response:
    return await backend.http.get(f"{API}/account/export", headers=headers_of(session))


async def test_while_one_runs_another_process_asks_to_come_again(pair: Pair) -> None:
    one, other = pair
    token, someone = (await one.joins()).token, (await one.joins("grace@example.com")).token
    async with exporting(one, token):
        for backend in pair:
            refused = await fetches(backend, token)
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "10")
        assert (await fetches(other, someone)).status_code == 200
    assert (await fetches(other, token)).status_code == 200


async def test_a_process_that_was_killed_holds_nobody_up_for_long(pair: Pair) -> None:
    """Nothing of it is left but its lease, which nobody renews."""
    one, other = pair
    token = (await one.joins()).token
    async with exporting(one, token):
        one.clock.advance(seconds=LEASE.seconds - 1)
        assert (await fetches(other, token)).status_code == 429
        one.clock.advance(seconds=1)
        assert (await fetches(other, token)).status_code == 200


async def test_one_that_ends_late_does_not_give_back_what_another_holds(pair: Pair) -> None:
    one, other = pair
    token = (await one.joins()).token
    async with AsyncExitStack() as late:
        await late.enter_async_context(exporting(one, token))
        one.clock.advance(seconds=LEASE.seconds)
        async with exporting(other, token):
            await late.aclose()
            assert (await fetches(one, token)).status_code == 429

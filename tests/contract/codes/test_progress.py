"""What the page that waits for a mail is told."""

import pytest

from tests.kit.backend import Backend
from tests.kit.contract_codes import (
    ADA,
    PHONE,
    asks_for_a_code,
    find_progress,
    read_newest_code,
    types_code,
)

pytestmark = pytest.mark.both_databases


async def test_opened_is_said_after_the_button_and_not_for_what_scanners_do(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    link = await backend.newest_link()
    landing = await backend.opens(link)
    await backend.opens(link, "HEAD")
    assert await find_progress(backend, reference) == "waiting"
    await backend.grants(landing.token)
    assert await find_progress(backend, reference) == "opened"


async def test_a_code_counts_as_opened_and_what_else_ends_a_link_does_not(backend: Backend) -> None:
    await backend.joins()
    stranger = await asks_for_a_code(backend, device=PHONE)
    backend.clock.advance(seconds=11)
    reference = await asks_for_a_code(backend)
    await types_code(backend, reference, await read_newest_code(backend))
    assert (await find_progress(backend, reference), await find_progress(backend, stranger)) == ("opened", "waiting")


async def test_unknown_addresses_wait_until_their_codes_would_be_over(backend: Backend) -> None:
    await backend.joins()
    references = [await asks_for_a_code(backend, email=email) for email in (ADA, "nobody@example.com")]
    assert [await find_progress(backend, reference) for reference in references] == ["waiting"] * 2
    backend.clock.advance(minutes=10)
    assert [await find_progress(backend, reference) for reference in references] == ["expired"] * 2
    assert await find_progress(backend, "a.b.c.d") == "expired"

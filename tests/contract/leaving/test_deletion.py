"""Deletion: when the time is over nothing is left of an account, and its owner is told."""

import asyncio

import pytest

from backend.rules.deletion import FILES_AT_ONCE
from backend.tasks.cleanup import delete_expired_rows
from tests.kit.backend import Backend
from tests.kit.leaving import (
    TRACES,
    cleans_up,
    files_with,
    leaves,
    list_letters,
    lives_here,
    tables_with,
)
from tests.kit.mail_server import RefusingServer
from tests.kit.outbox_rows import has_no_row

pytestmark = pytest.mark.both_databases

DELETED = "Your account was deleted"


async def leaves_for_long(backend: Backend) -> str:
    """Ada leaves, and the time is over. Returns her id."""
    me = await lives_here(backend)
    assert (await leaves(backend, me.token)).status == 200
    backend.clock.advance(days=14, seconds=1)
    return str(me.body["user"]["_id"])


async def test_not_a_row_is_left_and_the_owner_is_told_at_the_end(backend: Backend, smtp: RefusingServer) -> None:
    await lives_here(backend, "grace@example.com", "Grace")
    me = await lives_here(backend)
    assert [bool(tables_with(backend, trace.decode())) for trace in TRACES] == [True] * 3, "they can be found at all"
    await leaves(backend, me.token)
    backend.clock.advance(days=13)
    await cleans_up(backend)
    assert (await backend.signs_in()).status == 200
    backend.clock.advance(days=1, seconds=1)
    assert (await backend.signs_in()).code == "invalid_sign_in_credentials", "it counts as gone at once"
    await cleans_up(backend)
    assert list_letters(smtp)[-1] == DELETED
    await has_no_row(backend)
    assert [tables_with(backend, trace.decode()) for trace in TRACES[:2]] == [[], []]
    assert (await backend.signs_in("grace@example.com")).status == 200


@pytest.mark.only_on("sqlite")
async def test_not_a_byte_is_left_in_the_files_of_the_database(backend: Backend, smtp: RefusingServer) -> None:
    me = await lives_here(backend)
    assert all(files_with(backend, trace) for trace in TRACES)
    await leaves(backend, me.token)
    backend.clock.advance(days=14, seconds=1)
    await cleans_up(backend)
    assert list_letters(smtp)[-1] == DELETED
    await has_no_row(backend)
    await cleans_up(backend)  # empties the journal of the mail that told it
    assert [files_with(backend, trace) for trace in TRACES] == [[], [], []]


async def test_the_mail_that_tells_it_waits_for_its_server_and_then_the_address_goes_too(
    backend: Backend, smtp: RefusingServer
) -> None:
    await leaves_for_long(backend)
    smtp.answers["ada@example.com"] = "451 4.3.0 later"
    await delete_expired_rows(backend.services)
    assert tables_with(backend, "ada@example.com") == ["mails"]
    smtp.answers.clear()
    backend.clock.advance(minutes=6)
    await smtp.wait_for(to="ada@example.com", subject=DELETED)
    await has_no_row(backend)
    assert tables_with(backend, "ada@example.com") == []


async def test_one_that_was_cut_off_is_finished_by_the_next_clean_up(backend: Backend) -> None:
    """The process died after the first files: nobody gets in, and what is left goes."""
    ada = await leaves_for_long(backend)
    await backend.services.store.write(lambda queries: queries.files.delete_some(ada, FILES_AT_ONCE))
    assert (await backend.signs_in()).code == "invalid_sign_in_credentials"
    await cleans_up(backend)
    await has_no_row(backend)
    assert tables_with(backend, "ada@example.com") == []


async def test_two_clean_ups_at_once_delete_once_and_tell_once(backend: Backend, smtp: RefusingServer) -> None:
    await leaves_for_long(backend)
    await asyncio.gather(cleans_up(backend), cleans_up(backend))
    await has_no_row(backend)
    assert list_letters(smtp).count(DELETED) == 1

"""What is written in one turn of the loop leaves together, in order, and without being kept for long."""

import asyncio
from collections.abc import Iterable

import pytest

from serving.joined_writes import LIMIT, JoinedWrites


class Notebook(asyncio.Transport):
    """A transport that notes what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.is_closed = False

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.sent.append(b"".join(list_of_data))

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    abort = close


@pytest.fixture
async def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
async def writes(notebook: Notebook) -> JoinedWrites:
    return JoinedWrites(notebook, asyncio.get_running_loop())


async def test_head_and_body_leave_together(notebook: Notebook, writes: JoinedWrites) -> None:
    writes.write(b"head ")
    writes.write(b"body")
    assert notebook.sent == []
    await asyncio.sleep(0)
    writes.write(b"the next")
    await asyncio.sleep(0)
    assert notebook.sent == [b"head body", b"the next"]


async def test_what_is_large_does_not_wait(notebook: Notebook, writes: JoinedWrites) -> None:
    large = b"x" * LIMIT
    writes.write(b"head ")
    writes.write(large)
    assert notebook.sent == [b"head " + large]
    await asyncio.sleep(0)
    assert len(notebook.sent) == 1


async def test_what_waits_leaves_before_the_connection_is_closed(notebook: Notebook, writes: JoinedWrites) -> None:
    writes.write(b"the last words")
    writes.close()
    await asyncio.sleep(0)
    assert notebook.sent == [b"the last words"]
    assert writes.is_closing()


async def test_nothing_is_sent_to_who_has_gone(notebook: Notebook, writes: JoinedWrites) -> None:
    writes.write(b"too late")
    writes.abort()
    await asyncio.sleep(0)
    assert notebook.sent == []

"""The decoder of photos as the site sees it: one process (`python -m web.photos.decoder`) a photo, and one at a time.

A process can be ended, gives all its memory back, and has its limits from its first moment; to start one takes a tenth
of a second.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, cast

ROOT = Path(__file__).resolve().parent.parent.parent
SHARE_SECONDS = 1.9  # of a decode while others wait, however little of the processor it was given
WAIT_SECONDS = 30  # for the decoder to end by its own limits
MOST_BYTES = 1024 * 1024  # of the answer, which has some ten thousand
SMALL_HEAP = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "131072"}  # what is freed goes back at once
ALL_IMPORTS = {"PYTHON_LAZY_IMPORTS": "none"}  # it opens no file later on


class OthersWait(Exception):  # noqa: N818
    """A decode was ended that had its share of time, for others wait for theirs."""


class Decoder:
    """One at a time, in the order of their coming: so memory stays bounded."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._others_wait = asyncio.Event()

    async def decode(self, file: IO[bytes]) -> tuple[int, bytes]:
        """The status and the output of the process that decoded a file. Raises OthersWait."""
        async with self._take_turn():
            decoding = asyncio.ensure_future(_run(file))
            others = asyncio.ensure_future(self._others_wait.wait())
            try:
                await asyncio.wait({decoding}, timeout=SHARE_SECONDS)
                await asyncio.wait({decoding, others}, return_when=asyncio.FIRST_COMPLETED)
                if decoding.done():
                    return decoding.result()
                raise OthersWait
            finally:
                decoding.cancel()
                others.cancel()
                await asyncio.gather(decoding, others, return_exceptions=True)

    @asynccontextmanager
    async def _take_turn(self) -> AsyncIterator[None]:
        self._waiting += 1
        self._others_wait.set()
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._others_wait.clear()
        try:
            yield
        finally:
            self._turn.release()


async def _run(file: IO[bytes]) -> tuple[int, bytes]:
    """The process is gone when this ends, also where it is cancelled."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "web.photos.decoder",
        stdin=file,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env=SMALL_HEAP | ALL_IMPORTS,  # and nothing of ours: no secret, no setting
    )
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            answer = await _read(cast("asyncio.StreamReader", process.stdout))
            return await process.wait(), answer
    except TimeoutError:
        return -signal.SIGKILL, b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _read(stream: asyncio.StreamReader) -> bytes:
    answer = bytearray()
    while len(answer) <= MOST_BYTES and (piece := await stream.read(MOST_BYTES)):
        answer += piece
    return bytes(answer)

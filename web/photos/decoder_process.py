"""The photo decoder as the site calls it: a process (`python -m web.photos.decoder`) for each photo, one at a time.

A process can be killed, frees all its memory, and is limited from its start, which takes a tenth of a second.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, cast

ROOT = Path(__file__).resolve().parent.parent.parent
SHARE_SECONDS = 1.9  # for one decode while others wait, in wall time
WAIT_SECONDS = 30  # for the decoder to stop by its own limits
MOST_BYTES = 1024 * 1024  # of output, which has some ten thousand
SMALL_HEAP = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "131072"}  # freed memory is returned at once
ALL_IMPORTS = {"PYTHON_LAZY_IMPORTS": "none"}  # no file is opened later


class DecoderBusy(Exception):  # noqa: N818
    """A decode was stopped after its share of time, because others were waiting."""


class Decoder:
    """Decodes one photo at a time, first come, first served, so that memory stays bounded."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._others_wait = asyncio.Event()

    async def decode(self, file: IO[bytes]) -> tuple[int, bytes]:
        """Decode a file, and return the exit status and output of the process. Raises DecoderBusy."""
        async with self._take_turn():
            decoding = asyncio.ensure_future(_run(file))
            others = asyncio.ensure_future(self._others_wait.wait())
            try:
                await asyncio.wait({decoding}, timeout=SHARE_SECONDS)
                await asyncio.wait({decoding, others}, return_when=asyncio.FIRST_COMPLETED)
                if decoding.done():
                    return decoding.result()
                raise DecoderBusy
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
    """Run the decoder's process, which is gone when this returns, even when cancelled."""
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

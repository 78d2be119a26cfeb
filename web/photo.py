"""A photo as uploaded -> the photo as kept, by a process of its own for each: `python -m web.decoder`.

A process can be ended, gives all its memory back, and has its limits from its first moment; to start one takes a tenth
of a second. One decodes at a time, so that memory stays bounded, and each person uploads one at a time, so that a
photo which costs all it may keeps others waiting once. What waits is on disk.
"""

import asyncio
import json
import logging
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any, cast
from weakref import WeakValueDictionary

from web.decoder.refusal import COSTLY, DAMAGED, NOTHING, STATUS, Refused

ROOT = Path(__file__).resolve().parent.parent
MOST_UPLOADS = 40  # under way in this process, of everybody
MOST_OF_ONE = 3  # of a person: one, and who clicks again waits
WAIT_SECONDS = 30  # for the decoder to end by its own limits
MOST_BYTES = 1024 * 1024  # of the answer, which has some ten thousand
ENDED_BY_LIMIT = {-signal.SIGPROF, -signal.SIGXCPU, -signal.SIGALRM, -signal.SIGKILL}
SMALL_HEAP = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "131072"}  # what is freed goes back at once
ALL_IMPORTS = {"PYTHON_LAZY_IMPORTS": "none"}  # it opens no file later on

log = logging.getLogger("web")


class TooManyUploads(Exception):  # noqa: N818
    """So many photos are under way that this one has to be sent again later."""


class PhotoUploads:
    """The uploads of one process of the site."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._decoder = asyncio.Semaphore(1)

    @asynccontextmanager
    async def take_turn(self, person: str) -> AsyncIterator[None]:
        """Let a person's uploads in one after the other, the next not read before the last is done. Raises
        TooManyUploads."""
        if self._under_way.total() >= MOST_UPLOADS or self._under_way[person] >= MOST_OF_ONE:
            raise TooManyUploads
        turn = self._turns.setdefault(person, asyncio.Lock())
        self._under_way[person] += 1
        try:
            async with turn:
                yield
        finally:
            self._under_way[person] -= 1
            self._under_way += Counter()  # forgets who has none

    async def convert(self, file: IO[bytes] | None) -> bytes:
        """Decode an uploaded file, and give the WebP to keep. Raises Refused."""
        if file is None:
            raise Refused(NOTHING)
        async with self._decoder:
            status, answer = await _decode(file)
        if status == 0 and answer.startswith(b"RIFF"):
            return answer
        raise _refuse(status, answer)


async def _decode(file: IO[bytes]) -> tuple[int, bytes]:
    """The status and the output of a decoder. It is gone when this ends, also where the request is cancelled."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "web.decoder",
        stdin=file,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env=SMALL_HEAP | ALL_IMPORTS,
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


def _refuse(status: int, answer: bytes) -> Refused:
    """Why there is no picture. Raises RuntimeError where that is a mistake of ours."""
    if status == STATUS:
        reason: dict[str, Any] = json.loads(answer)
        return Refused(**reason)
    if status in ENDED_BY_LIMIT:
        return Refused(COSTLY)
    if status < 0:  # a codec fell over it
        log.warning("a photo ended its decoder by %s", signal.Signals(-status).name)
        return Refused(DAMAGED)
    raise RuntimeError(f"the decoder of photos ended with status {status}")

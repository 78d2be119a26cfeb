"""A photo as uploaded -> the photo as kept. Each person uploads one at a time, and what waits is on disk."""

import asyncio
import json
import logging
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Any
from weakref import WeakValueDictionary

from web.photos.decoder.refusal import COSTLY, DAMAGED, NOTHING, STATUS, Refused
from web.photos.decoder_process import Decoder, OthersWait

MOST_UPLOADS = 40  # under way in this process, of everybody
MOST_OF_ONE = 3  # of a person: one, and who clicks again waits
ENDED_BY_LIMIT = {-signal.SIGPROF, -signal.SIGXCPU, -signal.SIGALRM, -signal.SIGKILL}

log = logging.getLogger("web")


class TooManyUploads(Exception):  # noqa: N818
    """So many photos are under way that this one has to be sent again later."""


class PhotoUploads:
    """The uploads of one process of the site."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._decoder = Decoder()

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
        """Decode an uploaded file, and give the WebP to keep. Raises Refused, or TooManyUploads where others wait and
        the machine is too busy to be done soon."""
        if file is None:
            raise Refused(NOTHING)
        try:
            status, answer = await self._decoder.decode(file)
        except OthersWait:
            raise TooManyUploads from None
        if status == 0 and answer.startswith(b"RIFF"):
            return answer
        raise _refuse(status, answer)


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

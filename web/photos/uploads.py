"""Uploads of photos. Each person uploads one at a time; waiting uploads are on disk."""

import asyncio
import json
import logging
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Any
from weakref import WeakValueDictionary

from web.photos.decoder.refusal import DAMAGED, NO_FILE, REFUSED_STATUS, TOO_COSTLY, PhotoRefused
from web.photos.decoder_process import Decoder, DecoderBusy

MOST_UPLOADS = 40  # at once in this process, for all people
MOST_OF_ONE = 3  # at once for one person: one in progress, and repeated clicks waiting
ENDED_BY_LIMIT = {-signal.SIGPROF, -signal.SIGXCPU, -signal.SIGALRM, -signal.SIGKILL}

log = logging.getLogger("web")


class TooManyUploads(Exception):  # noqa: N818
    """Too many photos are being uploaded at once; this one has to be sent again later."""


class PhotoUploads:
    """The uploads of one process of the site."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._decoder = Decoder()

    @asynccontextmanager
    async def take_turn(self, person: str) -> AsyncIterator[None]:
        """Wait for the end of the person's other uploads before reading this one. Raises TooManyUploads."""
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
        """Convert an uploaded file to a square WebP.

        Raises PhotoRefused, or TooManyUploads when the decoder is too busy.
        """
        if file is None:
            raise PhotoRefused(NO_FILE)
        try:
            status, answer = await self._decoder.decode(file)
        except DecoderBusy:
            raise TooManyUploads from None
        if status == 0 and answer.startswith(b"RIFF"):
            return answer
        raise _make_refusal(status, answer)


def _make_refusal(status: int, answer: bytes) -> PhotoRefused:
    """Make the refusal for a status of the decoder. Raises RuntimeError for a bug of ours."""
    if status == REFUSED_STATUS:
        reason: dict[str, Any] = json.loads(answer)
        return PhotoRefused(**reason)
    if status in ENDED_BY_LIMIT:
        return PhotoRefused(TOO_COSTLY)
    if status < 0:  # a codec crashed
        log.warning("a photo ended its decoder by %s", signal.Signals(-status).name)
        return PhotoRefused(DAMAGED)
    raise RuntimeError(f"the decoder of photos ended with status {status}")

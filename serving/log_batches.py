"""Lines of the log that wait to be written together."""

import asyncio
import contextlib
import logging
from select import PIPE_BUF
from typing import TextIO

BATCH_SECONDS = 0.05


class BatchHandler(logging.StreamHandler[TextIO]):
    """Writes lines in batches, since a write costs as much as the line itself; warnings and errors at once, in order.

    A batch waits for BATCH_SECONDS at most, and is lost only if the process is killed. None is so large that the lines
    of another process could get between its own, in a pipe that both write into.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self.batch = ""
        self.timer: asyncio.TimerHandle | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception:  # as every handler does: whoever logs is not to be harmed by it
            self.handleError(record)
            return
        self.append(line)
        if record.levelno > logging.INFO:
            self.flush()

    def append(self, line: str) -> None:
        """Add a line to the batch."""
        self.acquire()
        try:
            if len(self.batch) + len(line) >= PIPE_BUF:
                self.flush()
            self.batch += line + self.terminator
        finally:
            self.release()
        if self.timer is None:
            self._flush_soon()

    def flush(self) -> None:
        """Write the batch. At the end of the process `logging` calls this."""
        self.acquire()
        try:
            batch, self.batch, self.timer = self.batch, "", None
            with contextlib.suppress(OSError):  # as `logging` does: there is no other place to tell of it
                self.stream.write(batch)
                self.stream.flush()
        finally:
            self.release()

    def _flush_soon(self) -> None:
        try:
            self.timer = asyncio.get_running_loop().call_later(BATCH_SECONDS, self.flush)
        except RuntimeError:  # in a thread without a loop
            self.flush()

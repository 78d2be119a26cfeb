"""The log: one JSON object a line, of these fields and no others, so that no secret has a place in it.

* time: ISO 8601, UTC
* level, logger, event: the event is a sentence of ours, never what somebody typed
* request_id: the same in both programs' logs, on error pages and in `X-Request-Id`
* method, path, status, ms: of a request; the path without its query, in which mailed links carry their keys
* host, expected_host: of a request that is meant for another host; the first as it was sent, printable and short
* error: kind and places of an exception; its message may hold what somebody typed
"""

import asyncio
import contextlib
import logging
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from json.encoder import encode_basestring_ascii
from select import PIPE_BUF
from types import TracebackType
from typing import Any, TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_PATH = 200
LONGEST_EVENT = 500
UNLOGGED = ("/healthz", "/readyz")  # asked for every few seconds
LONGEST_NOTE = 100
BATCH_SECONDS = 0.05
NOTES = "log_notes"

request_id: ContextVar[str] = ContextVar("request_id", default="")
log = logging.getLogger("requests")


class JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return format_line(
            time=_format_time(record.created),
            level=record.levelname.lower(),
            logger=record.name,
            event=record.getMessage()[:LONGEST_EVENT],
            request_id=request_id.get(),
            error=_describe_error(record.exc_info[1]) if record.exc_info else "",
        )


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


class RequestLog:
    """Middleware, the outermost: logs one line for each request when its response has ended."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, _flush_before_end(send))
            return
        if scope["type"] != "http" or scope["path"] in UNLOGGED or not log.isEnabledFor(logging.INFO):
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def send_and_note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note_status)
        finally:
            _log_request(scope, status, ms=round((time.perf_counter() - began) * 1000, 1))


def note_for_log(scope: Scope, **fields: str) -> None:
    """Add fields to the log line of a request; values are cut to 100 printable characters."""
    notes = scope.setdefault("state", {}).setdefault(NOTES, {})
    notes.update({name: "".join(filter(str.isprintable, value))[:LONGEST_NOTE] for name, value in fields.items()})


def configuration(*, is_terminal: bool) -> dict[str, Any]:
    """Return a configuration for `logging.config`; at a terminal only warnings and errors are logged.

    What `logging` notes of thread, process and caller is in no line, and is switched off: it costs more than the line.
    """
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # as its documentation says, under "Optimization"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLine}},
        "handlers": {"stderr": {"()": BatchHandler, "formatter": "json"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {"requests": {"level": "WARNING" if is_terminal else "INFO"}},
    }


def _flush_before_end(send: Send) -> Send:
    """Return a `send` that flushes the log before it tells the server to end: after a signal, no code of ours runs."""

    async def flush_and_send(message: Message) -> None:
        if message["type"].startswith("lifespan.shutdown"):
            for handler in logging.getLogger().handlers:
                handler.flush()
        await send(message)

    return flush_and_send


def format_line(**fields: str | float) -> str:
    """Return the fields that are not empty as JSON, in a third of the time that `json` takes for so few."""
    texts = (
        f'"{name}": {encode_basestring_ascii(value) if isinstance(value, str) else value}'
        for name, value in fields.items()
        if value != ""
    )
    return f"{{{', '.join(texts)}}}"


def _format_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _log_request(scope: Scope, status: int, *, ms: float) -> None:
    """Add a line to the batches, not through `logging`, whose records cost more than the line."""
    line = format_line(
        time=_format_time(time.time()),
        level="info",
        logger=log.name,
        event="request",
        request_id=request_id.get(),
        method=scope["method"],
        path=scope["path"][:LONGEST_PATH],
        status=status,
        ms=ms,
        **scope.get("state", {}).get(NOTES, {}),
    )
    for handler in logging.getLogger().handlers:
        if isinstance(handler, BatchHandler):
            handler.append(line)


def _describe_error(error: BaseException | None) -> str:
    return f"{type(error).__name__} at {_describe_places(error.__traceback__)}" if error else ""


def _describe_places(trace: TracebackType | None) -> str:
    """Return the five innermost places, the innermost first."""
    frames = traceback.extract_tb(trace)[-5:]
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames)) or "nowhere"

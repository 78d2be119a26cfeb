"""The log of requests, and how both programs log."""

import logging
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.log_batches import BatchHandler
from serving.log_lines import JsonLine, format_line, format_time, request_id

LONGEST_PATH = 200  # characters
LONGEST_NOTE = 100
UNLOGGED = ("/healthz", "/readyz", "/smsz")  # asked for every few seconds
NOTES = "log_notes"

log = logging.getLogger("requests")


class RequestLog:
    """Middleware, the outermost: logs one line for each request when its response has ended."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, _flush_before_end(send))
        elif scope["type"] == "http" and scope["path"] not in UNLOGGED and log.isEnabledFor(logging.INFO):
            await self._run_logged(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _run_logged(self, scope: Scope, receive: Receive, send: Send) -> None:
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


def _flush_before_end(send: Send) -> Send:
    """Return a `send` that flushes the log before it tells the server to end: after a signal, no code of ours runs."""

    async def flush_and_send(message: Message) -> None:
        if message["type"].startswith("lifespan.shutdown"):
            for handler in logging.getLogger().handlers:
                handler.flush()
        await send(message)

    return flush_and_send


def _log_request(scope: Scope, status: int, *, ms: float) -> None:
    """Add a line to the batches, not through `logging`, whose records cost more than the line."""
    line = format_line(
        time=format_time(time.time()),
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


def note_for_log(scope: Scope, **fields: str) -> None:
    """Add fields to the log line of a request; values are cut to 100 printable characters."""
    notes = scope.setdefault("state", {}).setdefault(NOTES, {})
    notes.update({name: "".join(filter(str.isprintable, value))[:LONGEST_NOTE] for name, value in fields.items()})


def make_configuration(*, is_terminal: bool) -> dict[str, Any]:
    """Make the configuration for `logging.config`; at a terminal only warnings and errors are logged.

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

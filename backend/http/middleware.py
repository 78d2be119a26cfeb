"""Middleware around the endpoints: pure ASGI, one job each."""

import logging
import re

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.http.envelope import answer_refusal
from backend.kernel.refusals import refusal

VARY = (b"vary", b"Origin")

log = logging.getLogger("backend")


class Cors(CORSMiddleware):
    """CORS, which costs the calls of servers next to nothing: they name no origin."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or b"origin" in dict(scope["headers"]):
            await super().__call__(scope, receive, send)
            return

        async def send_varying(message: Message) -> None:
            """Tell caches that an origin may be answered with other headers."""
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), VARY]
            await send(message)

        await self.app(scope, receive, send_varying)


class EnvironmentPrefix:
    """Removes `/e:{24 hex digits}` from the start of a path: Altogic's other way to name an environment."""

    PREFIX = re.compile(r"/e:[0-9a-f]{24}(?=/_api/|/_auth/)")

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (match := self.PREFIX.match(scope["path"])):
            scope = {**scope, "path": scope["path"][match.end() :]}
        await self.app(scope, receive, send)


class ServerErrors:
    """Turns an unexpected error into one line of the log and an answer in the envelope."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "\0" in scope["path"]:  # no database takes it
            await answer_refusal(refusal("resource_not_found"))(scope, receive, send)
            return
        tracker = SendTracker(send)
        try:
            await self.app(scope, receive, tracker)
        except ClientDisconnect:
            pass  # there is no one to answer
        except Exception as error:
            log.error("%s %s failed: %s", scope["method"], scope["path"], _locate(error))
            if tracker.has_started:
                raise
            await answer_refusal(refusal("internal_server_error"))(scope, receive, send)


class SendTracker:
    """An ASGI `send` that remembers whether the response has started."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.has_started = False

    async def __call__(self, message: Message) -> None:
        self.has_started = self.has_started or message["type"] == "http.response.start"
        await self.send(message)


def _locate(error: Exception) -> str:
    """Return the kind and the place of an error, without its message, which may hold what somebody typed."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "nowhere"
    return f"{type(error).__name__} at {place}"

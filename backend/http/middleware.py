"""Middleware around the endpoints: pure ASGI, one job each."""

import hmac
import logging
import re
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.http.envelope import answer_refusal
from backend.kernel.refusals import refusal

log = logging.getLogger("backend")


class ClientKey:
    """Refuses requests without one of the client keys, `invalid_client_key`."""

    def __init__(self, app: ASGIApp, keys: Sequence[str]) -> None:
        self.app = app
        self._keys = [key.encode() for key in keys]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = Headers(scope=scope).get("x-client-key", "").encode()
        matches = [hmac.compare_digest(given, key) for key in self._keys]  # all of them, against timing attacks
        if not any(matches):
            raise refusal("invalid_client_key")
        await self.app(scope, receive, send)


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

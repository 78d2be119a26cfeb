"""What stands around the endpoints: pure ASGI, one job each."""

import hmac
import logging
import re
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.http.shapes import refused
from backend.kernel.refusals import refusal

log = logging.getLogger("backend")


class ClientKey:
    """Lets nobody in who does not know one of the client keys."""

    def __init__(self, app: ASGIApp, keys: Sequence[str]) -> None:
        self.app = app
        self._keys = [key.encode() for key in keys]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = Headers(scope=scope).get("x-client-key", "").encode()
        matches = [hmac.compare_digest(given, key) for key in self._keys]  # all of them: the time tells nothing
        if not any(matches):
            raise refusal("invalid_client_key")
        await self.app(scope, receive, send)


class EnvironmentPrefix:
    """Takes the `/e:{24 hex digits}` off a path: Altogic's other way to name an environment."""

    PREFIX = re.compile(r"/e:[0-9a-f]{24}(?=/_api/|/_auth/)")

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (match := self.PREFIX.match(scope["path"])):
            scope = {**scope, "path": scope["path"][match.end() :]}
        await self.app(scope, receive, send)


class LastResort:
    """What nobody expected becomes one line in the log and an answer in the envelope."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "\0" in scope["path"]:  # no database can even be asked for it
            await refused(refusal("resource_not_found"))(scope, receive, send)
            return
        watched = Watched(send)
        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            pass  # nobody is there to be answered
        except Exception as error:
            log.error("%s %s failed: %s", scope["method"], scope["path"], _where(error))
            if watched.started:
                raise
            await refused(refusal("internal_server_error"))(scope, receive, send)


class Watched:
    """A send that remembers whether the answer has begun."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.started = False

    async def __call__(self, message: Message) -> None:
        self.started = self.started or message["type"] == "http.response.start"
        await self.send(message)


def _where(error: Exception) -> str:
    """Kind and place of an error. Not its message: that may hold what somebody typed."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "nowhere"
    return f"{type(error).__name__} at {place}"

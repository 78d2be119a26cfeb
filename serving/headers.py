"""Headers of every response of both programs: a request id, and headers that make browsers careful."""

import random
import re
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.logs import request_id

_numbers = random.Random()  # noqa: S311  # to tell requests apart; nothing is gained by guessing one
ID = re.compile(r"[0-9a-f]{16}")
ALWAYS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    # On redirects, too: WebKit never ends loading where the browsing context group changes between a page and one.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # no-referrer would make our own forms send `Origin: null`
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
BROKEN = 500  # after which the server ends the connection
OVER_HTTPS: Mapping[str, str] = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


class ResponseHeaders:
    """Middleware that gives each request an id, and each response the headers that it does not set itself.

    `trust_request_id`: whether the id that a caller sends in `X-Request-Id` is used.
    """

    def __init__(self, app: ASGIApp, *, is_https: bool, trust_request_id: bool) -> None:
        self.app = app
        self.headers = encode_headers({**ALWAYS, **(OVER_HTTPS if is_https else {})})
        self.trust_request_id = trust_request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name = self._id(scope)
        scope.setdefault("state", {})["request_id"] = name
        request_id.set(name)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = name
                if message["status"] == BROKEN:
                    headers["Connection"] = "close"
                set_missing(headers, self.headers)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _id(self, scope: Scope) -> str:
        given = Headers(scope=scope).get("x-request-id", "") if self.trust_request_id else ""
        return given if ID.fullmatch(given) else f"{_numbers.getrandbits(64):016x}"


def encode_headers(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Encode headers as ASGI has them."""
    return Headers(headers).raw


def set_missing(headers: MutableHeaders, wanted: list[tuple[bytes, bytes]]) -> None:
    """Set the headers that are not set yet."""
    names = {name for name, _value in headers.raw}
    headers.raw.extend(header for header in wanted if header[0] not in names)

"""Headers of every response of both programs: a request id, and headers that make browsers careful."""

import random
import re
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.log_lines import request_id

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
Header = tuple[bytes, bytes]  # as ASGI has them, the name in lower case
BROKEN = 500  # after which the server ends the connection
OVER_HTTPS: Mapping[str, str] = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


class ResponseHeaders:
    """Middleware that gives each request an id, and each response the headers that it does not set itself.

    `trust_request_id`: whether the id that a caller sends in `X-Request-Id` is used.

    Starlette's own headers are searched for each name; here the names are looked up, which takes half the time.
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
                message["headers"] = self.complete(list(message["headers"]), name, message["status"])
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def complete(self, headers: list[Header], name: str, status: int) -> list[Header]:
        """Return the headers of a response with those that were missing; `name` is the id of its request."""
        headers = replace(headers, b"x-request-id", name.encode())
        if status == BROKEN:
            headers = replace(headers, b"connection", b"close")
        return add_missing(headers, self.headers)

    def _id(self, scope: Scope) -> str:
        given = Headers(scope=scope).get("x-request-id", "") if self.trust_request_id else ""
        return given if ID.fullmatch(given) else f"{_numbers.getrandbits(64):016x}"


def encode_headers(headers: Mapping[str, str]) -> list[Header]:
    """Encode headers as ASGI has them."""
    return Headers(headers).raw


def add_missing(headers: list[Header], wanted: list[Header]) -> list[Header]:
    """Return the headers with those that are wanted and not among them."""
    names = dict(headers)
    return headers + [header for header in wanted if header[0] not in names]


def replace(headers: list[Header], name: bytes, value: bytes) -> list[Header]:
    """Return the headers with one in place of those of its name."""
    return [header for header in headers if header[0] != name] + [(name, value)]

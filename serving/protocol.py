"""uvicorn's HTTP/1.1 with bounds on what one client, or very many, can hold.

uvicorn alone waits for ever for a head or a body that never ends, takes a head of any size, and keeps any number of
idle connections.
"""

import asyncio
import contextlib
import http
import resource
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SPARE_FILES = 200  # of the process, for everything that is not a connection
REFUSAL_HEADERS = (
    b"connection: close\r\n"
    b"cache-control: no-store\r\n"
    b"x-content-type-options: nosniff\r\n"
    b"x-frame-options: DENY\r\n"
    b"referrer-policy: same-origin\r\n"
    b"cross-origin-resource-policy: same-origin\r\n"
)


@dataclass(frozen=True)
class Bounds:
    head_bytes: int = 32 * 1024  # request line and headers
    head_fields: int = 100
    head_seconds: float = 10.0
    body_seconds: float = 300.0  # a photo of 16 MB over a slow mobile connection
    body_grace_seconds: float = 20.0
    body_bytes_a_second: int = 1024  # after the grace, on average
    write_seconds: float = 30.0  # until a client takes what waits for it
    connections: int = 4000

    @property
    def most_connections(self) -> int:
        """Each is an open file, and of those the system grants a process only so many."""
        return max(1, min(self.connections, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_FILES))


class HeadRefused(Exception):  # noqa: N818  # not an error of ours
    """Raised inside the parser, which then stops."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. It is idle from the moment it is made, or an answer is complete, until a head is complete."""

    bounds: ClassVar = Bounds()
    refusal_type: ClassVar = "text/plain; charset=utf-8"
    idle: ClassVar[dict["BoundedProtocol", None]] = {}  # of this process, the longest idle first

    def refusal_body(self, status: int) -> bytes:
        """What is said where no request was understood, and so no application can be asked."""
        return http.HTTPStatus(status).phrase.encode()

    # The transport's events

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._refusal = 400
        self._write_timer: asyncio.TimerHandle | None = None
        self._begin_head()
        self._timer = self._after(self.bounds.head_seconds, self._head_is_late)
        self._make_room()

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > self.bounds.head_bytes:
            self._refuse(431)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write_timer = self._after(self.bounds.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_write_timer()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        self._stop_write_timer()
        self.idle.pop(self, None)
        super().connection_lost(exc)

    # The parser's events

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self._in_head:  # the next request of a connection that was kept
            self._begin_head()
        self._timer.cancel()
        self._timer = self._after(self.bounds.head_seconds, self._head_is_late)

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count(len(name) + len(value))

    def on_headers_complete(self) -> None:
        self._in_head = False
        self.idle.pop(self, None)
        self._timer.cancel()
        self._body_began, self._body_bytes = self.loop.time(), 0
        self._timer = self._after(self.bounds.body_grace_seconds, self._check_body)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._timer.cancel()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.pipeline:
            self.idle[self] = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """What uvicorn calls when the parser has stopped."""
        self._refuse(self._refusal)

    # The bounds

    def _begin_head(self) -> None:
        self._in_head = True
        self._head_bytes = self._counted_bytes = self._counted_fields = 0
        self.idle[self] = None

    def _count(self, size: int) -> None:
        """What stands in the head; among the bytes as they arrive there may be the body's."""
        self._counted_bytes += size
        self._counted_fields += 1
        if self._counted_bytes > self.bounds.head_bytes or self._counted_fields > self.bounds.head_fields:
            self._refusal = 431
            raise HeadRefused

    def _make_room(self) -> None:
        """Whoever has done nothing for longest makes room for who comes now."""
        if len(self.connections) > self.bounds.most_connections:
            longest = next(iter(self.idle))
            self.idle.pop(longest)
            longest.transport.abort()

    def _head_is_late(self) -> None:
        """Browsers connect ahead of need: who has asked for nothing is told nothing."""
        if self._head_bytes:
            self._refuse(408)
        else:
            self.transport.close()

    def _check_body(self) -> None:
        took = self.loop.time() - self._body_began
        wanted = (took - self.bounds.body_grace_seconds) * self.bounds.body_bytes_a_second
        if took > self.bounds.body_seconds or self._body_bytes < wanted:
            self._refuse(408)
        else:
            self._timer = self._after(self.bounds.body_grace_seconds / 2, self._check_body)

    def _refuse(self, status: int) -> None:
        """In words, unless an answer has begun, and then the connection only ends."""
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            body, phrase = self.refusal_body(status), http.HTTPStatus(status).phrase
            about = f"content-type: {self.refusal_type}\r\ncontent-length: {len(body)}\r\n\r\n"
            self.transport.write(f"HTTP/1.1 {status} {phrase}\r\n".encode() + REFUSAL_HEADERS + about.encode() + body)
        self.transport.close()

    def _after(self, seconds: float, act: Callable[[], object]) -> asyncio.TimerHandle:
        return self.loop.call_later(seconds, act)

    def _stop_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None


def allow_files() -> None:
    """As many open files as the system grants this process."""
    with contextlib.suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

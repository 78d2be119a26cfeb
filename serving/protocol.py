"""uvicorn's HTTP/1.1 with bounds on what one client, or very many, can hold.

uvicorn alone waits for ever for a head or a body that never ends, takes a head of any size, keeps any number of idle
connections, and reads any number of requests ahead of their answers.
"""

import asyncio
import contextlib
import http
import re
import resource
from collections.abc import Callable
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from serving.bounds import Bounds
from serving.connections import OpenConnections
from serving.joined_writes import JoinedWrites
from serving.networks import is_within, network

MULTIPART = b"multipart/form-data"
AUTHORITY = re.compile(rb"https?://([^/?#]*)", re.IGNORECASE)  # of a target in absolute form
REFUSAL_HEADERS = (
    b"connection: close\r\n"
    b"cache-control: no-store\r\n"
    b"x-content-type-options: nosniff\r\n"
    b"x-frame-options: DENY\r\n"
    b"referrer-policy: same-origin\r\n"
    b"cross-origin-resource-policy: same-origin\r\n"
)


class HeadRefused(Exception):  # noqa: N818  # not an error of ours
    """Raised inside the parser, which then stops."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. It is idle from the moment it is made, or an answer is complete, until a head is complete."""

    bounds: ClassVar = Bounds()
    refusal_type: ClassVar = "text/plain; charset=utf-8"
    open_connections: ClassVar = OpenConnections()  # of this process

    def refusal_body(self, status: int) -> bytes:
        """Return the body of a refusal that is sent before an application is called."""
        return http.HTTPStatus(status).phrase.encode()

    # The transport's events

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport = JoinedWrites(transport, self.loop)  # type: ignore[assignment]  # all that is used of one
        self._refusal = 400
        self._is_ending = False
        self._write_timer: asyncio.TimerHandle | None = None
        address = self.client[0] if self.client else ""
        self._is_trusted = not address or is_within(address, tuple(self.config.forwarded_allow_ips or ()))
        self._network = network(address)
        self._neighbours = self.open_connections.add(self._network, self)
        self._timer: asyncio.TimerHandle | None = None
        self._awaited: tuple[float, Callable[[], object]] | None = None  # and what is done if it does not come
        self._begin_head()
        self._await(self.bounds.head_seconds, self._refuse_late_head)
        self._start_timer()
        self._make_room()

    def data_received(self, data: bytes) -> None:
        if self._is_ending:
            self.flow.pause_reading()
            return
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        self._start_timer()
        if self._in_head and self._head_bytes > self.bounds.head_bytes:
            self._refuse(431)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._neighbours.unread[self] = None
        self._write_timer = self._after(self.bounds.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_write_timer()
        self._neighbours.unread.pop(self, None)
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._stop_write_timer()
        self.open_connections.remove(self._network, self)
        super().connection_lost(exc)

    # The parser's events

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self._in_head:  # the next request of a connection that was kept
            self._begin_head()
        self._await(self.bounds.head_seconds, self._refuse_late_head)

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url))
        if len(self.url) > self.bounds.target_bytes:
            self._stop(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count(len(name) + len(value))
        if len(value) > self.bounds.field_bytes and name.lower() != b"cookie":
            self._stop(431)

    def on_headers_complete(self) -> None:
        if not self._names_one_host() or self.url.count(b"&") > self.bounds.query_fields:
            self._stop(400)
        self._bound_requests_ahead()
        self._in_head = False
        self._neighbours.idle.pop(self, None)
        self._neighbours.receiving[self] = None
        self._await_body()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._stop_timer()
        self._neighbours.receiving.pop(self, None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.pipeline:
            self._neighbours.idle[self] = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Refuse the request; uvicorn calls this when the parser has stopped."""
        self._refuse(self._refusal)

    # The bounds

    @property
    def missing_bytes(self) -> float:
        """How many bytes the body lacks to be at the slowest pace that is allowed."""
        return self._pace.count_missing(self.loop.time() - self._body_began, self._body_bytes)

    def give_way(self) -> None:
        """End the connection at once, and count it no longer."""
        self.open_connections.remove(self._network, self)
        self.transport.abort()

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _begin_head(self) -> None:
        self._in_head = True
        self._head_bytes = self._counted_bytes = self._counted_fields = 0
        if not self._is_answering:
            self._neighbours.idle[self] = None

    def _count(self, size: int) -> None:
        """Count bytes and fields of the head alone; bytes as they arrive may belong to the body."""
        self._counted_bytes += size
        self._counted_fields += 1
        if self._counted_bytes > self.bounds.head_bytes or self._counted_fields > self.bounds.head_fields:
            self._stop(431)

    def _stop(self, status: int) -> None:
        self._refusal = status
        raise HeadRefused

    def _names_one_host(self) -> bool:
        """RFC 9112, 3.2: exactly one Host, and the same as in the target where that names one too."""
        hosts = [value.strip().lower() for name, value in self.headers if name == b"host"]
        if not hosts:
            return self.parser.get_http_version() == "1.0"
        absolute = AUTHORITY.match(self.url)
        return len(hosts) == 1 and (absolute is None or absolute[1].lower() == hosts[0])

    def _bound_requests_ahead(self) -> None:
        """Take no more while many wait for their answers: the client may ask for the rest again (RFC 9112, 9.3.2)."""
        if not self.pipeline:
            self._bytes_ahead = 0
        if not self._is_answering:
            return
        self._bytes_ahead += self._counted_bytes
        are_many = len(self.pipeline) >= self.bounds.requests_ahead or self._bytes_ahead > self.bounds.head_bytes
        if are_many or self._announces_body():
            raise HeadRefused

    def _announces_body(self) -> bool:
        lengths = {name: value for name, value in self.headers if name in (b"content-length", b"transfer-encoding")}
        return b"transfer-encoding" in lengths or lengths.get(b"content-length", b"0") != b"0"

    def _make_room(self) -> None:
        """End the connection that waits longest for its client, if there are too many."""
        if not self._is_trusted and len(self._neighbours.connections) > self.bounds.connections_per_network:
            slowest = self._neighbours.find_slowest(self)
        elif self.open_connections.size > self.bounds.most_connections:
            slowest = self.open_connections.find_slowest(self)
        else:
            return
        (slowest or self).give_way()

    def _refuse_late_head(self) -> None:
        """Refuse a late head; a connection without any is closed silently, as browsers connect ahead of need."""
        if self._head_bytes or self._counted_bytes:
            self._refuse(408)
        else:
            self.transport.close()

    def _await_body(self) -> None:
        is_file = any(name == b"content-type" and value.lower().startswith(MULTIPART) for name, value in self.headers)
        self._pace = self.bounds.file_pace if is_file else self.bounds.form_pace
        self._body_began, self._body_bytes = self.loop.time(), 0
        self._await(self._pace.grace, self._check_body)

    def _check_body(self) -> None:
        if self.flow.read_paused:  # it is we who do not read
            self._await_body()
            self._start_timer()
        elif self.loop.time() - self._body_began > self.bounds.body_seconds or self.missing_bytes >= 0:
            self._refuse(408)
        else:
            self._timer = self._after(self._pace.grace / 2, self._check_body)

    def _refuse(self, status: int) -> None:
        """Send a refusal, unless a response has begun; responses to earlier requests are sent first."""
        if self.transport.is_closing():
            return
        if self._in_head and self._is_answering:
            self._end_after_answers()
            return
        if self._in_head or (self._is_answering and not self.cycle.response_started):
            body, phrase = self.refusal_body(status), http.HTTPStatus(status).phrase
            about = f"content-type: {self.refusal_type}\r\ncontent-length: {len(body)}\r\n\r\n"
            self.transport.write(f"HTTP/1.1 {status} {phrase}\r\n".encode() + REFUSAL_HEADERS + about.encode() + body)
        self.transport.close()

    def _end_after_answers(self) -> None:
        """Send `Connection: close` with the last response, unless it has begun."""
        self._is_ending = True
        self._stop_timer()
        self.flow.pause_reading()
        self.cycle.keep_alive = False

    def _await(self, seconds: float, act: Callable[[], object]) -> None:
        """Act after some seconds of waiting for the client.

        The timer is started when the bytes at hand are read, and most requests have arrived whole by then.
        """
        self._stop_timer()
        self._awaited = seconds, act

    def _start_timer(self) -> None:
        if self._awaited:
            self._timer, self._awaited = self._after(*self._awaited), None

    def _stop_timer(self) -> None:
        self._awaited = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _after(self, seconds: float, act: Callable[[], object]) -> asyncio.TimerHandle:
        return self.loop.call_later(seconds, act)

    def _stop_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None


def allow_files() -> None:
    """Raise the limit of open files to what the system grants this process."""
    with contextlib.suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

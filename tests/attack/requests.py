"""Raw HTTP over a connection of its own: nothing between what an attack says and what is sent."""

from __future__ import annotations

import http.client
import socket
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

PATIENCE = 15.0  # seconds; an answer that takes longer is a hang


@dataclass(frozen=True)
class Request:
    method: str = "GET"
    path: str = "/"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""

    def wire(self, host: str) -> bytes:
        """As it is sent. Its length is told unless the headers tell one."""
        told = {name.lower() for name, _ in self.headers}
        lines = [f"{self.method} {self.path} HTTP/1.1".encode("utf-8", "surrogatepass")]
        lines += [] if b"host" in told else [b"Host: " + host.encode()]
        lines += [name + b": " + value for name, value in self.headers]
        if self.body and not told & {b"content-length", b"transfer-encoding"}:
            lines.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_last: bool = False

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def set_cookies(self) -> list[str]:
        return self.headers.get("set-cookie", "").split("\n") if "set-cookie" in self.headers else []


class Connection:
    """To 127.0.0.1, made anew where the server has ended it."""

    def __init__(self, port: int, host: str = "") -> None:
        self.port = port
        self.host = host or f"127.0.0.1:{port}"
        self.socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self.socket:
            self.socket.close()
        self.socket = None

    def asks(self, request: Request) -> Answer | None:
        """None: the server ended the connection without a word. Raises TimeoutError."""
        for _ in range(2):  # a kept connection may have been ended meanwhile
            kept = self.socket is not None
            answer = self._try(request)
            if answer is None or answer.is_last:
                self.close()
            if answer is not None or not kept:
                return answer
        return None

    def _try(self, request: Request) -> Answer | None:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        try:
            self.socket.sendall(request.wire(self.host))
            return _read(self.socket, request.method)
        except (ConnectionError, http.client.BadStatusLine):
            return None


def _read(connection: socket.socket, method: str) -> Answer:
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        name = name.lower()
        headers[name] = f"{headers[name]}\n{value}" if name in headers else value
    return Answer(response.status, headers, response.read(), response.will_close)

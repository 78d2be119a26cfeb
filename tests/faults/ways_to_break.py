"""What can happen to a line. A way is told each block of bytes, in either direction, and does with it what it does."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field

AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: a reset, not an orderly end
METHODS = (b"GET ", b"POST ", b"PUT ", b"DELETE ", b"HEAD ")
DEADLINE = 10.0  # seconds, of the site for one call


@dataclass(eq=False)
class Link:
    """Two connections, one to each side."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter | None = None
    is_write: bool = False  # the request under way

    async def asks(self, block: bytes) -> None:
        assert self.server
        self.server.write(block)
        await self.server.drain()

    async def tells(self, block: bytes) -> None:
        self.client.write(block)
        await self.client.drain()

    async def tells_last(self, block: bytes) -> None:
        await self.tells(block)
        self.client.close()

    def is_reset(self) -> None:
        self.client.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.is_cut()

    def is_cut(self) -> None:
        for writer in (self.client, self.server):
            if writer:
                writer.transport.abort()


class Way:
    """Passes everything on."""

    async def asked(self, link: Link, block: bytes) -> None:
        await link.asks(block)

    async def answered(self, link: Link, block: bytes) -> None:
        await link.tells(block)


class Ends(Way):
    """Those that end who is connected already, too."""


class Silent(Way):
    """Takes everything, and never says a word."""

    async def asked(self, link: Link, block: bytes) -> None:
        """Gone."""

    async def answered(self, link: Link, block: bytes) -> None:
        """Gone."""


class Resets(Ends):
    async def asked(self, link: Link, block: bytes) -> None:  # noqa: ARG002
        link.is_reset()

    async def answered(self, link: Link, block: bytes) -> None:  # noqa: ARG002
        link.is_reset()


@dataclass
class Says(Way):
    """Something else in the place of the answer, and to nobody's knowledge: what was asked is not passed on."""

    instead: bytes

    async def asked(self, link: Link, block: bytes) -> None:  # noqa: ARG002
        await link.tells_last(self.instead)

    async def answered(self, link: Link, block: bytes) -> None:  # noqa: ARG002
        await link.tells_last(self.instead)


@dataclass
class Drips(Way):
    """The beginning of an answer, and then a byte now and then."""

    beginning: bytes = b""

    async def asked(self, link: Link, block: bytes) -> None:  # noqa: ARG002
        await link.tells(self.beginning)
        while not link.client.is_closing():
            await asyncio.sleep(0.5)
            await link.tells(b" ")

    async def answered(self, link: Link, block: bytes) -> None:
        """Each of its bytes would be in time; all of them are not."""
        for number in range(len(block)):
            await link.tells(block[number : number + 1])
            await asyncio.sleep(0.5)


class Truncates(Way):
    """What was asked is done, and half of the answer arrives."""

    async def answered(self, link: Link, block: bytes) -> None:
        await link.tells_last(block[: len(block) // 2])


@dataclass
class Delays(Way):
    """What was asked is done at once, and told when nobody waits for it any more."""

    seconds: float = DEADLINE + 1

    async def answered(self, link: Link, block: bytes) -> None:
        await asyncio.sleep(self.seconds)
        await link.tells(block)


@dataclass
class OnlyWrites(Way):
    """Whatever only reads passes."""

    way: Way
    passes: Way = field(default_factory=Way)

    async def asked(self, link: Link, block: bytes) -> None:
        if block.startswith(METHODS):
            link.is_write = not block.startswith((b"GET ", b"HEAD "))
        await (self.way if link.is_write else self.passes).asked(link, block)

    async def answered(self, link: Link, block: bytes) -> None:
        await (self.way if link.is_write else self.passes).answered(link, block)


def http(status: str, body: bytes, kind: str = "application/json", length: int = 0) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length or len(body)}\r\n\r\n"
    return head.encode() + body


PASSES = Way()
PAGE = b"<!doctype html><h1>Foreign page</h1>"
NOISE = bytes(range(256)) * 4
AN_ERROR = b'{"errors": [{"origin": "server_error", "code": "internal_server_error", "message": "Foreign words"}]}'
OF_HTTP: dict[str, Way] = {
    "silence": Silent(),
    "a reset": Resets(),
    "a drip of bytes": Drips(http("200 OK", b"{", length=10_000)),
    "garbage": Says(NOISE),
    "half an answer": Truncates(),
    "an answer that ends too early": Says(http("200 OK", b'{"_id": "1', length=500)),
    "500": Says(http("500 Internal Server Error", AN_ERROR)),
    "a proxy's 502 in HTML": Says(http("502 Bad Gateway", PAGE, "text/html")),
    "HTML that says yes": Says(http("200 OK", PAGE, "text/html")),
    "HTML that says no": Says(http("401 Unauthorized", PAGE, "text/html")),
    "three megabytes instead of a kilobyte": Says(http("200 OK", b'{"_id": "' + b"1" * 3_000_000 + b'"}')),
    "a megabyte instead of a kilobyte": Says(http("200 OK", b'{"name": ' + b'"' + b"a" * 1_000_000 + b'"}')),
    "an answer after the deadline": Delays(),
}

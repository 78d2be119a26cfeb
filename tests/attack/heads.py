"""Heads that take long to read, and requests sent far ahead of their answers: others hardly notice."""

from __future__ import annotations

import asyncio
import contextlib

from tests.attack.bystander import bystander
from tests.attack.programs import sign_up_at_site
from tests.attack.world import Program, World
from tests.kit.people import Person

MALLORY = Person("mallory@example.com", "Mallory")
AT_ONCE = 4
AHEAD = 20  # connections
SECONDS = 5.0  # of each flood at least
HOST = b"Host: 127.0.0.1:%d\r\n"
GET = b"GET /login HTTP/1.1\r\n"
ROOM = 31_000  # bytes; a whole head has little more
HARD = (
    b"Cookie: a=\"" + b"\\" * ROOM + b'"',
    b"Cookie: " + b"a;" * (ROOM // 2),
    b"Cookie: " + b'a="\\\\"; ' * (ROOM // 9),
    b"Cookie: session=." + b"a" * 3_900,
    *(name + b": " + value * (8_000 // len(value))
      for name in (b"Accept-Language", b"Accept-Encoding", b"Forwarded", b"X-Forwarded-For", b"Range", b"If-None-Match",
                   b"If-Range", b"User-Agent", b"HX-Current-URL", b"Content-Type", b"Authorization", b"Origin",
                   b"Access-Control-Request-Headers", b"X-Request-Id", b"Session", b"X-Device")
      for value in (b"a,", b";q=0 ", b'";', b"\\\\", b"a=b;", b"0-1,", b"Android 1; ")),
)  # fmt: skip
TARGETS = (
    b"?" + b"a&" * 4_000,
    b"?next=" + b"%25" * 2_600,
    b"%41" * 2_600,
    b"?" + b"&" * 8_000,
    b"?next=" + b"/" * 8_000,
)
PARTS = (
    b'Content-Disposition: form-data; name="a"; filename="' + b";" * 4_000 + b'"',
    b"Content-Disposition: form-data" + b";a=b" * 1_000 + b'; name="avatar"; filename="a"',
)


async def heads_that_are_hard_to_read(world: World, times: int) -> int:
    """Each kind over and over, from several connections at once."""
    async with bystander(world):
        sent = [(program, head) for program in _programs(world) for head in _heads(program.port)] * times
        for program, head in sent:
            await asyncio.gather(*(_asks(program, head) for _ in range(AT_ONCE)))
    return len(sent) * AT_ONCE


async def parts_that_are_hard_to_read(world: World, times: int) -> int:
    """In an upload of somebody who has just registered."""
    _, cookie = sign_up_at_site(world.site, MALLORY)
    path = b"/profile/avatar"
    async with bystander(world):
        for _ in range(times):
            for part in PARTS:
                body = b"--edge\r\n" + part + b"\r\n\r\nno photo\r\n--edge--\r\n"
                about = b"Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: %d\r\n" % len(body)
                head = b"POST " + path + b" HTTP/1.1\r\n" + HOST % world.site.port + b"Cookie: " + cookie + b"\r\n"
                sent = head + about + b"Connection: close\r\n\r\n" + body
                await asyncio.gather(*(_asks(world.site, sent) for _ in range(AT_ONCE)))
    return times * len(PARTS) * AT_ONCE


async def requests_far_ahead(world: World, times: int) -> int:
    """Half a megabyte of small requests a connection, none of whose answers is read."""
    one = GET + HOST % world.site.port + b"\r\n"
    async with bystander(world):
        for _ in range(times):
            await asyncio.gather(*(_floods(world.site, one * (500_000 // len(one))) for _ in range(AHEAD)))
    return times * AHEAD


def _programs(world: World) -> list[Program]:
    return [program for program in (world.site, world.backend) if program]


def _heads(port: int) -> list[bytes]:
    end = HOST % port + b"Connection: close\r\n"
    headers = [GET + end + header + b"\r\n\r\n" for header in HARD]
    return headers + [b"GET /login" + target + b" HTTP/1.1\r\n" + end + b"\r\n" for target in TARGETS]


async def _asks(program: Program, sent: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
    with contextlib.suppress(ConnectionError):
        writer.write(sent)
        await asyncio.wait_for(reader.read(), 60)
    writer.transport.abort()


async def _floods(program: Program, sent: bytes) -> None:
    """Reads nothing while it sends, and for a while afterwards."""
    reader, writer = await asyncio.open_connection("127.0.0.1", program.port, limit=1024)
    with contextlib.suppress(ConnectionError, TimeoutError):
        writer.write(sent)
        await asyncio.wait_for(writer.drain(), SECONDS)
        await asyncio.sleep(SECONDS)
    del reader
    writer.transport.abort()

"""Messages whose end can be read in two ways, and methods and paths that would tell what nobody should know."""

from __future__ import annotations

import asyncio
import contextlib
import itertools

from tests.attack.requests import Connection, Request
from tests.attack.world import Program, World

SMUGGLED = b"GET /no-such-page-smuggled HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
ENDS = (
    b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n",
    b"Content-Length: 5\r\nContent-Length: %d\r\n",
    b"Content-Length: 5, %d\r\n",
    b"Content-Length: +%d\r\n",
    b"Content-Length: -1\r\nX-Length: %d\r\n",
    b"Content-Length : %d\r\n",
    b"Content-Length:\r\n %d\r\n",
    b"Content-Length: %d\r\nTransfer-Encoding: xchunked\r\n",
    b"Content-Length: %d\r\nTransfer-Encoding : chunked\r\n",
    b"Content-Length: %d\r\nTransfer-Encoding: chunked, identity\r\n",
    b"Content-Length: %d\r\nTransfer-Encoding:\x0bchunked\r\n",
    b"Content-Length: %d\r\nX: y\nTransfer-Encoding: chunked\r\n",
    b"Content-Length: %d\r\nX: y\rTransfer-Encoding: chunked\r\n",
    b"Content-Length: 0x%x\r\n",
)
CHUNKS = (b"0\r\n\r\n", b"5;a=\n\r\nemail\r\n0\r\n\r\n", b"0x5\r\nemail\r\n0\r\n\r\n", b"-5\r\nemail\r\n0\r\n\r\n")
TELLING = (
    *("/.git/config", "/.env", "/static/", "/static", "/static/../pyproject.toml", "/static/%2e%2e/web/settings.py"),
    *("/var/accounts.db", "/docs", "/openapi.json", "/metrics", "/server-status", "/debug", "/static/..%5cMakefile"),
)


async def messages_of_two_lengths(world: World) -> int:
    """What follows a message that can be read as shorter or longer is never answered as a request of its own."""
    tried = 0
    for program in filter(None, (world.site, world.backend)):
        smuggled = SMUGGLED % program.port
        for end, chunks in itertools.product(ENDS, CHUNKS):
            body = chunks + smuggled
            head = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % program.port
            answers = await exchange(program, head + FORM + end % len(body) + b"\r\n" + body)
            assert answers.count(b"HTTP/1.1 ") <= 1, f"{end!r} {chunks!r}: {answers[:300]!r}"
            assert answers.startswith(b"HTTP/1.1 4") or not answers, f"{end!r} {chunks!r}: {answers[:300]!r}"
            tried += 1
    return tried


async def methods_and_files_that_tell(world: World) -> int:
    """TRACE and CONNECT, listings, files beside the program, pages for developers: none of it is there."""
    tried = 0
    for program in filter(None, (world.site, world.backend)):
        with Connection(program.port) as connection:
            for method in ("TRACE", "CONNECT", "PROPFIND", "DEBUG"):
                answer = connection.asks(Request(method, "/login", ((b"Cookie", b"session=canary"),)))
                assert answer is None or 400 <= answer.status < 500, method
                assert answer is None or "canary" not in answer.text, method
                tried += 1
            for path in TELLING:
                answer = connection.asks(Request(path=path))
                assert answer is not None, path
                assert 400 <= answer.status < 500, f"{path}: {answer.status}"
                tried += 1
    return tried


async def exchange(program: Program, sent: bytes) -> bytes:
    """Everything that comes back until the connection ends, or rests for a moment."""
    reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
    received = b""
    with contextlib.suppress(TimeoutError, ConnectionError):
        writer.write(sent)
        while piece := await asyncio.wait_for(reader.read(65_536), 0.3):
            received += piece
    writer.transport.abort()
    return received

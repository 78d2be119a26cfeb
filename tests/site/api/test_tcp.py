"""The way to a backend over TCP, tried on servers that no backend is like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from web.api.tcp import OverTcp

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: session=somebody; Path=/\r\n\r\n{}"


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server's address, and the heads of what it was asked."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", heads


async def ask(transport: OverTcp, url: str) -> bytes:
    response = await transport.handle_async_request(httpx.Request("GET", url, extensions={"timeout": {}}))
    try:
        return b"".join([chunk async for chunk in response.aiter_bytes()])
    finally:
        await response.aclose()


async def test_a_cookie_of_one_visitors_answer_is_not_sent_for_the_next() -> None:
    async with answering(HELLO) as (url, heads), OverTcp() as transport:
        assert await ask(transport, url) == b"{}"
        await ask(transport, url)

    assert len(heads) == 2
    assert not any(b"cookie" in head.lower() for head in heads)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
async def test_what_is_no_answer_is_told_as_httpx_tells_it(answer: bytes) -> None:
    async with answering(answer) as (url, _), OverTcp() as transport:
        with pytest.raises(httpx.HTTPError):
            await ask(transport, url)


async def test_a_server_that_is_not_there_is_told_as_httpx_tells_it() -> None:
    async with answering(HELLO) as (url, _):
        pass
    async with OverTcp() as transport:
        with pytest.raises(httpx.TransportError):
            await ask(transport, url)

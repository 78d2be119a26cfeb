"""The way to a backend over TCP, tried on servers that no backend is like."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from web.api.errors import Unreachable
from web.api.tcp import OverTcp
from web.api.transport import LARGEST_ANSWER, Call

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


CALL = Call("GET", "/", "", {b"host": b"127.0.0.1"})


async def test_a_cookie_of_one_visitors_answer_is_not_sent_for_the_next() -> None:
    async with answering(HELLO) as (url, heads), OverTcp(url) as transport:
        assert (await transport.send(CALL)).body == b"{}"
        await transport.send(CALL)

    assert len(heads) == 2
    assert not any(b"cookie" in head.lower() for head in heads)


async def test_a_call_arrives_as_it_was_made() -> None:
    headers = {b"host": b"backend.example", b"user-agent": "Ä".encode(), b"x-device": b"a b"}
    async with answering(HELLO) as (url, heads), OverTcp(url) as transport:
        answer = await transport.send(Call("POST", "/a%20b", "key=%2B+%C3%A4", headers, b"{}"))
        await transport.send(Call("GET", "/", "", {b"user-agent": b"\xc4"}))

    assert (answer.status, answer.headers.get("set-cookie")) == (200, "session=somebody; Path=/")
    first, *lines = heads[0].split(b"\r\n")
    assert first == b"POST /a%20b?key=%2B+%C3%A4 HTTP/1.1"
    assert {b"host: backend.example", b"user-agent: \xc3\x84", b"x-device: a b", b"Content-Length: 2"} <= set(lines)
    assert b"user-agent: \xc3\x84" in heads[1]


@pytest.mark.parametrize("coding", [gzip.compress, zlib.compress])
async def test_a_compressed_answer_is_unpacked_up_to_a_bound(coding: Callable[[bytes], bytes]) -> None:
    name = b"gzip" if coding is gzip.compress else b"deflate"
    for size in (1000, LARGEST_ANSWER + 1):
        body = coding(b"a" * size)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (name, len(body))
        async with answering(head + body) as (url, heads), OverTcp(url) as transport:
            if size <= LARGEST_ANSWER:
                assert (await transport.send(CALL)).body == b"a" * size
            else:
                with pytest.raises(Unreachable):
                    await transport.send(CALL)
        assert b"accept-encoding: gzip, deflate\r\n" in heads[0]


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
async def test_what_is_no_answer_is_told_as_one_that_never_came(answer: bytes) -> None:
    async with answering(answer) as (url, _), OverTcp(url) as transport:
        with pytest.raises(ConnectionError):
            await transport.send(CALL)


async def test_a_server_that_is_not_there_is_told_alike() -> None:
    async with answering(HELLO) as (url, _):
        pass
    async with OverTcp(url) as transport:
        with pytest.raises(ConnectionError):
            await transport.send(CALL)


async def test_a_long_answer_is_read_while_it_comes() -> None:
    body = b"x" * (LARGEST_ANSWER + 1)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with answering(head + body) as (url, _), OverTcp(url) as transport, transport.stream(CALL) as answer:
        assert answer.status == 200
        assert sum([len(piece) async for piece in answer.pieces]) == len(body)


async def test_a_long_answer_that_is_cut_off_is_not_taken_for_a_whole_one() -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
    async with answering(half) as (url, _), OverTcp(url) as transport, transport.stream(CALL) as answer:
        assert await anext(answer.pieces) == b"half"
        with pytest.raises(ConnectionError):
            await anext(answer.pieces)

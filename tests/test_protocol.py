"""Clients that no browser is: each gets a short answer or none, and meanwhile others are served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import ClassVar

import httpx
import pytest
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from serving.protocol import BoundedProtocol, Bounds
from tests.mailbox import free_port

LINE = b"GET / HTTP/1.1\r\nHost: here\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\r\n"
GOOD = LINE + b"\r\n"
PATIENCE = 10.0  # seconds; nothing here is meant to take more than one


class Hasty(BoundedProtocol):
    bounds: ClassVar = replace(
        Bounds(),
        head_seconds=0.3,
        body_grace_seconds=0.3,
        body_bytes_a_second=1000,
        write_seconds=0.3,
        connections=20,
    )


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with how much it was sent, or with far more than a connection holds."""
    if scope["path"] == "/much":
        await StreamingResponse(b"x" * 1_000_000 for _ in range(100))(scope, receive, send)
        return
    try:
        body = await Request(scope, receive).body()
    except ClientDisconnect:
        return
    await PlainTextResponse(str(len(body)))(scope, receive, send)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    config = uvicorn.Config(
        echo, port=free_port(), http=Hasty, ws="none", lifespan="off", log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn tells it in no other way
        await asyncio.sleep(0.01)
    yield config.port
    server.should_exit = True
    await running


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def told(port: int, *pieces: bytes) -> bytes:
    """Everything that is answered until the connection ends."""
    async with connected(port) as (reader, writer):
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.02)
        return await ended(reader)


async def ended(reader: asyncio.StreamReader) -> bytes:
    try:
        return await asyncio.wait_for(reader.read(), PATIENCE)
    except ConnectionError:
        return b""


async def is_served(port: int) -> bool:
    async with httpx.AsyncClient() as http:
        return (await http.get(f"http://127.0.0.1:{port}/")).status_code == 200


@pytest.mark.parametrize(
    "head",
    [
        LINE + b"X-Long: " + b"a" * 40_000 + b"\r\n\r\n",
        LINE + b"X-Long: " + b"a" * 60_000,
        LINE + b"".join(b"X-%d: 1\r\n" % n for n in range(150)) + b"\r\n",
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n",
    ],
    ids=["a long header", "one that does not end", "many headers", "a long address"],
)
async def test_a_head_that_is_too_large_is_refused(port: int, head: bytes) -> None:
    answer = await told(port, head)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"x-content-type-options: nosniff" in answer
    assert await is_served(port)


async def test_what_is_no_http_is_refused(port: int) -> None:
    assert (await told(port, b"\x16\x03\x01 hello\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


async def test_a_head_that_does_not_end_is_not_waited_for(port: int) -> None:
    assert (await told(port, b"GET / HTTP/1.1\r\n", b"Host: ")).startswith(b"HTTP/1.1 408 ")


async def test_who_connects_and_asks_for_nothing_is_told_nothing(port: int) -> None:
    assert await told(port) == b""


async def test_a_body_that_does_not_come_is_not_waited_for(port: int) -> None:
    assert (await told(port, POST, b"name=")).startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_drips_is_not_waited_for(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(POST)
        dripping = asyncio.create_task(drip(writer))
        assert (await ended(reader)).startswith(b"HTTP/1.1 408 ")
        dripping.cancel()


async def drip(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"a")
        await asyncio.sleep(0.05)


async def test_a_slow_body_that_keeps_coming_arrives(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(POST)
        for _ in range(10):
            writer.write(b"a" * 10_000)
            await asyncio.sleep(0.1)
        assert (await reader.readuntil(b"100000")).startswith(b"HTTP/1.1 200 ")


async def test_who_does_not_take_the_answer_is_let_go(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(b"GET /much HTTP/1.1\r\nHost: here\r\n\r\n")
        await asyncio.sleep(1)
        assert len(await ended(reader)) < 100_000_000


async def test_idle_connections_make_room_for_who_asks(port: int) -> None:
    crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(60)]
    assert await is_served(port)
    assert await ended(crowd[0][0]) == b""
    for _, writer in crowd:
        writer.close()


async def test_a_connection_that_is_kept_serves_again(port: int) -> None:
    async with connected(port) as (reader, writer):
        for _ in range(3):
            writer.write(GOOD)
            assert await reader.readuntil(b"\r\n\r\n0")
            await asyncio.sleep(0.1)

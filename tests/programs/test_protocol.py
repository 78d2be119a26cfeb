"""Clients that no browser is: each gets a short answer or none, and meanwhile others are served."""

from __future__ import annotations

import asyncio
import contextlib
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

from serving.bounds import BodyPace, Bounds
from serving.connections import OpenConnections
from serving.protocol import BoundedProtocol
from tests.kit.mailbox import free_port

LINE = b"GET / HTTP/1.1\r\nHost: here\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\r\n"
GOOD = LINE + b"\r\n"
CHUNK = 65_536  # bytes
PATIENCE = 10.0  # seconds; nothing here is meant to take more than one


class Hasty(BoundedProtocol):
    bounds: ClassVar = replace(
        Bounds(),
        head_seconds=0.3,
        form_pace=BodyPace(0.3, 1000),
        file_pace=BodyPace(0.9, 1000),
        write_seconds=0.3,
        connections=20,
        connections_per_network=15,
        requests_ahead=4,
    )
    open_connections: ClassVar = OpenConnections()


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
        echo,
        host="127.0.0.1",
        port=free_port(),
        http=Hasty,
        ws="none",
        lifespan="off",
        log_config=None,
        forwarded_allow_ips=["127.0.0.9"],
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn tells it in no other way
        await asyncio.sleep(0.01)
    yield config.port
    server.should_exit = True
    await running


@asynccontextmanager
async def connected(
    port: int, *, address: str = "127.0.0.1"
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        yield reader, writer
    finally:
        writer.close()


async def ask(port: int, *pieces: bytes) -> bytes:
    """Everything that is answered until the connection ends."""
    async with connected(port) as (reader, writer):
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.02)
        return await read_all(reader)


async def read_all(reader: asyncio.StreamReader) -> bytes:
    """What is answered until the connection ends, be it by a reset, as where somebody is still sending."""
    answer = b""
    with contextlib.suppress(ConnectionError):
        while piece := await asyncio.wait_for(reader.read(CHUNK), PATIENCE):
            answer += piece
    return answer


async def is_served(port: int, *, address: str = "127.0.0.1") -> bool:
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(local_address=address)) as http:
        return (await http.get(f"http://127.0.0.1:{port}/")).status_code == 200


@pytest.mark.parametrize(
    "head",
    [
        LINE + b"X-Long: " + b"a" * 40_000 + b"\r\n\r\n",
        LINE + b"X-Long: " + b"a" * 60_000,
        LINE + b"".join(b"X-%d: 1\r\n" % n for n in range(150)) + b"\r\n",
        LINE + b"Accept-Encoding: " + b"a," * 5_000 + b"\r\n\r\n",
    ],
    ids=["a long header", "one that does not end", "many headers", "a header that takes long to read"],
)
async def test_a_head_that_is_too_large_is_refused(port: int, head: bytes) -> None:
    answer = await ask(port, head)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"x-content-type-options: nosniff" in answer
    assert await is_served(port)


async def test_what_is_no_http_is_refused(port: int) -> None:
    assert (await ask(port, b"\x16\x03\x01 hello\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


async def test_a_head_that_does_not_end_is_not_waited_for(port: int) -> None:
    assert (await ask(port, b"GET / HTTP/1.1\r\n", b"Host: ")).startswith(b"HTTP/1.1 408 ")


async def test_a_head_that_drips_is_not_waited_for(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(LINE + b"X-Drip: ")
        dripping = asyncio.create_task(drip(writer))
        assert (await read_all(reader)).startswith(b"HTTP/1.1 408 ")
        dripping.cancel()


async def test_the_next_head_of_a_connection_that_is_kept_is_not_waited_for(port: int) -> None:
    answers = await ask(port, GOOD, LINE)
    assert answers.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in answers


async def test_a_head_that_comes_with_the_request_before_is_not_waited_for(port: int) -> None:
    answers = await ask(port, GOOD + LINE)
    assert answers.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in answers


async def test_who_connects_and_asks_for_nothing_is_told_nothing(port: int) -> None:
    assert await ask(port) == b""


async def test_a_body_that_does_not_come_is_not_waited_for(port: int) -> None:
    assert (await ask(port, POST, b"name=")).startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_drips_is_not_waited_for(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(POST)
        dripping = asyncio.create_task(drip(writer))
        assert (await read_all(reader)).startswith(b"HTTP/1.1 408 ")
        dripping.cancel()


async def drip(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"a")
        await asyncio.sleep(0.2)  # after a reset the system forgets what came before it and was not read yet


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
        assert len(await read_all(reader)) < 100_000_000


async def test_idle_connections_make_room_for_who_asks(port: int) -> None:
    async with crowd(port, 60) as readers:
        assert await is_served(port)
        assert await read_all(readers[0]) == b""


async def test_bodies_that_never_come_make_room_for_who_asks(port: int) -> None:
    async with crowd(port, 15, POST), crowd(port, 5, POST, address="127.0.0.2") as others:
        assert await is_served(port, address="127.0.0.3")
        assert not any(reader.at_eof() for reader in others)


async def test_a_body_that_comes_is_not_given_up_for_one_that_does_not(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(POST + b"a" * 50_000)
        await asyncio.sleep(0.05)
        async with crowd(port, 14, POST):
            assert await is_served(port)
            writer.write(b"a" * 50_000)
            assert (await reader.readuntil(b"100000")).startswith(b"HTTP/1.1 200 ")


async def test_one_network_holds_a_part_of_the_connections(port: int) -> None:
    async with crowd(port, 4, address="127.0.0.2") as others, crowd(port, 18):
        await asyncio.sleep(0.05)
        assert not any(reader.at_eof() for reader in others)


async def test_a_trusted_proxy_is_not_bounded_as_one_network(port: int) -> None:
    async with crowd(port, 18, address="127.0.0.9") as readers:
        await asyncio.sleep(0.05)
        assert not any(reader.at_eof() for reader in readers)


@asynccontextmanager
async def crowd(
    port: int, count: int, sent: bytes = b"", *, address: str = "127.0.0.1"
) -> AsyncIterator[list[asyncio.StreamReader]]:
    """So many connections, each of which sends this and nothing more."""
    made = [await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0)) for _ in range(count)]
    try:
        for _, writer in made:
            writer.write(sent)
        yield [reader for reader, _ in made]
    finally:
        for _, writer in made:
            writer.transport.abort()


@pytest.mark.parametrize(
    "head",
    [
        LINE + b"Host: here\r\n\r\n",
        LINE + b"Host: there\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET http://there/ HTTP/1.1\r\nHost: here\r\n\r\n",
        b"GET http://here/ HTTP/1.1\r\n\r\n",
        b"GET /?" + b"a&" * 200 + b" HTTP/1.1\r\nHost: here\r\n\r\n",
    ],
    ids=["a host twice", "two hosts", "no host", "another host in the target", "a host in the target alone", "fields"],
)
async def test_a_head_that_can_be_read_in_two_ways_is_refused(port: int, head: bytes) -> None:
    assert (await ask(port, head)).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "head", [b"GET http://HERE/ HTTP/1.1\r\nHost: here\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"], ids=["absolute", "1.0"]
)
async def test_a_head_with_one_host_is_served(port: int, head: bytes) -> None:
    async with connected(port) as (reader, writer):
        writer.write(head)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


async def test_a_long_address_is_refused(port: int) -> None:
    head = b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n"
    assert (await ask(port, head)).startswith(b"HTTP/1.1 414 ")


async def test_requests_ahead_are_answered_in_order_up_to_a_bound(port: int) -> None:
    """The last answer says that nothing more comes, and the client may ask for the rest again."""
    answers = await ask(port, GOOD * 100)
    assert answers.count(b"HTTP/1.1 200 ") == 1 + Hasty.bounds.requests_ahead
    assert answers.count(b"connection: close") == 1
    assert answers.rindex(b"connection: close") > answers.rindex(b"HTTP/1.1 200 ")


async def test_few_requests_ahead_leave_the_connection_open(port: int) -> None:
    async with connected(port) as (reader, writer):
        for _ in range(2):
            writer.write(GOOD * 4)
            answers = [await reader.readuntil(b"\r\n\r\n0") for _ in range(4)]
            assert not any(b"connection: close" in answer for answer in answers)


async def test_what_follows_is_never_told_amid_an_answer(port: int) -> None:
    """A second head that is broken, or late, ends the connection after the first answer."""
    for follows in (b"\x16\x03\r\n\r\n", b"GET / HT", POST):
        answers = await ask(port, GOOD + follows)
        assert answers.startswith(b"HTTP/1.1 200 "), follows
        assert answers.partition(b"\r\n\r\n")[2].startswith(b"0"), follows


async def test_a_form_is_waited_for_less_long_than_a_file(port: int) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    typed = POST.replace(b"Host", b"Content-Type: multipart/form-data; boundary=a\r\nHost")
    form, file = await asyncio.gather(_ends_at(port, POST), _ends_at(port, typed))
    assert form - began < file - began


async def _ends_at(port: int, sent: bytes) -> float:
    assert (await ask(port, sent)).startswith(b"HTTP/1.1 408 ")
    return asyncio.get_running_loop().time()


async def test_a_connection_that_is_kept_serves_again(port: int) -> None:
    async with connected(port) as (reader, writer):
        for _ in range(3):
            writer.write(GOOD)
            assert await reader.readuntil(b"\r\n\r\n0")
            await asyncio.sleep(0.1)

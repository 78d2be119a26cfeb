"""A long answer of a backend in this process: taken piece by piece, as fast as it is read."""

import asyncio
from contextlib import nullcontext

import pytest
from starlette.types import Receive, Scope, Send

from web.api.embedded import InProcess
from web.api.transport import Call

CALL = Call("GET", "/", "", {b"host": b"127.0.0.1"})


async def test_the_backend_is_no_further_than_its_reader() -> None:
    sent = 0

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        nonlocal sent
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(100):
            await send({"type": "http.response.body", "body": b"piece", "more_body": True})
            sent += 1
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async with InProcess(app, nullcontext()).stream(CALL) as answer:
        for _ in range(10):
            await asyncio.sleep(0)
        assert sent <= 2
        assert b"".join([piece async for piece in answer.pieces]) == b"piece" * 100


async def test_who_leaves_ends_it() -> None:
    ended = asyncio.Event()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while True:
                await send({"type": "http.response.body", "body": b"piece", "more_body": True})
        finally:
            ended.set()

    async with InProcess(app, nullcontext()).stream(CALL) as answer:
        assert await anext(answer.pieces) == b"piece"
    assert ended.is_set()


async def test_a_failure_in_the_middle_is_no_end() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError

    async with InProcess(app, nullcontext()).stream(CALL) as answer:
        assert await anext(answer.pieces) == b"half"
        with pytest.raises(ConnectionError):
            await anext(answer.pieces)

"""Responses in constant time, against timing attacks and user enumeration (CWE-208).

Where a page must not reveal whether there is an account, equal words are not enough: to write a mail to its owner takes
a millisecond more, which a few hundred requests make visible. Such a response starts at the end of a step of fixed
length, however long the work took.
"""

import asyncio
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAIL = 0.1  # seconds; several times as long as a request for a mail takes
REGISTRATION = 0.25
STEP = "step"


def pad_response_time(connection: HTTPConnection[Any], seconds: float) -> None:
    """Start the response to this request at the next multiple of `seconds` since it arrived."""
    connection.scope["state"][STEP] = seconds


class ConstantTime:
    """Middleware that delays the start of a response. It is outermost, so that all work is within the measured time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        now = asyncio.get_running_loop().time
        began = now()

        async def send_at_end_of_step(message: Message) -> None:
            step = scope["state"].get(STEP) if message["type"] == "http.response.start" else None
            if step:
                await asyncio.sleep(step - (now() - began) % step)
            await send(message)

        await self.app(scope, receive, send_at_end_of_step)

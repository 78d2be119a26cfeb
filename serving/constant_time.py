"""Answers whose time tells nothing: they come at the end of a step of fixed length, however long the work took.

Where a page must not tell whether there is an account, equal words are not enough: a mail for the one who has it takes
a millisecond more, and whoever asks a few hundred times can see that (CWE-208).
"""

import asyncio
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAIL = 0.1  # seconds; several times what asking for a mail takes
REGISTRATION = 0.25
STEP = "step"


def pad_response_time(connection: HTTPConnection[Any], seconds: float) -> None:
    """What is asked here is answered when the next multiple of `seconds` since the request arrived is over."""
    connection.scope["state"][STEP] = seconds


class ConstantTime:
    """Holds back the first byte of such an answer. Outside of what a program does, so that its clock counts it all."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        now = asyncio.get_running_loop().time
        began = now()

        async def waiting(message: Message) -> None:
            step = scope["state"].get(STEP) if message["type"] == "http.response.start" else None
            if step:
                await asyncio.sleep(step - (now() - began) % step)
            await send(message)

        await self.app(scope, receive, waiting)

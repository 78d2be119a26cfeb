"""Memory that lives as long as the process."""

import ctypes
import gc
import sys

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class FreezeAfterStartup:
    """Middleware. Freezes the garbage collector once the application inside has started; tests, which start many in one
    process, leave it out, because nothing that is frozen is ever given back."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def freeze_and_send(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                freeze_gc()
            await send(message)

        await self.app(scope, receive, freeze_and_send if scope["type"] == "lifespan" else send)


def freeze_gc() -> None:
    """Exclude all present objects from garbage collection, and give back the memory that loading them has left free.

    They live as long as the process, and each full collection of them would stop all responses for tens of ms.
    """
    gc.collect()
    gc.freeze()
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):  # glibc has it, musl not
        trim(0)

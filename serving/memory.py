"""What lives as long as the process."""

import gc

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
    """What is there now stays: to look through it for garbage again and again would stop all answers for tens of
    milliseconds each time."""
    gc.collect()
    gc.freeze()

"""The backend inside another application's process."""

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from backend.http.shapes import refused
from backend.kernel.refusals import refusal

OPEN_TO_THE_PUBLIC = ("/_auth/", "/_storage/", "/outbox/")


class Embedded:
    """The backend, whole while the context lasts: its lifespan is entered here, and its state passed on.

    `api`: for the host application's own calls; `X-Forwarded-For` is believed.
    `public`: for requests of the public that the host passes on; no header is believed, and only mailed links, public
    files and the outbox answer.
    """

    def __init__(self, app: Starlette) -> None:
        self.app = app
        self.api: ASGIApp = ProxyHeadersMiddleware(self._inside, trusted_hosts="*")  # type: ignore[arg-type,assignment]
        self.state: dict[str, Any] = {}
        self._lifespan: AbstractAsyncContextManager[Any] | None = None

    async def __aenter__(self) -> Self:
        self._lifespan = self.app.router.lifespan_context(self.app)
        self.state = dict(await self._lifespan.__aenter__() or {})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lifespan is not None:
            await self._lifespan.__aexit__(kind, error, trace)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.api(scope, receive, send)

    async def public(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in ("/outbox", "/_auth") or scope["path"].startswith(OPEN_TO_THE_PUBLIC):
            await self._inside(scope, receive, send)
        else:
            await refused(refusal("resource_not_found"))(scope, receive, send)

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The host's own state and mounting stay outside."""
        if scope["type"] == "http":
            await self.app({**scope, "state": dict(self.state), "root_path": ""}, receive, send)

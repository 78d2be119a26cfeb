"""The backend inside another application's process."""

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from backend.http.envelope import answer_refusal
from backend.kernel.refusals import refusal

OUTBOX = "/outbox"
PUBLIC_PREFIXES = ("/_auth", "/_storage", "/smsz", OUTBOX)  # each a path, and all paths below it


class Embedded:
    """The backend as a context manager, which runs its lifespan and passes on its state.

    `api`: for the host application's own calls; `X-Forwarded-For` is believed, which holds one address.
    `public`: for requests of the public that the host passes on: only PUBLIC_PREFIXES answer (mailed links, public
    files, whether SMS are sent, the outbox), and no header is believed.
    """

    def __init__(self, app: Starlette) -> None:
        self.app = app
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

    async def api(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = Headers(scope=scope).get("x-forwarded-for")
        await self._call({**scope, "client": (address, 0)} if address else scope, receive, send)

    async def public(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_public(scope["path"]):
            await self._call(scope, receive, send)
        else:
            await answer_refusal(refusal("resource_not_found"))(scope, receive, send)

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the application with its own state and at the root, whatever the host's are."""
        if scope["type"] == "http":
            await self.app({**scope, "state": dict(self.state), "root_path": ""}, receive, send)


def is_public(path: str) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in PUBLIC_PREFIXES)

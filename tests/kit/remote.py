"""A backend in a process of its own, and the site that talks to it over TCP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from tests.kit import mailbox
from tests.kit.app import SITE, running
from tests.kit.mailbox import free_port
from tests.kit.people import CONFIRM
from tests.kit.serving import serve_backend
from tests.kit.visitor import Visitor
from web.asgi import create

KEY = "a-client-key-of-the-tests"
OUR_ADDITIONS = {"lastSeenDtm", "expiryDtm", "ip", "method", "label", "language", "timezone"}


@dataclass(frozen=True)
class Elsewhere:
    """A backend that can be started and stopped; its data and its address stay."""

    folder: Path
    port: int
    more: Mapping[str, str]

    @classmethod
    def at(cls, folder: Path, **more: str) -> Elsewhere:
        return cls(folder, free_port(), more)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def site_environ(self) -> dict[str, str]:
        data = str(self.folder / "site")
        return {"DATA_DIR": data, "ALTOGIC_ENV_URL": self.url, "ALTOGIC_CLIENT_KEY": KEY}

    def running(self) -> AbstractContextManager[str]:
        environ = {
            "DATA_DIR": str(self.folder / "backend"),
            "PORT": str(self.port),
            "ALTOGIC_CLIENT_KEY": KEY,
            "REDIRECT_URL": f"{SITE}/auth-redirect",
            "TRUSTED_PROXIES": "127.0.0.1",
            "LINK_BUTTON": "off",
            **self.more,
        }
        return serve_backend(environ, self.folder, output=self.folder / "backend.log")

    async def mailed_link(self, email: str, subject: str = CONFIRM) -> str:
        """From the backend's own outbox: the site has none."""
        async with httpx.AsyncClient(base_url=self.url) as http:
            return f"{self.url}{(await mailbox.newest(Visitor(http), to=email, subject=subject)).link}"

    def browsing(self, site: ASGIApp) -> httpx.AsyncClient:
        """A browser that reaches the site in this process, and the backend over TCP."""
        here = httpx.ASGITransport(site, client=("127.0.0.1", 50_000))
        return httpx.AsyncClient(base_url=SITE, transport=here, mounts={self.url: httpx.AsyncHTTPTransport()})

    @asynccontextmanager
    async def visited(self, kind: type[Visitor] = Visitor, site: ASGIApp | None = None) -> AsyncIterator[Visitor]:
        async with running(site or create(self.site_environ)) as app, self.browsing(app) as http:
            yield kind(http, elsewhere=[self.url], pictures_from=[self.url])


class Bare(httpx.AsyncBaseTransport):
    """What Altogic would answer: nothing about a link's owner, and only the fields of its own."""

    def __init__(self) -> None:
        self.inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if "/auth/access-token" in path or path.endswith(("/auth/sessions/label", "/auth/new-password")):
            return refusal(404, "invalid_access_token" if "access-token" in path else "resource_not_found")
        for name in ("X-Forwarded-For", "X-Device", "X-Request-Id"):
            request.headers.pop(name, None)
        answer = await self.inner.handle_async_request(request)
        body = await answer.aread()
        await answer.aclose()
        return httpx.Response(answer.status_code, content=without_additions(body), headers=told(answer))

    async def aclose(self) -> None:
        await self.inner.aclose()


def refusal(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"errors": [{"origin": "client_error", "code": code, "message": "Refused."}]})


def told(answer: httpx.Response) -> dict[str, str]:
    return {"Content-Type": answer.headers.get("Content-Type", "")}


def without_additions(body: bytes) -> bytes:
    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: bare(each) for name, each in value.items() if name not in OUR_ADDITIONS}
        return [bare(each) for each in value] if isinstance(value, list) else value

    return json.dumps(bare(json.loads(body))).encode() if body.strip() else body

"""A backend in a process of its own, and the site that talks to it over TCP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from starlette.types import ASGIApp

from tests.kit import mailbox
from tests.kit.app import SITE, run_app
from tests.kit.contract import KEY
from tests.kit.mailbox import free_port
from tests.kit.people import CONFIRM
from tests.kit.serving import serve_backend
from tests.kit.visitor import Visitor
from web.asgi import create


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

    def run(self) -> AbstractContextManager[str]:
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

    def open_browser(self, site: ASGIApp) -> httpx.AsyncClient:
        """A browser that reaches the site in this process, and the backend over TCP."""
        here = httpx.ASGITransport(site, client=("127.0.0.1", 50_000))
        return httpx.AsyncClient(base_url=SITE, transport=here, mounts={self.url: httpx.AsyncHTTPTransport()})

    @asynccontextmanager
    async def visit(self, kind: type[Visitor] = Visitor, site: ASGIApp | None = None) -> AsyncIterator[Visitor]:
        async with run_app(site or create(self.site_environ)) as app, self.open_browser(app) as http:
            yield kind(http, elsewhere=[self.url], pictures_from=[self.url])

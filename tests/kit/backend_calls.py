"""Another application of the same backend: what this site has no page for is asked for by the contract itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from backend.app import create_app
from backend.embedding import Embedded
from backend.kernel.clock import Clock
from backend.settings import Settings
from web.settings import Settings as SiteSettings

KEY = "0123456789abcdef0123456789abcdef"


class Contract:
    """Calls below /_api/rest/v1, each of which must be accepted."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def post(self, path: str, json: Any = None, *, session: str = "", **query: str) -> Any:
        headers = {"X-Client-Key": KEY, **({"Session": session} if session else {})}
        response = await self.http.post(f"/_api/rest/v1{path}", json=json, params=query, headers=headers)
        assert response.status_code == 200, response.text
        return response.json()


@asynccontextmanager
async def calling(environ: Mapping[str, str], clock: Clock, site: str) -> AsyncIterator[Contract]:
    """A second process of the backend, on the database that the site's own uses."""
    shared = SiteSettings.from_environment({**environ, "ALTOGIC_CLIENT_KEY": KEY, "PUBLIC_URL": site})
    settings = Settings.from_environment(environ, site=shared)
    async with Embedded(create_app(settings, clock)) as embedded:
        transport = httpx.ASGITransport(embedded.api)
        async with httpx.AsyncClient(transport=transport, base_url=site) as http:
            yield Contract(http)

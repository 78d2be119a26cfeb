"""Exports that are under way while something else happens."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from backend.rules.context import ClientInfo
from backend.rules.exports import stream_export
from backend.rules.sessions import authenticate
from tests.kit.backend import Backend


@asynccontextmanager
async def exporting(backend: Backend, session: str) -> AsyncIterator[None]:
    """One of which only the first piece has been read."""
    me = await authenticate(backend.services, session)
    async with aclosing(stream_export(backend.services, me, ClientInfo("", "127.0.0.1", "en"))) as pieces:
        await anext(pieces)
        yield

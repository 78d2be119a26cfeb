"""What tests of the contract ask about sessions."""

import asyncio
from typing import Any

from tests.kit.backend import IPHONE, Backend


async def sessions(backend: Backend, token: str) -> list[dict[str, Any]]:
    answer = await backend.get("/auth/sessions", session=token)
    assert answer.status == 200, answer.body
    listed: list[dict[str, Any]] = answer.body
    return listed


async def is_open(backend: Backend, token: str) -> bool:
    answer = await backend.get("/auth/user", session=token)
    if answer.status != 200:
        assert (answer.status, answer.code) == (401, "invalid_session_token")
    return answer.status == 200


async def uses(backend: Backend, token: str) -> None:
    """Until what nobody waits for has been written: it begins at once, and one write comes after the other."""
    assert await is_open(backend, token)
    await asyncio.sleep(0)
    await backend.post("/auth/signout", {"token": "nobody's"}, session=token)
    await asyncio.sleep(0.01)


async def three_devices(backend: Backend) -> tuple[str, str, str]:
    """Ada's sessions, oldest first."""
    first = (await backend.joins()).token
    return first, (await backend.signs_in(headers={"User-Agent": IPHONE})).token, (await backend.signs_in()).token

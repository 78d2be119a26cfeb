"""Mails that tell of what was done, and "This wasn't me" in them."""

from tests.kit.backend import Backend


async def disowns(backend: Backend, token: str) -> int:
    return (await backend.post("/auth/access-token/disown", params={"key": token})).status


async def token_of_notice(backend: Backend) -> str:
    await backend.waits_for_mails()
    landing = await backend.opens(await backend.newest_link())
    assert landing.query["action"] == "reset-pwd"
    return landing.token

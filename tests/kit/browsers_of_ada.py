"""The browsers at which Ada logs in, as the contract tells them apart."""

from tests.kit.backend import FIREFOX, IPHONE, Backend

LAPTOP = {"User-Agent": FIREFOX, "X-Device": "the laptop of ada, of 128 bits"}
PHONE = {"User-Agent": IPHONE, "X-Device": "a phone, of 128 bits as well", "X-Forwarded-For": "203.0.113.9"}


async def joins(backend: Backend) -> str:
    """Ada registers and confirms at her laptop. Returns her session."""
    await backend.signs_up(headers=LAPTOP)
    granted = await backend.grants((await backend.opens(await backend.newest_link())).token, headers=LAPTOP)
    backend.clock.advance(minutes=1)
    return granted.token


async def is_logged_in(backend: Backend, session: str) -> bool:
    return (await backend.get("/auth/user", session=session)).status == 200

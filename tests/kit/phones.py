"""Phones, as the contract has them: what people do with a number, and the SMS that they read in the outbox."""

from __future__ import annotations

import re
from typing import Any

from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.people import PASSWORD

ADA, GRACE = "+4915112345678", "+4915112349999"

LAPTOP, TABLET = ({"X-Device": name * 8} for name in ("laptop", "tablet"))
SMS = re.compile(r"<bdi>(\+[0-9]+)</bdi>.*?<div class=\"letter\"[^>]*>([^<]*)</div>", re.DOTALL)


async def list_sms(backend: Backend, to: str = ADA) -> list[str]:
    """The SMS to a number whose codes still work, newest first."""
    found = [SMS.search(page) for page in await backend.mails()]
    return [match[2] for match in found if match and match[1] == to]


async def read_code(backend: Backend, to: str = ADA) -> str:
    """The code of the newest SMS to a number."""
    return (await list_sms(backend, to))[0][:6]


def make_wrong(code: str) -> str:
    return "111111" if code != "111111" else "222222"


async def signs_up(backend: Backend, phone: str = ADA, password: str = PASSWORD, **rest: Any) -> Answer:
    return await backend.post(
        "/auth/signup-phone", {"phone": phone, "password": password, "nameOrUserData": "Ada"}, **rest
    )


async def logs_in(backend: Backend, phone: str = ADA, password: str = PASSWORD, **rest: Any) -> Answer:
    return await backend.post("/auth/signin-phone", {"phone": phone, "password": password}, **rest)


async def asks(backend: Backend, what: str, phone: str = ADA, **rest: Any) -> Answer:
    """Ask for a code: "send-code", "resend-code", "send-reset-code"."""
    return await backend.post(f"/auth/{what}", params={"phone": phone}, **rest)


async def types(backend: Backend, what: str, code: str, phone: str = ADA, **rest: Any) -> Answer:
    """Type a code: "signin-code", "verify-phone", "reset-pwd-code"."""
    return await backend.post(f"/auth/{what}", params={"phone": phone, "code": code}, **rest)


async def joins(backend: Backend, phone: str = ADA, **rest: Any) -> Answer:
    """Sign up with a number, type the code, and be logged in."""
    signed_up = await signs_up(backend, phone, **rest)
    assert signed_up.status == 200, signed_up.body
    if signed_up.body["session"]:
        return signed_up
    confirmed = await types(backend, "verify-phone", await read_code(backend, phone), phone, **rest)
    assert confirmed.status == 200, confirmed.body
    return confirmed


async def adds(backend: Backend, session: str, phone: str = ADA) -> Answer:
    """Add a number to an account, at a site of ours, on a session that was confirmed lately."""
    asked = await backend.post("/account/phone", {"phone": phone}, session=session)
    assert asked.status == 200, asked.body
    added = await backend.post("/account/phone/code", {"code": await read_code(backend, phone)}, session=session)
    assert added.status == 200, added.body
    return added

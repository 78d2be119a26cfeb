"""What people do with passkeys at a backend."""

from __future__ import annotations

from typing import Any

from tests.kit.authenticator import Authenticator
from tests.kit.backend import Backend
from tests.kit.contract import Answer, Contract

BROWSER, OTHER_BROWSER = "the browser of ada, at random", "another browser, at random"


async def asks(backend: Contract, purpose: str = "signin", browser: str = BROWSER, **rest: Any) -> dict[str, Any]:
    """The options of a passkey; `rest` with the session, or with a ticket."""
    session = rest.pop("session", "")
    answer = await backend.post(
        "/account/passkeys/options", {"purpose": purpose, "browser": browser, **rest}, session=session
    )
    assert answer.status == 200, answer.body
    options: dict[str, Any] = answer.body
    return options


async def adds(backend: Contract, token: str, authenticator: Authenticator | None = None, **rest: Any) -> Authenticator:
    """Adds the authenticator's passkey to an account whose session was confirmed lately."""
    authenticator = authenticator or Authenticator()
    answer = await sends_new(backend, token, authenticator.creates(await asks(backend, "add", session=token)), **rest)
    assert answer.status == 200, answer.body
    return authenticator


async def joins_with_passkeys(backend: Backend, *authenticators: Authenticator) -> str:
    """Ada joins, logs in, and adds a passkey of each. Returns the token of her session."""
    await backend.joins()
    token = (await backend.signs_in()).token
    for authenticator in authenticators:
        await adds(backend, token, authenticator)
    return token


async def sends_new(backend: Contract, token: str, credential: str, browser: str = BROWSER, **rest: Any) -> Answer:
    body = {"credential": credential, "browser": browser, **rest}
    return await backend.post("/account/passkeys", body, session=token)


async def logs_in(backend: Contract, authenticator: Authenticator, **client_data: Any) -> Answer:
    return await sends(backend, authenticator.signs(await asks(backend), **client_data))


async def sends(backend: Contract, credential: Any, browser: str = BROWSER, **rest: Any) -> Answer:
    """An answer to the options of a log-in."""
    return await backend.post("/account/passkeys/sign-in", {"credential": credential, "browser": browser}, **rest)


async def list_passkeys(backend: Contract, token: str) -> list[dict[str, Any]]:
    answer = await backend.get("/account/passkeys", session=token)
    assert answer.status == 200, answer.body
    listed: list[dict[str, Any]] = answer.body["passkeys"]
    return listed

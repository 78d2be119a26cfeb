"""Somebody with an account, and their own record of the model `users`."""

from __future__ import annotations

from typing import Any

from tests.kit.backend import Backend
from tests.kit.contract import Answer


class Person:
    """Somebody who is signed in, and what their client does with records."""

    def __init__(self, backend: Backend, signed_up: Answer) -> None:
        self.backend = backend
        self.token = signed_up.token
        self.id = signed_up.body["user"]["_id"]

    async def does(self, operation: str, id: object = None, model: object = "users", **rest: Any) -> Answer:  # noqa: A002 (the contract's)
        body = {"options": {"cache": "nocache", "returnTop": False}, "id": id or self.id, "model": model, **rest}
        return await self.backend.post(f"/db/object/{operation}", body, session=self.token)

    async def updates(self, **values: Any) -> Answer:
        return await self.does("update", values=values)

    async def sets(self, field: str, value: Any) -> Answer:
        return await self.updates_field(field, "set", value)

    async def updates_field(self, field: str, kind: str, value: Any) -> Answer:
        return await self.does("update-fields", updates=[{"field": field, "updateType": kind, "value": value}])

    async def unsets(self, field: str) -> Answer:
        return await self.does("update-fields", updates={"field": field, "updateType": "unset", "value": None})

    async def renames(self, name: Any = "Countess", **rest: Any) -> Answer:
        return await self.backend.calls("PUT", "/account/name", json={"name": name, **rest}, session=self.token)

    async def sees(self) -> dict[str, Any]:
        record = await self.backend.get("/auth/user", session=self.token)
        seen: dict[str, Any] = record.body
        return seen


async def ada(backend: Backend) -> Person:
    return Person(backend, await backend.signs_up())


async def bob(backend: Backend) -> Person:
    return Person(backend, await backend.signs_up("bob@example.com", name="Bob"))

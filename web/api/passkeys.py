"""Passkeys: an addition of our own backend (docs/contract.md, "Passkeys")."""

from typing import Any

from web.api.altogic import read_grant
from web.api.connection import BoundClient, drop_empty, expect_shape
from web.api.passkey_shapes import OwnPasskeys, Passkey
from web.api.shapes import Session, User


class PasskeysClient(BoundClient):
    """Calls about passkeys. `browser` is the secret of the browser that a ceremony is bound to, `credential` the JSON
    that its script got from it. Errors as in Altogic's methods."""

    async def get_passkey_options(self, purpose: str, browser: str, ticket: str = "") -> Any:
        """Return the options of a ceremony, for `purpose` signin, add, factor (with the log-in's ticket) or confirm."""
        body = {"purpose": purpose, "browser": browser} | drop_empty(ticket=ticket)
        return await self._call("POST", "/account/passkeys/options", json=body)

    async def sign_in_with_passkey(self, credential: str, browser: str) -> tuple[User, Session]:
        """Log in with a passkey and return the user and the new session."""
        body = {"credential": credential, "browser": browser}
        return read_grant(await self._call("POST", "/account/passkeys/sign-in", json=body))

    async def get_passkeys(self) -> OwnPasskeys:
        """Return the user's passkeys, oldest first."""
        answer = await self._call("GET", "/account/passkeys")
        with expect_shape():
            return OwnPasskeys.from_json(answer)

    async def add_passkey(self, credential: str, browser: str, name: str, *, end_others: bool) -> Passkey:
        """Add a passkey. Raises ConfirmationRequired. `end_others`: see FactorsClient."""
        named = drop_empty(name=name)
        body = {"credential": credential, "browser": browser, **named, "endOthers": end_others}
        answer = await self._call("POST", "/account/passkeys", json=body)
        with expect_shape():
            return Passkey.from_json(answer)

    async def rename_passkey(self, passkey_id: str, name: str) -> None:
        """Name one of the user's passkeys; an empty name removes it. Raises ApiError `passkey_not_found`."""
        await self._call("POST", "/account/passkeys/rename", json={"id": passkey_id, "name": name or None})

    async def remove_passkey(self, passkey_id: str, *, end_others: bool) -> None:
        """Remove one of the user's passkeys. Raises ConfirmationRequired, and ApiError 404 for no such passkey.

        `end_others`: see FactorsClient.
        """
        await self._call("POST", "/account/passkeys/remove", json={"id": passkey_id, "endOthers": end_others})

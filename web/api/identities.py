"""Accounts at providers: an addition of our own backend (docs/contract.md, "Providers" and "Connected accounts")."""

from typing import Any

from web.api.altogic import read_reference
from web.api.connection import BoundClient, expect_shape
from web.api.errors import ApiError
from web.api.identity_shapes import Identity, UnconfirmedIdentity


class IdentitiesClient(BoundClient):
    """Calls about the user's accounts at providers. Errors as in Altogic's methods."""

    async def get_identities(self) -> list[Identity]:
        """Return those that are connected, oldest first: none where the backend knows of none."""
        if not self.capabilities.offers("account.identities"):
            return []
        return _read_identities(await self._call("GET", "/account/identities"))

    async def begin_connecting(self, provider: str, browser_hash: str) -> str:
        """Return the ticket with which the browser goes to the provider; `browser_hash` comes back with it.

        Raises ConfirmationRequired.
        """
        asked = {"provider": provider, "bind": browser_hash}
        answer = await self._call("POST", "/account/identities/begin", json=asked)
        with expect_shape():
            return str(answer["ticket"])

    async def connect_identity(self, access_token: str) -> list[Identity]:
        """Connect the account that the browser came back with. Return all.

        Raises ApiError `invalid_access_token`, or `identity_taken` where it is connected to another user.
        """
        return _read_identities(await self._call("POST", "/account/identities", json={"key": access_token}))

    async def remove_identity(self, identity_id: str) -> None:
        """Disconnect one. Raises ConfirmationRequired, and ApiError `identity_not_found` or `last_way_in`."""
        await self._call("POST", "/account/identities/remove", json={"id": identity_id})

    async def find_unconfirmed_identity(self, ref: str) -> UnconfirmedIdentity | None:
        """Tell of the account that waits for an address; None for one that waits no more, or in another browser."""
        try:
            answer = await self._call("GET", "/account/identities/address", params={"ref": ref})
        except ApiError:
            return None
        with expect_shape():
            return UnconfirmedIdentity.from_json(answer)

    async def send_address(self, ref: str, email: str) -> str:
        """Mail an address for the account that waits for one. Return the mail's reference."""
        body = {"ref": ref, "email": email}
        return read_reference(await self._call("POST", "/account/identities/address", json=body))


def _read_identities(answer: Any) -> list[Identity]:
    with expect_shape():
        return [Identity.from_json(each) for each in answer["identities"]]

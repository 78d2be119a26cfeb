"""Leaving: an addition of our own backend (docs/contract.md, "Leaving")."""

from datetime import datetime

from web.api.connection import BoundClient, expect_shape
from web.api.shapes import read_instant


class LeavingClient(BoundClient):
    """Calls by which an account is deleted, or kept. Errors as in Altogic's methods."""

    async def leave(self, *, user_id: str) -> datetime:
        """Have the account deleted later, and end all its sessions now. Return when it is deleted.

        Refused unless it is the user `user_id`, where one is named.
        """
        answer = await self._call("POST", "/account/leave", json={"id": user_id or None})
        with expect_shape():
            return read_instant(answer["leavingDtm"])

    async def keep_account(self) -> None:
        """Keep the account of somebody who is leaving."""
        await self._call("POST", "/account/leave/cancel")

    async def mail_deletion(self, *, user_id: str) -> None:
        """Mail somebody who is leaving a link and a code that delete the account at once.

        Refused as `leave`, with `not_leaving` where it was kept meanwhile, with `email_can_be_undone` and
        `email_not_verified`.
        """
        await self._call("POST", "/account/leave/now/code", json={"id": user_id or None})

    async def delete_by_code(self, code: str, *, user_id: str) -> None:
        """Delete the account with the code that was mailed for this very session. Refused as `mail_deletion`, and with
        `wrong_code`."""
        await self._call("POST", "/account/leave/now", json={"code": code, "id": user_id or None})

    async def delete_by_link(self, access_token: str) -> None:
        """Delete the account of a mailed link."""
        await self._call("POST", "/account/leave/now", params={"key": access_token})

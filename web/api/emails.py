"""The email address of an account: additions of our own backend."""

from typing import Any

from web.api.connection import BoundClient, drop_empty, expect_shape
from web.api.mail_shapes import PendingEmail, read_pending_email
from web.api.shapes import User


class EmailsClient(BoundClient):
    """Calls about the user's address, and the one that is to take its place. Errors as in Altogic's methods."""

    async def request_email(self, new_email: str, current_password: str) -> PendingEmail | None:
        """Ask for a new address, which then is pending; None where it is in force at once, for none is confirmed.

        Nobody learns whether it is another account's. Without a password it is refused (`confirmation_required`) unless
        the session was confirmed lately.
        """
        body = {"newEmail": new_email} | drop_empty(currentPassword=current_password)
        return _read_pending(await self._call("POST", "/account/email/pending", json=body))

    async def find_pending_email(self) -> PendingEmail | None:
        """Find the new address that waits to be confirmed. None where the backend cannot tell."""
        if not self.capabilities.offers("emails.pending"):
            return None
        return _read_pending(await self._call("GET", "/account/email/pending"))

    async def cancel_email_change(self) -> bool:
        """Cancel the pending change of address. False where there is none any more."""
        answer = await self._call("POST", "/account/email/cancel")
        with expect_shape():
            return bool(answer["cancelled"])

    async def mail_new_email_again(self) -> PendingEmail | None:
        """Mail the pending address once more. Raises ApiError `nothing_pending`."""
        return _read_pending(await self._call("POST", "/account/email/again"))

    async def confirm_email(self, code: str) -> User:
        """Confirm the pending address with the code of its mail. Return the user.

        Raises ApiError `wrong_code`, `email_not_unique` where it is another account's by now, or 429.
        """
        answer = await self._call("POST", "/account/email/code", json={"code": code})
        with expect_shape():
            return User.from_json(answer)

    async def undo_email_change(self, access_token: str) -> str:
        """Give the account of a mailed link its old address back. Return an access token to choose a new password."""
        answer = await self._call("POST", "/account/email/undo", params={"key": access_token})
        with expect_shape():
            return str(answer["resetToken"])

    async def has_changed_email(self) -> bool:
        """Tell whether the user confirmed this address by a mailed link within the hour. False where the backend
        cannot tell."""
        if not self.capabilities.offers("emails.recent"):
            return False
        answer = await self._call("GET", "/account/email")
        with expect_shape():
            return bool(answer["isNew"])


def _read_pending(answer: Any) -> PendingEmail | None:
    with expect_shape():
        return read_pending_email(answer["pending"])

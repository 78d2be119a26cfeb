"""Additions of our own backend, absent from Altogic's contract (docs/altogic-client.md, "What is added")."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any

from web.api.altogic import read_grant, read_reference
from web.api.capabilities import PLAIN_ALTOGIC, Capabilities
from web.api.connection import BoundClient, drop_empty, expect_shape
from web.api.errors import ApiError, SessionExpired, Unreachable
from web.api.mail_shapes import Link, MailStatus, PendingEmail, UsedCode, read_pending_email
from web.api.shapes import Event, History, NewestSessions, Proofs, Session, User, read_instant

NOT_OFFERED = (401, 403, 404, 405)


class Account(BoundClient):
    """What our own backend has beside Altogic's contract. Errors as in Altogic's methods.

    Where the backend does not offer a thing, its method makes no call and returns nothing.
    """

    async def get_capabilities(self) -> Capabilities:
        """Ask what the backend offers beyond Altogic's contract.

        Where the path is not there (a 404 in whichever words) or refused by the contract, it offers nothing. Any other
        failure tells nothing about it, and is raised.
        """
        try:
            answer = await self._call("GET", "/account/capabilities")
        except SessionExpired:
            return PLAIN_ALTOGIC
        except ApiError as refusal:
            if refusal.status not in NOT_OFFERED:
                raise
            return PLAIN_ALTOGIC
        except Unreachable as failure:
            if failure.status != 404:
                raise
            return PLAIN_ALTOGIC
        with expect_shape():
            return Capabilities.from_json(answer)

    # -- Mailed links

    async def find_link(self, key: str) -> Link | None:
        """Describe a mailed link by its access token or handle. None where it is unknown, or not described here."""
        if not self.capabilities.offers("links.describe"):
            return None
        try:
            answer = await self._call("GET", "/auth/access-token", params={"key": key})
        except ApiError:
            return None
        with expect_shape():
            return Link.from_json(answer)

    async def send_link_again(self, key: str) -> str:
        """Send the same kind of mail once more, to the address of a used or expired link. Return its reference."""
        return read_reference(await self._call("POST", "/auth/resend", params={"key": key}))

    async def disown_link(self, access_token: str) -> None:
        """Discard the registration that this link would confirm, or log everybody out of the account to which something
        was done that this link's mail tells of ("This wasn't me")."""
        await self._call("POST", "/auth/access-token/disown", params={"key": access_token})

    async def use_code(self, reference: str, code: str) -> UsedCode:
        """Use the code of a mail; `reference` is what asking for the mail gave this browser."""
        answer = await self._call("POST", "/account/codes", json={"reference": reference, "code": code})
        with expect_shape():
            action, access_token = str(answer["action"]), str(answer.get("accessToken") or "")
        return UsedCode(action, None if access_token else read_grant(answer), access_token)

    async def find_progress(self, reference: str) -> str:
        """Tell whether the mail of a reference is still waited for: waiting, opened (used in whichever browser) or
        expired. Empty where the backend cannot tell."""
        if not reference or not self.capabilities.offers("account.pending"):
            return ""
        answer = await self._call("GET", "/account/pending", params={"reference": reference})
        with expect_shape():
            return str(answer["state"])

    # -- Registrations

    async def find_mail_status(self, email: str) -> MailStatus | None:
        """Tell what became of the mail of a registration in this browser, and whether mails leave at all. None where
        the backend cannot tell."""
        if not self.capabilities.offers("mail.status"):
            return None
        answer = await self._call("GET", "/account/pending", params={"email": email})
        with expect_shape():
            return MailStatus.from_json(answer)

    async def confirm_registration(self, access_token: str, new_password: str, name: str) -> tuple[User, Session]:
        """Confirm an address with a password and a name chosen now: what was typed for it before does not count."""
        body = {"newPassword": new_password} | ({"name": name} if name else {})
        path = "/account/registration/confirm"
        return read_grant(await self._call("POST", path, params={"key": access_token}, json=body))

    async def count_new_password(self) -> None:
        """Count that somebody chooses a password. Raises ApiError 429 beyond the rate limit."""
        if self.capabilities.offers("passwords.count"):
            await self._call("POST", "/auth/new-password")

    # -- The signed-in user

    async def get_me(self, limit: int) -> tuple[User, NewestSessions, PendingEmail | None] | None:
        """Return in one call what `get_user`, `get_newest_sessions` and `find_pending_email` return. None where there
        is no such call."""
        if not self.capabilities.offers("account.me"):
            return None
        answer = await self._call("GET", "/account/me", params={"sessions": str(limit)})
        with expect_shape():
            sessions = [Session.from_json(item) for item in answer["sessions"]]
            pending = read_pending_email(answer.get("pendingEmail"))
            user = replace(User.from_json(answer["user"]), has_password=bool(answer.get("hasPassword", True)))
            return user, (sessions, int(answer["sessionCount"])), pending

    async def rename_me(self, name: str, *, user_id: str, expected: str | None) -> tuple[User, str] | None:
        """Set the name of whoever's session this is. Return the user, and the name before (as `User.name`).

        Refused unless it is the user `user_id`, where one is named, unless the name is `expected`, where one is, or is
        `name` already, and for whoever is leaving. None where there is no such call.
        """
        if not self.capabilities.offers("account.name"):
            return None
        body = {"name": name, "id": user_id or None, "expected": expected}
        answer = await self._call("PUT", "/account/name", json=body)
        with expect_shape():
            user = User.from_json(answer["user"])
            return user, str(answer["before"] or user.email)

    async def get_proofs(self, *, strong: bool = False) -> Proofs:
        """Tell by what the user can prove who they are, and whether they did lately on this session. Where the backend
        asks for no such proof, it is the password.

        `strong`: for an act that takes a second factor, where two-step verification is on.
        """
        if not self.capabilities.offers("account.confirm"):
            return Proofs(("password",))
        answer = await self._call("GET", "/account/confirm", params={"strong": "true"} if strong else None)
        with expect_shape():
            return Proofs.from_json(answer)

    async def confirm(self, **proof: str) -> Session:
        """Prove who the user is, with `currentPassword`, `totp`, `recoveryCode`, `credential` and `browser`, or the
        `code` of a mail. Return the session with its new token.

        Raises ApiError `invalid_credentials`, `wrong_code`, `code_used`, or 429 beyond the rate limit of the log-in.
        """
        return read_grant(await self._call("POST", "/account/confirm", json=proof))[1]

    async def mail_confirmation_code(self) -> None:
        """Mail the code to a user without a password. Raises ApiError 429 beyond the rate limit of mails."""
        await self._call("POST", "/account/confirm/code")

    async def get_history(self, limit: int, *, after: str = "", before: str = "") -> History:
        """Return what happened to the account: the newest, or the page that another one names as its `next` (`after`)
        or `previous` (`before`).

        Raises ApiError 400 for another text.
        """
        places = {"after": after, "before": before}
        params = {"limit": str(limit)} | {name: place for name, place in places.items() if place}
        answer = await self._call("GET", "/account/events", params=params)
        with expect_shape():
            return History.from_json(answer)

    async def find_event(self, event_id: str) -> Event | None:
        """Return one of the user's events, or None."""
        try:
            answer = await self._call("GET", "/account/event", params={"id": event_id})
        except ApiError as refused:
            if refused.status != 404:
                raise
            return None
        with expect_shape():
            return Event.from_json(answer)

    async def disown_event(self, event_id: str) -> bool:
        """Log everybody else out, for somebody else has done this ("This wasn't me"). False for no such event.

        Raises ConfirmationRequired.
        """
        try:
            await self._call("POST", "/account/event/disown", params={"id": event_id})
        except ApiError as refused:
            if refused.status != 404:
                raise
            return False
        return True

    def export(self) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Begin the ZIP of everything kept about the user, and yield its pieces while the context lasts."""
        return self._connection.stream("GET", "/account/export", self.client)

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

    async def has_changed_email(self) -> bool:
        """Tell whether the user confirmed this address by a mailed link within the hour. False where the backend
        cannot tell."""
        if not self.capabilities.offers("emails.recent"):
            return False
        answer = await self._call("GET", "/account/email")
        with expect_shape():
            return bool(answer["isNew"])

    async def label_session(self, token: str, label: str) -> Session:
        """Name one of the user's sessions; an empty label removes its name."""
        answer = await self._call("POST", "/auth/sessions/label", json={"token": token, "label": label or None})
        with expect_shape():
            return Session.from_json(answer)


def _read_pending(answer: Any) -> PendingEmail | None:
    with expect_shape():
        return read_pending_email(answer["pending"])

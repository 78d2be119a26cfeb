"""The rows of Altogic's own contract that the site uses: accounts, sessions, the user's record, files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from web.api.connection import BoundClient, drop_empty, expect_shape
from web.api.errors import Unreachable
from web.api.shapes import NewestSessions, Session, User

NO_LOCALE: Mapping[str, str] = MappingProxyType({})


class Altogic(BoundClient):
    """Altogic's REST API. All methods raise SessionExpired and Unreachable, and ApiError where the backend refuses.

    Parameters that only our own backend knows are ignored by others: `next_path` (where the log-in by a mailed link
    leads) and the `reason` of a login link. Methods that ask for a mail return its reference, with which the code in
    the mail is used; elsewhere that is empty.
    """

    # -- Accounts

    async def sign_up_with_email(
        self, email: str, password: str, name: str, *, locale: Mapping[str, str] = NO_LOCALE, next_path: str = ""
    ) -> Session | None:
        """Create an account and return its session, or None where the address has to be confirmed first.

        `locale` is `{language, timezone}`, each only if it is known; a backend without locales is not told it.
        """
        known = locale if self.capabilities.offers("users.locale") else {}
        body = {"email": email, "password": password, "nameOrUserData": {"name": name, **known} if known else name}
        answer = await self._call("POST", "/auth/signup-email", params=drop_empty(next=next_path), json=body)
        return read_session(answer)

    async def sign_in_with_email(self, email: str, password: str) -> tuple[User, Session]:
        """Log in with a password and return the user and the new session."""
        body = {"email": email, "password": password}
        return read_grant(await self._call("POST", "/auth/signin-email", json=body))

    async def get_auth_grant(self, access_token: str) -> tuple[User, Session]:
        """Trade the access token of a mailed link for a session.

        Our own backend refuses a confirmation with `password_required` in a browser in which nobody registered.
        """
        answer = await self._call("GET", "/auth/grant", params={"key": access_token}, retry=False)
        return read_grant(answer)

    async def resend_verification_email(self, email: str, *, next_path: str = "") -> str:
        """Send the mail that confirms an address once more."""
        return read_reference(
            await self._call("POST", "/auth/resend", params={"email": email} | drop_empty(next=next_path))
        )

    async def send_magic_link_email(self, email: str, *, reason: str = "", next_path: str = "") -> str:
        """Send a login link. For the `reason` "sign-up" the mail says that there is an account already."""
        params = {"email": email} | drop_empty(reason=reason, next=next_path)
        return read_reference(await self._call("POST", "/auth/send-magic", params=params))

    async def send_password_reset_email(self, email: str) -> str:
        """Send a link to choose a new password."""
        return read_reference(await self._call("POST", "/auth/send-reset", params={"email": email}))

    async def reset_password_with_token(self, access_token: str, new_password: str) -> None:
        """Set a new password by the access token of a mailed link."""
        body = {"newPassword": new_password}
        await self._call("POST", "/auth/reset-pwd", params={"key": access_token}, json=body)

    # -- The signed-in user

    async def get_user(self) -> User:
        """Return the user of the session."""
        return _read_user(await self._call("GET", "/auth/user"))

    async def update_user(self, user_id: str, **values: Any) -> User:
        """Set fields by the contract's names: `name`, `profilePicture`, and of ours `language`, `timezone`."""
        options = {"cache": "nocache", "returnTop": False}
        body = {"values": values, "options": options, "id": user_id, "model": "users"}
        return _read_user(await self._call("POST", "/db/object/update", json=body))

    async def change_password(self, new_password: str, old_password: str | None, *, end_others: bool) -> Session | None:
        """Change the password, and with `end_others` end the user's other sessions; `old_password` is None where there
        is none yet. Return the session if it has a new token.

        Altogic leaves other sessions alone, so there they are ended by a call of its own; our backend ends them in one
        act.
        """
        body: dict[str, Any] = {"newPassword": new_password}
        if old_password is not None:
            body["oldPassword"] = old_password
        if not end_others:
            body["endOthers"] = False
        renews = self.capabilities.offers("account.confirm")
        answer = await self._call("POST", "/auth/change-pwd", json={**body, "renew": True} if renews else body)
        if end_others and not self.capabilities.offers("passwords.others"):
            await self.sign_out_all_except_current()
        return require_session(answer) if renews else None

    async def change_email(self, new_email: str, current_password: str) -> User:
        """Ask for a new address. Return the user, who has it already where addresses are not confirmed."""
        body = drop_empty(currentPassword=current_password) | {"newEmail": new_email}
        return _read_user(await self._call("POST", "/auth/change-email", json=body))

    async def unset_user_field(self, user_id: str, name: str) -> User:
        """Remove the value of one field."""
        body = {
            "updates": [{"field": name, "updateType": "unset", "value": None}],
            "options": {"cache": "nocache", "returnTop": False},
            "id": user_id,
            "model": "users",
        }
        return _read_user(await self._call("POST", "/db/object/update-fields", json=body))

    # -- Sessions

    async def get_all_sessions(self) -> list[Session]:
        """Return all sessions of the user, newest first. The current one is the one with the client's own token."""
        answer = await self._call("GET", "/auth/sessions")
        with expect_shape():
            return [Session.from_json(item) for item in reversed(answer)]

    async def get_newest_sessions(self, limit: int) -> NewestSessions:
        """Return the current session and the newest of the others, and the number of all.

        Altogic sends them all, so that is what is returned there, newest first.
        """
        if not self.capabilities.offers("sessions.pages"):
            sessions = await self.get_all_sessions()
            return sessions, len(sessions)
        params = {"order": "own", "limit": str(limit)}
        answer, headers = await self._call_with_headers("GET", "/auth/sessions", params=params)
        with expect_shape():
            return [Session.from_json(item) for item in answer], int(headers["x-total-count"])

    async def sign_out(self, token: str | None = None) -> None:
        """End the current session, or the one with this token or handle."""
        await self._call("POST", "/auth/signout", json={"token": token} if token else {})

    async def sign_out_all_except_current(self) -> None:
        """End all other sessions of the user."""
        await self._call("POST", "/auth/signout-all-except")

    # -- Files

    async def upload(self, name: str, content: bytes, mime_type: str, tags: Sequence[str]) -> str:
        """Store a public file in the root bucket and return its public address."""
        options = {"contentType": mime_type, "createBucket": False, "isPublic": True, "tags": list(tags)}
        params = {"bucket": "root", "fileName": name, "options": json.dumps(options)}
        files = {"file": (name, content, mime_type)}
        answer = await self._call("POST", "/storage/bucket/upload-formdata", params=params, files=files)
        with expect_shape():
            return str(answer["publicPath"])

    async def delete_file(self, url: str) -> None:
        """Delete the file with this public address."""
        await self._call("POST", "/storage/delete-file", json={"fileUrl": url})


def read_session(answer: Any) -> Session | None:
    """Return the session of an answer `{session}`, or None where it holds none."""
    with expect_shape():
        return Session.from_json(answer["session"]) if answer["session"] else None


def read_reference(answer: Any) -> str:
    """Return the reference of an answer about a mail, or "" where the backend has no codes."""
    with expect_shape():
        return str((answer or {}).get("reference") or "")


def require_session(answer: Any) -> Session:
    """Return the session of an answer `{session}`. Raises Unreachable where it holds none."""
    session = read_session(answer)
    if session is None:
        raise Unreachable("an answer without a session")
    return session


def read_grant(answer: Any) -> tuple[User, Session]:
    """Return what an answer `{user, session}` grants."""
    session = replace(require_session(answer), connected=str(answer.get("connected") or ""))
    with expect_shape():
        return User.from_json(answer["user"]), session


def _read_user(answer: Any) -> User:
    with expect_shape():
        return User.from_json(answer)

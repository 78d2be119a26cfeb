"""The account of our own backend: additions to Altogic's contract (docs/altogic-client.md, "What is added")."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from web.api.capabilities import PLAIN_ALTOGIC, Capabilities
from web.api.connection import BoundClient, expect_shape
from web.api.errors import AltogicError, ApiError, SessionExpired, Unreachable
from web.api.mail_shapes import PendingEmail, read_pending_email
from web.api.shapes import NewestSessions, Session, User

NOT_OFFERED = (401, 403, 404, 405)


class AccountClient(BoundClient):
    """What the backend can do, and calls about whoever is signed in. Errors as in Altogic's methods.

    Where the backend does not offer a thing, its method makes no call and returns nothing. So it is with all clients of
    our additions.
    """

    async def get_capabilities(self) -> Capabilities:
        """Ask what the backend offers beyond Altogic's contract: nothing, where the path is not there, or refused.

        Any other failure tells nothing about it, and is raised.
        """
        try:
            answer = await self._call("GET", "/account/capabilities")
        except AltogicError as failure:
            if not _is_absent(failure):
                raise
            return PLAIN_ALTOGIC
        with expect_shape():
            return Capabilities.from_json(answer)

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
            return user, str(answer["before"] or user.contact)

    async def label_session(self, token: str, label: str) -> Session:
        """Name one of the user's sessions; an empty label removes its name."""
        answer = await self._call("POST", "/auth/sessions/label", json={"token": token, "label": label or None})
        with expect_shape():
            return Session.from_json(answer)

    def export(self) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Begin the ZIP of everything kept about the user, and yield its pieces while the context lasts."""
        return self._connection.stream("GET", "/account/export", self.client)


def _is_absent(failure: AltogicError) -> bool:
    """Tell whether a path is not there (a 404 in whichever words), or refused by the contract."""
    if isinstance(failure, ApiError):
        return failure.status in NOT_OFFERED
    return isinstance(failure, SessionExpired) or (isinstance(failure, Unreachable) and failure.status == 404)

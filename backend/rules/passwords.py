"""Changing a password, and choosing a new one by a mailed link."""

from datetime import datetime
from typing import Any

from backend.kernel.events import EventKind
from backend.mail.letters import RESET
from backend.rules.access_tokens import check_access_token, spend_access_token
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.known_devices import forget_other_devices
from backend.rules.password_checks import check_current_password, check_password_unchanged, hash_new_password
from backend.rules.sessions import SignedIn
from backend.store import Queries

RESETS = frozenset({RESET})


async def change_password(services: Services, me: SignedIn, *, old: str, new: str, client: ClientInfo) -> None:
    """Change the password, and end the user's other sessions and links.

    Raises `invalid_credentials` for a wrong old password, `rate_limit_exceeded` for too many of them.
    """
    await check_current_password(services, me.user, old, client)
    password = await hash_new_password(services, new, client)
    await services.store.write(_change_password, me, password, client, services.clock())


def _change_password(
    queries: Queries, me: SignedIn, password: dict[str, Any], client: ClientInfo, now: datetime
) -> None:
    check_password_unchanged(queries, me.user)
    _set_password(queries, me.user.id, password, client, now, keep_session=me.session.id)
    record_event(queries, me.user.id, EventKind.PASSWORD_CHANGED, client, now)


async def reset_password(services: Services, token: str, new: str, client: ClientInfo) -> None:
    """Spend an access token and set the password. Ends all sessions and links; confirms nothing, logs nobody in.

    Raises `invalid_access_token`, `invalid_token_type`, or `rate_limit_exceeded` for too many of either.
    """
    await check_access_token(services, token, RESETS, client)
    password = await hash_new_password(services, new, client)
    await services.store.write(_reset_password, services, token, password, client, services.clock())


def _reset_password(
    queries: Queries, services: Services, token: str, password: dict[str, Any], client: ClientInfo, now: datetime
) -> None:
    link = spend_access_token(queries, services, token, RESETS, now)
    _set_password(queries, link.user_id, password, client, now)
    record_event(queries, link.user_id, EventKind.PASSWORD_RESET, client, now)


def _set_password(
    queries: Queries, user_id: str, password: dict[str, Any], client: ClientInfo, now: datetime, keep_session: str = ""
) -> None:
    """Set the columns of a new password and end everything that the old one, or a stranger with it, has opened."""
    queries.users.update(user_id, password)
    queries.sessions.end_all(user_id, except_for=keep_session)
    queries.links.spend_all(user_id, now)
    forget_other_devices(queries, user_id, client)

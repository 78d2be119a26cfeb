"""Changing a password, and choosing a new one by a mailed link."""

from datetime import datetime
from typing import Any

from backend.kernel.events import EventKind
from backend.mail.letters import RESET
from backend.rules.access_tokens import check_access_token, spend_access_token
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.known_devices import forget_other_devices
from backend.rules.mail_requests import can_be_mailed
from backend.rules.mailer import Mailer
from backend.rules.password_checks import check_current_password, check_password_unchanged, hash_new_password
from backend.rules.sessions import SignedIn
from backend.store import Queries

RESETS = frozenset({RESET})


async def change_password(
    services: Services, me: SignedIn, *, old: str, new: str, client: ClientInfo, end_others: bool = True
) -> None:
    """Change the password, end the user's links, with `end_others` their other sessions too, and mail the owner.

    Raises `invalid_credentials` for a wrong old password, `rate_limit_exceeded` for too many of them.
    """
    await check_current_password(services, me.user, old, client)
    password = await hash_new_password(services, new, client)
    change = _change_password_and_end_others if end_others else _change_password
    await services.store.write(change, services, me, password, client, services.clock())
    services.mail_waits.set()


def _change_password_and_end_others(
    queries: Queries, services: Services, me: SignedIn, password: dict[str, Any], client: ClientInfo, now: datetime
) -> None:
    _change_password(queries, services, me, password, client, now)
    _end_sessions(queries, me.user.id, client, keep_session=me.session.id)


def _change_password(
    queries: Queries, services: Services, me: SignedIn, password: dict[str, Any], client: ClientInfo, now: datetime
) -> None:
    check_password_unchanged(queries, me.user)
    _set_password(queries, services, me.user.id, password, client, now)
    record_event(queries, me.user.id, EventKind.PASSWORD_CHANGED, client, now)


async def reset_password(services: Services, token: str, new: str, client: ClientInfo) -> None:
    """Spend an access token, set the password, and mail the owner. Ends all sessions and links; logs nobody in.

    Raises `invalid_access_token`, `invalid_token_type`, or `rate_limit_exceeded` for too many of either.
    """
    await check_access_token(services, token, RESETS, client)
    password = await hash_new_password(services, new, client)
    await services.store.write(_reset_password, services, token, password, client, services.clock())
    services.mail_waits.set()


def _reset_password(
    queries: Queries, services: Services, token: str, password: dict[str, Any], client: ClientInfo, now: datetime
) -> None:
    link = spend_access_token(queries, services, token, RESETS, now)
    _set_password(queries, services, link.user_id, password, client, now)
    _end_sessions(queries, link.user_id, client)
    record_event(queries, link.user_id, EventKind.PASSWORD_RESET, client, now)


def _set_password(
    queries: Queries, services: Services, user_id: str, password: dict[str, Any], client: ClientInfo, now: datetime
) -> None:
    """Set the columns of a new password, spend the links of before, and mail the owner, who may not have done it."""
    queries.users.update(user_id, password)
    queries.links.spend_all(user_id, now)
    user = queries.users.find_by_id(user_id)
    if user is not None and can_be_mailed(services, user):
        Mailer(queries, services, client).send_password_changed(user)


def _end_sessions(queries: Queries, user_id: str, client: ClientInfo, keep_session: str = "") -> None:
    """End what the old password, or a stranger with it, has opened."""
    queries.sessions.end_all(user_id, except_for=keep_session)
    forget_other_devices(queries, user_id, client)

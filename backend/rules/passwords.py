"""Changing a password, and choosing a new one by a mailed link."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.kernel.events import EventKind
from backend.kernel.keys import hash_secret
from backend.kernel.refusals import RefusalError
from backend.mail.letter import RESET
from backend.mail.letters import NOTICES
from backend.rules.access_tokens import check_access_token, spend_access_token
from backend.rules.confirmation import can_be_mailed
from backend.rules.context import ClientInfo, Services
from backend.rules.double_clicks import find_owner_of_just_used, note_use
from backend.rules.events import record_event
from backend.rules.first_proof import prove_email
from backend.rules.log_out import log_out_everywhere
from backend.rules.lost_factors import wait_longer
from backend.rules.mail_limits import count_told_act
from backend.rules.mailer import Mailer
from backend.rules.password_checks import (
    check_current_password,
    check_password_unchanged,
    hash_new_password,
    is_current_password,
)
from backend.rules.reauthentication import find_renewed, renew_session, require_recent_confirmation
from backend.rules.session_list import end_others
from backend.rules.sessions import DOUBLE_CLICK, NewSession, SignedIn, authenticate
from backend.store import Queries

RESETS = frozenset({RESET})


@dataclass(frozen=True)
class PasswordChange:
    """What was typed. With `ends_others` the user's other sessions end; with `renews` the session that stays gets
    a new token (OWASP ASVS 7.2.4) and counts as confirmed, which a client of Altogic's does not know of."""

    old: str = field(repr=False)
    new: str = field(repr=False)
    ends_others: bool = True
    renews: bool = False


async def change_password(
    services: Services, me: SignedIn, change: PasswordChange, client: ClientInfo
) -> NewSession | None:
    """Change the password, end the user's links, and mail the owner. Return the session if its token was renewed.

    Whoever never had a password sets the first one, on a session that was confirmed by something else. A double click
    gets the same new token twice.

    Raises `invalid_credentials` for a wrong old password, `rate_limit_exceeded` for too many of them, or
    `confirmation_required`.
    """
    try:
        await _check_proof(services, me, change.old, client)
        password = await hash_new_password(services, change.new, client)
        await services.store.write(_change_password, services, me, change, password, client, services.clock())
    except RefusalError as refused:
        if refused.problems[0].code != "invalid_credentials" or not await _is_done(services, me, change, client):
            raise
    services.mail_waits.set()
    return await services.store.read(_find_changed, services, me) if change.renews else None


async def _check_proof(services: Services, me: SignedIn, old: str, client: ClientInfo) -> None:
    """Check the old password, or, where there is none, that the session was confirmed lately."""
    if me.user.password_hash:
        await check_current_password(services, me.user, old, client)
    else:
        require_recent_confirmation(services, me)


async def _is_done(services: Services, me: SignedIn, change: PasswordChange, client: ClientInfo) -> bool:
    """Tell whether another request has just set this very password in this session: a double click, whose second click
    may bring the new token already."""
    if not change.renews:
        return False
    now = await authenticate(services, me.token)
    is_renewed = now.session.token_hash != hash_secret(me.token)
    is_click = is_renewed or await services.store.read(_is_just_changed, services, me)
    return is_click and await is_current_password(services, now.user, change.new, client)


def _is_just_changed(queries: Queries, services: Services, me: SignedIn) -> bool:
    return bool(queries.limits.list_active([_name_change(services, me)], services.clock()))


def _name_change(services: Services, me: SignedIn) -> str:
    return services.keyring.derive_pseudonym(f"password:{me.session.id}")


def _find_changed(queries: Queries, services: Services, me: SignedIn) -> NewSession:
    """Find the session with its new token, which may be the one presented."""
    has_new = queries.sessions.find_with_user(hash_secret(me.token)) is not None
    return NewSession(me.user, me.session, me.token) if has_new else find_renewed(queries, services, me)


def _change_password(
    queries: Queries,
    services: Services,
    me: SignedIn,
    change: PasswordChange,
    password: dict[str, Any],
    client: ClientInfo,
    now: datetime,
) -> None:
    check_password_unchanged(queries, me.user)
    count_told_act(queries, services, me.user.id)
    queries.tickets.end_all(me.user.id)
    queries.proven_identities.end_all(me.user.id)
    queries.links.spend_others(me.user.id, now, letters=NOTICES)  # which a stranger with a session cannot end
    set_password(queries, services, me.user.id, password, client)
    record_event(queries, me.user.id, EventKind.PASSWORD_CHANGED, client, now)
    if change.ends_others:
        end_others(queries, me, client, now)
    if change.renews:
        queries.limits.increment(_name_change(services, me), now=now, expires_at=now + DOUBLE_CLICK)
        _renew_token(queries, services, me, now)


def _renew_token(queries: Queries, services: Services, me: SignedIn, now: datetime) -> None:
    """Give the session a new token. The old password has just confirmed it; a first password confirms nothing."""
    if me.user.password_hash:
        renew_session(queries, services, me, now, confirmed_at=now, by="password")
    else:
        proof = me.session
        renew_session(queries, services, me, now, confirmed_at=proof.confirmed_at, by=proof.confirmed_by)


async def reset_password(services: Services, token: str, new: str, client: ClientInfo) -> None:
    """Spend an access token, set the password, and mail the owner. Ends all sessions and links, forgets all known
    devices, and logs nobody in. Does nothing where the first click of a double click has done it.

    Raises `invalid_access_token`, `invalid_token_type`, or `rate_limit_exceeded` for too many of either.
    """
    try:
        await check_access_token(services, token, RESETS, client)
        password = await hash_new_password(services, new, client)
        await services.store.write(_reset_password, services, token, password, client, services.clock())
    except RefusalError:
        if not await _is_just_reset(services, token, new, client):
            raise
    services.mail_waits.set()


async def _is_just_reset(services: Services, token: str, new: str, client: ClientInfo) -> bool:
    """Tell whether this browser has used the link a moment ago for this very password."""
    user = await services.store.read(find_owner_of_just_used, services, token, client)
    return user is not None and await is_current_password(services, user, new, client)


def _reset_password(
    queries: Queries, services: Services, token: str, password: dict[str, Any], client: ClientInfo, now: datetime
) -> None:
    link = spend_access_token(queries, services, token, RESETS, now)
    link = prove_email(queries, link, client, now)
    note_use(queries, services, link, client, now)
    log_out_everywhere(queries, link.user_id, now)  # in this browser too: it may be anybody's
    set_password(queries, services, link.user_id, password, client)
    wait_longer(queries, link.user_id, now)
    record_event(queries, link.user_id, EventKind.PASSWORD_RESET, client, now)


def set_password(
    queries: Queries, services: Services, user_id: str, password: dict[str, Any], client: ClientInfo
) -> None:
    """Set the columns of a new password, and mail the owner, who may not have done it."""
    queries.users.update(user_id, password)
    user = queries.users.find_by_id(user_id)
    if user is not None and can_be_mailed(services, user):
        Mailer(queries, services, client).send_password_changed(user)

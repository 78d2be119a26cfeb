"""Leaving: an account is deleted some days after its owner asked for it, and until then a log-in can keep it.

From the first moment on nobody is logged in. When the time is over, the account counts as one that is not there, and
the clean-up (tasks/cleanup.py) deletes all of it: what is left by a process that dies, the next one finds.
"""

from datetime import datetime

from backend.kernel.events import EventKind
from backend.kernel.keys import hash_secret
from backend.kernel.refusals import refusal
from backend.mail.letters import LEAVING_FOR, UNDO_EMAIL
from backend.rules.confirmation import can_be_mailed
from backend.rules.context import ClientInfo, Services
from backend.rules.email_links import can_be_taken_back
from backend.rules.events import record_event
from backend.rules.mailer import Mailer, write_farewell
from backend.rules.profile import reload_user
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.sessions import DOUBLE_CLICK, SignedIn, authenticate, has_left, require_token
from backend.store import Queries
from backend.store.records import Count, User

ACCOUNTS_AT_ONCE = 20
FILES_AT_ONCE = 10  # deleted in one transaction, for others who write


async def leave(services: Services, token: str, user_id: object, client: ClientInfo) -> datetime:
    """End all of the caller's sessions, links and known devices, and return when the account will be deleted.

    Idempotent: a second click, whose session has ended meanwhile, gets the same answer. Raises what `authenticate` and
    `require_recent_confirmation` raise, and `permission_denied` unless the caller is the user `user_id`, if not None.
    """
    if click := await _find_click(services, "leave", token):
        return click.expires_at - DOUBLE_CLICK + LEAVING_FOR
    me = await _require_confirmed(services, token, user_id)
    leaves_at = await services.store.write(_leave, services, me, client, services.clock())
    services.mail_waits.set()
    return leaves_at


async def _find_click(services: Services, act: str, token: str) -> Count | None:
    """Find the first of two clicks, which ended the session of this token."""
    require_token(token)
    return await services.store.read(_find_count, _name_click(services, act, token), services.clock())


def _find_count(queries: Queries, name: str, now: datetime) -> Count | None:
    found = queries.limits.list_active([name], now)
    return found[0] if found else None


def _note_click(queries: Queries, services: Services, act: str, token: str, now: datetime) -> None:
    queries.limits.increment(_name_click(services, act, token), now=now, expires_at=now + DOUBLE_CLICK)


def _name_click(services: Services, act: str, token: str) -> str:
    return services.keyring.derive_pseudonym(f"{act}:{hash_secret(token)}")


async def _require_confirmed(services: Services, token: str, user_id: object) -> SignedIn:
    me = await authenticate(services, token)
    if user_id not in (None, me.user.id):
        raise refusal("permission_denied", param="id")
    require_recent_confirmation(services, me)
    return me


def _leave(queries: Queries, services: Services, me: SignedIn, client: ClientInfo, now: datetime) -> datetime:
    leaves_at = now + LEAVING_FOR
    if not queries.users.begin_leaving(me.user.id, leaves_at):
        return reload_user(queries, me.user).leaves_at or leaves_at
    _note_click(queries, services, "leave", me.token, now)
    _log_out_everywhere(queries, me.user.id, now)
    record_event(queries, me.user.id, EventKind.ACCOUNT_LEAVING, client, now)
    if can_be_mailed(services, me.user):
        Mailer(queries, services, client).send_leaving(me.user)
    return leaves_at


def _log_out_everywhere(queries: Queries, user_id: str, now: datetime) -> None:
    """End everything by which somebody is logged in, or could be without logging in anew. Whoever lost the address to a
    stranger can still get it back."""
    queries.sessions.end_all(user_id)
    queries.tickets.end_all(user_id)
    queries.devices.forget_all(user_id)
    queries.links.spend_all(user_id, now, except_kind=UNDO_EMAIL)


async def keep(services: Services, me: SignedIn, client: ClientInfo) -> User:
    """Keep the account, and mail its owner. Does nothing where nobody is leaving."""
    user = await services.store.write(_keep, services, me, client, services.clock())
    services.mail_waits.set()
    return user


def _keep(queries: Queries, services: Services, me: SignedIn, client: ClientInfo, now: datetime) -> User:
    if queries.users.keep(me.user.id, now):
        record_event(queries, me.user.id, EventKind.ACCOUNT_KEPT, client, now)
        if can_be_mailed(services, me.user):
            Mailer(queries, services, client).send_kept(me.user)
    return reload_user(queries, me.user)


async def leave_now(services: Services, token: str, user_id: object) -> None:
    """Delete the account of somebody who is leaving, at once and for good. Idempotent, as `leave`.

    Raises what `leave` raises, `not_leaving` where the account is kept meanwhile, or `email_can_be_undone`: whoever has
    taken over an account is not to delete it before its owner can take it back.
    """
    if await _find_click(services, "leave-now", token):
        return
    me, now = await _require_confirmed(services, token, user_id), services.clock()
    await services.store.write(_leave_now, services, me, now)
    await delete_account(services, me.user.id, now)
    await services.store.erase_deleted()


def _leave_now(queries: Queries, services: Services, me: SignedIn, now: datetime) -> None:
    user = queries.users.find_by_id(me.user.id)
    if user is None or has_left(user, now):  # by the first of two clicks
        return
    if not queries.users.leave_now(user.id, now):
        raise refusal("not_leaving")
    if can_be_taken_back(queries, user, now):
        raise refusal("email_can_be_undone")
    _note_click(queries, services, "leave-now", me.token, now)
    _log_out_everywhere(queries, user.id, now)


async def delete_left_accounts(services: Services) -> None:
    """Delete the accounts whose owners have left and did not come back in time."""
    now = services.clock()
    while left := await services.store.read(_list_left, now):
        for user_id in left:
            await delete_account(services, user_id, now)


def _list_left(queries: Queries, now: datetime) -> list[str]:
    return queries.users.list_left(now, ACCOUNTS_AT_ONCE)


async def delete_account(services: Services, user_id: str, now: datetime) -> None:
    """Delete everything that is kept about a user whose time is over, the files first, and mail the owner that it is
    done. Idempotent."""
    while await services.store.write(_delete_files, user_id, now):
        pass
    await services.store.write(_delete_user, services, user_id, now)
    services.mail_waits.set()


def _delete_files(queries: Queries, user_id: str, now: datetime) -> int:
    user = queries.users.find_by_id(user_id)
    return queries.files.delete_some(user_id, FILES_AT_ONCE) if user and has_left(user, now) else 0


def _delete_user(queries: Queries, services: Services, user_id: str, now: datetime) -> None:
    user, language = queries.users.find_by_id(user_id), queries.mails.find_newest_language(user_id)
    if user is None or not queries.users.delete_left(user_id, now):  # another process was faster
        return
    if can_be_mailed(services, user):
        queries.mails.insert(write_farewell(services, user, language, now))

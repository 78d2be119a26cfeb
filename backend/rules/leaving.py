"""Leaving: an account is deleted some days after its owner asked for it, and until then a log-in can keep it.

From the first moment on nobody is logged in. Whoever comes back can have it deleted at once. For that the password is
not enough: who knows it may be a stranger, whom no mail would be in time to stop. So a mail to the account's address
brings a link and a code, and nothing is deleted before one of the two is used. When the time is over: deletion.py.
"""

from datetime import datetime

from backend.kernel.events import EventKind
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.letter import DELETE_ACCOUNT, LEAVING_FOR, LOG_IN
from backend.mail.letters import ACCOUNT_DELETION
from backend.rules.access_tokens import check_access_token, spend_access_token
from backend.rules.codes import check_code
from backend.rules.confirmation import can_be_mailed, require_email
from backend.rules.context import ClientInfo, Services
from backend.rules.deletion import end_account, finish_deletion, require_no_obstacle
from backend.rules.double_clicks import find_click, note_click
from backend.rules.events import record_event
from backend.rules.log_out import end_log_ins, log_out_everywhere
from backend.rules.mail_limits import count_mail, count_told_act, find_mail_counters
from backend.rules.mailer import Mailer
from backend.rules.profile import reload_user
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.references import as_session, make_session_reference
from backend.rules.sessions import DOUBLE_CLICK, SignedIn, authenticate, has_left
from backend.store import Queries
from backend.store.records import User

LEAVE, LEAVE_NOW = "leave", "leave-now"  # what is clicked
DELETES = frozenset({DELETE_ACCOUNT})


async def leave(services: Services, token: str, user_id: object, client: ClientInfo) -> datetime:
    """End all of the caller's sessions, links and known devices, and return when the account will be deleted.

    Idempotent: a second click, whose session has ended meanwhile, gets the same answer. Raises what `authenticate` and
    `require_recent_confirmation` raise, and `permission_denied` unless the caller is the user `user_id`, if not None.
    """
    try:
        me = await _authenticate(services, token, user_id)
    except RefusalError:
        if click := await find_click(services, LEAVE, token):
            return click.expires_at - DOUBLE_CLICK + LEAVING_FOR
        raise
    require_recent_confirmation(services, me)
    leaves_at = await services.store.write(_leave, services, me, client, services.clock())
    services.mail_waits.set()
    return leaves_at


async def _authenticate(services: Services, token: str, user_id: object) -> SignedIn:
    me = await authenticate(services, token)
    if user_id not in (None, me.user.id):
        raise refusal("permission_denied", param="id")
    return me


def _leave(queries: Queries, services: Services, me: SignedIn, client: ClientInfo, now: datetime) -> datetime:
    leaves_at = now + LEAVING_FOR
    if not queries.users.begin_leaving(me.user.id, leaves_at):  # by another click, or long ago
        end_log_ins(queries, me.user.id)
        return reload_user(queries, me.user).leaves_at or leaves_at
    count_told_act(queries, services, me.user.id)
    note_click(queries, services, LEAVE, me.token, now)
    log_out_everywhere(queries, me.user.id, now)
    record_event(queries, me.user.id, EventKind.ACCOUNT_LEAVING, client, now)
    if can_be_mailed(services, me.user):
        Mailer(queries, services, client).send_leaving(me.user)
    return leaves_at


async def keep(services: Services, me: SignedIn, client: ClientInfo) -> User:
    """Keep the account, and mail its owner. Does nothing where nobody is leaving."""
    user = await services.store.write(_keep, services, me, client, services.clock())
    services.mail_waits.set()
    return user


def _keep(queries: Queries, services: Services, me: SignedIn, client: ClientInfo, now: datetime) -> User:
    if queries.users.keep(me.user.id, now):
        for kind in (DELETE_ACCOUNT, LOG_IN):  # the link to come back by works for days
            queries.links.spend_kind(me.user.id, kind, now)
        record_event(queries, me.user.id, EventKind.ACCOUNT_KEPT, client, now)
        if can_be_mailed(services, me.user):
            Mailer(queries, services, client).send_kept(me.user)
    return reload_user(queries, me.user)


async def mail_deletion(services: Services, token: str, user_id: object, client: ClientInfo) -> None:
    """Mail the caller, who is leaving, a link and a code that delete the account at once.

    Raises what `leave` raises, what `find_obstacle` names, and `rate_limit_exceeded`.
    """
    me = await _authenticate(services, token, user_id)
    require_recent_confirmation(services, me)
    await services.store.write(_mail_deletion, services, me, client)
    services.mail_waits.set()


def _mail_deletion(queries: Queries, services: Services, me: SignedIn, client: ClientInfo) -> None:
    user = reload_user(queries, me.user)
    require_no_obstacle(queries, services, user, services.clock())
    counters = find_mail_counters(queries, services, require_email(user), client)
    count_mail(queries, services, counters, f"{ACCOUNT_DELETION.name}:{me.session.id}")
    Mailer(queries, services, as_session(client, me.session.id)).send_deletion(user)


async def delete_by_code(services: Services, token: str, user_id: object, code: str, client: ClientInfo) -> None:
    """Delete the caller's account at once and for good, with the code that was mailed for this very session.

    `code` is as `read_code` returns it. Idempotent, as `leave`. Raises what `authenticate` raises, `permission_denied`,
    what `find_obstacle` names, `wrong_code`, or `rate_limit_exceeded`.
    """
    try:
        me = await _authenticate(services, token, user_id)
    except RefusalError:
        if await find_click(services, LEAVE_NOW, token):
            return
        raise
    now = services.clock()
    refused = await services.store.write(_end_by_code, services, me, code, client, now)
    if refused:
        raise refused
    await finish_deletion(services, me.user.id, now)


def _end_by_code(
    queries: Queries, services: Services, me: SignedIn, code: str, client: ClientInfo, now: datetime
) -> RefusalError | None:
    """Return a refusal of the code instead of raising it: that would roll back the count of attempts."""
    user = queries.users.find_by_id(me.user.id)
    if user is None or has_left(user, now):  # by the first of two clicks
        return None
    require_no_obstacle(queries, services, user, now)
    reference = make_session_reference(services, require_email(user), me.session.id)
    right = check_code(queries, services, reference, code, client, DELETES)
    if isinstance(right, RefusalError):
        return right
    note_click(queries, services, LEAVE_NOW, me.token, now)
    end_account(queries, user.id, now)
    return None


async def delete_by_token(services: Services, token: str, client: ClientInfo) -> None:
    """Delete the account of a mailed link, whose access token this is, at once and for good. Needs no session.

    Idempotent. Raises `invalid_access_token`, `invalid_token_type`, what `find_obstacle` names, or
    `rate_limit_exceeded` for too many wrong tokens.
    """
    now = services.clock()
    try:
        await check_access_token(services, token, DELETES, client)
        user_id = await services.store.write(_end_by_token, services, token, now)
    except RefusalError:
        if await find_click(services, LEAVE_NOW, token):
            return
        raise
    await finish_deletion(services, user_id, now)


def _end_by_token(queries: Queries, services: Services, token: str, now: datetime) -> str:
    link = spend_access_token(queries, services, token, DELETES, now)
    user = queries.users.find_by_id(link.user_id)
    if user is None:
        raise refusal("invalid_access_token")
    require_no_obstacle(queries, services, user, now)
    note_click(queries, services, LEAVE_NOW, token, now)
    end_account(queries, user.id, now)
    return user.id

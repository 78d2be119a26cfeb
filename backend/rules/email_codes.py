"""Confirming a new address by the code of its mail, in the session that asked for it and in no other."""

from datetime import datetime

from backend.kernel import fields
from backend.kernel.codes import CODE_LIFETIME
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.letter import CHANGE_EMAIL
from backend.rules.codes import check_code
from backend.rules.confirmation import require_email
from backend.rules.context import ClientInfo, Services
from backend.rules.email_links import find_pending_link, take_over_email
from backend.rules.profile import reload_user
from backend.rules.references import make_session_reference
from backend.rules.sessions import SignedIn
from backend.store import Queries
from backend.store.records import Link, Session, User


async def confirm_email_with_code(services: Services, me: SignedIn, code: str, client: ClientInfo) -> User:
    """Give the user the pending address, as its link does. Return them as they are then.

    `code` is as `read_code` returns it. Raises `wrong_code`, also for a right one of another session;
    `email_not_unique` if the address is another account's by now, or `rate_limit_exceeded`.
    """
    user = await services.store.write(_confirm_with_code, services, me, code, client)
    if isinstance(user, RefusalError):
        raise user
    services.mail_waits.set()  # for the old address is told
    return user


def find_code_expiry(pending: Link, session: Session) -> datetime | None:
    """Return until when the code of a pending change can be typed in this session; None if it never could."""
    is_for_session = pending.request_hash is not None and pending.session_id == session.id
    return pending.created_at + CODE_LIFETIME if is_for_session else None


def _confirm_with_code(
    queries: Queries, services: Services, me: SignedIn, code: str, client: ClientInfo
) -> User | RefusalError:
    """Return a refusal instead of raising it: that would roll back the count of attempts."""
    user, now = reload_user(queries, me.user), services.clock()
    pending = find_pending_link(queries, user, now)
    # In force by now, for the second of two clicks.
    email = fields.email(pending.email) if pending else require_email(user)
    reference = make_session_reference(services, email, me.session.id)
    right = check_code(queries, services, reference, code, client, {CHANGE_EMAIL})
    if isinstance(right, RefusalError):
        return right
    if not right.is_repeated:
        queries.links.spend(right.link.id, now)
        if not take_over_email(queries, services, right.link, client):
            return refusal("email_not_unique")
    return reload_user(queries, user)

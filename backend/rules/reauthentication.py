"""Re-authentication: the person proves again who they are, on the session that they have, before what matters most.

The time is on the session's row. It is fixed: using the session does not extend it (OWASP ASVS 7.5.1).
"""

from datetime import datetime, timedelta

from backend.kernel.events import EventKind
from backend.kernel.keys import hash_secret
from backend.kernel.refusals import refusal
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.password_checks import check_current_password, check_password_unchanged
from backend.rules.sessions import NewSession, SignedIn
from backend.store import Queries

CONFIRMED_FOR = timedelta(minutes=15)
OLD_TOKEN_LIFETIME = timedelta(seconds=60)  # for what another tab has just sent


def require_recent_confirmation(services: Services, me: SignedIn) -> None:
    """Raise `confirmation_required` unless the person proved within CONFIRMED_FOR who they are, on this very session.

    me = await authenticate(request)
    require_recent_confirmation(services, me)
    """
    if find_confirmed_until(services, me) is None:
        raise refusal("confirmation_required")


def find_confirmed_until(services: Services, me: SignedIn) -> datetime | None:
    """Return until when the session counts as confirmed; None if it does not, or no longer."""
    until = me.session.confirmed_at and me.session.confirmed_at + CONFIRMED_FOR
    return until if until and services.clock() < until else None


async def confirm_with_password(services: Services, me: SignedIn, password: str, client: ClientInfo) -> NewSession:
    """Check the person's password, confirm the session, and return it with a new token (OWASP ASVS 7.2.4).

    Raises `invalid_credentials`, or `rate_limit_exceeded`: attempts are counted together with those of the log-in.
    """
    await check_current_password(services, me.user, password, client)
    return await services.store.write(_confirm_with_password, services, me, client, services.clock())


def _confirm_with_password(
    queries: Queries, services: Services, me: SignedIn, client: ClientInfo, now: datetime
) -> NewSession:
    check_password_unchanged(queries, me.user)
    return confirm_session(queries, services, me, "password", client, now)


def confirm_session(
    queries: Queries, services: Services, me: SignedIn, by: str, client: ClientInfo, now: datetime
) -> NewSession:
    """Confirm the session and give it a new token, within the caller's transaction. `by`: what the person proved with.

    Idempotent: the new token is derived from the one that was presented. So of two requests with the same token one
    renews it, and both return the same new one. Raises `invalid_session_token` if the session has ended meanwhile.
    """
    if renew_session(queries, services, me, now, confirmed_at=now, by=by):
        record_event(queries, me.user.id, EventKind.SESSION_CONFIRMED, client, now, method=by)
    return find_renewed(queries, services, me)


def renew_session(
    queries: Queries, services: Services, me: SignedIn, now: datetime, *, confirmed_at: datetime | None, by: str | None
) -> bool:
    """Give the session a new token, and note when and by what the person proved who they are. False, and nothing done,
    where another request with the same token has renewed it already."""
    return queries.sessions.renew(
        me.session.id,
        old_hash=hash_secret(me.token),
        new_hash=hash_secret(_derive_next(services, me)),
        previous_until=now + OLD_TOKEN_LIFETIME,
        confirmed_at=confirmed_at,
        by=by,
    )


def find_renewed(queries: Queries, services: Services, me: SignedIn) -> NewSession:
    """Find the session with the token that it got for the one presented. Raises `invalid_session_token` if it ended."""
    token = _derive_next(services, me)
    found = queries.sessions.find_with_user(hash_secret(token))
    if found is None:
        raise refusal("invalid_session_token")
    session, user = found
    return NewSession(user, session, token)


def _derive_next(services: Services, me: SignedIn) -> str:
    return services.keyring.derive_session_token(f"renewed:{me.token}")

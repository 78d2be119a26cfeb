"""Re-authentication: the person proves again who they are, on the session that they have, before what matters most.

The time is on the session's row. It is fixed: using the session does not extend it (OWASP ASVS 7.5.1).
"""

from datetime import datetime, timedelta

from backend.kernel.events import EventKind
from backend.kernel.keys import hash_secret
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.letter import CONFIRM_SESSION
from backend.rules import limits
from backend.rules.codes import check_code
from backend.rules.confirmation import can_be_mailed, require_email
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.factors import PASSKEY, RECOVERY_CODE, SECOND_FACTORS, TOTP, has_two_step, list_confirming_factors
from backend.rules.mail_limits import find_mail_counters
from backend.rules.mailer import Mailer
from backend.rules.password_checks import check_current_password, check_password_unchanged
from backend.rules.profile import reload_user
from backend.rules.proofs import Proof, Use, check_attempts, use_proof
from backend.rules.references import as_session, make_session_reference
from backend.rules.sessions import DOUBLE_CLICK, NewSession, SignedIn
from backend.store import Queries
from backend.store.records import User

CONFIRMED_FOR = timedelta(minutes=15)
BY_CODE = "mail-code"
OLD_TOKEN_LIFETIME = timedelta(seconds=60)  # for what another tab has just sent


def require_recent_confirmation(services: Services, me: SignedIn, *, strong: bool = False) -> None:
    """Raise `confirmation_required` unless the person proved within CONFIRMED_FOR who they are, on this very session.

    With `strong` a second factor must have been shown, where two-step verification is on.

    me = await authenticate(request)
    require_recent_confirmation(services, me)
    """
    if find_confirmed_until(services, me, strong=strong) is None:
        needs_factor = strong and has_two_step(me.user)
        raise refusal("confirmation_required", strong=True) if needs_factor else refusal("confirmation_required")


def find_confirmed_until(services: Services, me: SignedIn, *, strong: bool = False) -> datetime | None:
    """Return until when the session counts as confirmed, or as `strong`; None if it does not, or no longer."""
    if strong and has_two_step(me.user) and me.session.confirmed_by not in SECOND_FACTORS:
        return None
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


async def load_methods(services: Services, me: SignedIn, *, strong: bool = False) -> list[str]:
    """List by what the person can prove who they are, the best first."""
    return await services.store.read(_list_methods, services, me.user, strong=strong)


def _list_methods(queries: Queries, services: Services, user: User, *, strong: bool = False) -> list[str]:
    """List passkey, app, password and recovery code, or a mailed code for whoever has none of them.

    Where `strong` counts, neither password nor mail, also where no factor can be shown. Nothing weaker stands for what
    is there. A mail that nobody reads, where none is sent, proves nothing.
    """
    factors, needs_factor = list_confirming_factors(queries, services, user), strong and has_two_step(user)
    password = ["password"] if user.password_hash and not needs_factor else []
    methods = [*(each for each in (PASSKEY, TOTP) if each in factors), *password]
    methods += [RECOVERY_CODE] if RECOVERY_CODE in factors else []
    can_be_sent = not needs_factor and can_be_mailed(services, user) and services.settings.mail.is_read
    return methods or ([BY_CODE] if can_be_sent else [])


async def confirm_with_proof(services: Services, me: SignedIn, proof: Proof, client: ClientInfo) -> NewSession:
    """Confirm the session with a factor, and return it with a new token. A double click gets the same one twice.

    Raises the refusal of the factor, or `rate_limit_exceeded`: attempts are counted together with those of log-ins.
    """
    await services.store.read(check_attempts, services, me.user, client)
    use = await proof.check(services, me.user, client)
    confirmed = await services.store.write(_confirm_with_proof, services, me, proof, use, client)
    services.mail_waits.set()  # of a used recovery code, or of many wrong factors, the owner is told
    if isinstance(confirmed, RefusalError):
        raise confirmed
    return confirmed


def _confirm_with_proof(
    queries: Queries, services: Services, me: SignedIn, proof: Proof, use: Use, client: ClientInfo
) -> NewSession | RefusalError:
    """Return a refusal instead of raising it: that would roll back the count of attempts."""
    click, now = _name_click(services, me, proof), services.clock()
    if queries.limits.list_active([click], now):
        return find_renewed(queries, services, me)
    if refused := use_proof(queries, services, reload_user(queries, me.user), use, client):
        return refused
    queries.limits.increment(click, now=now, expires_at=now + DOUBLE_CLICK)
    return confirm_session(queries, services, me, proof.factor, client, now)


def _name_click(services: Services, me: SignedIn, proof: Proof) -> str:
    """Name the first of two clicks, which has used up what both of them show."""
    return services.keyring.derive_pseudonym(f"confirm:{me.token}:{proof.factor}:{proof.text}")


async def mail_code(services: Services, me: SignedIn, client: ClientInfo) -> None:
    """Mail a code to a person who has nothing else to show, which confirms this very session.

    Raises `not_allowed` for others: nothing weaker stands for a password or a factor; `rate_limit_exceeded`.
    """
    await services.store.write(_mail_code, services, me, as_session(client, me.session.id))
    services.mail_waits.set()


def _mail_code(queries: Queries, services: Services, me: SignedIn, client: ClientInfo) -> None:
    if BY_CODE not in _list_methods(queries, services, reload_user(queries, me.user)):
        raise refusal("not_allowed")
    limits.count(queries, services, find_mail_counters(queries, services, require_email(me.user), client))
    Mailer(queries, services, client).send_session_code(me.user)


async def confirm_with_code(services: Services, me: SignedIn, code: str, client: ClientInfo) -> NewSession:
    """Confirm the session with the code that was mailed for it, and return it with a new token.

    `code` is as `read_code` returns it. Raises `wrong_code`, also for a right one of another session, or
    `rate_limit_exceeded`.
    """
    confirmed = await services.store.write(_confirm_with_code, services, me, code, client)
    if isinstance(confirmed, RefusalError):
        raise confirmed
    return confirmed


def _confirm_with_code(
    queries: Queries, services: Services, me: SignedIn, code: str, client: ClientInfo
) -> NewSession | RefusalError:
    """Return a refusal instead of raising it: that would roll back the count of attempts."""
    if BY_CODE not in _list_methods(queries, services, reload_user(queries, me.user)):
        raise refusal("not_allowed")
    reference = make_session_reference(services, require_email(me.user), me.session.id)
    right, now = check_code(queries, services, reference, code, client, {CONFIRM_SESSION}), services.clock()
    if isinstance(right, RefusalError):
        return right
    if right.is_repeated:
        return _find_next(queries, services, me) or refusal("wrong_code", param="code")
    queries.links.spend(right.link.id, now)
    return confirm_session(queries, services, me, BY_CODE, client, now)


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
    renewed = _find_next(queries, services, me)
    if renewed is None:
        raise refusal("invalid_session_token")
    return renewed


def _find_next(queries: Queries, services: Services, me: SignedIn) -> NewSession | None:
    token = _derive_next(services, me)
    found = queries.sessions.find_with_user(hash_secret(token))
    return NewSession(found[1], found[0], token) if found else None


def _derive_next(services: Services, me: SignedIn) -> str:
    return services.keyring.derive_session_token(f"renewed:{me.token}")

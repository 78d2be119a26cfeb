"""Changing the address of an account: asked for, pending, cancelled. What its mailed links do: `email_links.py`.

With confirmation the address changes when the link mailed to the new one is used. Both boxes are told at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backend.kernel import fields
from backend.kernel.events import EventKind
from backend.kernel.fields import Address
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.letter import CHANGE_EMAIL
from backend.rules import limits
from backend.rules.confirmation import can_be_mailed
from backend.rules.context import ClientInfo, Services
from backend.rules.email_links import (
    cancel_email_change,
    find_other_account,
    find_pending_link,
    is_reserved,
    set_email,
)
from backend.rules.events import record_event
from backend.rules.factors import has_two_step
from backend.rules.log_out import end_other_log_ins
from backend.rules.mail_limits import DOUBLE_SUBMIT, find_mail_counters
from backend.rules.mailer import FirstRequest, Mailer
from backend.rules.password_checks import check_current_password, check_password_unchanged, require_password
from backend.rules.profile import reload_user
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.references import as_session
from backend.rules.sessions import SignedIn
from backend.store import Queries
from backend.store.records import Link, User

NEW_FOR = timedelta(hours=1)  # how long an address counts as new after its link was used


@dataclass(frozen=True)
class EmailRequest:
    """A new address, asked for by whoever is logged in. `tells_taken`: they are told if it is another account's, as
    Altogic does; else nobody learns it but its owner (user enumeration)."""

    email: Address
    client: ClientInfo
    tells_taken: bool


async def change_email(services: Services, me: SignedIn, password: str | None, request: EmailRequest) -> User:
    """Change the address, or mail the link that does. Return the user as it is then.

    Raises `invalid_credentials`, `invalid_provider` where there is no password, without one `confirmation_required`, or
    `rate_limit_exceeded`, and only then, if that is told, `email_not_unique`. Where nobody proves an address,
    `confirmation_required` by a second factor too: the first proof of the new one drops all factors (`prove_email`).
    """
    if has_two_step(me.user) and not services.settings.accounts.email_confirmation:
        require_recent_confirmation(services, me, strong=True)
    if password is None:
        require_recent_confirmation(services, me)
    else:
        require_password(me.user)
        await check_current_password(services, me.user, password, request.client)
    user = await services.store.write(_change_email, services, me, request)
    if isinstance(user, RefusalError):
        raise user
    services.mail_waits.set()
    return user


def _change_email(queries: Queries, services: Services, me: SignedIn, request: EmailRequest) -> User | RefusalError:
    """Return the refusal that tells of a taken address instead of raising it: that would roll back the count, and
    whoever has confirmed who they are could ask for any number of addresses (user enumeration)."""
    check_password_unchanged(queries, me.user)
    user, needs_confirmation = reload_user(queries, me.user), services.settings.accounts.email_confirmation
    is_kept = not needs_confirmation and is_reserved(queries, request.email, services.clock(), except_for=user.id)
    is_taken = find_other_account(queries, user, request.email) is not None or is_kept
    if is_taken and (request.tells_taken or not needs_confirmation):
        _count_mails(queries, services, user, request)
        return refusal("email_not_unique", param="email", value=request.email.typed)
    if needs_confirmation:
        _ask_new_box(queries, services, me, user, request)
    else:
        _change_at_once(queries, services, me, user, request)
    return reload_user(queries, user)


def _ask_new_box(queries: Queries, services: Services, me: SignedIn, user: User, request: EmailRequest) -> None:
    """Mail both boxes, unless a double click has done so. The one change that was pending before ends."""
    email, client, now = request.email, request.client, services.clock()
    if _is_double_click(find_pending_link(queries, user, now), email, now):
        return
    _count_mails(queries, services, user, request)
    queries.links.spend_kind(user.id, CHANGE_EMAIL, now)
    _mail_new_box(queries, services, user, email, FirstRequest(me.session.id, now), client)
    if user.email_key != email.key and can_be_mailed(services, user):
        Mailer(queries, services, client).send_email_requested(user, email.typed)
    record_event(queries, user.id, EventKind.EMAIL_REQUESTED, client, now)


def _change_at_once(queries: Queries, services: Services, me: SignedIn, user: User, request: EmailRequest) -> None:
    _count_mails(queries, services, user, request)
    is_verified = user.email_verified and request.email.key == user.email_key
    set_email(queries, services, user, request.email, request.client, is_verified=is_verified)
    end_other_log_ins(queries, user.id, request.client, except_for=me.session.id)


def _count_mails(queries: Queries, services: Services, user: User, request: EmailRequest) -> None:
    """Count the mails to both boxes, or to the only one."""
    for email in (request.email, *([fields.email(user.email)] if user.email else [])):
        limits.count(queries, services, find_mail_counters(queries, services, email, request.client))


def _mail_new_box(
    queries: Queries, services: Services, user: User, email: Address, first: FirstRequest, client: ClientInfo
) -> None:
    """Mail the link to the new address, or something else to its owner: of the pending change both look the same.

    Whoever has it mailed again, and where, its code is for the session that asked first.
    """
    session_id = first.session_id if client.asker else None  # a client of Altogic's has no field for a code
    client = as_session(client, session_id) if session_id else replace(client, asker="")
    mailer, owner = Mailer(queries, services, client), find_other_account(queries, user, email)
    if owner and can_be_mailed(services, owner):
        mailer.send_email_taken(user, email.typed, first, owner)
    else:
        mailer.send_email_change(user, email.typed, first)


async def find_pending_email(services: Services, me: SignedIn) -> Link | None:
    """Find the link that would change the user's address."""
    return await services.store.read(find_pending_link, me.user, services.clock())


def _is_double_click(pending: Link | None, email: Address, now: datetime) -> bool:
    return pending is not None and pending.email == email.typed and now - pending.created_at < DOUBLE_SUBMIT


async def cancel_change(services: Services, me: SignedIn, client: ClientInfo) -> bool:
    """End the pending change. Return False where there is none, which may be because it was confirmed meanwhile."""
    return await services.store.write(cancel_email_change, me.user, client, services.clock())


async def mail_again(services: Services, me: SignedIn, client: ClientInfo) -> None:
    """Mail the link of the pending change once more. Raises `nothing_pending` or `rate_limit_exceeded`."""
    await services.store.write(_mail_again, services, me.user, client)
    services.mail_waits.set()


def _mail_again(queries: Queries, services: Services, user: User, client: ClientInfo) -> None:
    now = services.clock()
    pending = find_pending_link(queries, user, now)
    if pending is None:
        raise refusal("nothing_pending")
    email = fields.email(pending.email)
    if not _is_double_click(pending, email, now):
        limits.count(queries, services, find_mail_counters(queries, services, email, client))
        mail_pending_link(queries, services, user, pending, client)


def mail_pending_link(queries: Queries, services: Services, user: User, pending: Link, client: ClientInfo) -> None:
    """Mail a new link for the pending change, within the caller's transaction, which has counted it."""
    first = FirstRequest(pending.session_id, pending.asked_at)
    _mail_new_box(queries, services, user, fields.email(pending.email), first, client)


async def has_new_email(services: Services, me: SignedIn) -> bool:
    """Return whether the user has got the address by a mailed link within NEW_FOR."""
    return await services.store.read(_has_new_email, me.user, services.clock() - NEW_FOR)


def _has_new_email(queries: Queries, user: User, since: datetime) -> bool:
    return user.email is not None and queries.links.has_been_pressed(user.id, CHANGE_EMAIL, user.email, since)
